"""`axtary policy fmt`: what it writes and what it leaves alone, exit codes, diffs, standard input."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest
from tests.cli.command import COMMAND, assert_plain, assert_refused, batch, run

MESSY = "policies: []   # none\nversion:   '1'\n"
TIDY = "version: 1\n\npolicies: []  # none\n"
BROKEN = "version: [\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three policies: one to format, one that is formatted, one that is no YAML."""
    (tmp_path / "messy.yml").write_text(MESSY)
    (tmp_path / "tidy.yml").write_text(TIDY)
    (tmp_path / "broken.yml").write_text(BROKEN)
    return tmp_path


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_files_are_rewritten_only_if_they_change(folder: Path) -> None:
    before = (folder / "tidy.yml").stat()
    ran = run("policy", "fmt", "messy.yml", "tidy.yml", "messy.yml", cwd=folder)
    assert (ran.code, ran.out, ran.err) == (0, "formatted messy.yml\nok tidy.yml\n", "")
    assert files(folder) == {"messy.yml": TIDY, "tidy.yml": TIDY, "broken.yml": BROKEN}
    after = (folder / "tidy.yml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert run("policy", "fmt", "messy.yml", cwd=folder).out == "ok messy.yml\n"


def test_a_rewritten_file_keeps_its_mode(folder: Path) -> None:
    (folder / "messy.yml").chmod(0o600)
    assert run("policy", "fmt", "messy.yml", cwd=folder).code == 0
    assert (folder / "messy.yml").stat().st_mode & 0o777 == 0o600


def test_check_and_diff_write_nothing(folder: Path) -> None:
    calls = [
        ["policy", "fmt", "--check", "messy.yml", "tidy.yml"],
        ["policy", "fmt", "--check", "tidy.yml"],
        ["policy", "fmt", "--diff", "messy.yml", "tidy.yml"],
        ["policy", "fmt", "--diff", "tidy.yml"],
    ]
    before = files(folder)
    check, clean, diff, empty = batch(calls, folder)
    assert (check.code, check.out) == (1, "would format messy.yml\nok tidy.yml\n")
    assert (clean.code, clean.out) == (0, "ok tidy.yml\n")
    assert (diff.code, diff.out) == (
        1,
        "--- messy.yml\n+++ messy.yml\n@@ -1,2 +1,3 @@\n"
        "-policies: []   # none\n-version:   '1'\n+version: 1\n+\n+policies: []  # none\n",
    )
    assert (empty.code, empty.out) == (0, "")
    assert files(folder) == before


def test_a_diff_can_be_applied(folder: Path) -> None:
    ran = run("policy", "fmt", "--diff", "messy.yml", cwd=folder)
    subprocess.run(["patch", "-s", "messy.yml"], cwd=folder, input=ran.out, text=True, check=True)
    assert (folder / "messy.yml").read_text() == TIDY


def test_a_diff_shows_line_ends(folder: Path) -> None:
    (folder / "a.yml").write_bytes(b"version: 1\r\n# c")
    ran = run("policy", "fmt", "--diff", "a.yml", cwd=folder)
    assert ran.out.splitlines()[3:] == [
        "-version: 1\\u{d}",
        "-# c",
        "\\ No newline at end of file",
        "+version: 1",
        "+# c",
    ]
    assert_plain(ran.out)


def test_without_files_the_policy_and_what_it_includes_is_formatted(folder: Path) -> None:
    (folder / "axtary.yml").write_text(
        "include: [messy.yml, sub/deep.yml, none.yml]\nversion: 1\npreset: coding-agent\n"
    )
    (folder / "sub").mkdir()
    (folder / "sub" / "deep.yml").write_text("include: more.yml\nversion: 1\n")
    (folder / "sub" / "more.yml").write_text("policies: [{}]\nversion: 1\n")
    ran = run("policy", "fmt", cwd=folder)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"formatted {f}" for f in ("axtary.yml", "messy.yml", "sub/deep.yml", "sub/more.yml")
    ]
    assert (folder / "sub" / "more.yml").read_text() == "version: 1\n\npolicies: [{}]\n"
    named = run("policy", "fmt", "axtary.yml", cwd=folder)
    assert named.out == "ok axtary.yml\n"


