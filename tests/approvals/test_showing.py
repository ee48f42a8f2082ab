"""Law: what an approver is shown is exactly what is hashed, and nothing in it is unseen."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.approvals.changes import MAX_TEXT, changes
from axtary.approvals.showing import exact, hashed, is_unseen
from axtary.runtime.action import check_action
from axtary.runtime.hashing import action_hash
from tests.approvals.people import ACTION
from tests.laws import examples

TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from('\u202e\u200b\ufe0f\u3164\u2800\xa0\\"u\x7f'))
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(-1000, 1000), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=20,
)


@settings(derandomize=True, max_examples=examples(300), deadline=None)
@given(VALUES)
def test_reading_what_is_shown_gives_the_value_and_all_of_it_is_seen(value: Any) -> None:
    """Law: json.loads(exact(v)) == v, and no character of exact(v) is unseen but its line ends."""
    shown = exact(value)
    assert json.loads(shown) == value
    assert not any(is_unseen(char) for char in shown if char != "\n")


@settings(derandomize=True, max_examples=examples(200), deadline=None)
@given(TEXTS, TEXTS, st.dictionaries(TEXTS, VALUES, max_size=3))
def test_what_is_shown_has_the_hash_of_the_action(tool: str, resource: str, payload: dict[str, Any]) -> None:
    """Law: the action that is read from what is shown has the same hash."""
    action = check_action(
        {**ACTION, "tool": tool or "t", "resource": resource, "payload": payload, "time": "2026-01-01T00:00:00Z"}
    )
    read = {name: json.loads(exact(value)) for name, value in hashed(action).items()}
    assert action_hash({"version": 1, **read}) == action_hash(action)


@pytest.mark.parametrize(
    "char", "\u202e\u2066\u200b\u200d\u00ad\ufeff\u3164\u115f\u2800\ufe0f\xa0\u2003\u2028\x00\x1b\x7f\U000e0041"
)
def test_what_nobody_sees_is_told(char: str) -> None:
    assert char not in exact(f"a{char}b")


def test_names_of_other_scripts_stay_as_they_are() -> None:
    assert exact("Größe 東京 🙂") == '"Größe 東京 🙂"'


# --- what changes in files --------------------------------------------------------------------------------------------


def write(payload: dict[str, Any], tool: str = "fs.write", **other: Any) -> dict[str, Any]:
    return {"version": 1, "tool": tool, "payload": payload, **other}


def test_an_edit_is_shown_by_its_old_and_new_text() -> None:
    edit = {"old_string": "a\nb\nc", "new_string": "a\nB\u202e\nc"}
    (found,) = changes(write({"file_path": "x.py", **edit}), None)
    assert found.path == "x.py"
    assert [(each.kind, each.text) for each in found.lines[1:]] == [
        (" ", "a"),
        ("-", "b"),
        ("+", "B\u202e"),
        (" ", "c"),
    ]
    several = changes(write({"path": "x.py", "edits": [edit, edit]}), None)
    assert [each.lines for each in several] == [found.lines] * 2


def test_a_whole_file_is_held_against_the_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("one\ntwo\n")
    (found,) = changes(write({"path": "x.py", "content": "one\n2\n"}), tmp_path)
    assert [each.kind + each.text for each in found.lines[1:]] == [" one", "-two", "+2", " "]
    (new,) = changes(write({"content": "hello"}, paths=["new.txt"]), tmp_path)
    assert ([each.kind + each.text for each in new.lines[1:]], new.note) == (
        ["+hello"],
        "there is no such file yet",
    )
    assert changes(write({"path": "x.py", "content": "a"}, tool="github.contents.write"), tmp_path) == []


@pytest.mark.parametrize(
    "path",
    [
        ".axtary/keys/keys.json",
        ".env",
        ".env.local",
        ".git/config",
        "sub/.AXTARY/k",
        "../outside",
        "/etc/passwd",
        "link",
        "private",
        "pipe",
        ".",
        "a\x00b",
        "big",
        "loop",
    ],
)
def test_files_that_are_not_for_the_page_are_not_shown(tmp_path: Path, path: str) -> None:
    root = tmp_path / "work"
    for name in (
        ".axtary/keys/keys.json",
        ".env",
        ".env.local",
        ".git/config",
        "sub/.AXTARY/k",
        "../outside",
        "private",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("SECRET")
        (root / name).chmod(0o644)
    (root / "private").chmod(0o600)
    (root / "link").symlink_to("../outside")
    (root / "loop").symlink_to("loop")
    (root / "big").write_text("SECRET" * MAX_TEXT)
    os.mkfifo(root / "pipe")
    (found,) = changes(write({"path": path, "content": "x"}), root)
    assert found.lines == ()
    assert found.note
    assert "SECRET" not in str(found)


def test_what_is_too_long_is_not_compared_and_what_is_no_text_is_no_change(tmp_path: Path) -> None:
    (found,) = changes(write({"old": "x\n" * 2000, "new": "y\n" * 2000}), None)
    assert (found.lines, found.note) == ((), "too long to be compared here: read the payload")
    odd: list[dict[str, Any]] = [{"old": 1, "new": "x"}, {"edits": [3, {"old": "x"}]}, {"edits": {}}, {}]
    for payload in odd:
        assert changes(write(payload), tmp_path) == []
    assert changes({"version": 1, "tool": "fs.write"}, tmp_path) == []
