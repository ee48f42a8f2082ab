"""Files as actions name them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.hooks.paths import HERE, Unresolvable, Workspace, has_other_names, resolved
from tests.hooks.places import furnished
from tests.laws import examples


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("paths"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", "a"),
        ("./a//b/.", "a/b"),
        ("link", ".env"),
        ("chain", ".env"),
        ("dangling", "gone"),
        ("folder/b", "src/b"),
        ("folder/../a", "a"),
        ("src/link", ".env"),
        ("@home/x", "@@home/x"),
        ("@x", "@@x"),
        ("src/@x", "src/@x"),
        (".", HERE),
        ("src/..", HERE),
        ("../home", "@home"),
        ("../home/.ssh/id", "@home/.ssh/id"),
        ("/etc/hostname", "@root/etc/hostname"),
        ("/", "@root"),
        ("/../../etc", "@root/etc"),
        ("up", "@root/etc/hostname"),
        ("gone/../a", "a"),
    ],
)
def test_a_path_is_named_by_where_it_leads(path: str, expected: str, place: Workspace) -> None:
    assert place.canonical(path, place.root) == expected
    if not path.startswith("/"):
        assert place.canonical(f"{place.root}/{path}", "/") == expected


def test_a_name_that_begins_like_the_workspace_is_outside(place: Workspace) -> None:
    assert place.named(f"{place.root}2/a") == f"@root{place.root}2/a"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a\0b",
        "loop",
        "proc/x",
        "/proc/self/cwd/a",
        "/dev/fd/3",
        "/sys/x",
        "src/../proc/.env",
        "/.vol/16777220/2",  # and the rest: of macOS
        "/.nofollow/etc/passwd",
        "/.resolve/1/etc/passwd",
        ".env/..namedfork/data",
    ],
)
def test_nobody_can_say_where_some_lead(path: str, place: Workspace) -> None:
    with pytest.raises(Unresolvable):
        resolved(path, place.root)
    assert "/./" in place.as_written(path, place.root)


@pytest.mark.parametrize("path", ["~/.ssh/id", "~", " a", "a\n", "\ufeffa", "a\u00a0", "e\u0301"])
def test_what_claude_code_changes_is_not_canonical(path: str, place: Workspace) -> None:
    assert place.as_written(path, place.root) == f"@root/./{path}"


def test_hard_links_are_seen(place: Workspace) -> None:
    assert has_other_names("hard", place.root)
    for path in ("a", "src", "gone", "a\0", 7):
        assert not has_other_names(path, place.root)


_SEGMENTS = st.lists(
    st.sampled_from(["a", "b", "src", "folder", "link", "chain", "dangling", "up", "..", ".", "", "gone", "first"]),
    min_size=1,
    max_size=6,
)


def test_it_is_what_the_kernel_opens(place: Workspace) -> None:
    """For each path that can be opened: resolved(p) is the file that the kernel opens, by its only name."""

    @settings(max_examples=examples(300), deadline=None, derandomize=True)
    @given(_SEGMENTS)
    def law(segments: list[str]) -> None:
        path = "/".join(segments).lstrip("/") or "."
        try:
            opened = os.open(f"{place.root}/{path}", os.O_RDONLY)
        except OSError:
            return
        try:
            found = resolved(path, place.root)
            assert os.path.samestat(os.fstat(opened), os.lstat(found))
            assert os.path.realpath(found) == found
        finally:
            os.close(opened)

    law()


def test_the_name_is_that_of_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `.ENV` opens `.env`, it is `.env`; here a directory is made to look as if."""
    (tmp_path / ".env").touch()
    real = os.lstat
    shown = {
        f"{tmp_path}/.ENV": f"{tmp_path}/.env",
        f"{tmp_path}/.EnV": f"{tmp_path}/.env",
        f"{tmp_path}/.eNv": f"{tmp_path}/.env",
    }
    monkeypatch.setattr("os.lstat", lambda path: real(shown.get(str(path), str(path))))
    assert resolved(".ENV", str(tmp_path)) == f"{tmp_path}/.env"
    assert resolved(".EnV", str(tmp_path)) == f"{tmp_path}/.env"
    assert resolved(".env", str(tmp_path)) == f"{tmp_path}/.env"
