"""The command in a process of its own, without the start of Python: a server that has imported it forks for each call.

What is called is the real command line, with its own arguments, folder, environment, streams and exit code. How Python
starts, and what the first import costs, is for tests that start Python themselves.

The server never loads an engine of Go, which does not survive a fork; its children may.
"""

from __future__ import annotations

import array
import atexit
import gc
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

ADDRESS = "AXTARY_WARM"
_MOST = 1 << 20  # bytes that are read at a time

_CLIENT = f"""\
import array, json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect(os.environ["{ADDRESS}"])
request = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
streams = array.array("i", [0, 1, 2])
server.sendmsg([b"%8d" % len(request)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
server.sendall(request)
code = int(server.recv(16) or b"-9")
if code < 0:
    os.kill(os.getpid(), -code)
os._exit(code)
"""


@dataclass(frozen=True)
class Warm:
    """`folder` has an `axtary` to put on PATH, for a shell whose environment has `address` as ADDRESS."""

    folder: Path
    address: str


@cache
def server() -> Warm:
    """The one of this process of tests. It ends with it."""
    folder = Path(tempfile.mkdtemp(prefix="warm"))
    client, address, command = folder / "client.py", folder / "socket", folder / "axtary"
    client.write_text(_CLIENT)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{client}" "$@"\n')
    command.chmod(0o700)
    started = [sys.executable, str(Path(__file__)), str(address)]
    process = subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"

    @atexit.register
    def _end() -> None:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)

    return Warm(folder, str(address))


def run(arguments: Sequence[str], where: Path, stdin: bytes, environ: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error of one call."""
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX) as connection,
    ):
        given.write(stdin)
        given.seek(0)
        connection.settimeout(120)
        connection.connect(server().address)
        request = json.dumps([list(arguments), str(where), dict(environ)]).encode()
        streams = array.array("i", [given.fileno(), out.fileno(), err.fileno()])
        connection.sendmsg([b"%8d" % len(request)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        connection.sendall(request)
        code = int(connection.recv(16) or b"-9")
        out.seek(0)
        err.seek(0)
        return code, out.read(), err.read()


# --- the server -----------------------------------------------------------------------------------------------------


def serve(where: str) -> None:
    """Fork for each call, until killed, or until whoever started it is gone."""
    import axtary.cli
    from axtary.backends import native
    from axtary.compiler import compile_text

    for module in pkgutil.walk_packages(axtary.cli.__path__, "axtary.cli."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    native.compile(compile_text("version: 1\npolicies: [{id: a, effect: allow, match: {tool: b}}]\n"))
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(where)
    listening.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks that wait for a call
    print("ready", flush=True)
    while listening in select.select([listening, sys.stdin], [], [])[0]:  # else the other end of the pipe is gone
        connection, _peer = listening.accept()
        if os.fork() == 0:
            try:
                listening.close()
                _answer(connection)
            finally:
                os._exit(1)
        connection.close()


def _answer(connection: socket.socket) -> NoReturn:
    """Run one call in a child, so that whatever it does there is an exit code for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, ancillary, _flags, _address = connection.recvmsg(8, socket.CMSG_SPACE(12))
    streams = array.array("i", ancillary[0][2])
    request = b""
    while len(request) < int(head):
        request += connection.recv(_MOST)
    child = os.fork()
    if child == 0:
        connection.close()
        _call(streams, *json.loads(request))
    _process, status = os.waitpid(child, 0)
    connection.sendall(b"%d" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _call(streams: Any, arguments: list[str], where: str, environment: dict[str, str]) -> NoReturn:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(where)
    sys.argv = ["axtary", *arguments]
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    from axtary.cli import main

    code = 0
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
