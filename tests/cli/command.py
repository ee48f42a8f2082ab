"""Runs the command: one real process per call, or many calls in one guarded process."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import warm
from tests.cli.batch import call

COMMAND = [sys.executable, "-I", "-m", "axtary.cli"]
BATCH = Path(__file__).with_name("batch.py")

POLICY = """\
version: 1
policies:
  - id: reads
    effect: allow
    match: {tool: fs.read}
  - id: writes
    effect: step_up
    match: {tool: fs.write}
    obligations: {approvers: [lead]}
  - id: secrets
    effect: deny
    match: {tool: fs.read}
    when: payload.secret == true
"""


@dataclass(frozen=True)
class Ran:
    """How a call ended."""

    code: int
    out: str
    err: str
    seconds: float = 0.0  # of CPU
    crash: str = ""  # the traceback of an exception that got out

    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


def run(*args: str, cwd: Path, stdin: bytes = b"", env: dict[str, str] | None = None) -> Ran:
    """One process."""
    code, out, err = warm.run(args, cwd, stdin, {**os.environ, **(env or {})})
    return Ran(code, out.decode(), err.decode())


def batch(calls: Sequence[Sequence[str]], cwd: Path, stdin: bytes = b"") -> list[Ran]:
    """Every call in one process, which may have 2 GiB of address space."""
    request = json.dumps({"calls": calls, "stdin": stdin.decode("latin-1")})
    done = subprocess.run(
        [sys.executable, "-I", str(BATCH)], cwd=cwd, input=request, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [Ran(**result) for result in json.loads(done.stdout)]


def inside(*args: str, cwd: Path, stdin: bytes = b"") -> Ran:
    """A call in this process: for tests of many steps, where a process for each would take long."""
    before, thresholds = Path.cwd(), gc.get_threshold()
    os.chdir(cwd)
    try:
        return Ran(**call(list(args), stdin))  # type: ignore[arg-type]  # by name, as `batch` prints them
    finally:
        os.chdir(before)
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def assert_refused(ran: Ran) -> None:
    """Exit 2 with words on standard error that a terminal can be shown, and nothing on standard output."""
    assert not ran.crash, ran.crash
    assert (ran.code, ran.out) == (2, ""), ran
    assert ran.err.strip() and "Traceback" not in ran.err
    assert_plain(ran.err)


def assert_plain(text: str) -> None:
    """No character but line ends that a terminal obeys."""
    assert text.replace("\n", "").isprintable(), ascii(text)
