"""`axtary policy pack`, and the commands that read what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.command import POLICY, run

pytest.importorskip("pyarrow")


def action(tool: str, **payload: object) -> str:
    known = {"version": 1, "id": "a", "time": "2026-11-25T10:00:00Z", "actor": {"agent": "agent:a"}}
    return json.dumps(known | {"resource": "", "intent": {"task": ""}, "tool": tool, "payload": payload, "paths": []})


LINES = "\n".join([action("fs.read", secret=False), action("fs.read", secret=True), action("fs.write")])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "new.yml").write_text(POLICY.replace("fs.write", "fs.writes"))
    (tmp_path / "actions.jsonl").write_text(LINES)
    packed = run("policy", "pack", "actions.jsonl", "-o", "actions.parquet", "--json", cwd=tmp_path)
    assert packed.json() == {
        "actions": 3,
        "bytes": (tmp_path / "actions.parquet").stat().st_size,
        "output": "actions.parquet",
    }
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ["simulate", "--summary", "--action"],
        ["simulate", "--json", "--action"],
        ["diff", "axtary.yml", "new.yml", "--replay"],
    ],
)
def test_kept_actions_are_read_like_others(folder: Path, command: list[str]) -> None:
    kept, plain = (run("policy", *command, f"actions.{kind}", cwd=folder) for kind in ("parquet", "jsonl"))
    assert (kept.code, kept.err) == (plain.code, plain.err) == (1, "")
    assert kept.out.replace("actions.parquet", "actions.jsonl") == plain.out


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: b"PAR1", lambda data: data[:99] + data[120:]])
def test_a_damaged_file_is_refused(folder: Path, damage: object) -> None:
    (folder / "bad.parquet").write_bytes(damage((folder / "actions.parquet").read_bytes()))  # type: ignore[operator]
    ran = run("policy", "simulate", "--summary", "--action", "bad.parquet", cwd=folder)
    assert ran.code == 2
    assert ran.err.startswith(
        "error: bad.parquet: is no whole Parquet file\n  = help: write it with `axtary policy pack`"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", LINES + '\n{"version": 1}'])
def test_what_is_refused_is_not_written(folder: Path, text: str) -> None:
    (folder / "bad.jsonl").write_text(text)
    ran = run("policy", "pack", "bad.jsonl", "-o", "bad.parquet", cwd=folder)
    assert (ran.code, ran.out) == (2, "")
    assert "error" in ran.err
    assert not (folder / "bad.parquet").exists()


def test_without_pyarrow_it_says_what_to_install(folder: Path) -> None:
    (folder / "pyarrow.py").write_text("raise ImportError")
    env = {"PYTHONPATH": str(folder)}
    import subprocess
    import sys

    for args in (
        ["pack", "actions.jsonl", "-o", "x.parquet"],
        ["simulate", "--summary", "--action", "actions.parquet"],
    ):
        command = [sys.executable, "-m", "axtary.cli", "policy", *args]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "run `pip install 'axtary[replay]'`" in done.stderr
        assert "Traceback" not in done.stderr
