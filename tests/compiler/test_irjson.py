"""The IR read back from JSON: nothing is lost, and nothing is accepted that the compiler would not have written."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from tests.generate import compile_draft, draft_policy
from tests.golden_files import behaviours, compiled

from axtary.compiler import CompileError, compile_text
from axtary.compiler.ir import NOWHERE, Policy, to_json
from axtary.compiler.irjson import IRError, from_json

Json = Any
TEXT = """\
version: 1
policies:
  - id: a
    effect: step_up
    match: {tool: ["x", "y*"], resource: "r/**"}
    when: >-
      payload.n <= 1.5 and (payload.s in ["é", ""] or not has context.k) and any paths matches ["src/*"]
      and time < "2026-01-01T00:00:00Z"
    obligations: {approvers: {roles: [lead], quorum: 2}, ttl: 5m, rate: 3 per 1h per actor, hours: Mon 08:00-09:00 UTC}
"""


def _as_read(policy: Policy) -> Json:
    return json.loads(json.dumps(to_json(policy, spans=False)))


def _same(policy: Policy) -> None:
    found = from_json(_as_read(policy))
    assert found == policy  # spans and descriptions are not compared
    assert found.policy_version == policy.policy_version


@pytest.mark.parametrize("name", behaviours())
def test_golden_policies_come_back(name: str) -> None:
    _same(compiled(name).policy)


def test_random_policies_come_back() -> None:
    """Law: from_json(to_json(policy)) == policy."""
    rng, seen = Random(20261125), 0
    while seen < 300:
        try:
            policy = compile_draft(draft_policy(rng))
        except CompileError:
            continue
        _same(policy)
        seen += 1


def test_positions_do_not_come_back() -> None:
    found = from_json(_as_read(compile_text(TEXT)))
    assert {rule.span for rule in found.rules} == {NOWHERE}


def _places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*path, key))


WRONG: list[Json] = [
    None,
    True,
    1,
    1.5,
    "x",
    [],
    {},
    {"node": "Rule"},
    {"node": "Policy"},
    {"number": "01"},
    {"ns": "x"},
]


def _put(document: Json, path: tuple[Any, ...], value: Json) -> Json:
    if not path:
        return value
    changed = copy.deepcopy(document)
    box = changed
    for key in path[:-1]:
        box = box[key]
    box[path[-1]] = value
    return changed


def test_whatever_is_put_wherever_is_refused_or_another_policy_to_the_letter() -> None:
    """Law: what is read is written back the same, so an accepted document has nothing that was overlooked."""
    document = _as_read(compile_text(TEXT))
    refused = 0
    for path in _places(document):
        for value in WRONG:
            changed = _put(document, path, value)
            try:
                found = from_json(changed)
            except IRError:
                refused += 1
                continue
            assert _as_read(found) == changed
    assert refused > 1000


@pytest.mark.parametrize("extra", ["rules", "x"])
def test_members_too_many_are_refused(extra: str) -> None:
    document = _as_read(compile_text(TEXT))
    document["rules"][0][extra] = []
    with pytest.raises(IRError):
        from_json(document)


def test_nesting_without_end_is_refused() -> None:
    leaf = _as_read(compile_text(TEXT))["rules"][0]
    inner = leaf["when"]
    for _ in range(5000):
        inner = {"node": "Not", "item": inner}
    with pytest.raises(IRError):
        from_json({"ir_version": 1, "rules": [leaf | {"when": inner}]})


def test_another_version_is_refused() -> None:
    document = _as_read(compile_text(TEXT))
    document["ir_version"] += 1
    with pytest.raises(IRError):
        from_json(document)
