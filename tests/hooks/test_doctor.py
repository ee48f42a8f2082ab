"""`axtary doctor` starts the hook as Claude Code does, and says what it would let through."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from axtary.hooks import checks
from axtary.hooks.answer import decided
from axtary.hooks.checks import Finding, version
from axtary.hooks.doctor import examine
from axtary.hooks.settings import EVENTS, handler, with_hook
from tests.cli.command import run
from tests.hooks.events import POLICY, records, workspace
from tests.hooks.proxies import listening

Settings = dict[str, Any]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(checks, "managed_file", lambda: tmp_path / "managed.json")
    return workspace(tmp_path)


def install(
    root: Path, change: Callable[[Settings], object] = lambda _: None, file: str = "settings.local.json"
) -> None:
    found = with_hook({}, handler([]))
    change(found)
    (root / ".claude").mkdir(exist_ok=True)
    (root / ".claude" / file).write_text(json.dumps(found))


def each_hook(change: Callable[[Settings], object]) -> Callable[[Settings], object]:
    return lambda found: [change(found["hooks"][event][0]["hooks"][0]) for event in EVENTS]


def stands_in(code: str) -> Callable[[Settings], object]:
    """Another program in place of the hook; it is called like it."""
    return each_hook(lambda hook: hook.update(command="/bin/sh", args=["-c", code, "axtary", "hook", "claude-code"]))


def found(root: Path, level: str = "error") -> list[str]:
    environment = {**os.environ, "PATH": "/usr/bin:/bin"}
    return [each.message for each in examine(root, root.parent, environment) if each.level == level]


def test_a_hook_that_blocks_is_found_to_block(root: Path) -> None:
    install(root)
    findings = examine(root, root.parent, {**os.environ, "PATH": "/usr/bin:/bin"})
    assert [each for each in findings if each.level in ("error", "warning")] == []
    assert len([each for each in findings if each.level == "ok"]) == 11
    assert {each["kind"] for each in records(root)} == {"decision"}  # nothing was let through, and nothing ran
    assert (root / "axtary.yml").read_text() == POLICY


def test_a_hook_with_a_proxy_is_tried_through_it_and_without_it(root: Path) -> None:
    denied = json.dumps(decided("deny", "no")).encode()
    token = root.parent / "token"
    token.write_text("t0ken")
    token.chmod(0o600)
    with listening(lambda _event: (200, denied)) as proxy:
        options = ["--proxy", proxy.url, "--token-file", str(token)]
        install(root, each_hook(lambda hook: hook["args"].extend(options)))
        findings = examine(root, root.parent, {**os.environ, "PATH": "/usr/bin:/bin"})
        assert [each for each in findings if each.level in ("error", "warning")] == []
        said = [each.message for each in findings]
        assert f"a proxy listens at {proxy.url}" in said and "the same without the proxy is denied" in said
        assert len(proxy.bodies) == 4 and proxy.tokens == ["Bearer t0ken"] * 4
        assert len(records(root)) == 1  # that of the trial without it
        proxy.answer = lambda _event: (200, json.dumps(decided("allow", "yes")).encode())
        assert sum("is not blocked" in each for each in found(root)) == 4
    assert found(root) == []
    assert found(root, "warning") == [f"no proxy listens at {proxy.url}"]


def test_an_address_that_is_none_of_a_proxy_is_found(root: Path) -> None:
    install(root, each_hook(lambda hook: hook["args"].extend(["--proxy", "http://acme.com:80"])))
    assert any("is not at `http://127.0.0.1:PORT`, so every call" in each for each in found(root, "warning"))


def test_a_hook_that_is_not_there_is_missed(root: Path) -> None:
    assert found(root) == [f"the hook is not installed for {event}" for event in EVENTS]


def test_a_hook_in_settings_that_claude_code_does_not_read_is_missed(root: Path) -> None:
    """With CLAUDE_CONFIG_DIR, the user's settings are there and nowhere else."""
    home, other = root.parent / "home", root.parent / "other"
    for folder in (home / ".claude", other):
        folder.mkdir(parents=True)
    environment = {**os.environ, "PATH": "/usr/bin:/bin"}
    (home / ".claude" / "settings.json").write_text(json.dumps(with_hook({}, handler([]))))
    assert not [each for each in examine(root, home, environment) if each.level == "error"]
    environment["CLAUDE_CONFIG_DIR"] = str(other)
    messages = [each.message for each in examine(root, home, environment) if each.level == "error"]
    assert messages == [f"the hook is not installed for {event}" for event in EVENTS]
    elsewhere = {"CLAUDE_CONFIG_DIR": str(other), "HOME": str(home)}
    done = run("hook", "install", "--scope", "user", cwd=root, env=elsewhere)
    assert (done.code, (other / "settings.json").exists()) == (0, True), done.err
    assert not [each for each in examine(root, home, environment) if each.level == "error"]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "exit 1",
        "echo '{}'",
        "echo no JSON",
        "kill -9 $$",
        "exit 3",
        'echo \'{"hookSpecificOutput": {"permissionDecision": "allow"}}\'',
    ],
)
def test_a_hook_that_lets_calls_through_is_found(code: str, root: Path) -> None:
    install(root, stands_in(code))
    assert any("a call of a tool that is not there is not blocked" in each for each in found(root))


