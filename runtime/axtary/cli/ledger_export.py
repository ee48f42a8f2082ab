"""`axtary ledger export`, `axtary attest-ledger` and `axtary verify-export`."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from axtary.cli.jwk import public_keys
from axtary.cli.ledger import opened
from axtary.cli.ledger_chosen import Asked, chosen, is_stdout, target
from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, print_json
from axtary.cli.progress import Step, progress
from axtary.compiler.diagnostics import printable
from axtary.ledger.export import Filter, Head, attested, head_of, lines
from axtary.ledger.export import attest as attestation_of
from axtary.ledger.verify_export import MAX_LINE, ExportReport, verify_export
from axtary.passes.jose import MAX_TOKEN
from axtary.passes.keyfile import read_private_key
from axtary.passes.keys import PrivateKey
from axtary.runtime.policyfile import UnreadableError, read_bytes, write

_EVERY = 1000  # lines between two steps of a progress bar


def export(output: Path | None, asked: Asked, policy: Path, where: str | None, as_json: bool) -> NoReturn:
    """Write what is asked for, up to the newest checkpoint."""
    if is_stdout(output) and sys.stdout.isatty():
        fail("records as they are may hold what a terminal obeys", "give a file with `-o`, or pipe them", as_json)
    with invalid_input(as_json):
        head, count, _ = _written(output, None, chosen(asked), policy, where)
    if output is None or is_stdout(output):
        leave(OK)
    _tell(output, head, count, None, as_json)


def attest(output: Path, key: Path, asked: Asked, policy: Path, where: str | None, as_json: bool) -> None:
    """Write what is asked for, up to now, and the attestation."""
    beside = output.with_name(output.name + ".jws")
    with invalid_input(as_json):
        signer = read_private_key(key, "checkpoint")
        head, count, token = _written(output, signer, chosen(asked), policy, where)
        write(beside, token.encode() + b"\n")
    _tell(output, head, count, beside, as_json)


def _written(
    output: Path | None, signer: PrivateKey | None, wanted: Filter, policy: Path, where: str | None
) -> tuple[Head, int, str]:
    digest, count = hashlib.sha256(), -1  # the first line is no record
    with opened(policy, where) as rows, progress("records") as step, target(output) as file:
        head = head_of(rows, wanted, whole=signer is not None)
        for line in lines(rows, head, wanted, lambda done, whole: step("writing", done, whole)):
            file.write(line + b"\n")
            digest.update(line + b"\n")
            count += 1
    if signer is None:
        return head, count, ""
    return head, count, attestation_of(attested(head, count, digest.hexdigest(), int(time.time())), signer)


def _stepped(found: Iterator[bytes], step: Step, phase: str) -> Iterator[bytes]:
    for number, line in enumerate(found):
        if number % _EVERY == 0:
            step(phase, number, None)
        yield line


def _tell(output: Path, head: Head, count: int, attestation: Path | None, as_json: bool) -> NoReturn:
    if as_json:
        found: dict[str, Any] = {"file": str(output), "count": count, "origin": head.origin, "size": head.size}
        found |= {"root": head.root.hex(), "head": head.head.hex(), "checkpoint": head.checkpoint}
        print_json(found | {"attestation": str(attestation) if attestation else None})
        leave(OK)
    sys.stdout.write(f"{count} of the first {head.size} records to {printable(str(output))}\n")
    if attestation is not None:
        sys.stdout.write(f"attested in {printable(str(attestation))}\n")
    elif head.checkpoint is None:
        sys.stdout.write("there is no checkpoint: nothing that is signed says that this is the ledger\n")
    leave(OK)


# --- verify-export --------------------------------------------------------------------------------------------------


def verify(file: Path, keys: list[Path], attestation: Path | None, as_json: bool) -> None:
    """Exit 1 if something is wrong."""
    if not keys:
        fail("nothing says whom to trust", "give the public key with `--key`", as_json)
    with invalid_input(as_json), progress("lines") as step:
        trusted = public_keys(keys)
        token = read_bytes(attestation, MAX_TOKEN).decode("utf-8", "replace") if attestation else None
        with _lines(file) as found:
            report = verify_export(_stepped(found, step, "verifying"), trusted, token)
    if as_json:
        print_json(_json(report))
    else:
        sys.stdout.write(_text(report))
    leave(FINDINGS if report.findings else OK)


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[bytes]]:
    """Lines of bounded length: a longer one comes in parts, which are refused."""
    try:
        with path.open("rb") as file:
            yield iter(lambda: file.readline(MAX_LINE + 1), b"")
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise UnreadableError(path, why, "give what `axtary ledger export` wrote") from None


def _json(report: ExportReport) -> dict[str, Any]:
    head = report.head
    found: dict[str, Any] = {"valid": not report.findings, "count": report.count}
    found |= {"first": report.first, "last": report.last, "kid": report.kid}
    if head is not None:
        found |= {"origin": head.origin, "size": head.size, "root": head.root.hex(), "filter": dict(head.filter)}
    told = [{"line": each.line, "seq": each.seq, "message": each.message} for each in report.findings]
    return found | {"findings": told, "more_findings": report.more}


def _text(report: ExportReport) -> str:
    head = report.head
    if not report.findings and head is not None:
        which = "all" if not head.filter else ", ".join(f"{name} {value}" for name, value in head.filter.items())
        told = [f"{colour('valid', 'green')}: {report.count} records of {printable(head.origin)}: {printable(which)}"]
        told += [f"they are in the ledger of {head.size} records that {report.kid} signed", f"root {head.root.hex()}"]
    else:
        told = [colour("invalid", "red")]
        for each in report.findings:
            where = "file" if each.line is None else f"line {each.line}"
            told.append(f"{where}{'' if each.seq is None else f', record {each.seq}'}: {printable(each.message)}")
        told += [f"and {report.more} more"] if report.more else []
    return "".join(f"{line}\n" for line in told)
