"""`axtary tools import` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.command import Ran, assert_plain, assert_refused, batch, run

CATALOG = [
    {"name": "read\x1b[2J", "description": "\x1b[31m", "inputSchema": {"properties": {"a\x1b[1m": {"type": "float"}}}},
    {"name": "ping", "inputSchema": {"properties": {"host": {"type": "string"}}}},
]
DECLARED = "version: 1\n\ntools:\n  ping: {complete: true, payload: {host: string}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "odd.json").write_text(json.dumps(CATALOG))
    (tmp_path / "ping.json").write_text(json.dumps(CATALOG[1:]))
    (tmp_path / "bad.yml").write_text("tools: &a []\n")
    return tmp_path


def once(folder: Path, *args: str) -> Ran:
    return batch([["tools", "import", *args]], folder)[0]


def test_without_a_file_the_declarations_are_printed(folder: Path) -> None:
    ran = once(folder, "ping.json")
    assert (ran.code, ran.out, ran.err) == (0, DECLARED, "")


def test_a_file_is_written_and_counted(folder: Path) -> None:
    ran = once(folder, "ping.json", "--prefix", "mcp.net.", "-o", "tools.yml")
    assert (ran.code, ran.out) == (0, "wrote tools.yml: 1 tool, 1 of them complete, 1 field\n")
    assert (folder / "tools.yml").read_text() == DECLARED.replace("ping", "mcp.net.ping")
    checks = batch([["policy", "check", "tools.yml", "--strict"], ["policy", "fmt", "--check", "tools.yml"]], folder)
    assert [ran.code for ran in checks] == [0, 0]


def test_open(folder: Path) -> None:
    assert once(folder, "ping.json", "--open").out == DECLARED.replace("complete: true, ", "")


def test_standard_input(folder: Path) -> None:
    ran = run("tools", "import", "-", cwd=folder, stdin=(folder / "ping.json").read_bytes())
    assert (ran.code, ran.out) == (0, DECLARED)


def test_notes_go_to_standard_error_and_nothing_reaches_the_terminal(folder: Path) -> None:
    ran = once(folder, "odd.json")
    assert ran.code == 0
    assert "note[AX1205]: `read\\u{1b}[2J`" in ran.err
    assert "  --> odd.json (/0/inputSchema/properties/a\\u{1b}[1m/type)\n" in ran.err
    assert_plain(ran.out + ran.err)


def test_only_the_first_notes_are_shown(folder: Path) -> None:
    fields = {f"f{n:02}": True for n in range(25)}
    (folder / "many.json").write_text(json.dumps([{"name": "t", "inputSchema": {"properties": fields}}]))
    ran, as_json = batch([["tools", "import", "many.json"], ["tools", "import", "many.json", "--json"]], folder)
    assert ran.err.count("note[AX1205]") == 20
    assert ran.err.endswith("and 5 more notes: --json has all of them\n")
    assert len(as_json.json()["notes"]) == 25


def test_json(folder: Path) -> None:
    found = once(folder, "odd.json", "--json")
    assert found.err == ""
    assert found.json()["output"] is None
    assert found.json()["text"].endswith(
        DECLARED.partition("tools:\n")[2] + '  "read\\u001b[2J": {complete: true, payload: {"a\\u001b[1m": any}}\n'
    )
    assert found.json()["tools"][0] == {
        "name": "ping",
        "complete": True,
        "payload": {"host": "string"},
        "file": "odd.json",
        "pointer": "/1",
    }
    (note,) = found.json()["notes"]
    assert (note["code"], note["tool"], note["file"]) == ("AX1205", "read\x1b[2J", "odd.json")
    assert note["pointer"] == "/0/inputSchema/properties/a\x1b[1m/type"
    written = once(folder, "ping.json", "-o", "t.yml", "--json").json()
    assert written["output"] == "t.yml"
    assert "text" not in written


REFUSED = [
    (["missing.json"], "missing.json"),
    (["bad.yml"], "AX0106"),
    (["ping.json", "--from", "openapi"], "AX1202"),
    (["ping.json", "--prefix", "fs.*"], "no tool is called"),
    (["ping.json", "--prefix", "@"], "no tool is called"),
    (["ping.json", "-", "-"], "only once"),
    (["ping.json", "-o", "./ping.json"], "one of the catalogs"),
    (["ping.json", "-o", "no/such/folder/t.yml"], "no such file"),
    (["ping.json", "odd.json", "bad.yml", "-o", "t.yml"], "AX0106"),
    (["-"], "is empty"),
    ([], "Missing argument"),
]


def test_what_is_refused(folder: Path) -> None:
    """Exit 2, and nothing is written."""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for (_, words), ran in zip(
        REFUSED, batch([["tools", "import", *args] for args, _ in REFUSED], folder), strict=True
    ):
        assert_refused(ran)
        assert words in ran.err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_refusals_as_json(folder: Path) -> None:
    calls = [["tools", "import", *args, "--json"] for args in (["ping.json", "--from", "openapi"], ["bad.yml"])]
    catalog, yaml = batch(calls, folder)
    (error,) = catalog.json()["errors"]
    assert (error["code"], error["file"]) == ("AX1202", "ping.json")
    (found,) = yaml.json()["diagnostics"]
    assert (found["code"], found["file"]) == ("AX0106", "bad.yml")
