"""Whatever the text: diagnostics or a policy, and neither a crash, nor a hang, nor another exception.

`python -m tests.policy_fuzz --inputs 200000 --seed 1` runs for long; `--show NUMBER` prints one input. Inputs are tried
in child processes: one that dies or hangs is found, named, and replaced.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
import traceback
import xml.etree.ElementTree as Xml
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axtary.backends import native
from axtary.compiler import CompileError, Diagnostic, compile_policy, ir
from axtary.compiler.diagnostics import CODES, printable
from axtary.compiler.format import format_policy
from axtary.compiler.reports import github, jsonform, junit, sarif, text
from axtary.runtime.action import check_action
from tests import fuzz_inputs

ROOT = Path(__file__).resolve().parent.parent
MEMORY = 2 << 30
WATCHDOG = 60.0  # seconds without an answer
SLOW = 1.0  # seconds of CPU that one input may take
MAX_FINDS = 20


# --- one input ---


def check(data: bytes, number: int) -> str:
    """Everything that is done with a policy: "compiled" or "refused". Any exception is a find."""
    try:
        found = compile_policy("axtary.yml", data, fuzz_inputs.included)
    except CompileError as error:
        assert error.diagnostics
        _render(error.diagnostics, error.sources)
        version = None
    else:
        _render(found.warnings, found.sources)
        json.dumps(ir.to_json(found.policy))
        action = check_action(fuzz_inputs.actions()[number % len(fuzz_inputs.actions())])
        assert native.compile(found.policy).decide(action, {}).decision in ("allow", "deny", "step_up")
        version = found.policy.policy_version
    _format(data, version)
    return "compiled" if version else "refused"


def _render(diagnostics: tuple[Diagnostic, ...], sources: dict[str, str]) -> None:
    for diagnostic in diagnostics:
        assert diagnostic.code in CODES and diagnostic.message and diagnostic.help
        assert all(printable(line) == line for line in text.render(diagnostic, sources).split("\n"))
        json.dumps(jsonform.to_json(diagnostic))
    json.loads(sarif.render(diagnostics, sources, "0"))
    Xml.fromstring(junit.render(diagnostics, sources, strict=True))
    assert all(line.startswith("::") for line in github.render(diagnostics).splitlines())


def _format(data: bytes, version: str | None) -> None:
    """What compiles can be formatted, and what is formatted compiles to the same; it formats to itself."""
    try:
        formatted = format_policy("axtary.yml", data)
    except CompileError as error:
        assert error.diagnostics and version is None
        _render(error.diagnostics, error.sources)
        return
    assert format_policy("axtary.yml", formatted.encode()) == formatted
    try:
        assert compile_policy("axtary.yml", formatted.encode(), fuzz_inputs.included).policy.policy_version == version
    except CompileError:
        assert version is None


# --- the child ---


def child(seed: int, numbers: range) -> None:
    """Try each input, and answer with a line for it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for number in numbers:
        data = fuzz_inputs.make(seed, number)
        begin = time.process_time()
        try:
            answer = {"outcome": check(data, number)}
        except BaseException:
            answer = {"outcome": "failed", "trace": traceback.format_exc()[-3000:]}
        print(json.dumps(answer | {"number": number, "seconds": time.process_time() - begin}), flush=True)


# --- the parent ---


@dataclass(frozen=True)
class Find:
    """An input that did not end as it should."""

    number: int
    what: str
    data: bytes

    def __str__(self) -> str:
        return f"input {self.number}: {self.what}\n{self.data[:2000]!r}"


@dataclass
class Outcome:
    """How many inputs ended how; `slowest` in seconds of CPU."""

    counts: Counter[str] = field(default_factory=Counter)
    finds: list[Find] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, -1)

    def __str__(self) -> str:
        tried = sum(self.counts.values())
        ends = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))
        seconds, number = self.slowest
        return f"{tried} inputs: {ends}; {len(self.finds)} finds; slowest {seconds:.2f} s (input {number})"


Command = Callable[[int, int, int], list[str]]


def _child(seed: int, first: int, stop: int) -> list[str]:
    return [sys.executable, "-m", "tests.policy_fuzz", "--seed", str(seed), "--child", str(first), str(stop)]


def run(
    seed: int, inputs: int, slow: float | None = None, watchdog: float = WATCHDOG, command: Command = _child
) -> Outcome:
    """Try inputs 0 to `inputs` - 1. One that takes more than `slow` seconds of CPU is a find too.

    `command(seed, first, stop)` starts a child.
    """
    outcome, at = Outcome(), 0
    while at < inputs and len(outcome.finds) < MAX_FINDS:
        for answer in _answers(command(seed, at, inputs), at, inputs, watchdog):
            at = answer["number"] + 1
            _count(outcome, seed, answer, slow)
            if at % 1000 == 0:
                print(f"\r{outcome}", end="", file=sys.stderr, flush=True)
    return outcome


def _count(outcome: Outcome, seed: int, answer: dict[str, Any], slow: float | None) -> None:
    number, seconds, what = answer["number"], answer.get("seconds", 0.0), answer.get("trace", "")
    outcome.counts[answer["outcome"]] += 1
    outcome.slowest = max(outcome.slowest, (seconds, number))
    if slow is not None and seconds > slow:
        what = what or f"took {seconds:.2f} s of CPU"
    if what:
        outcome.finds.append(Find(number, what, fuzz_inputs.make(seed, number)))


def _answers(command: list[str], first: int, stop: int, watchdog: float) -> Iterator[dict[str, Any]]:
    """The answers of one child; the last one says that it died or hung, if it did."""
    number = first
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        for line in _lines(process, watchdog):
            yield json.loads(line)
            number += 1
    if number < stop:
        how = "hung" if process.returncode == -signal.SIGKILL else f"died with {process.returncode}"
        yield {"number": number, "outcome": "lost", "trace": f"the process {how}"}


def _lines(process: subprocess.Popen[bytes], watchdog: float) -> Iterator[bytes]:
    """What the process prints, by lines. One that says nothing for `watchdog` seconds is killed."""
    assert process.stdout is not None
    left = b""
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not ready.select(watchdog):
                process.kill()
                return
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                return
            *lines, left = (left + chunk).split(b"\n")
            yield from lines


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.policy_fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, metavar="NUMBER", help="print this input and how it ends")
    parser.add_argument("--child", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        child(options.seed, range(*options.child))
        return 0
    if options.show is not None:
        data = fuzz_inputs.make(options.seed, options.show)
        print(f"{data!r}\n{check(data, options.show)}")
        return 0
    print(f"seed {options.seed}", flush=True)
    outcome = run(options.seed, options.inputs, SLOW)
    print("", *outcome.finds, outcome, sep="\n")
    return 1 if outcome.finds else 0


if __name__ == "__main__":
    sys.exit(main())
