"""ECS: every field is one of the published ones, with a value that it may have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from axtary.ledger.siem.ecs import VERSION
from tests.docs_pages import ROOT
from tests.ledger.entries import HASH, members
from tests.ledger.siem.events import AT, HOSTILE, LONG, event, every, hostile, parsed

FIELDS = json.loads((ROOT / "tests" / "vectors" / "ecs" / f"fields-{VERSION}.json").read_text())


def fields(found: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        if name == "axtary" and not before:
            continue
        if isinstance(value, Mapping):
            yield from fields(value, f"{before}{name}.")
        else:
            yield before + name, value


def check(found: Mapping[str, Any]) -> None:
    for name, value in fields(found):
        field = FIELDS[name]
        assert isinstance(value, list) == ("array" in field["normalize"]), name
        for item in value if isinstance(value, list) else [value]:
            assert type(item) is (int if field["type"] == "long" else str), name
            assert item and len(str(item)) <= field.get("ignore_above", len(str(item))), name
            assert item in field.get("allowed", [item]), name
    categories = FIELDS["event.category"]["allowed"]
    assert all(word in categories[found["event"]["category"][0]] for word in found["event"]["type"])


def test_every_field_is_one_of_the_schema() -> None:
    for each in parsed("ecs", every()):
        check(each)


@pytest.mark.parametrize("text", [*HOSTILE, LONG], ids=[f"{n}" for n in range(len(HOSTILE) + 1)])
def test_no_text_makes_it_another(text: str) -> None:
    for each in parsed("ecs", hostile(text)):
        check(each)


def test_only_what_is_allowed_is_allowed() -> None:
    found = [each["event"] for each in parsed("ecs", every())]
    assert {each["action"] for each in found if "allowed" in each["type"]} == {"decision.allow"}
    assert {each["action"] for each in found if "denied" in each["type"]} == {"decision.deny", "decision.step_up"}
    assert {each["action"]: each["outcome"] for each in found if "outcome" in each} == {
        "outcome.succeeded": "success",
        "outcome.failed": "failure",
        "outcome.unknown": "unknown",
    }
    assert {each["action"] for each in found if each["kind"] == "alert"} == {"incident"}


def test_who_what_and_when() -> None:
    told = members(1, owner="user:ana", tenant="acme", trace="t1")
    (found,) = parsed("ecs", iter([event("decision", **told)]))
    assert (found["@timestamp"], found["gen_ai"]["agent"]["id"], found["user"]["id"]) == (AT, "agent:1", "user:ana")
    assert (found["organization"]["id"], found["trace"]["id"]) == ("acme", "t1")
    assert found["rule"] == {"id": "r", "version": HASH}
    assert (found["axtary"]["tool"], found["axtary"]["rules"]) == ("tool.1", ["r"])
    assert "agent" not in found  # in ECS, that is who ships the event


def test_no_name_that_others_chose_is_a_field() -> None:
    """A member of a result would become a field, and a thousand of them the end of the index."""
    outcome = event("outcome", outcome="failed", action_hash=HASH, result={"a.b": {"c": 1}}, costs={"rule": "1"})
    (found,) = parsed("ecs", iter([outcome]))
    assert json.loads(found["axtary"]["result"]) == {"a.b": {"c": 1}}
    assert json.loads(found["axtary"]["costs"]) == {"rule": "1"}
