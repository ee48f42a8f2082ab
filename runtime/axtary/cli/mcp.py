"""`axtary mcp`: a session in front of a server."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, load
from axtary.compiler.diagnostics import printable, quoted
from axtary.ledger import LedgerError
from axtary.mcp import pins
from axtary.mcp.actions import Caller, Identity
from axtary.mcp.definitions import Definitions
from axtary.mcp.outlook import Outlook
from axtary.mcp.pins import Definition, digest
from axtary.mcp.serve import Server, serve
from axtary.mcp.session import Parts
from axtary.mcp.stdio import Program
from axtary.mcp.words import Words
from axtary.pipeline import Result, open_pipeline, recover
from axtary.runtime.state import StateError
from axtary.runtime.streams import streams

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADER = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([A-Za-z_][A-Za-z0-9_]*)")
_EXAMPLE = "write `axtary mcp --server files -- COMMAND`"


@dataclass(frozen=True)
class Target:
    """A server as a command line names it: by a command, or by its address with headers from the environment."""

    server: str
    command: tuple[str, ...]
    url: str | None
    headers: tuple[str, ...]
    policy: Path
    timeout: float

    @property
    def endpoint(self) -> str:
        """What an action says of it. A command may hold secrets, so it stands for itself by its hash."""
        return self.url or digest(list(self.command))


@dataclass(frozen=True)
class Order:
    """The rest. caller: agent, owner, tenant, task, roles."""

    caller: tuple[str, str, str, str, tuple[str, ...]]
    resource: str
    trust: bool
    hints: bool


def checked(target: Target, as_json: bool) -> Mapping[str, str]:
    """The headers of a target; what is wrong with it ends the command."""
    if not _NAME.fullmatch(target.server):
        given = f"{quoted(target.server)} is no name of a server" if target.server else "the server has no name"
        fail(given, f"{_EXAMPLE}: up to 64 letters, digits, `_` and `-`", as_json)
    if bool(target.command) == (target.url is not None):
        fail("nothing says which server, or two things do", f"{_EXAMPLE}, or give `--url`", as_json)
    headers = {}
    for text in target.headers:
        found = _HEADER.fullmatch(text)
        if found is None or target.url is None:
            fail(
                f"{quoted(text)} is no header for an address", "write `Authorization=VARIABLE` beside `--url`", as_json
            )
        value = os.environ.get(found[2], "")
        if not value or not value.isprintable():
            fail(f"the variable {quoted(found[2])} holds no value for a header", "set it", as_json)
        headers[found[1]] = value
    return headers


@contextmanager
def connected(
    target: Target, headers: Mapping[str, str], definition: Callable[[str], Definition | None], as_json: bool
) -> Iterator[Server]:
    """The server, until the end. Raises UnreadableError if it cannot be started."""
    server: Server
    if target.url is None:
        server = Program(target.command)
    else:
        from axtary.mcp.http import AddressError, Endpoint, checked_url

        try:
            server = Endpoint(checked_url(target.url), headers, definition)
        except AddressError as error:
            fail(f"the address is of no use: {error}", "give `--url https://host/path`", as_json)  # it may hold secrets
    try:
        yield server
    finally:
        server.close()


def run(target: Target, order: Order, as_json: bool) -> None:
    """Serve until the client ends. Exit 1 if the server ended first."""
    headers = checked(target, as_json)
    if not order.caller[0]:
        fail("nothing says who calls", "give `--agent agent:NAME`: passes and records are made out to it", as_json)
    policy = load(target.policy, as_json).policy
    identity = Identity(target.server, order.resource or f"mcp:{target.server}", target.endpoint, Caller(*order.caller))
    try:
        with invalid_input(as_json), open_pipeline(target.policy, report=_report) as pipeline:
            recover(pipeline)
            definitions = _definitions(target, order.trust)
            parts = Parts(
                pipeline=pipeline,
                identity=identity,
                definitions=definitions,
                outlook=Outlook(policy),
                words=Words(policy, order.hints),
                timeout=target.timeout,
                say=_say,
            )
            with connected(target, headers, definitions.known, as_json) as server:
                ended = serve(parts, server, *streams())
    except (StateError, LedgerError) as error:
        fail(str(error), "see where `state` and the ledger are, and whether they can be written", as_json)
    leave(OK if ended else FINDINGS)


def _definitions(target: Target, trust: bool) -> Definitions:
    pinned = pins.read(pins.path_of(target.policy, target.server))
    if pinned is None and not trust:
        _say(f"no definition of {target.server} is pinned, so no tool of it can be called: run `axtary mcp pin`")

    def keep(seen: pins.Pins) -> None:
        path = pins.write(target.policy, target.server, seen)
        _say(f"pinned {len(seen.tools)} tools as they were seen first: look at {path}")

    return Definitions(pinned, keep if trust else None)


def _report(result: Result) -> None:
    for incident in result.incidents:
        _say(f"incident {incident.code}: {incident.message}")


def _say(text: str) -> None:
    """To whoever looks at the client's log: standard output belongs to the client."""
    sys.stderr.write(f"{colour('axtary', 'bold', sys.stderr)}: {printable(text)}\n")
    sys.stderr.flush()
