"""`axtary connectors`: what is configured, and whether it works. A credential is never printed, only where it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from axtary.cli.output import FINDINGS, OK, colour, fail, leave, load, print_json
from axtary.cli.progress import waiting
from axtary.cli.texts import columns
from axtary.compiler.diagnostics import did_you_mean, printable
from axtary.connectors import Connector, Connectors, ProviderError, open_connectors

_HEAD = ("connector", "url", "credential", "there", "tools")


def listed(policy: Path, as_json: bool) -> None:
    """Each connector with its tools, and whether its credential is there."""
    with _opened(policy, as_json) as found:
        rows = [(each, _problem(each)) for each in found.connectors]
    if as_json:
        print_json(
            [
                {"connector": each.name, "url": each.url, "credential": _place(each), "tools": list(each.tools)}
                | {"credential_there": problem is None, "problem": problem.message if problem else None}
                for each, problem in rows
            ]
        )
        leave(OK)
    table = [
        (each.name, each.url, _place(each) or "-", "no" if problem else "yes", ", ".join(each.tools))
        for each, problem in rows
    ]
    sys.stdout.write(columns(_HEAD, table))
    sys.stderr.write("".join(f"{each.name}: {printable(_text(problem))}\n" for each, problem in rows if problem))
    leave(OK)


def checked(names: Sequence[str], policy: Path, as_json: bool) -> None:
    """One harmless call to each service. Exit 1 if one fails."""
    with _opened(policy, as_json) as found:
        known = [each.name for each in found.connectors]
        for name in names:
            if name not in known:
                help_text = f"{did_you_mean(name[:100], known)}there are: {', '.join(known)}"
                fail(f"no connector is called `{name}`", help_text, as_json)
        rows = [_tried(each) for each in found.connectors if not names or each.name in names]
    if as_json:
        print_json([{"connector": name, "ok": ok, "message": text} for name, ok, text in rows])
    else:
        for name, ok, text in rows:
            mark = colour("ok", "green") if ok else colour("failed", "red")
            sys.stdout.write(f"{mark} {name}: {printable(text)}\n")
    leave(OK if all(ok for _, ok, _ in rows) else FINDINGS)


@contextmanager
def _opened(policy: Path, as_json: bool) -> Iterator[Connectors]:
    settings = load(policy, as_json).connectors
    if not settings:
        help_text = "add for example `connectors: {github: {credential: {env: GITHUB_TOKEN}}}`"
        fail(f"{policy} has no connectors", help_text, as_json)
    found = open_connectors(settings, os.environ, policy.parent)
    try:
        yield found
    finally:
        found.close()


def _tried(connector: Connector) -> tuple[str, bool, str]:
    try:
        with waiting(f"asking {connector.name}"):
            return connector.name, True, connector.connection.check()
    except ProviderError as error:
        return connector.name, False, _text(error)


def _problem(connector: Connector) -> ProviderError | None:
    """Why the credential cannot be used; None if it can, or if none is needed."""
    try:
        if connector.credential is not None:
            connector.credential.read()
    except ProviderError as error:
        return error
    return None


def _place(connector: Connector) -> str | None:
    place = connector.credential.place if connector.credential is not None else None
    return f"{place.kind}:{place.name}" if place is not None else None


def _text(error: ProviderError) -> str:
    return f"{error.message}: {error.help}" if error.help else error.message
