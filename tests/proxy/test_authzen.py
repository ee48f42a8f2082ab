"""AuthZEN 1.0: what its certification scenario asks (Basic, Batch, Discovery), and what its text says besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.proxy.server import CODEX, PEP, Answer, Server, prepare, running

POLICY = """\
version: 1
policies:
  - {id: reads, effect: allow, match: {tool: read}, when: 'actor.owner in ["user:alice", "user:bob"]'}
  - id: writes
    effect: allow
    match: {tool: write}
    when: 'actor.owner == "user:alice" and not (has context.resource.status and context.resource.status == "archived")'
  - id: admins-write
    effect: allow
    match: {tool: write}
    when: 'context.subject.properties.role == "admin" and context.resource.status == "archived"'
  - {id: soft, effect: allow, match: {tool: delete}, when: 'actor.owner == "user:alice" and payload.soft == true'}
  - id: pays
    effect: allow
    match: {tool: pay}
    obligations:
      budget: {limit: 3, unit: USD, per: owner, window: 1d, cost: 1}
  - {id: agents, effect: allow, match: {tool: ping}, when: 'actor.agent == "agent:x"'}
"""
ALICE: dict[str, Any] = {"type": "user", "id": "alice"}
BOB: dict[str, Any] = {"type": "user", "id": "bob"}
ADMIN = {**BOB, "properties": {"role": "admin"}}
ONE: dict[str, Any] = {"type": "record", "id": "record-1"}
TWO: dict[str, Any] = {"type": "record", "id": "record-2"}
ARCHIVED = {**TWO, "properties": {"status": "archived"}}
ACTIVE = {**ONE, "properties": {"status": "active"}}
READ, WRITE = {"name": "read"}, {"name": "write"}


def asked(subject: Any, action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"subject": subject, "action": action, "resource": resource, **more}


def deletes(soft: bool) -> dict[str, Any]:
    return {"name": "delete", "properties": {"soft": soft}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("authzen")
    with running(folder, prepare(folder, POLICY, (CODEX, PEP)), public_url="https://pdp.example.com") as found:
        yield found


def one(server: Server, body: Any, **headers: str) -> Answer:
    return server.ask("POST", "/access/v1/evaluation", body, "pep", headers)


def many(server: Server, body: Any) -> Answer:
    return server.ask("POST", "/access/v1/evaluations", body, "pep")


def decisions(answer: Answer) -> list[bool]:
    assert answer.status == 200 and "decision" not in answer.json()
    return [each["decision"] for each in answer.json()["evaluations"]]


# --- one ------------------------------------------------------------------------------------------------------------

FIXTURE = [
    (asked(ALICE, READ, ONE), True),
    (asked(ALICE, WRITE, ONE), True),
    (asked(BOB, READ, ONE), True),
    (asked(BOB, WRITE, ONE), False),
    (asked(ALICE, WRITE, ARCHIVED), False),
    (asked(ADMIN, WRITE, ARCHIVED), True),
    (asked(ALICE, deletes(True), ONE), True),
    (asked(ALICE, deletes(False), ONE), False),
    (asked(ALICE, READ, ONE, context={"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}), True),
    (
        asked(
            {**ALICE, "properties": {"department": "Sales", "role": "manager"}},
            {**READ, "properties": {"method": "GET"}},
            {**ONE, "properties": {"status": "active", "owner": "bob"}},
        ),
        True,
    ),
    (asked(ALICE, READ, ONE, foo="bar", futureField={"nested": True}), True),
    (asked({**ALICE, "new": 1}, {**READ, "new": []}, {**ONE, "new": None}), True),
]


@pytest.mark.parametrize(("body", "decision"), FIXTURE)
def test_the_fixture_has_its_decisions(server: Server, body: dict[str, Any], decision: bool) -> None:
    for _ in range(2):  # the same each time
        answer = one(server, body)
        assert (answer.status, answer.json()["decision"]) == (200, decision)
        assert answer.headers["content-type"] == "application/json"
        assert type(answer.json()["context"]) is dict


WRONG = [
    {"action": READ, "resource": ONE},
    {"subject": ALICE, "resource": ONE},
    {"subject": ALICE, "action": READ},
    asked({"id": "alice"}, READ, ONE),
    asked({"type": "user"}, READ, ONE),
    asked(ALICE, {}, ONE),
    asked(ALICE, READ, {"id": "record-1"}),
    asked(ALICE, READ, {"type": "record"}),
    asked("alice", READ, ONE),
    asked(ALICE, {"name": 123}, ONE),
    asked(ALICE, READ, ONE, context=[]),
    asked({**ALICE, "properties": "x"}, READ, ONE),
    asked(ALICE, {"name": ""}, ONE),
    asked(None, READ, ONE),
    [],
    b"{",
    b"",
    b'{"subject": {"type": "user", "id": "bob", "id": "alice"}, "action": {"name": "read"}, "resource": {}}',
]


@pytest.mark.parametrize("body", WRONG)
def test_what_is_missing_or_ill_typed_is_a_400(server: Server, body: Any) -> None:
    assert one(server, body).status == 400


def test_other_content_is_a_400(server: Server) -> None:
    for kind in ("text/plain", "application/xml"):
        assert one(server, FIXTURE[0][0], **{"Content-Type": kind}).status == 400


def test_the_id_of_the_request_comes_back(server: Server) -> None:
    assert one(server, FIXTURE[0][0], **{"X-Request-ID": "bfe9eb29"}).headers["x-request-id"] == "bfe9eb29"
    assert one(server, b"{", **{"X-Request-ID": "x y"}).headers["x-request-id"] == "x y"


def test_without_credentials_nobody_asks(server: Server) -> None:
    assert server.ask("POST", "/access/v1/evaluation", FIXTURE[0][0], "").status == 401


# --- many -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"subject": BOB, "resource": ONE, "evaluations": [{"action": READ}, {"action": WRITE}]}, [True, False]),
        (
            {"subject": ALICE, "action": WRITE, "evaluations": [{"resource": ACTIVE}, {"resource": ARCHIVED}]},
            [True, False],
        ),
        (
            {"action": WRITE, "resource": ARCHIVED, "evaluations": [{"subject": ALICE}, {"subject": ADMIN}]},
            [False, True],
        ),
        ({"evaluations": [asked(ALICE, READ, ONE), asked(BOB, WRITE, ONE)]}, [True, False]),
        (
            {
                "subject": ALICE,
                "action": WRITE,
                "resource": {"type": "record"},
                "evaluations": [
                    {"resource": {"id": "record-1", "properties": {"status": "active"}}},
                    {"resource": ARCHIVED},
                ],
            },
            [True, False],
        ),
        ({"subject": ALICE, "action": READ, "evaluations": [{"resource": ONE}, {}]}, [True, False]),
        (
            {"subject": ALICE, "action": READ, "resource": ONE, "evaluations": [{}, 3, {"subject": "x"}]},
            [True, False, False],
        ),
        # an item replaces the whole of a default: the archived status of the default does not reach it
        (
            {"subject": ALICE, "action": WRITE, "resource": ARCHIVED, "evaluations": [{"resource": ONE}, {}]},
            [True, False],
        ),
    ],
)
def test_many_are_answered_in_their_order(server: Server, body: dict[str, Any], found: list[bool]) -> None:
    assert decisions(many(server, body)) == found


def test_context_is_inherited_and_replaced(server: Server) -> None:
    items = [{"resource": ONE}, {"resource": TWO, "context": {"source": "batch"}}]
    body = {"subject": ALICE, "action": READ, "context": {"time": "x"}, "evaluations": items}
    assert decisions(many(server, body)) == [True, True]


@pytest.mark.parametrize("more", [{}, {"evaluations": []}])
def test_without_items_it_is_one_question(server: Server, more: dict[str, Any]) -> None:
    assert many(server, {**asked(ALICE, READ, ONE), **more}).json()["decision"] is True
    assert many(server, {"subject": ALICE, **more}).status == 400


@pytest.mark.parametrize(
    ("semantic", "found"),
    [
        (None, [True, False, True, False]),
        ("execute_all", [True, False, True, False]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_semantics_say_when_it_ends(server: Server, semantic: str | None, found: list[bool]) -> None:
    items = [{"action": READ}, {"action": WRITE}, {"action": READ}, {}]
    body: dict[str, Any] = {"subject": BOB, "resource": ONE, "evaluations": items}
    if semantic is not None:
        body["options"] = {"evaluations_semantic": semantic}
    assert decisions(many(server, body)) == found


@pytest.mark.parametrize(
    "more",
    [{"options": {"evaluations_semantic": "other"}}, {"options": []}, {"evaluations": {}}, {"evaluations": [{}] * 101}],
)
def test_what_is_wrong_with_the_whole_is_a_400(server: Server, more: dict[str, Any]) -> None:
    assert many(server, {**asked(ALICE, READ, ONE), "evaluations": [{}], **more}).status == 400


# --- where ----------------------------------------------------------------------------------------------------------


def test_the_metadata_say_where_everything_is(server: Server) -> None:
    answer = server.get("/.well-known/authzen-configuration", "")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    assert found["policy_decision_point"] == "https://pdp.example.com"
    assert found["access_evaluation_endpoint"] == "https://pdp.example.com/access/v1/evaluation"
    for name, url in found.items():
        if name.endswith(("endpoint", "uri")):
            path = url.removeprefix("https://pdp.example.com")
            assert server.get(path).status != 404, name
    assert not any(name.startswith("search") for name in found)
    assert server.get("/.well-known/jwks.json", Host="pdp.example.com").status == 200


# --- whose, and what it costs ---------------------------------------------------------------------------------------


def test_a_caller_asks_for_itself_only(server: Server) -> None:
    body = asked({"type": "user", "id": "ana@acme.com"}, READ, ONE)
    assert server.post("/access/v1/evaluation", body).status == 200
    assert server.post("/access/v1/evaluation", asked({"type": "agent", "id": "codex-1"}, READ, ONE)).status == 200
    for subject in (ALICE, {"type": "agent", "id": "other"}, {"type": "user:ana@acme.com", "id": ""}):
        assert server.post("/access/v1/evaluation", asked(subject, READ, ONE)).status in (400, 403)
    answer = server.post("/access/v1/evaluations", {**asked(ALICE, READ, ONE), "evaluations": [{}]})
    assert answer.json()["evaluations"][0]["context"]["error"]["status"] == 403


def test_two_subjects_never_have_one_name(server: Server) -> None:
    """`user:alice` of type `x` is not `alice` of type `x:user`."""
    for subject in (
        {"type": "user:alice", "id": ""},
        {"type": "us", "id": "er:alice"},
        {"type": "user%3Aalice", "id": "x"},
    ):
        answer = one(server, asked(subject, READ, ONE))
        assert answer.status == 400 or answer.json()["decision"] is False
    from axtary.proxy.authzen.mapping import named

    pairs = [("a:b", "c"), ("a", "b:c"), ("a%3Ab", "c"), ("a%253Ab", "c"), ("a%", "3Ab:c")]
    assert len({named({"type": kind, "id": name}) for kind, name in pairs}) == len(pairs)


def test_a_gateway_names_the_agent(server: Server) -> None:
    ping = {"name": "ping"}
    assert one(server, asked({"type": "agent", "id": "x"}, ping, ONE)).json()["decision"] is True
    assert one(server, asked(ALICE, ping, ONE, context={"agent": "agent:x"})).json()["decision"] is True
    assert one(server, asked(ALICE, ping, ONE)).json()["decision"] is False


def test_a_yes_is_counted_and_recorded_and_holds_nothing(server: Server) -> None:
    body = asked({"type": "user", "id": "payer"}, {"name": "pay"}, ONE)
    found = [one(server, body).json() for _ in range(5)]
    assert [each["decision"] for each in found] == [True, True, True, False, False]
    assert found[3]["context"]["reason"] == "budget_exhausted"
    records = [int(each["context"]["evaluation_id"]) for each in found]
    assert records == sorted(set(records))
    text = server.get("/metrics", "").body.decode()
    assert "axtary_attempts_unfinished 0.0" in text
    from axtary.runtime.state import open_store

    store = open_store(server.folder / ".axtary" / "state.db")
    assert store.open() == []
