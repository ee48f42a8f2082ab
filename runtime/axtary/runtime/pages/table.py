"""The decision table as a page: every rule once, and the tools that each concerns as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axtary.compiler import Compiled
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Effect, Field, Match, Rule
from axtary.compiler.reports.text import count
from axtary.compiler.text import condition_text, match_text
from axtary.runtime.pages import document, escaped, fill
from axtary.runtime.table import Filters, by_effect, obligation_texts, table

_ALWAYS = '<span class="muted">always</span>'


def page(compiled: Compiled, filters: Filters, name: str, places: dict[str, str]) -> str:
    """A whole HTML document that opens with the filters set.

    `name` is what the policy is called; `places` says for each rule id where it stands.
    """
    rules = compiled.policy.rules
    effects = [rule.effect for rule in rules]
    counts = ", ".join(f"{effects.count(effect)} {effect.value}" for effect in Effect)
    body = fill(
        "table.html",
        name=escaped(name),
        counts=f"{count(len(rules), 'rule')} ({counts})",
        version=escaped(compiled.policy.policy_version),
        rules="".join(_row(rule, places[rule.id]) for rule in rules),
    )
    return document("table", f"Decision table of {name}", body, _data(compiled, filters))


def _row(rule: Rule, place: str) -> str:
    return fill(
        "table_rule.html",
        effect=rule.effect.value,
        id=escaped(rule.id),
        description=escaped(" ".join(rule.description.split())),
        place=escaped(place),
        match=_codes(match_text(match) for match in rule.match),
        condition=_codes([condition_text(rule.when)]) if rule.when is not None else _ALWAYS,
        obligations=_codes(obligation_texts(rule)),
    )


def _codes(texts: Iterable[str]) -> str:
    return "".join(f"<code>{escaped(text)}</code>" for text in texts)


def _data(compiled: Compiled, filters: Filters) -> dict[str, Any]:
    """`tools` has the rows with the places of their rules in `rules`, `order` all rules as a row has them."""
    rules = compiled.policy.rules
    index = {rule.id: place for place, rule in enumerate(rules)}
    rows = table(compiled.policy, compiled.tools)
    actors = {p.literal for rule in rules for match in _matches(rule, Field.ACTOR) for p in match.patterns}
    return {
        "filters": {"tool": filters.tool or "", "actor": filters.actor or "", "effect": filters.effect or ""},
        "tools": [
            {"tool": row.tool, "pattern": row.is_pattern, "rules": [index[c.rule.id] for c in row.concerns]}
            | ({"shown": shown} if (shown := printable(row.tool)) != row.tool else {})
            for row in rows
        ],
        "actors": sorted(actor for actor in actors if actor is not None),
        "rules": [
            {"tools": _tokens(_matches(rule, Field.TOOL)), "actors": _tokens(_matches(rule, Field.ACTOR)) or None}
            for rule in rules
        ],
        "order": [index[rule.id] for rule in by_effect(rules)],
    }


def _matches(rule: Rule, field: Field) -> list[Match]:
    return [match for match in rule.match if match.field is field]


def _tokens(matches: list[Match]) -> list[list[str | None]]:
    """Patterns for the script: texts, and null for any run."""
    return [
        [token if isinstance(token, str) else None for token in pattern.tokens]
        for match in matches
        for pattern in match.patterns
    ]
