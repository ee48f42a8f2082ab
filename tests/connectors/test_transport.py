"""When a request is tried again, when it is not, and what is then said to have become of it."""

from __future__ import annotations

import socket
from email.utils import formatdate
from typing import Any

import pytest

from axtary.connectors import Connectors, ProviderError, Ran
from axtary.connectors.transport import MAX_BYTES
from tests.connectors.conftest import Opening, Waits, action
from tests.connectors.server import Answering, Drop, Half, Say, Service, Stall
from tests.connectors.services import GitHubService, LinearService, SlackService

COMMENT = {"owner": "acme", "repo": "web-app", "number": 3, "body": "seen"}
HUGE = Say(201, b'"' + b"a" * MAX_BYTES + b'"')
LIMITED = {"message": "API rate limit exceeded for user ID 1."}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


def comment(connectors: Connectors) -> Ran:
    call = connectors.normalise("github.issues.comment", COMMENT)
    return connectors.execute(action(call), "k")


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (Say(401, {"message": "Bad credentials"}), "failed", "does not accept the credential: Bad credentials"),
        (Say(403, {"message": "Resource not accessible"}), "failed", "does not permit it: Resource not accessible"),
        (Say(404, {"message": "Not Found"}), "failed", "does not find it"),
        (Say(409, {"message": "Conflict"}), "failed", "answers with status 409: Conflict"),
        (Say(410, b"<html>gone</html>"), "failed", "answers with status 410"),
        (Say(422, {"message": "Validation Failed", "errors": [{"code": "invalid"}]}), "failed", "Failed (invalid)"),
        (Say(307, None, {"Location": "https://evil.example/"}), "failed", "is not followed"),
        (Say(200, b"{not json"), "unknown", "the answer is not JSON"),
        (Say(201, b'{"id": 1, "id": 2}'), "unknown", "the answer is not JSON"),
        (Say(201, b"[" * 5000), "unknown", "the answer is not JSON"),
        (Say(201, b"\xff"), "unknown", "the answer is not JSON"),
        (Say(201, b"{}", {"Content-Encoding": "gzip"}), "unknown", "compressed, or larger"),
        (HUGE, "unknown", "compressed, or larger"),
        (Say(500, {"message": "x"}), "unknown", "failed with status 500"),
        (Say(503), "unknown", "failed with status 503"),
        (Say(503, None, {"Retry-After": "3"}), "unknown", "failed with status 503"),  # of a cache before the service
        (Say(408), "unknown", "failed with status 408"),
        (Drop(), "unknown", "broke off"),
        (Half(), "unknown", "broke off"),
        (Stall(), "unknown", "no answer came within 1 seconds"),
    ],
)
def test_what_may_have_happened_is_not_sent_again(
    answer: Answering, outcome: str, words: str, built_in: Connectors, github: GitHubService, waits: Waits
) -> None:
    github.script("POST", "/comments", answer)
    ran = comment(built_in)
    assert (ran.outcome, words in ran.message, ran.result) == (outcome, True, None), ran.message
    assert ran.message.startswith("it may have happened: ") == (outcome == "unknown")
    assert len(github.of("POST")) == 1 and not waits.slept


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        (Say(429, LIMITED, {"Retry-After": "7"}), 7, 7),
        (Say(403, SECONDARY, {"Retry-After": "9"}), 9, 9),
        (Say(403, LIMITED, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000020"}), 19, 20),
        (Say(429, LIMITED, {"Retry-After": formatdate(1_000_011, usegmt=True)}), 10, 11),
    ],
)
def test_what_was_refused_for_a_time_is_sent_again_after_it(
    answer: Say, least: float, most: float, built_in: Connectors, github: GitHubService, waits: Waits
) -> None:
    github.script("POST", "/comments", answer)
    assert comment(built_in).outcome == "succeeded"
    assert len(github.of("POST")) == 2
    assert len(waits.slept) == 1 and least <= waits.slept[0] <= most


def test_a_limit_that_lasts_longer_than_patience_is_said(
    built_in: Connectors, github: GitHubService, waits: Waits
) -> None:
    github.script("POST", "/comments", Say(403, SECONDARY))  # without a time: a minute, as GitHub asks for
    ran = comment(built_in)
    assert (ran.outcome, ran.message) == ("failed", "github limits calls: it takes the next in 60 seconds")
    sent = len(github.received)
    with pytest.raises(ProviderError) as caught:  # and it is kept to: nothing is asked before
        comment(built_in)
    assert caught.value.code == "rate_limited" and len(github.received) == sent and not waits.slept
    waits.now += 60
    assert comment(built_in).outcome == "succeeded"


def test_the_last_call_of_an_hour_holds_the_next_one_back(built_in: Connectors, github: GitHubService) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1003600"}
    github.script("POST", "/comments", Say(201, {"id": 5}, spent))
    assert comment(built_in).outcome == "succeeded"
    call: dict[str, Any] = {"tool": "github.issues.comment", "resource": "repo:acme/web-app", "payload": COMMENT}
    with pytest.raises(ProviderError, match="3600 seconds") as caught:
        built_in.execute(call, "k")
    assert caught.value.code == "rate_limited"


