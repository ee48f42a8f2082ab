"""What waits for people: the API, and the access requests of AuthZEN."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from axtary.approvals import new_claims, sign
from axtary.ledger import open_rows
from axtary.proxy.callers import Caller
from tests.approvals.people import ANA, BEN, CY, key, policy_text
from tests.proxy.server import Server, prepare, running

ACTION: dict[str, Any] = {
    "version": 1,
    "tool": "deploy.start",
    "resource": "repo:acme/prod-api",
    "payload": {"version": "1.4.2", "replicas": 3},
}
CODEX = Caller("codex", agent="agent:codex-1", owner=CY, tenant="org:acme")
OTHER = Caller("other", agent="agent:other", owner=CY, tenant="org:acme")
DESK = Caller("desk", agent="agent:desk", tenant="org:acme", approvals=True)
STRANGE = Caller("strange", agent="agent:desk", tenant="org:other", approvals=True)
PEP = Caller("pep", agent="agent:pep", gateway=True)


@pytest.fixture
def server(tmp_path: Any) -> Iterator[Server]:
    tokens = prepare(tmp_path, policy_text(), (CODEX, OTHER, DESK, STRANGE, PEP))
    with running(tmp_path, tokens) as found:
        yield found
        assert found.stop() == 0


def signed(request: dict[str, Any], who: str, **other: Any) -> str:
    """An artifact for what a request shows, made now."""
    import time

    given = {"policy_version": request["policy_version"], "now": int(time.time()), "audience": "axtary:test"} | other
    return sign(new_claims(request["action"], approver=who, **given), key(who))


def test_an_action_waits_is_approved_and_runs_once(server: Server) -> None:
    held = server.post("/v1/authorize", ACTION, key="deploy")
    assert (held.status, held.json()["status"]) == (202, "pending")
    name = held.json()["request"]
    shown = server.get(f"/v1/approvals/{name}", "desk").json()
    assert (shown["status"], shown["action"]["payload"]) == ("pending", ACTION["payload"])
    path = f"/v1/approvals/{name}/answer"
    for who, standing in ((ANA, "pending"), (BEN, "approved")):
        answer = server.post(path, {"artifact": signed(shown, who)}, "desk")
        assert (answer.status, answer.json()["status"]) == (200, standing)
    allowed = server.post("/v1/authorize", ACTION, key="deploy")
    assert (allowed.status, allowed.json()["status"]) == (200, "authorized")
    assert server.get(f"/v1/approvals/{name}", "desk").json()["status"] == "used"
    again = server.post("/v1/authorize", ACTION, key="deploy-2")
    assert again.json()["status"] == "pending" and again.json()["request"] != name
    late = server.post(path, {"artifact": signed(shown, ANA)}, "desk")
    assert (late.status, late.code) == (409, "request_over")
    rows = open_rows(server.folder / ".axtary" / "ledger.db")
    found = [json.loads(each.body) for each in rows.records(0, 100)]
    rows.close()
    kinds = [(each["kind"], each.get("decision") or each.get("verdict")) for each in found]
    assert kinds[:4] == [
        ("decision", "step_up"),
        ("approval", "approved"),
        ("approval", "approved"),
        ("decision", "allow"),
    ]


def test_a_no_ends_it(server: Server) -> None:
    name = server.post("/v1/authorize", ACTION).json()["request"]
    shown = server.get(f"/v1/approvals/{name}").json()
    answer = server.post(f"/v1/approvals/{name}/answer", {"artifact": signed(shown, ANA, decision="deny")}, "desk")
    assert answer.json()["status"] == "denied"
    assert [each["request"] for each in server.get("/v1/approvals?state=denied", "desk").json()["approvals"]] == [name]
    assert server.get("/v1/approvals", "desk").json() == {"approvals": []}


def test_an_artifact_that_is_worth_nothing_is_refused(server: Server) -> None:
    name = server.post("/v1/authorize", ACTION).json()["request"]
    shown = server.get(f"/v1/approvals/{name}", "desk").json()
    path = f"/v1/approvals/{name}/answer"
    swapped = {**shown, "action": {**shown["action"], "payload": {"version": "6.6.6"}}}
    for artifact in (signed(swapped, ANA), signed(shown, ANA, audience="x"), "a.b.c", signed(shown, CY)):
        assert server.post(path, {"artifact": artifact}, "desk").status == 422
    bodies: list[Any] = [{}, {"artifact": 1}, {"artifact": "a", "more": 1}, []]
    for body in bodies:
        assert server.post(path, body, "desk").status == 400
    assert server.get(f"/v1/approvals/{name}", "desk").json()["answers"] == []


def test_a_request_is_seen_by_who_asked_and_who_answers(server: Server) -> None:
    name = server.post("/v1/authorize", ACTION).json()["request"]
    for who, sees in (("codex", True), ("desk", True), ("pep", True), ("other", False), ("strange", False)):
        assert server.get(f"/v1/approvals/{name}", who).status == (200 if sees else 404), who
        assert bool(server.get("/v1/approvals", who).json()["approvals"]) is sees, who
    assert server.post(f"/v1/approvals/{name}/answer", {"artifact": "x"}, "other").status == 404
    assert server.get("/v1/approvals/req_0", "desk").status == 404
    assert server.get("/v1/approvals?state=x", "desk").status == 400


QUESTION: dict[str, Any] = {
    "subject": {"type": "user", "id": "eve@acme.com"},
    "action": {"name": "deploy.start", "properties": {"version": "1.4.2", "replicas": 3}},
    "resource": {"type": "repo", "id": "acme/prod-api"},
    "context": {"region": "eu"},
}


def test_an_access_request_is_followed_until_it_is_approved_and_asked_again(server: Server) -> None:
    denied = server.post("/access/v1/evaluation", QUESTION, "pep").json()
    context = denied["context"]
    assert (denied["decision"], context["reason"]) == (False, "approval_required")
    assert context["access_request"].keys() == {"endpoint", "expires_at"}
    denial = {"evaluation_id": context["evaluation_id"], "expires_at": context["access_request"]["expires_at"]}
    body = {**QUESTION, "denial": denial, "context": {"region": "eu", "business_justification": "renewal"}}
    taken = server.post("/access/v1/requests", body, "pep")
    task = taken.json()["task"]
    assert (taken.status, task["status"]) == (202, "pending")
    assert taken.headers["location"] == task["status_endpoint"]
    path = "/" + task["status_endpoint"].split("/", 3)[3]
    shown = server.get(f"/v1/approvals/{task['id']}", "pep").json()
    for who in (ANA, BEN):
        server.post(f"/v1/approvals/{task['id']}/answer", {"artifact": signed(shown, who)}, "pep")
    done = server.get(path, "pep").json()
    assert (done["task"]["status"], done["result"]["mode"]) == ("approved", "reevaluate")
    approval = done["result"]["approval"]
    again = {**QUESTION, "context": {**QUESTION["context"], "approval": approval}}
    assert (
        server.post(
            "/access/v1/evaluation", {**again, "context": {"region": "us", "approval": approval}}, "pep"
        ).json()["decision"]
        is False
    )
    assert server.post("/access/v1/evaluation", again, "pep").json()["decision"] is True
    assert server.post("/access/v1/evaluation", again, "pep").json()["decision"] is False  # good for one
    assert server.get(path, "pep").json()["task"]["status"] == "approved"


def test_an_access_request_of_another_question_is_refused(server: Server) -> None:
    context = server.post("/access/v1/evaluation", QUESTION, "pep").json()["context"]
    denial = {"evaluation_id": context["evaluation_id"], "expires_at": context["access_request"]["expires_at"]}
    changed: list[dict[str, Any]] = [
        {"subject": {"type": "user", "id": "mallory"}},
        {"action": {"name": "deploy.start", "properties": {"version": "6.6.6", "replicas": 3}}},
        {"action": {"name": "deploy.start"}},
        {"resource": {"type": "repo", "id": "acme/prod-other"}},
        {"resource": {**QUESTION["resource"], "properties": {"a": None}}},
        {"context": {"region": "us"}},
        {"context": {}},
        {"denial": {"evaluation_id": "1.req_" + "0" * 32}},
        {"denial": {"evaluation_id": "1"}},
        {"denial": {}},
        {"denial": None},
    ]
    for change in changed:
        answer = server.post("/access/v1/requests", {**QUESTION, "denial": denial, **change}, "pep")
        assert answer.status == 400, change
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:openid:authzen:access-request:error:invalid_denial_binding"
    assert server.post("/access/v1/requests", {**QUESTION, "denial": denial}, "pep").status == 202
    assert server.post("/access/v1/requests", {**QUESTION, "denial": denial}, "other").status in (400, 403)
    name = denial["evaluation_id"].partition(".")[2]
    unknown = server.get(f"/access/v1/requests/{name}", "other")
    assert (unknown.status, unknown.json()["title"]) == (404, "unknown task")
