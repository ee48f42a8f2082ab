"""Webhooks: what is sent and when, held against a real server; and that nobody waits for it."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from axtary.approvals.notify import (
    PAUSES,
    ROOM,
    SECRET,
    TRIES,
    URL,
    Message,
    Target,
    Watcher,
    post,
    target_of,
    watching,
)
from axtary.compiler import CompileError, compile_policy
from axtary.compiler.notifying import Notify
from axtary.runtime.policyfile import UnreadableError
from axtary.runtime.state import Once
from tests.approvals.people import ACTION, loaded, policy_text
from tests.approvals.waiting import Waiting, waiting

EVE = "user:eve@acme.com"
HOOK = Notify("https://hooks.acme.com")


@dataclass
class Hook:
    """A server that keeps what it gets; `answers` are the statuses that it gives, the last for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    found = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.answers.pop(0) if len(found.answers) > 1 else found.answers[0])
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            found.got.append(({}, b"redirected"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/secret-path"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Waiting]:
    with waiting(tmp_path, time.time) as found:
        yield found


@dataclass
class Watched:
    """A watcher whose time a test sets, and what it would have sent."""

    place: Waiting
    notify: Notify = HOOK
    now: float = 0.0
    taken: bool = True
    sent: list[Message] = field(default_factory=list)

    def watcher(self) -> Watcher:
        return Watcher(self.place.approvals, Once(self.place.database), self.notify, self._send, lambda: self.now)

    def _send(self, found: Message) -> bool:
        self.sent.append(found)
        return self.taken

    def told(self) -> list[tuple[str, str, str]]:
        bodies = [json.loads(each.body) for each in self.sent]
        return [(each["event"], each["request"], each["status"]) for each in bodies]


def test_a_request_and_its_end_are_told_once_however_often_and_by_how_many_it_is_looked_at(place: Waiting) -> None:
    watched = Watched(place)
    one, other = watched.watcher(), watched.watcher()
    first = place.ask()
    for each in (one, other, one, watched.watcher()):
        each.look()
    second = place.ask({**ACTION, "payload": {}})
    for each in (other, one):
        each.look()
    place.approvals.answer_for(EVE, first, "deny")
    place.approvals.cancel(second)
    for each in (one, other, watched.watcher()):
        each.look()
    assert sorted(watched.told()) == sorted(
        [
            ("requested", first, "pending"),
            ("requested", second, "pending"),
            ("ended", first, "denied"),
            ("ended", second, "cancelled"),
        ]
    )


def test_an_answer_that_does_not_end_it_is_no_news(place: Waiting) -> None:
    watched = Watched(place)
    watcher, name = watched.watcher(), place.ask()
    watcher.look()
    place.approvals.answer_for(EVE, name, "approve")
    watcher.look()
    assert watched.told() == [("requested", name, "pending")]


def test_a_summary_is_sent_and_the_payload_only_where_it_is_wanted(place: Waiting) -> None:
    action = {**ACTION, "resource": "r\u202e" + "x" * 5000, "payload": {"secret": "hunter2"}}
    name = place.ask(action)
    told = []
    for payload in (False, True):
        watched = Watched(place, Notify("https://h", "https://approvals.acme.com/", payload))
        watcher = watched.watcher()
        watcher._once = Once(place.database, room=10)
        watcher._tell(f"requested{payload}", name)
        watcher.deliver()
        told.append(json.loads(watched.sent[0].body))
    plain, full = told
    assert "hunter2" not in str(plain) and "action" not in plain
    assert full["action"]["payload"] == {"secret": "hunter2"}
    assert plain["link"] == f"https://approvals.acme.com/ui/approvals/{name}"
    assert plain["resource"].startswith("r\\u202ex") and len(plain["resource"]) < 220
    assert (plain["tool"], plain["agent"], plain["rules"]) == ("deploy.start", "agent:codex-1", ["prod-needs-two"])


def test_what_is_not_taken_is_tried_again_a_few_times(place: Waiting, caplog: pytest.LogCaptureFixture) -> None:
    watched = Watched(place, taken=False)
    watcher, name = watched.watcher(), place.ask()
    watcher.look()
    for tries, pause in enumerate(PAUSES, 1):
        watched.now += pause - 0.01
        watcher.look()
        assert len(watched.sent) == tries
        watched.now += 0.01
        watcher.look()
        assert len(watched.sent) == tries + 1
    watched.now += 10_000
    with caplog.at_level(logging.WARNING):
        watcher.look()
    assert len(watched.sent) == TRIES
    assert len({each.id for each in watched.sent}) == 1
    assert watched.told()[0] == ("requested", name, "pending")


def test_messages_that_wait_are_bounded(place: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axtary.approvals.notify.ROOM", 3)
    assert ROOM == 1000
    watched = Watched(place, taken=False)
    watcher = watched.watcher()
    names = [place.ask({**ACTION, "payload": {"n": n}}) for n in range(5)]
    watcher.look()
    assert len({each.id for each in watched.sent}) == 3
    assert {each[1] for each in watched.told()} <= set(names)


# --- at a server ------------------------------------------------------------------------------------------------------


def test_it_is_signed_over_its_time_and_body(hook: Hook) -> None:
    found = Message("req_1:requested", "requested", b'{"a":1}')
    assert post(Target(hook.url, b"s3cret"), found, lambda: 1_800_000_000.9)
    (headers, body) = hook.got[0]
    wanted = hmac.new(b"s3cret", b'1800000000.{"a":1}', hashlib.sha256).hexdigest()
    assert (body, headers["x-axtary-signature"]) == (b'{"a":1}', f"sha256={wanted}")
    assert (headers["x-axtary-timestamp"], headers["x-axtary-delivery"]) == ("1800000000", "req_1:requested")
    assert (headers["x-axtary-event"], headers["content-type"]) == ("requested", "application/json")
    assert post(Target(hook.url, None), found)
    assert "x-axtary-signature" not in hook.got[1][0]


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        *[(200, True), (204, True), (400, True), (404, True), (302, True), (307, True)],
        *[(408, False), (429, False), (500, False), (503, False)],
    ],
)
def test_what_the_server_says_decides_whether_it_is_tried_again(
    hook: Hook, status: int, taken: bool, caplog: pytest.LogCaptureFixture
) -> None:
    hook.answers = [status]
    with caplog.at_level(logging.WARNING):
        assert post(Target(hook.url, b"s3cret"), Message("m", "requested", b"{}")) is taken
    assert len(hook.got) == 1  # no redirect is followed
    assert ("does not take" in caplog.text) == (300 <= status < 500 and taken)
    assert "secret-path" not in caplog.text and "s3cret" not in caplog.text


def test_nobody_there_is_tried_again() -> None:
    assert not post(Target("http://127.0.0.1:1/", None), Message("m", "requested", b"{}"))


def test_a_watcher_tells_a_real_server_while_decisions_go_on(place: Waiting, hook: Hook) -> None:
    hook.answers = [503, 204]
    place.people = replace(place.people, notify=Notify("https://hooks.acme.com"))
    environment = {URL: hook.url, SECRET: "s"}
    with watching(place.approvals, Once(place.database), environment, interval=0.02):
        name = place.ask()
        end = time.monotonic() + 30
        while len(hook.got) < 2 and time.monotonic() < end:
            time.sleep(0.02)
    bodies = [json.loads(body) for _, body in hook.got]
    assert [(each["event"], each["request"]) for each in bodies] == [("requested", name)] * 2
    assert not [each for each in threading.enumerate() if each.name == "axtary-notify"]


def test_without_settings_nobody_watches(place: Waiting) -> None:
    with watching(place.approvals, Once(place.database), {}):
        assert not [each for each in threading.enumerate() if each.name == "axtary-notify"]


# --- settings ---------------------------------------------------------------------------------------------------------


def with_notify(text: str) -> bytes:
    return policy_text().replace("  audience: axtary:test\n", f"  audience: axtary:test\n  notify: {text}\n").encode()


def test_settings_are_read_and_are_no_part_of_the_version() -> None:
    found = compile_policy(
        "axtary.yml", with_notify("{url: https://h.acme.com/x, link: http://localhost:8411, payload: true}")
    )
    notify = found.approvers.notify
    assert notify is not None
    assert (notify.url, notify.link, notify.payload) == ("https://h.acme.com/x", "http://localhost:8411", True)
    assert found.policy.policy_version == loaded()[0].policy_version
    assert loaded()[1].notify is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{url: http://hooks.acme.com}", "`url` is not encrypted: `http` is for this machine only"),
        ("{url: ftp://localhost}", "`url` is not encrypted: `http` is for this machine only"),
        ("{url: hooks}", "`url` is no URL"),
        ("{url: 'https://'}", "`url` is no URL"),
        ("{url: 'https://h:x'}", "`url` is no URL"),
        ("{url: 'https://h/a b'}", "`url` is no URL"),
        ("{url: 'https://u:p@h'}", "`url` has a password in it"),
        ("{url: https://h, link: http://a.com}", "`link` is not encrypted: `http` is for this machine only"),
        ("{url: https://h, payload: perhaps}", "`perhaps` is not a boolean"),
        ("{link: https://h}", "`notify` has no `url`"),
        ("{url: https://h, uri: x}", "`uri` is not a key"),
        ("[]", "`notify`"),
    ],
)
def test_settings_that_say_nothing_are_errors(text: str, message: str) -> None:
    with pytest.raises(CompileError) as caught:
        compile_policy("axtary.yml", with_notify(text))
    assert message in caught.value.diagnostics[0].message


def test_the_environment_goes_before_the_policy_and_is_held_to_the_same() -> None:
    notify = Notify("https://a")
    assert target_of(notify, {}) == Target("https://a", None)
    assert target_of(notify, {URL: "https://b/T0K3N", SECRET: "s"}) == Target("https://b/T0K3N", b"s")
    with pytest.raises(UnreadableError) as refused:
        target_of(notify, {URL: "http://u:T0K3N@b"})
    assert "T0K3N" not in str(refused.value)
