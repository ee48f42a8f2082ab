"""`axtary ledger verify-proof`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axtary.cli.jwk import public_keys
from axtary.cli.ledger import expected
from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, print_json
from axtary.compiler.diagnostics import printable
from axtary.ledger import LedgerError
from axtary.ledger.proof import MAX_PROOF, ProofReport, verify_proof
from axtary.runtime.policyfile import UnreadableError, read_bytes


def run(file: Path, keys: list[Path], expect: list[Path], as_json: bool) -> None:
    """Exit 1 if the proof does not hold."""
    if not keys:
        fail("nothing says whom to trust", "give the public key with `--key`", as_json)
    with invalid_input(as_json):
        trusted = public_keys(keys)
        known = [expected(path, trusted) for path in expect]
        try:
            report = verify_proof(read_bytes(file, MAX_PROOF), trusted, known)
        except LedgerError as error:
            raise UnreadableError(file, str(error), "give what `axtary ledger prove` printed") from None
    if as_json:
        print_json(_json(report))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _text(report)))
    leave(FINDINGS if report.findings else OK)


def _json(report: ProofReport) -> dict[str, Any]:
    found: dict[str, Any] = {"valid": not report.findings, "origin": report.origin, "size": report.size}
    found |= {"root": report.root, "kid": report.kid}
    if report.index is not None:
        found |= {"index": report.index, "record": dict(report.record.content) if report.record is not None else None}
    else:
        found |= {"old_size": report.old_size, "old_root": report.old_root}
    return found | {"findings": report.findings}


def _text(report: ProofReport) -> Iterator[str]:
    if report.findings:
        yield colour("invalid", "red")
        yield from map(printable, report.findings)
        return
    what = f"record {report.index} is in"
    if report.old_size is not None:
        what = f"the ledger of {report.old_size} records goes on in"
    yield f"{colour('valid', 'green')}: {what} that of {report.size} records of {printable(report.origin)}"
    yield f"root {report.root}, signed by {report.kid}" if report.kid else f"root {report.root}, that is expected"
