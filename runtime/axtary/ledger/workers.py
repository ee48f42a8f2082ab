"""Processes that look at spans of a ledger, to use more than one core.

They are begun by their command and asked through pipes, so nothing of this process is in them: no thread, no lock, no
connection to the database, and its main module is not run again, as `multiprocessing` would.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

_COMMAND = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from axtary.ledger.spans import work; work()"
)

ENDED = (OSError, EOFError, RuntimeError, pickle.UnpicklingError)
"""What is raised where there can be no process or thread, or one has ended."""

Ask = Callable[[Any], Future[Any]]


@contextmanager
def begun(where: str | Path, many: int) -> Iterator[Ask]:
    """So many processes with a ledger. Gives what to call with a span for the future of what is found of it."""
    with ExitStack() as stack:
        idle: SimpleQueue[_Worker] = SimpleQueue()
        pool = ThreadPoolExecutor(many)  # one waits for each process
        stack.callback(pool.shutdown)
        for _ in range(many):
            idle.put(worker := _Worker(where))
            stack.callback(worker.end)
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)

        def asked(what: Any) -> Any:
            worker = idle.get()
            try:
                return worker.ask(what)
            finally:
                idle.put(worker)

        yield lambda what: pool.submit(asked, what)


class _Worker:
    def __init__(self, where: str | Path) -> None:
        # -I: nothing of the folder that it is begun in. Its own session: ^C is for the process that asks.
        command = [sys.executable, "-I", "-c", _COMMAND]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        process = subprocess.Popen(  # noqa: S603 (this Python, and nothing that somebody gave)
            command, stdin=pipe, stdout=pipe, stderr=nowhere, start_new_session=True
        )
        if process.stdin is None or process.stdout is None:
            raise OSError("a process without pipes")
        self._process, self._given, self._told = process, process.stdin, process.stdout
        self._send(sys.path)
        self._send(where)

    def ask(self, what: Any) -> Any:
        self._send(what)
        return pickle.load(self._told)  # noqa: S301 (the other end is ours)

    def _send(self, what: Any) -> None:
        pickle.dump(what, self._given)
        self._given.flush()

    def end(self) -> None:
        self._process.kill()
        with suppress(OSError):  # what was not taken any more
            self._process.communicate()


def serve(answer: Callable[[str | Path], Callable[[Any], Any]]) -> None:
    """The other end: `answer` makes of where the ledger is what answers. Until nobody asks any more."""
    given, told = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, OSError):
        answers = answer(pickle.load(given))  # noqa: S301 (as above)
        while True:
            pickle.dump(answers(pickle.load(given)), told)  # noqa: S301
            told.flush()