def test_a_hook_that_hangs_is_found(root: Path) -> None:
    def change(hook: Settings) -> None:
        code = "exec sleep 60"
        hook.update(command="/bin/sh", args=["-c", code, "axtary", "hook", "claude-code"], timeout=0.2)

    install(root, each_hook(change))
    assert any("TimeoutExpired" in each for each in found(root))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda hook: hook.pop("onFailure"), "without `onFailure: block`"),
        (lambda hook: hook.update(onFailure="allow"), "without `onFailure: block`"),
        (lambda hook: hook.update({"async": True}), "`async` cannot block"),
        (lambda hook: hook.update({"if": "Bash(*)"}), "`if` leaves calls out"),
        (lambda hook: hook.update(timeout=5), "gives up before the hook does"),
        (lambda hook: hook["args"].extend(["--timeout", "90"]), "gives up before the hook does"),
        (lambda hook: hook.update(command="/nowhere/axtary"), "is not there, or cannot be run"),
        (lambda hook: hook["args"].extend(["--token-file", "/nowhere"]), "the token file /nowhere cannot be read"),
    ],
)
def test_a_hook_that_does_not_stand_as_it_should(change: Any, message: str, root: Path) -> None:
    install(root, lambda settings: (stands_in("exit 2")(settings), each_hook(change)(settings)))
    assert any(message in each for each in found(root))


def test_files_that_others_can_change_or_read(root: Path) -> None:
    program, token = root.parent / "axtary", root.parent / "token"
    program.write_text("#!/bin/sh\nexit 2\n")
    program.chmod(0o757)
    token.write_text("x")
    token.chmod(0o644)
    args = ["hook", "claude-code", "--token-file", str(token)]
    install(root, each_hook(lambda hook: hook.update(command=str(program), args=args)))
    errors = found(root)
    assert any(f"others can change {program}" in each for each in errors)
    assert any(f"others can read the token file {token}" in each for each in errors)
    program.chmod(0o755)
    token.chmod(0o600)
    assert found(root) == []


@pytest.mark.parametrize(
    ("file", "settings", "level", "message"),
    [
        ("work/.claude/settings.json", {"disableAllHooks": True}, "error", "`disableAllHooks` silences every hook"),
        (".claude/settings.json", {"disableAllHooks": True}, "error", "`disableAllHooks` silences every hook"),
        ("managed.json", {"disableAllHooks": True}, "error", "`disableAllHooks` silences every hook"),
        ("managed.json", {"allowManagedHooksOnly": True}, "error", "silences the hooks of all other files"),
        ("work/.claude/settings.json", {"env": {"AXTARY_PROXY": "x"}}, "warning", "`AXTARY_PROXY` is set"),
        (".claude/settings.json", with_hook({}, handler([])), "warning", "stands 2 times under PreToolUse"),
    ],
)
def test_what_silences_the_hook(file: str, settings: Settings, level: str, message: str, root: Path) -> None:
    install(root, stands_in("exit 2"))
    (root.parent / file).parent.mkdir(exist_ok=True)
    (root.parent / file).write_text(json.dumps(settings))
    assert any(message in each for each in found(root, level))


def test_a_file_that_claude_code_cannot_read_is_found(root: Path) -> None:
    install(root, stands_in("exit 2"))
    (root / ".claude" / "settings.json").write_text("{")
    assert any("Claude Code ignores a file like this" in each for each in found(root))


def test_a_matcher_that_leaves_tools_out(root: Path) -> None:
    def change(settings: Settings) -> None:
        stands_in("exit 2")(settings)
        settings["hooks"]["PreToolUse"][0]["matcher"] = "Bash"

    install(root, change)
    assert any("the matcher `Bash` leaves tools out" in each for each in found(root))


def test_a_policy_that_lets_the_agent_change_its_own_rules(root: Path) -> None:
    text = "version: 1\npolicies:\n  - {id: all, effect: allow, match: {tool: fs.write}}\n"
    (root / "axtary.yml").write_text(text)
    install(root)
    errors = found(root)
    assert [each.split(" that overwrites ")[0] for each in errors] == ["a call"] * 3
    assert all("is not blocked" in each for each in errors)


@pytest.mark.parametrize(
    ("output", "level"),
    [
        ("2.1.330 (Claude Code)", "ok"),
        ("2.1.295", "ok"),
        ("2.1.294", "error"),
        ("1.9.999", "error"),
        ("10.0.0", "ok"),
        ("what", "warning"),
    ],
)
def test_the_version_must_know_on_failure(output: str, level: str, tmp_path: Path) -> None:
    program = tmp_path / "claude"
    program.write_text(f"#!/bin/sh\necho '{output}'\n")
    program.chmod(0o755)
    assert version({"PATH": f"{tmp_path}:/bin"}).level == level


def test_no_claude_is_a_note(tmp_path: Path) -> None:
    assert version({"PATH": str(tmp_path)}).level == "note"


def test_the_command_says_it(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    ran = run("doctor", cwd=root, env=env)
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "calls can pass the hook")
    assert run("hook", "install", "--scope", "local", cwd=root, env=env).code == 0
    ran = run("doctor", "--json", cwd=root, env=env)
    assert (ran.code, ran.json()["blocks"]) == (0, True)
    assert all(set(each) == {"level", "message", "help"} for each in ran.json()["findings"])


def test_findings_are_json() -> None:
    assert Finding("note", "m").to_json() == {"level": "note", "message": "m", "help": ""}
