"""Tools declared in the policy file: what values can do in a URL, and what is sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtary.compiler.connectortools import Template
from axtary.connectors import Connectors, ProviderError
from axtary.connectors.declared import _filled
from tests.connectors.conftest import Opening, action, run
from tests.connectors.server import Drop, Say, Service

TOOLS = """
    credential: {env: TOKEN}
    header: X-Api-Key
    timeout: 1s
    tools:
      tickets.create:
        method: POST
        path: /projects/{project.key}/tickets
        resource: "project:{project.key}"
        query: [notify]
        paths: [file, files]
        expect: [201]
        idempotency: Idempotency-Key
        costs: {USD: charge.amount, calls: calls}
      tickets.close: {method: POST, path: "/tickets/{id}/close", body: [reason], resource: "ticket:{id}"}
      tickets.delete: {method: DELETE, path: "/tickets/{id}", resource: "ticket:{id}"}
      tickets.get: {method: GET, path: "/tickets/{id}.json", query: [fields], resource: "ticket:{id}"}
"""


@pytest.fixture
def tickets(opened: Opening, service: Service) -> Connectors:
    return opened(f"  tickets:\n    url: {service.url}/api/" + TOOLS)


PAYLOAD = {"project": {"key": "A&B"}, "title": "é", "notify": True, "file": "a/b.py", "files": ["@x", "a/b.py"]}


def test_each_member_goes_to_its_place(tickets: Connectors, service: Service) -> None:
    service.script("POST", "/tickets", Say(201, {"id": 1, "charge": {"amount": "1.50"}, "calls": 2}))
    call = tickets.normalise("tickets.create", PAYLOAD)
    assert (call.resource, call.paths, call.payload) == ("project:A%26B", ("@@x", "a/b.py"), PAYLOAD)
    ran = tickets.execute(action(call), "act_1")
    assert (ran.outcome, ran.costs, ran.message) == ("succeeded", {"USD": "1.50", "calls": "2"}, "")
    (sent,) = service.received
    assert sent.target == "/api/projects/A%26B/tickets?notify=true"
    assert sent.content == '{"file":"a/b.py","files":["@x","a/b.py"],"title":"é"}'.encode()
    assert sent.headers["idempotency-key"] == "act_1"
    assert "authorization" not in sent.headers


@pytest.mark.parametrize(
    ("tool", "payload"),
    [
        ("tickets.create", {"title": "a"}),
        ("tickets.create", {"project": "a"}),
        ("tickets.create", {"project": {"key": 1.5}}),
        ("tickets.create", {"project": {"key": "a"}, "notify": None}),
        ("tickets.create", {"project": {"key": "a"}, "files": "../a"}),
        ("tickets.create", {"project": {"key": "a"}, "files": [1]}),
        ("tickets.close", {"id": "1", "reason": "x", "force": True}),
        ("tickets.delete", {"id": "1", "reason": "x"}),
        ("tickets.delete", {"id": ""}),
        ("tickets.delete", {"id": ".."}),
        ("tickets.delete", {"id": "."}),
        ("tickets.delete", {"id": "../users/1"}),
        ("tickets.delete", {"id": "a\\b"}),
        ("tickets.delete", {"id": "a\n"}),
        ("tickets.delete", {"id": None}),
    ],
)
def test_a_payload_that_the_mapping_cannot_send_is_refused(
    tool: str, payload: dict[str, Any], tickets: Connectors, service: Service
) -> None:
    with pytest.raises(ProviderError) as caught:
        tickets.normalise(tool, payload)
    assert caught.value.code == "bad_payload" and caught.value.help
    assert not service.received


@settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.text(max_size=20) | st.sampled_from(["?a=b", "#", "%2e%2e", "%2F", "@evil.example", "..;", ":80", "a b"])
)
def test_a_value_never_leaves_its_segment(tickets: Connectors, service: Service, value: str) -> None:
    """For every value: it is refused, or the server sees the declared path with just that value in its place."""
    before = len(service.received)
    try:
        run(tickets, "tickets.get", {"id": value})
    except ProviderError as refused:
        assert refused.code == "bad_payload" and len(service.received) == before
        return
    target = service.received[-1].target
    assert target.startswith("/api/tickets/") and target.endswith(".json") and target.count("/") == 3
    assert not set(target) & set("?#\\@:")
    assert unquote(target.removeprefix("/api/tickets/").removesuffix(".json")) == value


@settings(derandomize=True, deadline=None)
@given(a=st.text(max_size=8), b=st.text(max_size=8))
def test_values_of_two_parameters_have_one_resource_only(a: str, b: str) -> None:
    """For all values: what stands between two parameters stays between them, so two calls never share a resource."""
    template = Template("x:{a}/{b}", ("x:", "a", "/", "b", ""))
    try:
        filled = _filled(template, {"a": a, "b": b})
    except ProviderError:
        return
    assert [unquote(part) for part in filled.removeprefix("x:").split("/")] == [a, b]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Say(201, {}), "succeeded"),
        (Say(202, {}), "unknown"),
        (Say(201, b"no json"), "unknown"),
        (Say(302, None, {"Location": "https://evil.example/"}), "failed"),
        (Say(409, {"title": "Conflict", "detail": "is there"}), "failed"),
        (Say(422, {"error": {"message": "bad"}}), "failed"),
    ],
)
def test_what_became_of_a_call(answer: Say, outcome: str, tickets: Connectors, service: Service) -> None:
    service.script("POST", "/tickets", answer)
    assert run(tickets, "tickets.create", {"project": {"key": "a"}}).outcome == outcome
    assert len(service.received) == 1


def test_a_cost_that_the_answer_does_not_have_is_named(tickets: Connectors, service: Service) -> None:
    service.script("POST", "/tickets", Say(201, {"charge": {"amount": -1}, "calls": True}))
    ran = run(tickets, "tickets.create", {"project": {"key": "a"}})
    assert (ran.outcome, ran.costs) == ("succeeded", {})
    assert ran.message == "the answer has no amount in `charge.amount`, `calls`"


def test_a_call_with_a_key_is_repeated_and_one_without_is_not(tickets: Connectors, service: Service) -> None:
    service.script("POST", "/projects", Drop(), Say(500), Say(201, {}))
    assert run(tickets, "tickets.create", {"project": {"key": "a"}}).outcome == "succeeded"
    assert [request.headers["idempotency-key"] for request in service.received] == ["key-1"] * 3
    service.script("POST", "/close", Drop(), Say(200, {}))
    assert run(tickets, "tickets.close", {"id": 7, "reason": "x"}).outcome == "unknown"
    assert len(service.received) == 4


def test_a_refusal_after_a_doubtful_try_is_no_proof_that_nothing_happened(
    tickets: Connectors, service: Service
) -> None:
    service.script("DELETE", "/tickets/7", Drop(), Say(404, {"message": "Not Found"}))
    ran = run(tickets, "tickets.delete", {"id": 7})
    assert (ran.outcome, len(service.received)) == ("unknown", 2)
    assert service.received[0].content == b"" and "content-type" not in service.received[0].headers


def test_the_name_of_a_member_that_is_sent_nowhere_is_in_the_error(tickets: Connectors) -> None:
    with pytest.raises(ProviderError, match=r"`force` is not sent by `tickets\.close`"):
        tickets.normalise("tickets.close", {"id": 1, "force": True})


@pytest.mark.parametrize("beside", [{"amount": 1}, {"deep": {}}, {"deep": {"key": "A"}}])
def test_what_stands_beside_a_member_of_the_path_is_not_decided_upon_either(
    beside: dict[str, Any], tickets: Connectors
) -> None:
    name = next(iter(beside))
    with pytest.raises(ProviderError, match=rf"`project\.{name}[a-z.]*` is not sent by `tickets\.create`"):
        tickets.normalise("tickets.create", {"project": {"key": "A", **beside}})


def test_a_key_that_cannot_stand_in_a_header_is_refused(tickets: Connectors, service: Service) -> None:
    call = tickets.normalise("tickets.create", {"project": {"key": "a"}})
    with pytest.raises(ProviderError) as caught:
        tickets.execute(action(call), "a\r\nX-Evil: b")
    assert caught.value.code == "bad_key" and not service.received
