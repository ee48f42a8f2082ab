"""What a service that has only Cedar must compute for a request, as data: `hoisted.json` of the export.

One entry for each attribute of the context: its name and type in Cedar, the rules and lines that read it, how to
compute it as data (`how`, for the helpers that go with the export) and in words (`compute`, for people).

An entry goes into the context by its `as`: a `field` is the member `key`; a `member` is `key` of the record `in`, and
is left out if it is undefined; an `element` is the string `key` in the set `in` if it is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from axtary.backends.cedar.derived import PATHS, TIME, Hoistable
from axtary.backends.cedar.export import READING
from axtary.backends.cedar.local_time import zone_data_version
from axtary.backends.cedar.lower import Lowering, Reads, lower
from axtary.backends.cedar.schema import ACTION, CEDAR_TYPES, PRINCIPAL, RESOURCE, SETS, qualified, records
from axtary.backends.cedar.text import quote
from axtary.backends.cedar.words import words
from axtary.backends.cedar.zonetables import zone_table
from axtary.compiler.ir import (
    NOWHERE,
    Approvers,
    Atom,
    Attribute,
    BlockedPaths,
    Budget,
    CompareAttributes,
    Count,
    Field,
    Has,
    Hours,
    Like,
    Match,
    Obligation,
    Pattern,
    Policy,
    Quantified,
    Rate,
    Rule,
    Span,
    Type,
    Window,
    attributes,
    path_text,
)
from axtary.compiler.ir import atoms as leaves

Json = Any
FORMAT = "axtary-cedar-request/1"


def hoisted_json(policy: Policy, lowering: Lowering, namespace: str) -> dict[str, Json]:
    """The content of `hoisted.json`. Raises EngineError for a zone that cannot be tabled."""
    entries = list(_entries(lowering.reads))
    readers = _readers(policy)
    kinds = {kind for kind, _ in lowering.reads.attributes}
    kinds |= {kind for item in lowering.reads.derived.values() for kind in _types(item.test)}
    if Type.DECIMAL in kinds:
        kinds.add(Type.NUMBER)  # the reading of one refers to that of the other
    return {
        "format": FORMAT,
        "policy_version": policy.policy_version,
        "tzdata": zone_data_version() if lowering.reads_local_time else "",
        "types": {
            "principal": qualified(PRINCIPAL, namespace),
            "action": qualified(ACTION, namespace),
            "resource": qualified(RESOURCE, namespace),
        },
        "actions": {"named": sorted(lowering.tools), "other": lowering.other, "compute": _ACTION},
        "records": [name for name, _, _ in records(lowering.reads)],
        "sets": list(SETS),
        "placeholders": {f"<{path_text(field.path)}>": _field(field) for field in Field},
        "reading": {kind.value: READING[kind.value] for kind in Type if kind in kinds},
        "attributes": [entry.to_json(readers.get((entry.inside, entry.key), ())) for entry in entries],
        "zones": {zone: [list(change) for change in zone_table(zone)] for zone in _zones(lowering.reads)},
    }


@dataclass(frozen=True)
class _Entry:
    """An attribute of the context. `inside` is the record or set that it is in; a field is in none."""

    inside: str
    key: str
    place: str
    type: str
    how: Mapping[str, Json]
    compute: str

    @property
    def name(self) -> str:
        match self.place:
            case "field":
                return f"context.{self.key}"
            case "element":
                return f"{quote(self.key)} in context.{self.inside}"
            case _:
                return f"context.{self.inside}[{quote(self.key)}]"

    def to_json(self, sources: tuple[_Source, ...]) -> dict[str, Json]:
        return {
            "name": self.name,
            "type": self.type,
            "as": self.place,
            "in": self.inside,
            "key": self.key,
            "sources": [{"rule": rule, "source": _shown(span)} for rule, span in sources],
            "how": dict(self.how),
            "compute": self.compute,
        }


def _shown(span: Span) -> str:
    return f"{span.file}:{span.line}" if span != NOWHERE else ""


def _entries(reads: Reads) -> Iterator[_Entry]:
    how: dict[str, Json]
    for field in Field:
        how = {"do": "text", "path": list(field.path)}
        yield _Entry("", field.value, "field", "String", how, _field(field))
    for (kind, key), attribute in sorted(reads.attributes.items()):
        yield _Entry(
            *(kind.value, key, "member", CEDAR_TYPES[kind]),
            {"do": "read"} | _attribute(attribute),
            f"{_value(attribute)}; else leave it out",
        )
    for key, path in sorted(reads.present.items()):
        compute = (
            f"true if the action has the key {key}, whatever its value; a step through anything but an object is not"
        )
        yield _Entry("present", key, "element", "String", {"do": "present", "path": list(path)}, compute)
    for rule in sorted(reads.usage):
        yield _Entry("usage", rule, "member", "Long", {"do": "usage", "rule": rule}, _usage(rule))
    for rule, wanted in sorted(reads.approvals.items()):
        how = {"do": "approved", "roles": list(wanted.roles), "quorum": wanted.quorum}
        yield _Entry("approved", rule, "element", "String", how, _approved(wanted))
    for name, item in sorted(reads.derived.items()):
        yield _Entry("derived", name, "member", "Bool", _test(item.test), _compute(item.test))


# --- how, as data -----------------------------------------------------------------------------------------------------


def _attribute(attribute: Attribute) -> dict[str, Json]:
    return {"type": attribute.type.value, "path": list(attribute.path)}


def _patterns(patterns: tuple[Pattern, ...]) -> list[Json]:
    """Literals as strings, wildcards as objects, so that no literal is ever taken for a wildcard."""
    return [
        {
            "tokens": [
                token if isinstance(token, str) else {"wildcard": token.name.lower()} for token in pattern.tokens
            ],
            "inside": pattern.inside,
        }
        for pattern in patterns
    ]


def _test(test: Hoistable) -> dict[str, Json]:
    match test:
        case Match():
            return {"do": "match", "path": list(test.field.path), "patterns": _patterns(test.patterns)}
        case Like():
            return {"do": "like"} | _attribute(test.attribute) | {"patterns": _patterns(test.patterns)}
        case Quantified():
            choices = {"values": list(test.values), "patterns": _patterns(test.patterns)}
            return {"do": "quantified", "quantifier": test.quantifier} | _attribute(test.attribute) | choices
        case Count():
            return {"do": "count", "op": test.op, "n": test.n} | _attribute(test.attribute)
        case CompareAttributes():
            return {"do": "compare", "left": _attribute(test.left), "op": test.op, "right": _attribute(test.right)}
        case BlockedPaths():
            return {"do": "blocked_paths"} | _attribute(PATHS) | {"patterns": _patterns(test.patterns)}
        case Hours():
            return {"do": "hours"} | _attribute(TIME) | {"windows": list(map(_window, test.windows))}
        case _:
            assert_never(test)


def _window(window: Window) -> dict[str, Json]:
    return {"days": list(window.days), "from": window.start, "to": window.end, "zone": window.zone}


def _types(test: Hoistable) -> set[Type]:
    match test:
        case Match():
            return set()
        case BlockedPaths():
            return {PATHS.type}
        case Hours():
            return {TIME.type}
        case _:
            return {attribute.type for attribute in attributes(test)}


def _zones(reads: Reads) -> list[str]:
    tests = [item.test for item in reads.derived.values()]
    return sorted({window.zone for test in tests if isinstance(test, Hours) for window in test.windows})


# --- how, in words ----------------------------------------------------------------------------------------------------

_MATCHING = (
    "a pattern matches a whole text, by code points: its tokens stand for the literal text, `star` for any run without "
    "a slash, `any` for any run, `segments` for nothing or any run that ends with a slash; a pattern with `inside` "
    "matches no text that is @home or @root, or begins with @home/ or @root/"
)
_ACTION = "the action of a request has the tool as its id if `named` has it, else the id `other`"
_SCALED = {Type.NUMBER, Type.DECIMAL}


def _field(field: Field) -> str:
    return f"the string at {path_text(field.path)} of the action; the empty string if there is none, or it is no string"


def _value(attribute: Attribute) -> str:
    kind = attribute.type
    text = f"the value at {path_text(attribute.path)} of the action if `reading.{kind.value}` takes it"
    if kind in _SCALED:
        return f"{text}, as a Cedar decimal"
    return f"{text}, in whole nanoseconds since 1970-01-01T00:00:00Z" if kind is Type.TIMESTAMP else text


def _usage(rule: str) -> str:
    return (
        f"facts.usage[{quote(rule)}], the calls before this one that count for the rule, if it is a JSON number that "
        "is integral, 0 or more and fits 64 bits; else leave it out"
    )


def _approved(wanted: Approvers) -> str:
    able = f"hold one of the roles {', '.join(map(quote, wanted.roles))}" if wanted.roles else "approved"
    return (
        f"true if at least {wanted.quorum} different ids of facts.approval.approvers {able}; the list counts as empty "
        "if a single entry has no string `id` or no `roles` that is a list of strings"
    )


def _compute(test: Hoistable) -> str:
    match test:
        case Match():
            return f"true if {words(test)}, else false; absent is the empty string; {_MATCHING}"
        case Like():
            return f"true if {words(test)}, else false; left out if undefined by `reading`; {_MATCHING}"
        case Quantified():
            few = "any: some item is" if test.quantifier == "any" else "all: there is an item, and each is"
            choice = f"one of `values` or matched by one of `patterns` ({few})"
            matching = f"; {_MATCHING}" if test.patterns else ""
            return f"true if {words(test)}, that is {choice}, else false; left out if undefined by `reading`{matching}"
        case Count():
            return f"true if {words(test)}, else false; duplicates count; left out if undefined by `reading`"
        case CompareAttributes():
            return f"true if {words(test)} by value, else false; left out if either is undefined by `reading`"
        case BlockedPaths():
            return f"true if {words(test)}; false if not, also if `paths` is undefined by `reading`; {_MATCHING}"
        case Hours():
            return (
                f"true if {words(test)}; false if not, also if `time` is undefined by `reading`. Local time is UTC "
                "plus the offset of the last entry of `zones` that is not after the instant, both in whole seconds; "
                "`from` is inclusive, `to` exclusive, in minutes of the day; days count from Monday, 0; a window "
                "with `from` after `to` goes on over midnight and belongs to the day on which it starts"
            )
        case _:
            assert_never(test)


# --- where ------------------------------------------------------------------------------------------------------------

_Source = tuple[str, Span]  # rule, place
_Readers = dict[tuple[str, str], tuple[_Source, ...]]


def _readers(policy: Policy) -> _Readers:
    """(record or set, key) -> the rules that read it, each with the first place where it does."""
    found: dict[tuple[str, str], list[_Source]] = {}
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
