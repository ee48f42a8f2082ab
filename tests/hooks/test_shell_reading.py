"""Words are read as shells read them: whatever is read at all, real shells read alike."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from axtary.hooks.shell.commands import COMMANDS
from axtary.hooks.shell.words import Unread, read
from tests.laws import examples

SHELLS = [name for name in ("bash", "dash", "zsh") if shutil.which(name)]
_NAMES = sorted({*COMMANDS, "cd"})
_PIECES = st.sampled_from(
    [
        *_NAMES,
        " ",
        " ",
        " ",
        "\t",
        "\n",
        "a",
        "b",
        "1",
        "2",
        "12",
        "-n",
        "--",
        "=",
        ",",
        "%",
        "@",
        "+",
        ":",
        "./",
        "'",
        '"',
        "''",
        '""',
        "'a b'",
        '"a b"',
        "'$x'",
        '"it\'s"',
        "'*'",
        "'\"'",
        "|",
        "||",
        "&&",
        ";",
        ">",
        ">>",
        "<",
        "2>&1",
        ">&2",
        "2>",
        "&",
        "\\",
        "$",
        "`",
        "~",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "#",
        "!",
        "(",
        ")",
        "^",
        "\x7f",
        "\u00e9",
    ]
)
LINES = st.tuples(st.sampled_from(_NAMES), st.lists(_PIECES, max_size=14).map("".join)).map(" ".join)


def heard(shell: str, line: str, folder: Path) -> list[list[str]]:
    """The words of each command that the shell runs; all of them succeed."""
    log = folder / "log"
    log.write_bytes(b"")
    record = f"""/usr/bin/printf '%s\\0' "$@" '\1' >> {log}"""  # one write, so that those of a pipeline do not mix
    functions = "".join(f'{name}() {{ set -- {name} "$@"; {record}; }}\n' for name in _NAMES)
    script = folder / "script"
    script.write_text(functions + line + "\n", encoding="utf-8")
    subprocess.run([shell, str(script)], cwd=folder / "in", capture_output=True, timeout=20, check=False)
    return [each.split("\0")[:-1] for each in log.read_bytes().decode().split("\1\0")[:-1]]


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_hear_the_same_words(shell: str, tmp_path: Path) -> None:
    """A line that is read has, in every shell, just these commands with just these words."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text("x")
    (tmp_path / "in" / "b").write_text("x")

    @settings(max_examples=examples(150), deadline=None, derandomize=True)
    @given(LINES)
    @example("cat 'a'b\"c\" '' \"\" d=e")
    @example("echo a 2>&1 | cat b")
    @example("echo 2 > a; cat 1 2>b")
    def law(line: str) -> None:
        try:
            simples = read(line)
        except Unread:
            return
        files = {file for simple in simples for _, file in simple.redirects}
        if any(simple.before == "||" or simple.words[0] not in _NAMES for simple in simples) or not files <= {"a", "b"}:
            return  # it does not run, or says nothing
        expected = sorted(simple.words for simple in simples)  # of a pipeline, in any order
        assert sorted(heard(shell, line, tmp_path)) == expected

    law()


def test_shells_are_there() -> None:
    assert "bash" in SHELLS


@pytest.mark.parametrize("line", ["cat a b", "echo 'x  y' \"\"", "cat a > b; echo z"])
def test_the_law_has_something_to_compare(line: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").touch()
    assert heard("bash", line, tmp_path) == [simple.words for simple in read(line)]
