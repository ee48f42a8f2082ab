"""`axtary ledger export --format` and `axtary ledger stats`, as their users run them."""

from __future__ import annotations

import csv
import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.cli.command import COMMAND, Ran, assert_plain, assert_refused, batch, run
from tests.ledger.entries import HASH, some
from tests.ledger.siem import parsers
from tests.ledger.timed import ledger_at

from axtary.cli.commands.options import LedgerFormat
from axtary.ledger import entry
from axtary.ledger.siem import FORMATS

SIZE = 13
BEGIN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
EXPORT = ["ledger", "export", "--format"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger of twelve decisions, one an hour, and an outcome."""
    (tmp_path / ".axtary").mkdir()
    entries = [
        (BEGIN + timedelta(hours=n), some(n, tool="\x1b[31m\nT" if n == 4 else f"tool.{n % 5}")) for n in range(12)
    ]
    entries.append((BEGIN + timedelta(hours=12), entry("outcome", {"outcome": "failed", "action_hash": HASH})))
    ledger_at(tmp_path / ".axtary" / "ledger.db", entries).close()
    return tmp_path


def test_the_command_has_the_formats_that_there_are() -> None:
    assert {each.value for each in LedgerFormat} == {"attested", *FORMATS}


def test_a_file_has_what_standard_output_has(folder: Path) -> None:
    calls = [[*EXPORT, name, *way] for name in FORMATS for way in (["-o", f"out.{name}"], ["-o", "-"], [])]
    ran = batch(calls, folder)
    for number, name in enumerate(FORMATS):
        to_file, dash, none = ran[3 * number : 3 * number + 3]
        assert (to_file.code, to_file.out) == (0, f"13 records to out.{name}\n")
        assert (dash.code, dash.err, none.out) == (0, "", dash.out)
        assert (folder / f"out.{name}").read_text(encoding="utf-8") == dash.out
        assert len(dash.out.splitlines()) == SIZE + (name == "csv")
        assert dash.out.endswith("\n") and "\x1b" not in dash.out
    assert sorted(path.name for path in folder.iterdir()) == sorted([".axtary", *(f"out.{name}" for name in FORMATS)])


def test_events_name_the_version_that_wrote_them(folder: Path) -> None:
    (ocsf, cef) = batch([[*EXPORT, "ocsf"], [*EXPORT, "cef"]], folder)
    assert json.loads(ocsf.out.splitlines()[0])["metadata"]["product"]["version"] == version("axtary")
    assert cef.out.startswith(f"CEF:0|axtary|axtary|{version('axtary')}|decision.allow|action allowed|2|")


CHOSEN: dict[str, list[int]] = {
    "": list(range(13)),
    "--decision deny": [1, 4, 7, 10],
    "--tool tool.1": [1, 6, 11],
    "--actor agent:2": [2, 6, 10],
    "--kind outcome": [12],
    "--since 2026-11-25T19 --kind decision": [10, 11],
    "--since 2026-11-25T19:30:00Z --kind decision": [10, 11],
    "--until 2026-11-25T10:30Z": [0],
    "--since 2027": [],
}


def test_filters_choose_the_same_in_each_format(folder: Path) -> None:
    names = ["csv", "cef", "attested"]
    ran = iter(batch([[*EXPORT, name, *options.split()] for options in CHOSEN for name in names], folder))
    for expected in CHOSEN.values():
        table, cef, attested = (next(ran).out.splitlines() for _ in names)
        assert [int(row["seq"]) for row in csv.DictReader(table)] == expected
        assert [int(parsers.cef(line)[1]["externalId"]) for line in cef] == expected
        assert [json.loads(line)["record"]["seq"] for line in attested[1:]] == expected


def test_octets_are_counted_where_that_is_asked_for(folder: Path) -> None:
    plain, counted = batch([[*EXPORT, "syslog"], [*EXPORT, "syslog", "--framing", "octets"]], folder)
    assert parsers.frames(counted.out.encode()) == [line.encode() for line in plain.out.splitlines()]
    assert run(*EXPORT, "syslog", "--framing", "newline", cwd=folder).out == plain.out


def test_told_as_json(folder: Path) -> None:
    ran = run(*EXPORT, "csv", "-o", "x.csv", "--json", cwd=folder)
    assert ran.json() == {"file": "x.csv", "format": "csv", "count": SIZE}


def test_what_is_refused(folder: Path) -> None:
    calls = {
        "only syslog has a framing": [*EXPORT, "cef", "--framing", "octets"],
        "only syslog": ["ledger", "export", "--framing", "newline"],
        "--kind: no record has `incidnt`": [*EXPORT, "cef", "--kind", "incidnt"],
        "--decision: no record has `no`": [*EXPORT, "cef", "--decision", "no"],
        "--since: `2026-13` is no time": [*EXPORT, "cef", "--since", "2026-13"],
        "--until: `yester\\u{a}day` is no time": ["ledger", "export", "-o", "x", "--until", "yester\nday"],
        "--since: `2026-1` is no time": ["ledger", "stats", "--since", "2026-1"],
        "--since: `` is no time": ["ledger", "stats", "--since", ""],
        "no ledger is there": [*EXPORT, "cef", "--ledger", "none.db"],
        "missing": [*EXPORT, "cef", "-o", "missing/x.cef"],
    }
    for (said, call), ran in zip(calls.items(), batch(list(calls.values()), folder), strict=True):
        assert_refused(ran)
        assert said in ran.err, call
    assert [path.name for path in folder.iterdir()] == [".axtary"]


@pytest.mark.parametrize("form", ["attested", "cef"])
def test_nothing_half_written_stays(folder: Path, form: str) -> None:
    """The ledger is found to be unsound when half of it is written: what was there before is still there."""
    with closing(sqlite3.connect(folder / ".axtary" / "ledger.db")) as other:
        other.execute("DELETE FROM record WHERE seq = 7")
        other.commit()
    (folder / "old").write_text("old")
    for ran in batch([[*EXPORT, form, "-o", "old"], [*EXPORT, form, "-o", "new"]], folder):
        assert_refused(ran)
        assert "record 7 is not the one that was written" in ran.err
    assert (folder / "old").read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == [".axtary", "old"]


def test_a_file_keeps_its_mode_and_a_link_stays_one(folder: Path) -> None:
    (folder / "out").write_text("old")
    (folder / "out").chmod(0o600)
    (folder / "link").symlink_to("out")
    assert run(*EXPORT, "cef", "-o", "link", cwd=folder).code == 0
    assert (folder / "link").is_symlink() and (folder / "out").stat().st_mode & 0o777 == 0o600
    assert (folder / "out").read_text().count("\n") == SIZE


def on_terminal(folder: Path, *args: str, **environment: str) -> Ran:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *args], cwd=folder, stdout=theirs, stderr=subprocess.PIPE, env={**os.environ, **environment}
    ) as running:
        os.close(theirs)
        found = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            found += part
        assert running.stderr
        err = running.stderr.read().decode()
    os.close(ours)
    return Ran(running.returncode, found.decode(), err)


def test_records_as_they_are_do_not_reach_a_terminal(folder: Path) -> None:
    ran = on_terminal(folder, "ledger", "export")
    assert (ran.code, ran.out) == (2, "") and "give a file with `-o`" in ran.err
    shown = on_terminal(folder, *EXPORT, "ocsf")
    assert shown.code == 0 and "\x1b" not in shown.out and len(shown.out.splitlines()) == SIZE


# --- stats ----------------------------------------------------------------------------------------------------------

DRAWN = """\
13 records, 12 decisions
  # allow    4   33.3%
  x deny     4   33.3%
  - step_up  4   33.3%

decisions by hour (UTC)
  2026-11-25 09:00  1  #####################################
  2026-11-25 10:00  1  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  2026-11-25 11:00  1  -------------------------------------
"""


def drawn(folder: Path, columns: int, encoding: str, term: str = "xterm") -> str:
    """What stats draws where standard output has this encoding."""
    environment = {"COLUMNS": str(columns), "PYTHONIOENCODING": encoding, "TERM": term}
    command = [sys.executable, "-m", "axtary.cli", "ledger", "stats"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True, env={**os.environ, **environment})
    return done.stdout.decode()


def test_stats_without_blocks(folder: Path) -> None:
    out = drawn(folder, 60, "ascii")
    assert out.startswith(DRAWN)
    assert out.isascii()
    assert_plain(out)
    assert "most denied tools\n  \\u{1b}[31m\\u{a}T  1  #####" in out
    assert out.endswith("most denied rules\n  r  4  " + "#" * 52 + "\n")
    assert drawn(folder, 60, "utf-8", "dumb") == out


def test_stats_with_blocks_fit_the_width(folder: Path) -> None:
    (folder / ".axtary" / "ledger.db").unlink()
    entries = [(BEGIN + timedelta(hours=n), some(1, tool="工具" * 40 if n % 2 else "t")) for n in range(70)]
    ledger_at(folder / ".axtary" / "ledger.db", entries).close()
    for columns in (40, 61):
        out = drawn(folder, columns, "utf-8")
        assert max(map(cell_len, out.splitlines())) == columns
        assert "…" in out and "▓" in out
        assert "decisions by 6 hours (UTC)" in out


def test_stats_in_colour_on_a_terminal_only(folder: Path) -> None:
    shown = on_terminal(folder, "ledger", "stats", TERM="xterm", PYTHONIOENCODING="utf-8", NO_COLOR="")
    assert "\x1b[32m█" in shown.out and "\x1b[31m▓" in shown.out
    assert "\x1b" not in on_terminal(folder, "ledger", "stats", TERM="xterm", NO_COLOR="1").out


def test_stats_as_json(folder: Path) -> None:
    found = run("ledger", "stats", "--json", "--top", "1", "--since", "2026-11-25T12", cwd=folder).json()
    assert (found["records"], found["decisions"]) == (10, {"allow": 3, "deny": 3, "step_up": 3})
    assert (found["span_seconds"], len(found["spans"])) == (900, 39)
    assert found["spans"][0] == {"begin": "2026-11-25T12:00:00Z", "allow": 0, "deny": 0, "step_up": 0}
    assert found["spans"][2] == {"begin": "2026-11-25T12:30:00Z", "allow": 1, "deny": 0, "step_up": 0}
    assert found["denied"]["rules"] == {"top": [{"name": "r", "count": 3}], "missing": 0}
    assert found["denied"]["tools"]["top"] == [{"name": "\x1b[31m\nT", "count": 1}]


def test_stats_of_nothing(folder: Path) -> None:
    text, found = batch([["ledger", "stats", "--since", "2027", *rest] for rest in ([], ["--json"])], folder)
    assert (text.code, text.out) == (0, "0 records, 0 decisions\n")
    assert (found.json()["spans"], found.json()["records"]) == ([], 0)
