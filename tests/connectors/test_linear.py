"""Linear: one operation, variables only, the issue resolved to its id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from axtary.connectors import Connectors, ProviderError
from axtary.connectors.linear import INPUT
from tests.connectors.conftest import action, run
from tests.connectors.server import Say
from tests.connectors.services import UUID, LinearService

UPDATE = "linear.issues.update"
PUBLISHED = json.loads((Path(__file__).parent / "published" / "linear.json").read_text())["IssueUpdateInput"]
KINDS = {
    "String": "text|null",
    "TimelessDate": "text|null",
    "DateTime": "text|null",
    "SLADayCountType": "text|null",
    "Boolean": "boolean|null",
    "Int": "integer|null",
    "Float": "number|null",
    "Array<String>": "texts|null",
    "JSON": "json",
}


def test_the_members_of_input_are_those_that_linear_publishes() -> None:
    assert {name: KINDS[kind] for name, kind in PUBLISHED.items()} == INPUT


@pytest.mark.parametrize("written", ["AXT-418", UUID])
def test_an_issue_is_its_id_and_its_identifier(written: str, built_in: Connectors, linear: LinearService) -> None:
    call = built_in.normalise(UPDATE, {"id": written, "input": {"trashed": None}})
    assert call.payload == {"id": UUID, "identifier": "AXT-418", "input": {"trashed": None}}
    assert (call.resource, call.paths) == ("issue:AXT-418", None)
    assert built_in.normalise(UPDATE, call.payload) == call
    assert all(request.json["query"].startswith("query ") for request in linear.received)


def test_the_variables_are_what_was_decided(built_in: Connectors, linear: LinearService) -> None:
    given = {"title": 'a"}) { evil }', "priority": 1, "sortOrder": -0.5, "trashed": None}
    ran = run(built_in, UPDATE, {"id": "AXT-418", "input": given})
    assert (ran.outcome, ran.result["identifier"]) == ("succeeded", "AXT-418")
    sent = linear.received[-1].json
    assert sent["variables"] == {"id": UUID, "input": given}
    assert sent["query"].count("{") == 3 and "evil" not in sent["query"]


def test_an_issue_that_moved_to_another_team_is_not_changed(built_in: Connectors, linear: LinearService) -> None:
    call = built_in.normalise(UPDATE, {"id": "AXT-418", "input": {"title": "a"}})
    linear.identifier = "OPS-7"
    with pytest.raises(ProviderError) as caught:
        built_in.execute(action(call), "k")
    assert caught.value.code == "moved"
    assert not [request for request in linear.received if request.json["query"].startswith("mutation")]


@pytest.mark.parametrize(
    "payload",
    [
        {"query": "mutation { issueDelete(id: 1) { success } }"},
        {"id": "AXT-418", "input": {"title": "a"}, "variables": {}},
        {"id": "AXT-418", "input": {}},
        {"id": "AXT-418", "input": {"titel": "a"}},
        {"id": "AXT-418", "input": {"priority": 1.5}},
        {"id": "AXT-418", "input": {"priority": True}},
        {"id": "AXT-418", "input": {"labelIds": ["a", 1]}},
        {"id": "axt-418", "input": {"title": "a"}},
        {"id": "AXT-418"},
    ],
)
def test_a_payload_that_means_nothing_is_refused(
    payload: dict[str, Any], built_in: Connectors, linear: LinearService
) -> None:
    with pytest.raises(ProviderError) as caught:
        built_in.normalise(UPDATE, payload)
    assert caught.value.code == "bad_payload" and caught.value.help
    assert not linear.received


def test_an_issue_that_is_not_there_has_linears_words(built_in: Connectors) -> None:
    with pytest.raises(ProviderError, match="Entity not found: Issue") as caught:
        built_in.normalise(UPDATE, {"id": "AXT-999", "input": {"title": "a"}})
    assert caught.value.code == "not_found"


def error(code: str | None) -> dict[str, Any]:
    return {"errors": [{"message": "m", "extensions": {"code": code} if code else {}}], "data": None}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Say(200, error("INPUT_ERROR")), "failed"),
        (Say(400, error("GRAPHQL_VALIDATION_FAILED")), "failed"),
        (Say(200, error("INTERNAL_SERVER_ERROR")), "unknown"),
        (Say(200, error(None)), "unknown"),
        (Say(200, {"data": {"issueUpdate": {"success": False}}}), "failed"),
        (Say(200, {"data": None}), "unknown"),
        (Say(200, b"{"), "unknown"),
        (Say(502, b"<html>"), "unknown"),
        (Say(403, {}), "failed"),
    ],
)
def test_what_became_of_a_change(answer: Say, outcome: str, built_in: Connectors, linear: LinearService) -> None:
    call = built_in.normalise(UPDATE, {"id": "AXT-418", "input": {"title": "a"}})
    found = linear.handle(linear.received[-1])
    linear.script("POST", "/graphql", found, answer)
    assert built_in.execute(action(call), "k").outcome == outcome
    assert len([request for request in linear.received if request.json["query"].startswith("mutation")]) == 1


def test_a_personal_key_stands_alone_in_the_header(opened: Any, linear: LinearService) -> None:
    key = "lin_api_0123456789"
    connectors = opened(f"  linear: {{url: '{linear.url}', credential: {{env: TOKEN}}}}\n", {"TOKEN": key})
    with pytest.raises(ProviderError) as caught:
        connectors.normalise(UPDATE, {"id": "AXT-418", "input": {"title": "a"}})
    assert caught.value.code == "unauthorized"
    assert linear.received[0].headers["authorization"] == key
