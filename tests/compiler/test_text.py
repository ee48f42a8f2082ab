"""The IR as text of the language: what is printed means what it was printed from."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from tests import generate, reference

from axtary.compiler import compile_text, ir
from axtary.compiler.syntax import parse_duration
from axtary.compiler.text import duration_text, negated_text, window_text

HEAD = "version: 1\npolicies:\n  - id: a\n    effect: allow\n    match: {tool: t}\n"


@pytest.mark.parametrize("seed", range(40))
def test_negated_leaves_have_the_opposite_answer(seed: int) -> None:
    """Law: `negated_text` of a leaf is true where the leaf is false, false where it is true, else undefined."""
    policy = generate.compile_draft(generate.draft(seed))
    cases = [action for action, _ in generate.cases(Random(seed), policy, 20)]
    for rule in policy.rules:
        for leaf in ir.atoms(rule.when):
            negated = _condition(policy, rule, negated_text(leaf))
            for action in cases:
                answer = reference.truth(leaf, action)
                assert reference.truth(negated, action) is (None if answer is None else not answer), negated_text(leaf)


def _condition(policy: ir.Policy, rule: ir.Rule, text: str) -> Any:
    """The text compiled, with the types of the leaves that it was printed from."""
    import json

    kinds = {attribute.path: attribute for leaf in ir.atoms(rule.when) for attribute in ir.attributes(leaf)}
    fields = _fields({path: a.type for path, a in kinds.items() if path[0] == "payload" and len(path) > 1})
    source = f"version: 1\ntools: {json.dumps({'t': {'payload': fields or {'unused': 'string'}}})}\n"
    source += f"policies:\n  - id: a\n    effect: allow\n    match: {{tool: t}}\n    when: {json.dumps(text)}\n"
    found = compile_text(source).rules[0].when
    assert found is not None
    return found


def _fields(types: dict[tuple[str, ...], ir.Type]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for path, kind in types.items():
        *parents, last = path[1:]
        body = fields
        for parent in parents:
            body = body.setdefault(parent, {})
        body[last] = ["string"] if kind in (ir.Type.STRINGS, ir.Type.PATHS) else _DECLARED.get(kind, kind.value)
    return fields


_DECLARED = {ir.Type.PATH: "string"}


@pytest.mark.parametrize(
    "window",
    [
        "Mon-Fri 08:00-19:00 Europe/Berlin",
        "Mon,Wed 00:00-24:00 UTC",
        "Mon,Sat-Sun 22:00-06:00 UTC",
        "Mon-Sun 00:00-12:00 UTC",
    ],
)
def test_windows_are_printed_as_they_are_written(window: str) -> None:
    (hours,) = compile_text(HEAD + f"    obligations: {{hours: '{window}'}}\n").rules[0].obligations
    assert isinstance(hours, ir.Hours)
    assert window_text(hours.windows[0]) == window


@pytest.mark.parametrize("duration", ["1s", "5m", "1h", "1h30m", "7d", "1d1h1m1s", "366d"])
def test_durations_are_printed_as_they_are_written(duration: str) -> None:
    assert duration_text(parse_duration(duration)) == duration
