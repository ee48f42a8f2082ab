"""Commands that are taken apart are really run, and do nothing but what was told before."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from axtary.hooks.paths import Workspace
from axtary.hooks.shell.apart import taken_apart
from axtary.hooks.shell.effects import Effect
from axtary.hooks.shell.words import Unread
from tests.hooks.commands import APART
from tests.hooks.places import content, furnished
from tests.laws import examples

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the tools are those of GNU")

_FILES = [
    "a",
    "b",
    ".env",
    "link",
    "chain",
    "dangling",
    "folder/b",
    "src/b",
    "src/link",
    "new",
    "new/x",
    "src",
    "folder",
    "hard",
    "'a b'",
    "./a",
    "src/../a",
    "folder/../a",
    "../out",
    "gone",
]
_OPTIONS = [
    "",
    "",
    "",
    "-n",
    "-f",
    "-p",
    "-v",
    "-a",
    "-i",
    "-s",
    "-u",
    "-l",
    "-1",
    "-e x",
    "-n 1",
    "-c 3",
    "--",
    "-d",
    "-I",
]
_PROGRAMS = [
    "cat",
    "head",
    "tail",
    "wc",
    "sort",
    "uniq",
    "grep e",
    "diff",
    "cmp",
    "ls",
    "echo x",
    "printf y",
    "touch",
    "tee",
    "mkdir",
    "rm",
    "cp",
    "mv",
    "sed s/e/E/",
    "sed -i s/e/E/",
    "sed -n 1p",
    "mkdir -p",
    "cp -f",
]
_FILE = st.sampled_from(_FILES)
_SIMPLE = st.tuples(
    st.sampled_from(_PROGRAMS),
    st.sampled_from(_OPTIONS),
    st.lists(_FILE, max_size=3).map(" ".join),
    st.one_of(st.just(""), st.tuples(st.sampled_from([">", ">>", "2>", "<"]), _FILE).map(" ".join)),
).map(" ".join)
_CHANGE = st.sampled_from(["", "", "", "cd ./src && ", "cd ./folder && "])
_OPERATOR = st.sampled_from([" | ", " && ", " && ", "; ", " || "])
LINES = st.tuples(_CHANGE, _SIMPLE, st.lists(st.tuples(_OPERATOR, _SIMPLE).map("".join), max_size=2).map("".join)).map(
    "".join
)


def seen(folder: Path) -> dict[str, tuple[object, ...]]:
    """Every file, link and directory below, with all that a command could change of it but the times of directories."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content: object = None
        if path.is_symlink():
            content = path.readlink()
        elif path.is_file():
            content = (path.read_bytes(), status.st_mtime_ns, status.st_ino)
        found[str(path)] = (status.st_mode, content)
    return found


def ran(command: str, folder: Path, workspace: Workspace) -> tuple[set[str], str]:
    """The paths that are not as they were, and what was printed."""
    before = seen(folder)
    environment = {"PATH": "/usr/bin:/bin", "HOME": workspace.home, "LC_ALL": "C"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=workspace.root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=30,
        check=False,
    )
    after = seen(folder)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return changed, done.stdout.decode("utf-8", "replace")


def assert_told(command: str, effects: list[Effect], folder: Path, workspace: Workspace) -> None:
    secrets = {str(path): content(str(path.relative_to(workspace.root))) for path in files(Path(workspace.root))}
    changed, printed = ran(command, folder, workspace)
    told = {each.target for each in effects if each.kind in ("write", "delete")}
    assert changed <= told, f"{command}: {changed - told}"
    read = {each.target for each in effects if each.kind == "read"}
    written = [path for path in told if Path(path).is_file() and path not in read]
    shown = printed + "".join(Path(path).read_text() for path in written)
    told_too = {each.stat().st_ino for each in map(Path, written)}  # the same file by another name
    for path, secret in secrets.items():
        if Path(path).is_file() and Path(path).stat().st_ino in told_too:
            continue
        assert path in read or secret.strip() not in shown, f"{command}: {path} was read"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def tried(command: str) -> bool:
    """Take it apart, run it, look. Is it one that is taken apart?"""
    folder = Path(mkdtemp())
    try:
        workspace = furnished(folder)
        try:
            effects = taken_apart(command, workspace.root, workspace.home)
        except Unread:
            return False
        assert_told(command, effects, folder, workspace)
        return True
    finally:
        shutil.rmtree(folder)


def test_a_command_does_nothing_but_what_was_told() -> None:
    """changed(run(c)) is within writes(c) and deletes(c), and what is shown is of reads(c), for each c taken apart."""
    counted = 0

    @settings(max_examples=examples(250), deadline=None, derandomize=True)
    @given(LINES)
    @example("mv a folder && cat folder/a > src/link")
    @example("cp link new && cat new | tee dangling")
    def law(command: str) -> None:
        nonlocal counted
        counted += tried(command)

    law()
    assert counted >= examples(250) // 6


@pytest.mark.parametrize("command", [each for each in APART if "curl" not in each], ids=repr)
def test_so_does_the_corpus(command: str) -> None:
    assert tried(command)
