"""`axtary explain`: pages of codes, and the list of them."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from tests.cli.command import COMMAND, assert_refused, run

from axtary.grammars import page, pages
from axtary.runtime.codes import MEANINGS

HEADINGS = ["What it says", "Why it is bad", "Example", "Write instead"]


@pytest.mark.parametrize("code", pages())
def test_a_page_has_the_headings(code: str) -> None:
    assert code in MEANINGS
    assert re.findall(r"^## (.*)$", page(code), re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("code", ["AX0301", "ax0301"])
def test_the_page_is_printed_as_it_is(tmp_path: Path, code: str) -> None:
    ran = run("explain", code, cwd=tmp_path)
    assert (ran.code, ran.out, ran.err) == (0, page("AX0301"), "")


def test_an_unknown_code_is_refused(tmp_path: Path) -> None:
    ran = run("explain", "AX301", cwd=tmp_path)
    assert_refused(ran)
    assert "did you mean `AX03" in ran.err and "`axtary explain` lists" in ran.err
    assert_refused(run("explain", "../presets/x\x1b[31m", cwd=tmp_path))


def test_without_a_code_all_are_listed(tmp_path: Path) -> None:
    ran = run("explain", cwd=tmp_path)
    assert ran.out.splitlines() == [f"{code}  {meaning}" for code, meaning in MEANINGS.items()]
    listed = run("explain", "--json", cwd=tmp_path).json()
    assert listed == [{"code": code, "meaning": meaning} for code, meaning in MEANINGS.items()]


def test_a_page_as_json(tmp_path: Path) -> None:
    found = run("explain", "ax0301", "--json", cwd=tmp_path).json()
    assert found == {"code": "AX0301", "meaning": MEANINGS["AX0301"], "page": page("AX0301")}


def test_a_terminal_gets_it_laid_out_and_in_colour_only_if_wanted(tmp_path: Path) -> None:
    def seen(env: dict[str, str]) -> str:
        ours, theirs = pty.openpty()
        command = [*COMMAND, "explain", "AX0301"]
        kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        with subprocess.Popen(command, cwd=tmp_path, stdout=theirs, env=kept | {"TERM": "xterm"} | env) as child:
            os.close(theirs)
            found = b""
            try:
                while part := os.read(ours, 4096):
                    found += part
            except OSError:  # the other end is closed
                pass
        assert child.returncode == 0
        return found.decode()

    assert "## What it says" not in seen({})
    assert "\x1b[" in seen({})
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", seen({"NO_COLOR": "1"}))
