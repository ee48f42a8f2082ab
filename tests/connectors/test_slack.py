"""Slack: the channel that a policy reads is the one that the message goes to."""

from __future__ import annotations

from typing import Any

import pytest

from axtary.connectors import Connectors, ProviderError
from tests.connectors.conftest import action, run
from tests.connectors.server import Say
from tests.connectors.services import SlackService

POST = "slack.messages.post"


@pytest.mark.parametrize("written", ["agent-builds", "#agent-builds", "C0000002"])
def test_a_channel_is_its_name_and_its_id(written: str, built_in: Connectors) -> None:
    call = built_in.normalise(POST, {"channel": written, "text": "hi", "token": "xoxb-of-the-caller"})
    assert call.payload == {"channel": "#agent-builds", "channel_id": "C0000002", "text": "hi"}
    assert (call.resource, call.paths) == ("channel:C0000002", None)
    assert built_in.normalise(POST, call.payload) == call


def test_the_message_goes_to_the_id(built_in: Connectors, slack: SlackService) -> None:
    ran = run(built_in, POST, {"channel": "#agent-builds", "text": "é <x>", "unfurl_links": False})
    assert (ran.outcome, ran.result) == ("succeeded", {"channel": "C0000002", "ts": "1503435956.000247"})
    (sent,) = slack.of("POST")
    assert sent.content == '{"channel":"C0000002","text":"é <x>","unfurl_links":false}'.encode()
    assert (sent.path, sent.headers["content-type"]) == ("/chat.postMessage", "application/json; charset=utf-8")


def test_a_channel_that_got_another_name_gets_no_message(built_in: Connectors, slack: SlackService) -> None:
    call = built_in.normalise(POST, {"channel": "#agent-builds", "text": "hi"})
    slack.channels |= {"C0000002": "prod-alerts", "C0000009": "agent-builds"}
    with pytest.raises(ProviderError) as caught:
        built_in.execute(action(call), "k")
    assert caught.value.code == "moved" and not slack.of("POST")
    again = built_in.normalise(POST, {"channel": "#agent-builds", "text": "hi"})  # a name that is known is not believed
    assert again.payload["channel_id"] == "C0000009"


def test_a_known_channel_is_not_looked_for_in_the_list_again(built_in: Connectors, slack: SlackService) -> None:
    for _ in range(2):
        built_in.normalise(POST, {"channel": "#agent-builds", "text": "hi"})
    assert [request.path for request in slack.received].count("/conversations.list") == 2  # the pages of one look


def test_an_id_that_the_caller_names_must_be_that_of_the_channel(built_in: Connectors) -> None:
    with pytest.raises(ProviderError) as caught:
        built_in.normalise(POST, {"channel": "#agent-builds", "channel_id": "C0000003", "text": "hi"})
    assert caught.value.code == "moved"


def test_two_channels_with_one_name_are_none(built_in: Connectors, slack: SlackService) -> None:
    slack.channels["C0000007"] = "prod"
    with pytest.raises(ProviderError) as caught:
        built_in.normalise(POST, {"channel": "#prod", "text": "hi"})
    assert caught.value.code == "ambiguous"


def test_an_archived_channel_gets_no_message(built_in: Connectors, slack: SlackService) -> None:
    archived = {"id": "C0000003", "name": "prod", "is_archived": True}
    slack.script("GET", "/conversations.info", Say(200, {"ok": True, "channel": archived}))
    with pytest.raises(ProviderError) as caught:
        built_in.normalise(POST, {"channel": "C0000003", "text": "hi"})
    assert caught.value.code == "archived"


def test_json_in_text_is_the_value(built_in: Connectors) -> None:
    blocks = [{"type": "divider"}]
    formed = built_in.normalise(POST, {"channel": "prod", "blocks": '[{"type": "divider"}]'})
    assert formed == built_in.normalise(POST, {"channel": "prod", "blocks": blocks})
    with pytest.raises(ProviderError):
        built_in.normalise(POST, {"channel": "prod", "blocks": '[{"type": "a", "type": "b"}]'})


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": ""},
        {"text": "a", "markdown_text": "b"},
        {"markdown_text": "a" * 12_001},
        {"text": "a" * 40_001},
        {"text": "a", "thread_ts": "yesterday"},
        {"text": "a", "chanel": "b"},
        {"text": "a", "link_names": "true"},
        {"text": "a", "channel": "U0000001"},
        {"text": "a", "channel": "a,b"},
        {"text": "a", "channel": "@ana"},
    ],
)
def test_a_message_that_means_nothing_is_refused(
    message: dict[str, Any], built_in: Connectors, slack: SlackService
) -> None:
    with pytest.raises(ProviderError) as caught:
        built_in.normalise(POST, {"channel": "#prod", **message})
    assert caught.value.code == "bad_payload" and caught.value.help
    assert not slack.received


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("channel_not_found", "not_found"),
        ("invalid_auth", "unauthorized"),
        ("missing_scope", "forbidden"),
        ("some_new_error", "refused"),
    ],
)
def test_a_refused_look_up_has_a_code(error: str, code: str, built_in: Connectors, slack: SlackService) -> None:
    slack.script("GET", "/conversations.list", Say(200, {"ok": False, "error": error}))
    with pytest.raises(ProviderError) as caught:
        built_in.normalise(POST, {"channel": "#prod", "text": "hi"})
    assert (caught.value.code, error in caught.value.message) == (code, True)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Say(200, {"ok": False, "error": "not_in_channel"}), "failed"),
        (Say(200, {"ok": False, "error": "msg_too_long"}), "failed"),
        (Say(200, {"ok": False, "error": "internal_error"}), "unknown"),
        (Say(200, {"ok": False, "error": "fatal_error"}), "unknown"),
        (Say(200, {"channel": "C0000003"}), "unknown"),
        (Say(200, b"<html>"), "unknown"),
        (Say(500, {}), "unknown"),
        (Say(400, {}), "failed"),
    ],
)
def test_what_became_of_a_message(answer: Say, outcome: str, built_in: Connectors, slack: SlackService) -> None:
    slack.script("POST", "/chat.postMessage", answer)
    ran = run(built_in, POST, {"channel": "#prod", "text": "hi"})
    assert (ran.outcome, len(slack.of("POST"))) == (outcome, 1)
    assert ran.message.startswith("it may have happened") == (outcome == "unknown")
