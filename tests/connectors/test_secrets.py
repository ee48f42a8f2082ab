"""A credential is nowhere but in the header of a request: not in errors, results, logs, `repr`s and tracebacks."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import keyring
import pytest
from keyring.backend import KeyringBackend

from axtary.compiler.connectors import Credential
from axtary.connectors import Connectors, ProviderError
from axtary.connectors.credentials import Secret, Source
from tests.connectors.conftest import Opening, action
from tests.connectors.server import Answering, Drop, Half, Received, Say, Service
from tests.connectors.services import HEAD, TOKEN

ECHO = {"message": f"bad token {TOKEN}", "errors": [TOKEN], TOKEN: {"detail": TOKEN}, "error": TOKEN, "ok": False}
ANSWERS: list[Answering] = [
    Drop(),
    Half(),
    *[Say(status, ECHO) for status in (200, 201, 400, 401, 403, 404, 409, 422, 429, 500, 503)],
    Say(200, f"{{{TOKEN}".encode()),
    Say(302, ECHO, {"Location": f"https://evil.example/{TOKEN}", "X-Echo": TOKEN}),
    Say(429, ECHO, {"Retry-After": "9999", "X-Echo": TOKEN}),
]
PAYLOADS: dict[str, dict[str, Any]] = {
    "github.pull_requests.create": {"head_sha": HEAD, "title": "a", "head": "x", "base": "main"},
    "github.pull_requests.merge": {"number": 7, "sha": HEAD, "base": "main"},
    "github.contents.read": {"path": "a", "sha": HEAD, "commit": HEAD},
    "github.contents.write": {"path": "a", "message": "m", "content": "", "branch": "x"},
    "github.issues.create": {"title": "a"},
    "github.issues.comment": {"number": 1, "body": "a"},
    "github.issues.update": {"number": 1, "title": "a"},
    "slack.messages.post": {"channel": "#prod", "channel_id": "C0000003", "text": "a"},
    "linear.issues.update": {
        "id": "1" * 8 + "-2222" * 3 + "-" + "1" * 12,
        "identifier": "A-1",
        "input": {"title": "a"},
    },
    "echo.post": {"a": 1},
    "echo.get": {},
}
RESOURCES = {"slack": "channel:C0000003", "linear": "issue:A-1", "echo": "echo"}


@pytest.fixture
def all_of_them(opened: Opening, service: Service) -> Connectors:
    built_in = "".join(
        f"  {name}: {{url: '{service.url}', credential: {{env: TOKEN}}}}\n" for name in ("github", "slack", "linear")
    )
    tools = "{echo.post: {method: POST, path: /e, resource: echo}, echo.get: {method: GET, path: /e, resource: echo}}"
    return opened(built_in + f"  echo: {{url: '{service.url}', credential: {{env: TOKEN}}, tools: {tools}}}\n")


def _payload(tool: str) -> dict[str, Any]:
    return PAYLOADS[tool] | ({"owner": "acme", "repo": "web-app"} if tool.startswith("github") else {})


@pytest.mark.parametrize("tool", PAYLOADS)
@pytest.mark.parametrize("answer", range(len(ANSWERS)))
def test_no_path_shows_the_credential(
    tool: str, answer: int, all_of_them: Connectors, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for method in ("GET", "POST", "PUT", "PATCH"):
        service.script(method, "/", *[ANSWERS[answer]] * 6)
    payload = _payload(tool)
    resource = RESOURCES.get(tool.split(".")[0], "repo:acme/web-app")
    act = {"tool": tool, "resource": resource, "payload": payload, "paths": ["a"]}
    shown: list[Any] = [all_of_them, vars(all_of_them), all_of_them.connectors]
    for step in (lambda: all_of_them.normalise(tool, payload), lambda: all_of_them.execute(act, "k")):
        try:
            shown.append(step())
        except ProviderError as error:
            shown += [error, vars(error), "".join(traceback.format_exception(error))]
    assert service.received and TOKEN in str(service.received[0].headers)
    assert TOKEN not in caplog.text
    assert TOKEN not in " ".join(map(repr, shown)) + " ".join(map(str, shown))


def test_an_echoed_credential_is_masked_in_results(all_of_them: Connectors, service: Service) -> None:
    service.script("POST", "/e", Say(200, ECHO))
    ran = all_of_them.execute({"tool": "echo.post", "resource": "echo", "payload": {"a": 1}}, "k")
    assert ran.outcome == "succeeded"
    assert ran.result["errors"] == ["[credential]"] and ran.result["[credential]"] == {"detail": "[credential]"}


def test_the_logs_of_others_go_on(all_of_them: Connectors, service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    all_of_them.execute({"tool": "echo.get", "resource": "echo", "payload": {}}, "k")
    assert "httpx2" not in {record.name for record in caplog.records}
    httpx2.get(service.url, trust_env=False)
    assert {"httpx2", "httpcore2.http11"} <= {record.name for record in caplog.records}


def test_a_secret_is_no_text() -> None:
    secret = Secret(TOKEN)
    assert TOKEN not in f"{secret} {secret!r} {vars(type(secret))}" and secret.reveal() == TOKEN
    for leak in (lambda: pickle.dumps(secret), lambda: copy.deepcopy(secret), lambda: json.dumps(secret)):
        with pytest.raises(TypeError):
            leak()
    assert TOKEN not in repr(Source(Credential("env", "A"), {"A": TOKEN}, Path()))


# --- where credentials come from ------------------------------------------------------------------------------------


def read(kind: Any, name: str, folder: Path = Path(), environment: Mapping[str, str] | None = None) -> str:
    return Source(Credential(kind, name), environment or {}, folder).read().reveal()


def refused(kind: Any, name: str, folder: Path = Path(), environment: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ProviderError) as caught:
        read(kind, name, folder, environment)
    assert caught.value.help and TOKEN not in repr(caught.value) + str(caught.value)
    return caught.value.code


def test_a_variable_of_the_environment() -> None:
    assert read("env", "TOKEN", environment={"TOKEN": f" {TOKEN}\n"}) == TOKEN
    assert refused("env", "TOKEN") == refused("env", "TOKEN", environment={"TOKEN": " "}) == "credential_missing"
    for unusable in (f"{TOKEN}\r\nX-Evil: 1", f"{TOKEN} x", f"{TOKEN}é", "short"):
        assert refused("env", "TOKEN", environment={"TOKEN": unusable}) == "credential_unusable"


def test_a_file_that_its_owner_alone_may_read(tmp_path: Path) -> None:
    file = tmp_path / "token"
    assert refused("file", "token", tmp_path) == "credential_missing"
    file.write_text(TOKEN + "\n")
    for mode in (0o640, 0o604, 0o620, 0o602):
        file.chmod(mode)
        assert refused("file", "token", tmp_path) == "credential_unusable"
    file.chmod(0o600)
    assert read("file", "token", tmp_path) == TOKEN
    file.write_text(TOKEN * 1000)
    assert refused("file", "token", tmp_path) == "credential_unusable"
    assert refused("file", ".", tmp_path) == "credential_missing"


def test_a_pipe_is_no_file_of_a_credential(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    writer = os.open(tmp_path / "pipe", os.O_RDWR)  # so that opening it does not wait
    try:
        assert refused("file", "pipe", tmp_path) == "credential_unusable"
    finally:
        os.close(writer)


class InMemory(KeyringBackend):
    """A keyring that is unlocked or not."""

    priority = 1.0
    locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked
        return TOKEN if (service, username) == ("axtary", "github") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def unlocked() -> Iterator[InMemory]:
    before, found = keyring.get_keyring(), InMemory()  # type: ignore[no-untyped-call]
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(before)


def test_an_entry_of_the_keyring(unlocked: InMemory) -> None:
    assert read("keyring", "axtary/github") == TOKEN
    assert refused("keyring", "axtary/slack") == "credential_missing"
    unlocked.locked = True
    assert refused("keyring", "axtary/github") == "credential_missing"


def test_a_rotated_credential_is_used_at_once(opened: Opening, service: Service) -> None:
    environment = {"TOKEN": TOKEN}
    tools = "{a.get: {method: GET, path: /a, resource: a}}"
    connectors = opened(f"  a: {{url: '{service.url}', credential: {{env: TOKEN}}, tools: {tools}}}\n", environment)
    act = {"tool": "a.get", "resource": "a", "payload": {}}
    connectors.execute(act, "k")
    environment["TOKEN"] = TOKEN[::-1]
    connectors.execute(act, "k")
    sent = [request.headers["authorization"] for request in service.received]
    assert sent == [f"Bearer {TOKEN}", f"Bearer {TOKEN[::-1]}"]


def test_without_a_credential_nothing_is_sent(opened: Opening, service: Service) -> None:
    connectors = opened(f"  github: {{url: '{service.url}', credential: {{env: NONE}}}}\n")
    for step in (
        lambda: connectors.normalise("github.issues.create", {"repo": "a/b", "title": "a"}),
        lambda: connectors.execute(
            {
                "tool": "github.issues.create",
                "resource": "repo:a/b",
                "payload": {"owner": "a", "repo": "b", "title": "a"},
            },
            "k",
        ),
    ):
        with pytest.raises(ProviderError, match="environment variable `NONE`") as caught:
            step()
        assert caught.value.code == "credential_missing"
    assert not service.received


def test_the_credential_goes_to_its_own_service_only(built_in: Connectors, slack: Any, linear: Any) -> None:
    built_in.normalise("github.issues.create", {"repo": "acme/web-app", "title": "a"})
    seen: list[Received] = [*slack.received, *linear.received]
    assert not seen
    built_in.execute(action(built_in.normalise("slack.messages.post", {"channel": "#prod", "text": "a"})), "k")
    assert slack.received and not linear.received
