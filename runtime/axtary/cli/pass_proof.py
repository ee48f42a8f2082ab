"""A proof of possession from a file, for `axtary pass verify`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from axtary.cli.output import fail, invalid_input
from axtary.passes.claims import Claims
from axtary.passes.dpop import Examiner, Request, Verifier
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.uris import synthetic
from axtary.passes.verify import Proof
from axtary.runtime.policyfile import read_bytes
from axtary.runtime.state import Once

MAX_FILE = 64 * 1024  # bytes


def proof_from(
    path: Path | None,
    method: str | None,
    uri: str | None,
    as_json: bool,
    once: Once | None = None,
    now: Callable[[], float] = time.time,
    tool: str | None = None,
) -> Proof | None:
    """What checks that the holder is there, by the proof in a file; None without a file.

    Without `method` and `uri` it is for the call that the pass is for, under a grant for that of `tool`. Without
    `once` the proof is looked at, not used: nobody knows then whether it was used before.
    """
    complete_target(method, uri, as_json)
    if path is None:
        if method is not None:
            fail("`--method` and `--uri` are for a proof", "give the proof with `--proof FILE`", as_json)
        return None
    proof = _proof_in(path, as_json)

    def check(claims: Claims, token: str) -> None:
        request = Request((proof,), *(call_of(claims, tool) if method is None or uri is None else (method, uri)))
        examiner = Examiner(now=now)
        if once is None:
            examiner.examine(request, claims, token)
        else:
            Verifier(once, examiner).verify(request, claims, token)

    return check


def complete_target(method: str | None, uri: str | None, as_json: bool) -> None:
    """Both, or none. Else the command ends with 2."""
    if (method is None) != (uri is None):
        fail("a request has a method and a URI", "give both `--method` and `--uri`, or none for a tool call", as_json)


def call_of(claims: Claims, tool: str | None = None) -> tuple[str, str]:
    """Method and URI of the tool call that a pass is for; under a grant, of a call of `tool`. Raises RefusedError."""
    called = claims.tool or tool
    if called is None:
        raise RefusedError(Reason.URI_ILL_FORMED, "a grant is for no one call: give `--method` and `--uri`")
    return synthetic(claims.aud, called)


def _proof_in(path: Path, as_json: bool) -> str:
    with invalid_input(as_json):
        return read_bytes(path, MAX_FILE, "give a file with a proof").decode("ascii", "replace").rstrip("\r\n")
