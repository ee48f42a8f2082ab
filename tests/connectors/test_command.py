"""`axtary connectors`: what is there, and whether it answers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.command import inside as run
from tests.connectors.conftest import RULES
from tests.connectors.services import TOKEN, GitHubService, LinearService, SlackService


@pytest.fixture
def policy(tmp_path: Path, github: GitHubService, slack: SlackService, linear: LinearService) -> Path:
    path = tmp_path / "axtary.yml"
    file = os.open(tmp_path / "token", os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(file, TOKEN.encode())
    os.close(file)
    places = {
        "github": (github, "env: AXTARY_TEST_TOKEN"),
        "slack": (slack, "file: token"),
        "linear": (linear, "file: no"),
    }
    text = "".join(
        f"  {name}: {{url: '{service.url}', credential: {{{place}}}}}\n" for name, (service, place) in places.items()
    )
    own = "  a: {url: 'https://a.example', tools: {a.b: {method: POST, path: /a, resource: a}}}\n"
    path.write_text(RULES + "connectors:\n" + text + own)
    return path


def test_the_list_says_what_is_there_and_calls_nobody(
    policy: Path, github: GitHubService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXTARY_TEST_TOKEN", TOKEN)
    found = run("connectors", "list", "--json", cwd=policy.parent)
    assert found.code == 0 and TOKEN not in found.out + found.err
    rows = {row["connector"]: row for row in json.loads(found.out)}
    assert {name: row["credential_there"] for name, row in rows.items()} == {
        "a": True,
        "github": True,
        "linear": False,
        "slack": True,
    }
    assert (rows["a"]["credential"], rows["a"]["tools"]) == (None, ["a.b"])
    assert (rows["slack"]["credential"], rows["github"]["url"]) == ("file:token", github.url)
    assert "the file `no` cannot be read: no such file or directory" in rows["linear"]["problem"]
    text = run("connectors", "list", cwd=policy.parent)
    assert text.code == 0 and TOKEN not in text.out + text.err
    assert "slack.messages.post" in text.out and "linear: the file `no`" in text.err
    assert not github.received


def test_the_check_makes_one_call_to_each(
    policy: Path, github: GitHubService, slack: SlackService, linear: LinearService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXTARY_TEST_TOKEN", TOKEN)
    found = run("connectors", "check", "github", "slack", "a", "--json", cwd=policy.parent)
    assert (found.code, json.loads(found.out)) == (
        0,
        [
            {"connector": "a", "ok": True, "message": "no credential is needed; no call was made"},
            {"connector": "github", "ok": True, "message": "4987 of 5000 calls left in this hour"},
            {"connector": "slack", "ok": True, "message": "signed in as axtary of Acme"},
        ],
    )
    assert [request.method for request in (*github.received, *slack.received)] == ["GET", "GET"]
    (policy.parent / "no").write_bytes(TOKEN.encode())
    (policy.parent / "no").chmod(0o600)
    assert "signed in as Ana" in run("connectors", "check", "linear", cwd=policy.parent).out


def test_a_check_that_fails_says_why(policy: Path, github: GitHubService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXTARY_TEST_TOKEN", TOKEN[::-1])
    found = run("connectors", "check", cwd=policy.parent)
    assert found.code == 1
    assert "failed github: the limits of the credential: GitHub does not accept the credential" in found.out
    assert "failed linear" in found.out and "ok slack" in found.out
    assert TOKEN[::-1] not in found.out + found.err


def test_what_is_not_there_is_said(policy: Path, tmp_path: Path) -> None:
    found = run("connectors", "check", "gihub", "--json", cwd=policy.parent)
    assert found.code == 2 and "did you mean `github`?" in json.loads(found.out)["errors"][0]["help"]
    (tmp_path / "none.yml").write_text(RULES)
    found = run("connectors", "list", "--policy", "none.yml", cwd=tmp_path)
    assert found.code == 2 and "has no connectors" in found.err
