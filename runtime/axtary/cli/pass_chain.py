"""`axtary pass grant`, `axtary pass delegate`, and chains for `axtary pass verify`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from axtary.cli.bundles import instant
from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, load, print_json
from axtary.compiler.diagnostics import printable
from axtary.compiler.syntax import SyntaxProblem, parse_duration
from axtary.passes import conditions, delegation
from axtary.passes.chain import MAX_LENGTH, read_chain
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.jose import MAX_TOKEN
from axtary.passes.keyfile import read_private_key
from axtary.passes.keys import public_key
from axtary.runtime.policyfile import UnreadableError, read_bytes
from axtary.runtime.strictjson import loads

_MAX_KEY = 64 * 1024
_MAX_CHAIN = MAX_LENGTH * (MAX_TOKEN + 2)
_INVALID = (Reason.SCOPE_ILL_FORMED, Reason.CLAIM_ILL_TYPED)  # what is no pass at all, rather than one too wide
_THUMBPRINT = 43  # characters


@dataclass(frozen=True)
class Wanted:
    """What a pass is to be for, as the command line says it."""

    tools: Sequence[str] = ()
    resources: Sequence[str] = ()
    when: Sequence[str] = ()
    budget: Sequence[str] = ()
    hops: int = 0


@dataclass(frozen=True)
class About:
    """Whose grant it is."""

    agent: str
    owner: str
    tenant: str
    task: str
    issuer: str
    audience: str


def grant(
    policy: Path, key: Path, to: str, about: About, wanted: Wanted, ttl: str, at: str | None, as_json: bool
) -> None:
    """Print a chain of one token. Exit 1 if no payload could meet its conditions."""
    version = load(policy, as_json).policy.policy_version
    with invalid_input(as_json), _refusing(as_json):
        token = delegation.grant(
            read_private_key(key, "pass"),
            issuer=about.issuer,
            audience=about.audience,
            agent=about.agent,
            owner=about.owner,
            tenant=about.tenant,
            task=about.task,
            policy_version=version,
            holder=_thumbprint(to),
            constraints=_constraints({}, wanted),
            now=_now(at, as_json),
            ttl=_seconds(ttl),
        )
        _print_chain([token], as_json)


def delegate(
    chain: str, key: Path, to: str, agent: str, wanted: Wanted, ttl: str | None, at: str | None, as_json: bool
) -> None:
    """Print a chain that is one token longer. Exit 1 with the reason if it would not hold."""
    with invalid_input(as_json), _refusing(as_json):
        lines = read_lines(chain)
        signer, holder = read_private_key(key, "pass"), _thumbprint(to)
        parent = read_chain(lines)[-1].claims.constraints
        token = delegation.delegate(
            lines,
            signer,
            agent=agent,
            holder=holder,
            constraints=_constraints(parent, wanted),
            now=_now(at, as_json),
            ttl=None if ttl is None else _seconds(ttl),
        )
        _print_chain([*lines, token], as_json)


def read_lines(source: str) -> list[str]:
    """The tokens of a file, or of standard input: one a line, root first. Raises UnreadableError."""
    help_text = "give a file with one token a line, root first, or - for standard input"
    if source == "-":
        data = sys.stdin.buffer.read(_MAX_CHAIN + 1)
        if len(data) > _MAX_CHAIN:
            raise UnreadableError("-", f"more than {_MAX_CHAIN} bytes", help_text)
    else:
        data = read_bytes(Path(source), _MAX_CHAIN, help_text)
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    found = [line for line in lines if line]
    if not found:
        raise UnreadableError(source, "has no token", help_text)
    return found


def _print_chain(tokens: Sequence[str], as_json: bool) -> NoReturn:
    if as_json:
        print_json({"chain": list(tokens), "claims": [link.claims.to_json() for link in read_chain(tokens)]})
    else:
        sys.stdout.write("".join(f"{token}\n" for token in tokens))
    leave(OK)


@contextmanager
def _refusing(as_json: bool) -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        if error.reason in _INVALID:
            fail(error.message, "", as_json)
        if as_json:
            print_json({"granted": False, "reason": error.reason.value, "message": error.message})
        else:
            name = colour("refused", "red", sys.stderr)
            sys.stderr.write(f"{name}[{error.reason.value}]: {printable(error.message)}\n")
        leave(FINDINGS)


# --- arguments ------------------------------------------------------------------------------------------------------


def _constraints(parent: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    return delegation.narrowed(
        parent,
        tools=wanted.tools,
        resources=wanted.resources,
        payload=[each for text in wanted.when for each in _conditions(text)],
        budget=list(map(_budget, wanted.budget)),
        hops=wanted.hops,
    )


def _conditions(text: str) -> list[Any]:
    """One condition as JSON, a list of them, or some in the language."""
    if not text.lstrip().startswith(("{", "[")):
        return conditions.from_text(text)
    found = loads(text.encode("utf-8", "surrogatepass"), source="--when")
    return found if isinstance(found, list) else [found]


def _budget(text: str) -> dict[str, str]:
    limit, _, unit = text.strip().partition(" ")
    return {"limit": limit, "unit": unit.strip()}


def _seconds(text: str) -> int:
    try:
        return parse_duration(text)
    except SyntaxProblem as problem:
        raise UnreadableError("--ttl", str(problem), problem.help) from None


def _now(at: str | None, as_json: bool) -> int:
    moment = instant(at, as_json)
    return int(time.time() if moment is None else moment.timestamp())


def _thumbprint(to: str) -> str:
    """Of the key that a pass is for: its thumbprint, its public JWK, or a file with that."""
    if len(to) == _THUMBPRINT and not Path(to).exists():
        return to
    help_text = "give its RFC 7638 thumbprint, its public JWK, or a file with that"
    data = to.encode() if to.lstrip().startswith("{") else read_bytes(Path(to), _MAX_KEY, help_text)
    try:
        return public_key(loads(data, source="--to")).kid
    except RefusedError as error:
        raise UnreadableError("--to", error.message, help_text) from None


__all__ = ["About", "Wanted", "delegate", "grant", "read_lines"]
