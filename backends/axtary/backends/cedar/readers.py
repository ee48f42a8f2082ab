"""Which rules read an attribute of the context, and on which line."""

from __future__ import annotations

from axtary.backends.cedar.derived import PATHS, TIME
from axtary.backends.cedar.lower import lower
from axtary.compiler.ir import (
    NOWHERE,
    Atom,
    BlockedPaths,
    Budget,
    Has,
    Hours,
    Obligation,
    Policy,
    Rate,
    Rule,
    Span,
    attributes,
)
from axtary.compiler.ir import atoms as leaves

Source = tuple[str, Span]  # rule, place
Readers = dict[tuple[str, str], tuple[Source, ...]]


def readers(policy: Policy) -> Readers:
    """(record or set, key) -> the rules that read it, each with the first place where it does."""
    found: dict[tuple[str, str], list[Source]] = {}
    for rule in policy.rules:
        for place, span in _reads_of(rule).items():
            found.setdefault(place, []).append((rule.id, span))
    return {place: tuple(sources) for place, sources in found.items()}


def _reads_of(rule: Rule) -> dict[tuple[str, str], Span]:
    """What one rule alone makes its policies read."""
    reads = lower(Policy((rule,))).reads
    found = {("", match.field.value): _own(match.span, rule) for match in reversed(rule.match)}
    for (kind, key), attribute in reads.attributes.items():
        found[kind.value, key] = _place(rule, attribute)
    for key, path in reads.present.items():
        found["present", key] = _place(rule, path)
    found |= {("usage", name): _place(rule, Rate) for name in reads.usage}
    for name, wanted in reads.approvals.items():
        found["approved", name] = _own(wanted.span, rule)
    found |= {("derived", name): _own(item.test.span, rule) for name, item in reads.derived.items()}
    return found


def _own(span: Span, rule: Rule) -> Span:
    return rule.span if span == NOWHERE else span


def _place(rule: Rule, wanted: object) -> Span:
    """The first leaf or obligation of the rule that reads something."""
    parts = [*leaves(rule.when), *rule.obligations]
    return _own(next((part.span for part in parts if wanted in _read_by(part)), NOWHERE), rule)


def _read_by(part: Atom | Obligation) -> tuple[object, ...]:
    """Attributes; of a test for presence its path; of a counter its kind."""
    match part:
        case Has():
            return (part.path,)
        case Rate():
            return (Rate,)
        case BlockedPaths():
            return (PATHS,)
        case Budget():
            return (part.cost,)
        case Hours():
            return (TIME,)
        case _:
            return attributes(part)