def test_where_one_file_is_refused_none_is_touched(folder: Path) -> None:
    before = files(folder)
    ran = run("policy", "fmt", "messy.yml", "broken.yml", cwd=folder)
    assert_refused(ran)
    assert "error[AX0104]" in ran.err and "--> broken.yml:2:1" in ran.err
    found = run("policy", "fmt", "messy.yml", "broken.yml", "--json", cwd=folder)
    assert found.code == 2
    assert [(d["code"], d["file"]) for d in found.json()["diagnostics"]] == [("AX0104", "broken.yml")]
    assert_refused(run("policy", "fmt", "messy.yml", "missing.yml", cwd=folder))
    assert_refused(run("policy", "fmt", cwd=folder))
    assert files(folder) == before


def test_mistakes_that_are_yaml_are_formatted(folder: Path) -> None:
    (folder / "axtary.yml").write_text("version: 2\npolicies: [{when: a = = b}]\nother: x\n")
    assert run("policy", "fmt", cwd=folder).code == 0
    assert (folder / "axtary.yml").read_text() == "version: 2\n\npolicies: [{when: a = = b}]\n\nother: x\n"


def test_standard_input_goes_to_standard_output(folder: Path) -> None:
    ran = run(
        "policy", "fmt", "-", cwd=folder, stdin=MESSY.encode() + "# é\n".encode(), env={"PYTHONIOENCODING": "ascii"}
    )
    assert (ran.code, ran.out, ran.err) == (0, TIDY + "# é\n", "")
    assert run("policy", "fmt", "-", "--check", cwd=folder, stdin=MESSY.encode()).out == "would format standard input\n"
    assert run("policy", "fmt", "-", "--check", cwd=folder, stdin=TIDY.encode()).code == 0
    refused = run("policy", "fmt", "-", cwd=folder, stdin=BROKEN.encode())
    assert_refused(refused)
    assert "--> standard input:2:1" in refused.err
    assert_refused(run("policy", "fmt", "-", cwd=folder))
    assert_refused(run("policy", "fmt", "-", "tidy.yml", cwd=folder, stdin=TIDY.encode()))


def test_json(folder: Path) -> None:
    ran = run("policy", "fmt", "--diff", "--json", "messy.yml", "tidy.yml", cwd=folder)
    assert ran.code == 1
    messy, tidy = ran.json()["files"]
    assert (messy["file"], messy["changed"]) == ("messy.yml", True)
    assert messy["diff"].startswith("--- messy.yml\n+++ messy.yml\n@@ -1,2 +1,3 @@\n-policies")
    assert tidy == {"file": "tidy.yml", "changed": False, "diff": ""}
    piped = run("policy", "fmt", "-", "--json", cwd=folder, stdin=MESSY.encode())
    assert (piped.code, piped.json()) == (0, {"files": [{"file": "standard input", "changed": True, "text": TIDY}]})
    assert run("policy", "fmt", "messy.yml", "--json", cwd=folder).json() == {
        "files": [{"file": "messy.yml", "changed": True}]
    }


def test_a_diff_is_coloured_on_a_terminal_only(folder: Path) -> None:
    ours, theirs = pty.openpty()
    command = [*COMMAND, "policy", "fmt", "--diff", "messy.yml"]
    subprocess.run(command, cwd=folder, stdout=theirs, check=False, env={**os.environ, "NO_COLOR": ""})
    os.close(theirs)
    assert b"\x1b[32m+version: 1\x1b[0m" in os.read(ours, 4096)
    assert "\x1b" not in run("policy", "fmt", "--diff", "messy.yml", cwd=folder).out


def test_hostile_names_and_comments_stay_plain_on_the_terminal(folder: Path) -> None:
    name = "evil\x1b[31m.yml"
    (folder / name).write_text("version: 1 # \u00ad\ttab\n")
    for ran in batch([["policy", "fmt", "--diff", name], ["policy", "fmt", "--check", name]], folder):
        assert ran.code == 1
        assert_plain(ran.out)
