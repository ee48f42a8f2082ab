"""Law: actions that were kept as columns are decided as they were before."""

from __future__ import annotations

import io
import json
from collections import Counter
from random import Random
from typing import Any

import pytest
from tests import generate, large_policies

from axtary.backends import native
from axtary.compiler import compile_text
from axtary.compiler.ir import Policy
from axtary.runtime.action import check_action
from axtary.runtime.errors import DoorError
from axtary.runtime.replay import Recorded, RecordingError, replay

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
recording = pytest.importorskip("axtary.runtime.recording")


def action(**members: Any) -> dict[str, Any]:
    known = {"version": 1, "id": "a", "time": "2026-11-25T10:00:00Z", "tool": "t", "actor": {"agent": "agent:a"}}
    return check_action(known | {"resource": "", "intent": {"task": ""}, "payload": {}, "paths": []} | members)


def rule(condition: str) -> Policy:
    return compile_text(f"version: 1\npolicies: [{{id: r, effect: allow, match: {{tool: t}}, when: '{condition}'}}]")


def admitted(cases: Any) -> list[Any]:
    """Those of generated actions that the door lets in."""
    found = []
    for each, _facts in cases:
        try:
            found.append(check_action(each))
        except DoorError:
            continue
    return found


def stored_columns(data: bytes) -> set[str]:
    return {*pq.read_schema(io.BytesIO(data)).names} - {"action"}


@pytest.mark.parametrize("seed", range(7000, 7012))
def test_kept_actions_are_decided_alike(seed: int) -> None:
    policy = generate.compile_draft(generate.draft(seed))
    actions = admitted(generate.cases(Random(seed), policy, 60))
    assert actions
    kept = Recorded.stored(recording.dump(actions))
    assert list(kept.actions) == actions
    assert replay(native.compile(policy), kept) == replay(native.compile(policy), Recorded(actions))


def test_a_large_policy_on_kept_actions() -> None:
    policy = large_policies.large_policy(3, 150)
    actions = [action(**{k: v for k, v in a.items() if k in ("tool", "resource", "payload", "paths", "actor")})
               for a, _ in large_policies.cases(Random(3), policy, 200)]  # fmt: skip
    found = replay(native.compile(policy), Recorded.stored(recording.dump(actions)))
    assert found == replay(native.compile(policy), Recorded(actions))
    assert len(Counter(found.decisions)) > 1


CASES: list[dict[str, Any]] = [
    {},
    {"x": None},
    {"x": True},
    {"x": 1},
    {"x": 2.5},
    {"x": "1"},
    {"x": "null"},
    {"x": {"y": 1}},
    {"x": ["a", "b"]},
    {"x": []},
    {"x": {"y": {"z": {"deep": 5}}}},
    {"x/y": 1, "x~y": 2, "": 3},
]
PROBES = [
    "payload.x == 1",
    "not (payload.x == 1)",
    "payload.x == true",
    'payload.x == "1"',
    'payload.x == "null"',
    "payload.x.y == 1",
    "has payload.x",
    "has payload.x.y",
    'payload.x contains "a"',
    "count(payload.x) == 0",
    "payload.x.y.z.deep == 5",
    'payload["x/y"] == 1',
    'payload["x~y"] == 2',
    'payload[""] == 3',
    'none payload.x in ["c"]',
]


@pytest.mark.parametrize("probe", PROBES)
def test_every_kind_of_value_survives(probe: str) -> None:
    policy = rule(probe)
    actions = [action(payload=payload) for payload in CASES]
    found = replay(native.compile(policy), Recorded.stored(recording.dump(actions)))
    assert list(found.decisions) == [native.compile(policy).decide(each, {}).decision for each in actions]
    assert "allow" in found.decisions


def test_only_common_and_short_places_have_columns() -> None:
    odd = [action(payload={f"k{n}": n, "body": "x" * 1000, "base": "main"}) for n in range(400)]
    names = stored_columns(recording.dump(odd))
    assert len(names) == 256
    assert {"/payload/base", "/tool", "/actor/agent"} < names
    assert "/payload/body" not in names
    policy = rule("payload.k399 == 399 and has payload.body")
    assert replay(native.compile(policy), Recorded.stored(recording.dump(odd))).fired == {"r": 1}


def test_the_same_actions_give_the_same_bytes() -> None:
    actions = [action(payload={"n": n % 7}) for n in range(100)]
    assert recording.dump(actions) == recording.dump(json.loads(json.dumps(actions)))


def test_no_actions_at_all() -> None:
    assert not Recorded.stored(recording.dump([])).actions


def parquet(table: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def test_what_is_no_recording_is_refused() -> None:
    whole = recording.dump([action()])
    schema = pq.read_schema(io.BytesIO(whole))
    other = pa.table({"action": ["{}"]})
    plain_column = other.append_column("/tool", pa.array(["t"])).replace_schema_metadata(schema.metadata)
    for data in (
        b"PAR1",
        whole[:-9],
        whole[:40] + whole[60:],
        parquet(other),
        parquet(plain_column),
        parquet(pa.table({})),
    ):
        with pytest.raises(RecordingError):
            Recorded.stored(data)


def test_a_recording_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_MAX_BYTES", 100)
    with pytest.raises(RecordingError, match="more than 100 bytes"):
        Recorded.stored(recording.dump([action()]))


def test_texts_that_are_no_actions_are_refused_when_they_are_read() -> None:
    table = pq.read_table(io.BytesIO(recording.dump([action()])))
    broken = table.set_column(0, table.schema.field(0), pa.array(['{"version": 1}']))
    actions = Recorded.stored(parquet(broken)).actions
    with pytest.raises(DoorError):
        list(actions)
    for text in ('{"a":1,"a":2}', "1,2", ""):
        column = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), pa.array([text]))
        odd = table.set_column(table.schema.get_field_index("/tool"), table.schema.field("/tool"), column)
        with pytest.raises(DoorError):
            replay(native.compile(rule("payload.n == 1")), Recorded.stored(parquet(odd)))
