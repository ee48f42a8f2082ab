"""Compiles in the background: one job after the other in one thread, and a job that is stale ends early.

A job has copies of everything that it reads; what it finds it gives to `found`, in its own thread: first what the
compiler says, then what takes a proof (invariants, exact lints).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from axtary.backends.verdict import EngineError
from axtary.compiler import Compiled, CompileError, Diagnostic, compile_policy
from axtary.compiler.diagnostics import Reporter, TooManyErrors
from axtary.compiler.testfiles import read_suite
from axtary.lsp.parsing import Parsed, parse
from axtary.runtime.invariants import checked
from axtary.runtime.policyfile import UnreadableError, includes, read_policy
from axtary.runtime.policyfix import Result, findings
from axtary.runtime.testing.files import read_cases


class StaleError(Exception):
    """Ends a job whose result nobody wants any more."""


@dataclass(frozen=True)
class Job:
    """Check the policy at `root`. `unsaved`: texts by real path; `tests`: those of them that are its test files."""

    root: Path
    unsaved: Mapping[Path, bytes]
    tests: tuple[Path, ...]
    known: Mapping[Path, Parsed]  # files as they were read before
    good: Compiled | None  # the last compilation without errors
    lint: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)

    def pulse(self) -> None:
        """Raises StaleError once the job is cancelled."""
        if self.cancelled.is_set():
            raise StaleError


@dataclass(frozen=True)
class Found:
    """What a job found: the files of the policy and its tests by the names that spans use, and the findings.

    `parsed` has the files of the policy, `tested` its tests. `complete`: nothing more will come of this job.
    """

    job: Job
    result: Result
    parsed: Mapping[str, Parsed]
    tested: tuple[Parsed, ...]
    tests: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    complete: bool

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return (*findings(self.result), *self.tests)


def run(job: Job) -> Iterator[Found]:
    """The findings, then those with the proofs. Raises StaleError.

    Of a policy that is not there, what its tests say of themselves. Raises UnreadableError behind that.
    """
    missing = None
    try:
        data = job.unsaved[job.root] if job.root in job.unsaved else read_policy(job.root)
        result: Result = compile_policy(job.root.name, data, includes(job.root, job.unsaved), job.pulse)
    except CompileError as error:
        result = error
    except UnreadableError as error:
        result, missing = CompileError((), {}), error
    parsed = {name: _parsed(job, name, text) for name, text in result.sources.items() if _is_file(name)}
    tests, texts = _tests(job, result)
    tested = tuple(_parsed(job, name, text) for name, text in texts.items())
    texts |= {name: text for name, text in result.sources.items() if _is_file(name)}
    proofs = isinstance(result, Compiled) and (job.lint or bool(result.invariants))
    yield Found(job, result, parsed, tested, tests, texts, not proofs)
    if missing is not None:
        raise missing
    if isinstance(result, Compiled) and proofs:
        yield Found(job, _proved(job, result), parsed, tested, tests, texts, True)


def _is_file(name: str) -> bool:
    return not name.startswith("preset:")


def _parsed(job: Job, name: str, text: str) -> Parsed:
    job.pulse()
    path = (job.root.parent / name).resolve()
    known = job.known.get(path)
    if known is not None and known.text == text and known.source.name == name:
        return known
    return parse(path, name, text.encode("utf-8", "surrogatepass"))


def _tests(job: Job, result: Result) -> tuple[tuple[Diagnostic, ...], dict[str, str]]:
    """What is wrong in the open test files, and their texts; without any compiled policy only how they are written."""
    good = result if isinstance(result, Compiled) else job.good
    found: list[Diagnostic] = []
    texts = {}
    for path in job.tests:
        job.pulse()
        name, report = str(path), Reporter()
        texts[name] = job.unsaved[path].decode("utf-8", "surrogatepass")
        try:
            if good is not None:
                read_cases(name, texts[name], good.policy)
            else:
                read_suite(name, job.unsaved[path], report)
        except CompileError as error:
            found += error.diagnostics
        except TooManyErrors:
            pass
        found += report.diagnostics
    return tuple(found), texts


def _proved(job: Job, compiled: Compiled) -> Result:
    try:
        result = checked(compiled, lambda _phase, _done, _all: job.pulse())
        if job.lint:
            from axtary.compiler.lint import exact  # only where it is asked for: it takes a while to load

            result = exact.check(result, lambda _done, _all: job.pulse()).compiled
    except CompileError as error:
        return error
    except EngineError:
        return compiled  # the invariants stay open
    return result


class Checker:
    """The thread. It is a daemon: the end of the server does not wait for a compilation."""

    def __init__(self, found: Callable[[Found], None], failed: Callable[[Job, Exception], None]) -> None:
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._found, self._failed = found, failed
        threading.Thread(target=self._work, name="checker", daemon=True).start()

    def put(self, job: Job) -> None:
        self._jobs.put(job)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job.pulse()
                for found in run(job):
                    job.pulse()
                    self._found(found)
            except StaleError:
                pass
            except Exception as error:  # whatever it is, the next text is checked again
                self._failed(job, error)