def test_slack_says_when_to_come_back(built_in: Connectors, slack: SlackService, waits: Waits) -> None:
    call = built_in.normalise("slack.messages.post", {"channel": "#prod", "text": "hi"})
    limited = Say(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "4"})
    slack.script("POST", "/chat.postMessage", limited)
    assert built_in.execute(action(call), "k").outcome == "succeeded"
    assert (waits.slept, len(slack.of("POST"))) == ([4], 2)


def test_linear_says_when_to_come_back(built_in: Connectors, linear: LinearService, waits: Waits) -> None:
    call = built_in.normalise("linear.issues.update", {"id": "AXT-418", "input": {"title": "a"}})
    headers = {"X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": "1000012000"}
    limited = {"errors": [{"message": "Rate limit exceeded", "extensions": {"code": "RATELIMITED"}}]}
    linear.script("POST", "/graphql", linear.handle(linear.received[-1]), Say(400, limited, headers))
    assert built_in.execute(action(call), "k").outcome == "succeeded"
    assert len(waits.slept) == 1 and 11 <= waits.slept[0] <= 12


def test_a_service_that_is_overloaded_is_left_alone_for_as_long_as_it_says(
    built_in: Connectors, github: GitHubService, waits: Waits
) -> None:
    github.script("GET", "/repos", Say(503, None, {"Retry-After": "3"}))
    call = built_in.normalise("github.issues.comment", COMMENT)
    assert waits.slept == [3]
    github.script("POST", "/comments", Say(503, None, {"Retry-After": "3"}))
    assert built_in.execute(action(call), "k").outcome == "unknown"
    assert built_in.execute(action(call), "k").outcome == "succeeded"
    assert len(waits.slept) == 2 and waits.slept[1] == 3


@pytest.mark.parametrize("answer", [Drop(), Half(), Say(500), Say(502), Say(503)])
def test_a_look_up_is_tried_again(answer: Answering, built_in: Connectors, github: GitHubService, waits: Waits) -> None:
    github.script("GET", "/repos", answer, answer)
    assert comment(built_in).outcome == "succeeded"
    assert len(waits.slept) == 2 and 0.25 <= waits.slept[0] <= 0.5 <= waits.slept[1] <= 1


def test_a_look_up_that_never_succeeds_ends(built_in: Connectors, github: GitHubService, waits: Waits) -> None:
    github.script("GET", "/repos", *[Say(500)] * 9)
    with pytest.raises(ProviderError, match="github cannot be reached: the service failed with status 500") as caught:
        comment(built_in)
    assert (caught.value.code, len(github.received), len(waits.slept)) == ("unreachable", 4, 3)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Say(401, {"message": "Bad credentials"}), "unauthorized"),
        (Say(403, {"message": "Forbidden"}), "forbidden"),
        (Say(404, {"message": "Not Found"}), "not_found"),
        (Say(301, {"message": "Moved Permanently"}, {"Location": "/repositories/1"}), "moved"),
        (Say(200, {"full_name": "Acme/other"}), "moved"),
        (Say(200, b"{"), "bad_answer"),
        (Say(200, "text"), "bad_answer"),
        (HUGE, "bad_answer"),
        (Say(451, {}), "refused"),
    ],
)
def test_a_refused_look_up_has_a_code_and_is_not_repeated(
    answer: Answering, code: str, built_in: Connectors, github: GitHubService, waits: Waits
) -> None:
    github.script("GET", "/repos", answer)
    with pytest.raises(ProviderError) as caught:
        comment(built_in)
    assert (caught.value.code, bool(caught.value.help)) == (code, True)
    assert len(github.received) == 1 and not waits.slept


def test_a_service_that_is_not_there_got_nothing(opened: Opening, waits: Waits) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    connectors = opened(f"  github: {{url: 'http://127.0.0.1:{port}', credential: {{env: TOKEN}}}}\n")
    call = {"tool": "github.issues.comment", "resource": "repo:acme/web-app", "payload": COMMENT}
    with pytest.raises(ProviderError, match="no connection could be made") as caught:
        connectors.execute(call, "k")
    assert caught.value.code == "unreachable" and len(waits.slept) == 3


def test_no_redirect_is_followed_even_to_the_same_host(built_in: Connectors, github: GitHubService) -> None:
    other = Service()
    try:
        github.script("POST", "/comments", Say(307, None, {"Location": f"{other.url}/steal"}))
        github.script("GET", "/repos", Say(302, None, {"Location": f"{github.url}/repos/acme/web-app"}))
        with pytest.raises(ProviderError):
            comment(built_in)
        assert comment(built_in).outcome == "failed"
        assert not other.received
    finally:
        other.close()


def test_the_environment_changes_nothing(
    built_in: Connectors, github: GitHubService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert comment(built_in).outcome == "succeeded"


def test_an_answer_has_only_values_that_can_be_hashed(opened: Opening, service: Service) -> None:
    text = f"  a:\n    url: {service.url}\n    tools:\n      a.get: {{method: GET, path: /a, resource: a}}\n"
    service.script("GET", "/a", Say(200, b'{"a": 9007199254740993, "b": 1e300, "c": "\\ud800", "d": 1.5}'))
    ran = opened(text).execute({"tool": "a.get", "resource": "a", "payload": {}}, "k")
    assert ran.result == {"a": "9007199254740993", "b": "1e+300", "c": "?", "d": 1.5}
    assert "authorization" not in service.received[0].headers
