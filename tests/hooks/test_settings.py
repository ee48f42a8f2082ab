"""Settings of Claude Code: the hook goes in and out, and everything else stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.hooks.settings import EVENTS, handler, handlers, is_ours, with_hook, without_hook
from tests.cli.command import Ran, assert_refused, run
from tests.laws import examples

OTHER = {"type": "command", "command": "/usr/bin/logger", "args": ["hook", "claude-code"]}
OURS = handler(["--policy", "/p"])
_GROUPS = st.lists(
    st.fixed_dictionaries(
        {"hooks": st.lists(st.sampled_from([OTHER, OURS, handler([]), {"type": "prompt"}]), max_size=3)},
        optional={"matcher": st.sampled_from(["*", "Bash", ""])},
    ),
    max_size=3,
)
_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "hooks": st.dictionaries(st.sampled_from([*EVENTS, "Stop"]), _GROUPS, max_size=4),
        "permissions": st.just({"allow": ["Bash(npm test)"]}),
        "model": st.text(max_size=3),
    },
)


def kept(found: dict[str, Any]) -> list[Any]:
    """All that is not ours, in its order."""
    hooks = [
        (event, group.get("matcher"), each)
        for event, groups in found.get("hooks", {}).items()
        for group in groups
        for each in group["hooks"]
        if not is_ours(each)
    ]
    return [sorted(hooks, key=repr), {name: value for name, value in found.items() if name != "hooks"}]


@settings(max_examples=examples(200), derandomize=True)
@given(_SETTINGS)
def test_installed_is_once_and_for_all_tools(found: dict[str, Any]) -> None:
    """with_hook(s) has just this hook, once in each event; with_hook(with_hook(s)) = with_hook(s); the rest is kept."""
    after = with_hook(found, OURS)
    assert [handlers(after, event) for event in EVENTS] == [[("*", OURS)]] * 3 or after == found
    for event in EVENTS:
        ((matcher, hook),) = handlers(after, event)
        assert matcher in ("*", "") and hook == OURS
    assert with_hook(after, OURS) == after
    assert kept(after) == kept(found)


@settings(max_examples=examples(200), derandomize=True)
@given(_SETTINGS)
def test_uninstalled_is_gone(found: dict[str, Any]) -> None:
    """without_hook(s) has no hook of ours, and the rest is kept."""
    after = without_hook(found)
    assert not [each for event in after.get("hooks", {}) for each in handlers(after, event)]
    assert kept(after) == kept(found)
    assert without_hook(after) == after


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"command": "axtary", "args": ["hook", "claude-code"]}, True),
        ({"command": "/v/bin/axtary hook claude-code --ask"}, True),
        ({"command": "python", "args": ["-m", "axtary.cli", "hook", "claude-code"]}, True),
        ({"command": "axtary", "args": ["hook", "install"]}, False),
        (OTHER, False),
        ("axtary hook claude-code", False),
    ],
)
def test_ours_is_known(found: Any, expected: bool) -> None:
    assert is_ours(found) is expected


# --- the command ----------------------------------------------------------------------------------------------------


def call(home: Path, *arguments: str) -> Ran:
    return run("hook", *arguments, cwd=home / "project", env={"HOME": str(home)})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        ("user", ".claude/settings.json"),
        ("project", "project/.claude/settings.json"),
        ("local", "project/.claude/settings.local.json"),
    ],
)
def test_each_scope_has_its_file(scope: str, name: str, home: Path) -> None:
    assert call(home, "install", "--scope", scope).code == 0
    found = json.loads((home / name).read_text())
    for event in EVENTS:
        ((matcher, hook),) = handlers(found, event)
        assert (matcher, hook["onFailure"], hook["type"]) == ("*", "block", "command")
        assert hook["timeout"] > 20
        assert Path(hook["command"]).is_absolute() is (scope != "project")
        assert hook["args"][-2:] == ["hook", "claude-code"]
    assert [path.name for path in (home / name).parent.iterdir()] == [Path(name).name]


def test_again_changes_nothing_and_out_is_as_before(home: Path) -> None:
    file = home / ".claude" / "settings.json"
    file.parent.mkdir()
    before = {
        "model": "opus\u00e9",
        "hooks": {"Stop": [{"hooks": [OTHER]}], "PreToolUse": [{"matcher": "Bash", "hooks": [OTHER]}]},
    }
    file.write_text(json.dumps(before, indent=2, ensure_ascii=False) + "\n")
    file.chmod(0o600)
    text = file.read_text()
    assert call(home, "install").out.startswith("ok installed: ")
    first = file.read_text()
    assert call(home, "install").out.startswith("ok nothing to change")
    assert file.read_text() == first != text
    assert file.stat().st_mode & 0o777 == 0o600
    assert call(home, "uninstall").out.startswith("ok removed: ")
    assert file.read_text() == text
    assert call(home, "uninstall").out.startswith("ok nothing to change")


def test_options_go_into_the_settings(home: Path) -> None:
    options = [
        "--policy",
        "p.yml",
        "--proxy",
        "http://127.0.0.1:7",
        "--token-file",
        "t",
        "--agent",
        "a",
        "--task",
        "T",
        "--ask",
    ]
    assert call(home, "install", *options, "--whole-commands").code == 0
    assert call(home, "install", "--ask").code == 0  # other options take the place of those before
    ((_, hook),) = handlers(json.loads((home / ".claude" / "settings.json").read_text()), "PreToolUse")
    assert hook["args"][-1] == "--ask"
    assert call(home, "install", *options, "--whole-commands").code == 0
    ((_, hook),) = handlers(json.loads((home / ".claude" / "settings.json").read_text()), "PreToolUse")
    project = home / "project"
    words = hook["args"][hook["args"].index("claude-code") + 1 :]
    assert words == [
        "--policy", f"{project}/p.yml", "--token-file", f"{project}/t", "--proxy", "http://127.0.0.1:7", "--agent", "a",
        "--task", "T", "--ask", "--whole-commands",
    ]  # fmt: skip


def test_a_dry_run_writes_nothing(home: Path) -> None:
    ran = call(home, "install", "--dry-run")
    assert (ran.code, '+            "onFailure": "block"' in ran.out) == (0, True)
    assert not (home / ".claude").exists()
    ran = call(home, "install", "--diff", "--json")
    assert (ran.json()["changed"], ran.json()["written"]) == (True, False)
    assert call(home, "install", "--json").json() == {
        "file": str(home / ".claude" / "settings.json"),
        "changed": True,
        "written": True,
    }
    assert call(home, "install", "--dry-run").out == "nothing would change\n"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "7",
        '{"a": 1, "a": 2}',
        '{"hooks": []}',
        '{"hooks": {"Stop": {}}}',
        '{"hooks": {"Stop": [1]}}',
        "// c\n{}",
        "[" * 100_000,
    ],
    ids=range(9),
)
def test_a_file_that_is_not_understood_stays(text: str, home: Path) -> None:
    file = home / ".claude" / "settings.json"
    file.parent.mkdir()
    file.write_text(text)
    assert_refused(call(home, "install"))
    assert_refused(call(home, "uninstall"))
    assert file.read_text() == text
    assert call(home, "install", "--json").json()["errors"]


def test_a_link_stays_a_link(home: Path) -> None:
    (home / ".claude").mkdir()
    (home / "dotfiles.json").write_text("{}")
    (home / ".claude" / "settings.json").symlink_to(home / "dotfiles.json")
    assert call(home, "install").code == 0
    assert (home / ".claude" / "settings.json").is_symlink()
    assert "onFailure" in (home / "dotfiles.json").read_text()
