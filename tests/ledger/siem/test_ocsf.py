"""OCSF: every event is one of the published schema, and says in numbers and in words the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from axtary.ledger.siem.event import MEANINGS
from tests.docs_pages import ROOT
from tests.ledger.entries import HASH, members
from tests.ledger.siem.events import AT, FORGED, event, every, hostile, parsed

VECTORS = ROOT / "tests" / "vectors" / "ocsf"
SCHEMA = Draft202012Validator(json.loads((VECTORS / "ocsf-1.8.0-api-activity.json").read_text()))
CAPTIONS = json.loads((VECTORS / "captions.json").read_text())


def one(kind: str, **content: Any) -> dict[str, Any]:
    (found,) = parsed("ocsf", iter([event(kind, **content)]))
    return found


def test_the_schema_refuses() -> None:
    sound = one("decision", **members())
    assert SCHEMA.is_valid(sound)
    changes: tuple[dict[str, Any], ...] = (
        {"severity_id": 9},
        {"color": "red"},
        {"api": {}},
        {"actor": {}},
        {"src_endpoint": {}},
    )
    for change in changes:
        assert not SCHEMA.is_valid(sound | change), change


def test_every_event_is_one_of_the_schema() -> None:
    found = parsed("ocsf", every())
    assert {each["metadata"]["event_code"] for each in found} == {".".join(filter(None, key)) for key in MEANINGS}
    for each in found:
        SCHEMA.validate(each)


@pytest.mark.parametrize("text", FORGED)
def test_no_text_makes_it_another(text: str) -> None:
    for each in parsed("ocsf", hostile(text)):
        SCHEMA.validate(each)


def test_numbers_and_words_say_the_same() -> None:
    for each in parsed("ocsf", every()):
        for name in ("severity", "action", "disposition", "status"):
            if f"{name}_id" in each or name in each:
                assert CAPTIONS[f"{name}_id"][str(each[f"{name}_id"])] == each[name]
        for number, name in (("category_uid", "category_name"), ("class_uid", "class_name"), ("type_uid", "type_name")):
            assert CAPTIONS[number][str(each[number])] == each[name]
        assert each["type_uid"] == each["class_uid"] * 100 + each["activity_id"]


def test_only_what_is_allowed_is_allowed() -> None:
    allowed = [each["metadata"]["event_code"] for each in parsed("ocsf", every()) if each["action"] == "Allowed"]
    assert set(allowed) == {"decision.allow", "approval.approved"}
    held = one("decision", **members(2))
    assert (held["action_id"], held["disposition_id"]) == (2, 23)
    assert held["authorizations"][0]["decision"] == "step_up"


def test_who_what_and_when() -> None:
    told = members(1, owner="user:ana", tenant="acme", resource="repo:a", trace="t1")
    found = one("decision", **told)
    assert (found["time"], found["metadata"]["original_time"]) == (1795646905123, AT)
    assert found["actor"] == {"app_name": "agent:1", "user": {"uid": "user:ana"}}
    assert found["src_endpoint"] == {"name": "agent:1"}
    assert found["api"] == {"operation": "tool.1", "request": {"uid": HASH}}
    assert found["resources"] == [{"name": "repo:a"}]
    assert found["policy"] == {"uid": HASH}
    assert (found["metadata"]["tenant_uid"], found["metadata"]["correlation_uid"]) == ("acme", "t1")
    assert "status_id" not in found
    assert found["unmapped"]["axtary"]["task"] == "T-1"


def test_an_outcome_has_a_status_and_other_kinds_have_an_operation_of_their_own() -> None:
    words = {"succeeded": "Success", "failed": "Failure", "unknown": "Unknown"}
    for word, status in words.items():
        found = one("outcome", outcome=word, action_hash=HASH, tool="pay")
        assert (found["status"], found["api"]["operation"], found["action"]) == (status, "pay", "Observed")
    approval = one("approval", approval="a", approver="user:ana", verdict="rejected", action_hash=HASH, tool="pay")
    assert approval["api"]["operation"] == "axtary.approval"
    assert approval["actor"] == {"user": {"uid": "user:ana"}}
    assert (approval["action"], approval["disposition"]) == ("Denied", "Rejected")
