"""What the service receives is the payload that was decided upon, byte for byte, or it receives nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtary.connectors import Connectors, ProviderError
from axtary.runtime.hashing import canonical, payload_hash
from tests.connectors.conftest import Opening, action
from tests.connectors.server import Say, Service
from tests.connectors.services import HEAD, NEXT, UUID, GitHubService, LinearService, SlackService
from tests.connectors.test_github import CALLS

POST = ("slack.messages.post", {"channel": "#agent-builds", "text": "hi", "thread_ts": "1.1"})
UPDATE = ("linear.issues.update", {"id": "AXT-418", "input": {"title": "a"}})

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_the_body_is_the_canonical_payload(opened: Opening, service: Service, payload: dict[str, Any]) -> None:
    """For every payload: the bytes that arrive are the RFC 8785 form whose hash was decided upon, or it is refused."""
    if not hasattr(service, "echo"):
        tools = "{echo.post: {method: POST, path: /, resource: echo}}"
        service.echo = opened(f"  echo: {{url: '{service.url}', tools: {tools}}}\n")  # type: ignore[attr-defined]
    connectors: Connectors = service.echo  # type: ignore[attr-defined]
    service.script("POST", "/", Say(200, {}))
    before = len(service.received)
    try:
        call = connectors.normalise("echo.post", payload)
    except ProviderError as refused:
        assert refused.code == "bad_payload"
        return
    decided = action(call)
    assert connectors.execute(decided, "k").outcome == "succeeded"
    (sent,) = service.received[before:]
    assert sent.content == canonical(call.payload)
    assert payload_hash({"payload": json.loads(sent.content)}) == payload_hash(decided)


@pytest.mark.parametrize(("tool", "payload"), [*CALLS, POST, UPDATE])
def test_an_action_that_is_not_in_the_decided_form_is_not_sent(
    tool: str,
    payload: dict[str, Any],
    built_in: Connectors,
    github: GitHubService,
    slack: SlackService,
    linear: LinearService,
) -> None:
    good = action(built_in.normalise(tool, payload))
    for service in (github, slack, linear):
        service.received.clear()
    other_resource = {**good, "resource": "repo:acme/other"}
    unknown_member = {**good, "payload": {**good["payload"], "force": True}}
    no_payload = {name: value for name, value in good.items() if name != "payload"}
    with_token = {**good, "payload": {**good["payload"], "token": "xoxb-of-the-caller"}}
    for bad in (other_resource, unknown_member, no_payload, with_token):
        with pytest.raises(ProviderError):
            built_in.execute(bad, "k")
    assert not github.received and not slack.received and not linear.received
    assert built_in.execute(good, "k").outcome == "succeeded"


@pytest.mark.parametrize(
    ("tool", "payload", "member"),
    [
        (*CALLS[0], "head_sha"),
        (*CALLS[1], "sha"),
        (*CALLS[1], "base"),
        (*CALLS[2], "sha"),
        (*POST, "channel_id"),
        (*UPDATE, "identifier"),
    ],
)
def test_an_action_without_what_pins_it_is_not_sent(
    tool: str, payload: dict[str, Any], member: str, built_in: Connectors
) -> None:
    good = action(built_in.normalise(tool, payload))
    del good["payload"][member]
    with pytest.raises(ProviderError) as caught:
        built_in.execute(good, "k")
    assert caught.value.code == "not_normalised"


SWAPS: list[tuple[str, dict[str, Any], Callable[[dict[str, Any]], object]]] = [
    (*CALLS[0], lambda payload: payload.update(head_sha=NEXT)),
    (*CALLS[1], lambda payload: payload.update(sha=NEXT)),
    (*POST, lambda payload: payload.update(channel_id="C0000003")),
    (*UPDATE, lambda payload: payload.update(id=UUID.replace("1", "9"))),
]


@pytest.mark.parametrize(("tool", "payload", "swap"), SWAPS)
def test_a_pin_that_is_swapped_is_no_pin(
    tool: str, payload: dict[str, Any], swap: Callable[[dict[str, Any]], object], built_in: Connectors
) -> None:
    bad = copy.deepcopy(action(built_in.normalise(tool, payload)))
    swap(bad["payload"])
    with pytest.raises(ProviderError):
        built_in.execute(bad, "k")


def test_a_payload_that_changes_while_it_runs_changes_nothing(built_in: Connectors, github: GitHubService) -> None:
    decided = action(built_in.normalise(*CALLS[0]))
    look = github.handle

    def swapping(request: Any) -> Any:  # between the look at the head and the request itself
        decided["payload"].update(title="swapped", base="release")
        return look(request)

    github._handle = swapping
    assert built_in.execute(decided, "k").outcome == "succeeded"
    assert github.of("POST")[0].json["title"] == "Fix login"
    assert github.of("POST")[0].json["base"] == "main" and decided["payload"]["head_sha"] == HEAD


def test_paths_that_differ_from_the_payloads_are_not_run(built_in: Connectors, github: GitHubService) -> None:
    good = action(built_in.normalise(*CALLS[3]))
    for paths in ([], ["other"], "docs/b c.txt", None):
        with pytest.raises(ProviderError) as caught:
            built_in.execute({**good, "paths": paths}, "k")
        assert caught.value.code == "not_normalised"
    assert not github.of("PUT")


def test_a_tool_that_no_connector_has_is_refused(built_in: Connectors) -> None:
    for step in (
        lambda: built_in.normalise("github.issues.creat", {}),
        lambda: built_in.execute({"tool": "github.issues.creat", "payload": {}}, "k"),
        lambda: built_in.execute({"payload": {}}, "k"),
    ):
        with pytest.raises(ProviderError) as caught:
            step()
        assert caught.value.code == "unknown_tool"
    assert "github.issues.create" in built_in.tools
