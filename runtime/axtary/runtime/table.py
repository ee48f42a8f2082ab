"""The decision table: which rules concern which tools.

A row is a tool by its name or by a pattern. Under a name stand all rules that a call of this tool can meet; under a
pattern those that concern every tool that it matches.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from axtary.compiler.ir import Effect, Field, Pattern, Policy, Rule, Wildcard
from axtary.compiler.matching import covers
from axtary.compiler.text import condition_text, duration_text, match_text, obligation_text, pattern_text
from axtary.runtime.messages import approvers_text

_ORDER = (Effect.DENY, Effect.STEP_UP, Effect.ALLOW)  # as they overrule each other
_ANY_TEXT = "\ud800"  # half a character, which no policy holds: what matches it there matches any text there


@dataclass(frozen=True, slots=True)
class Concern:
    """A rule under a tool, and the pattern of its `match.tool` by which it is there."""

    rule: Rule
    pattern: str


@dataclass(frozen=True, slots=True)
class Row:
    """A tool, or a pattern for all tools that it matches.

    `denied`: no allow and no step_up rule concerns it. No call of such a tool can ever be allowed; of the tools of
    such a pattern only those that another row grants.
    """

    tool: str
    is_pattern: bool
    declared: bool
    denied: bool
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the table is cut to: calls of one tool, calls by one agent, rules of one effect. None takes all."""

    tool: str | None = None
    actor: str | None = None
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class _Heading:
    """A row before its rules are known. `probe` is matched by exactly the patterns that cover the whole row."""

    probe: str
    tool: str
    is_pattern: bool
    declared: bool


def table(policy: Policy, declared: Collection[str], filters: Filters = Filters()) -> list[Row]:
    """The rows by name, patterns last; in a row deny before step_up before allow, then by id.

    `declared` are the tools that the policy gives types to. A filter by effect leaves out rows without such a rule,
    one by tool gives exactly one row.
    """
    rules = [rule for rule in policy.rules if filters.actor is None or concerns_actor(rule, filters.actor)]
    if filters.tool is not None:
        headings = [_Heading(filters.tool, filters.tool, False, filters.tool in declared)]
    else:
        headings = _headings(policy, declared)
    found: dict[str, list[Concern]] = {heading.probe: [] for heading in headings}
    probes = sorted(found)
    for rule in by_effect(rules):
        for probe, pattern in _covered(rule.match[0].patterns, probes):
            found[probe].append(Concern(rule, pattern_text(pattern)))
    rows = [_row(heading, found[heading.probe], filters.effect) for heading in headings]
    return [row for row in rows if row.concerns or filters.effect is None or filters.tool is not None]


def by_effect(rules: Iterable[Rule]) -> list[Rule]:
    """Deny before step_up before allow, then by id."""
    return sorted(rules, key=lambda rule: (_ORDER.index(rule.effect), rule.id))


def concerns_actor(rule: Rule, agent: str) -> bool:
    """Can the rule fire for actions of this agent?"""
    return all(
        any(covers(pattern, agent) for pattern in match.patterns) for match in rule.match if match.field is Field.ACTOR
    )


def rule_json(rule: Rule) -> dict[str, Any]:
    """What a rule says, uncut; `file` is as the compiler knows it."""
    return {
        "rule": rule.id,
        "effect": rule.effect.value,
        "description": rule.description,
        "match": {match.field.value: [pattern_text(p) for p in match.patterns] for match in rule.match},
        "when": condition_text(rule.when) if rule.when is not None else None,
        "obligations": obligation_texts(rule),
        "file": rule.span.file,
        "line": rule.span.line,
    }


def who_texts(rule: Rule) -> list[str]:
    """The fields of `match` besides the tool."""
    return [match_text(match) for match in rule.match if match.field is not Field.TOOL]


def obligation_texts(rule: Rule) -> list[str]:
    """Everything under `obligations`, and the approvers that a step_up rule needs without naming them."""
    texts = [obligation_text(obligation) for obligation in rule.obligations]
    texts += [f"approvers: {approvers_text(rule)}"] if rule.approvers is not None else []
    return texts + ([f"ttl: {duration_text(rule.ttl)}"] if rule.ttl is not None else [])


def _headings(policy: Policy, declared: Collection[str]) -> list[_Heading]:
    named = set(declared)
    wide: dict[str, str] = {}
    for rule in policy.rules:
        for pattern in rule.match[0].patterns:
            if pattern.literal is not None:
                named.add(pattern.literal)
            else:
                wide.setdefault(_probe(pattern), pattern_text(pattern))
    rows = [_Heading(name, name, False, name in declared) for name in sorted(named)]
    return rows + [_Heading(probe, text, True, False) for text, probe in sorted((wide[probe], probe) for probe in wide)]


def _probe(pattern: Pattern) -> str:
    return "".join(_ANY_TEXT if isinstance(token, Wildcard) else token for token in pattern.tokens)


def _covered(patterns: Iterable[Pattern], probes: list[str]) -> Iterator[tuple[str, Pattern]]:
    """Each of the sorted probes that some pattern covers, once, with the first such pattern, names before wildcards."""
    seen: set[str] = set()
    for pattern in sorted(patterns, key=lambda pattern: pattern.literal is None):
        head = pattern.tokens[0] if isinstance(pattern.tokens[0], str) else ""
        for at in range(bisect_left(probes, head), len(probes)):
            probe = probes[at]
            if not probe.startswith(head):
                break
            if probe not in seen and covers(pattern, probe):
                seen.add(probe)
                yield probe, pattern


def _row(heading: _Heading, concerns: list[Concern], effect: Effect | None) -> Row:
    denied = all(concern.rule.effect is Effect.DENY for concern in concerns)
    kept = tuple(concern for concern in concerns if effect in (None, concern.rule.effect))
    return Row(heading.tool, heading.is_pattern, heading.declared, denied, kept)
