"""`axtary ledger show`, `tail`, `verify` and `prove`."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axtary.cli.jwk import public_keys
from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, print_json
from axtary.cli.progress import progress
from axtary.compiler import CompileError
from axtary.compiler.diagnostics import printable
from axtary.ledger import ENVIRONMENT, LedgerError, Rows, ledger_of, open_rows
from axtary.ledger.checkpoint import Checkpoint, read_checkpoint, unchecked_jws
from axtary.ledger.proof import FORMAT, VERSION
from axtary.ledger.record import read
from axtary.ledger.store import Stored
from axtary.ledger.verify import Report
from axtary.ledger.verify import verify as verification
from axtary.passes.keys import PublicKey
from axtary.runtime.messages import cut
from axtary.runtime.policyfile import UnreadableError, load_policy, read_bytes
from axtary.runtime.state import is_url

_WAIT = 0.5  # seconds between looks at a ledger that is followed
_PAGE = 1000
_WIDE = 60  # characters of what somebody else named
_MAX_CHECKPOINT = 64 * 1024  # bytes


@contextmanager
def opened(policy: Path, where: str | None) -> Iterator[Rows]:
    """The ledger of a policy. One that is not there is an error: nothing is made by looking. Raises UnreadableError."""
    found = where if where is not None else _of_policy(policy)
    if not is_url(str(found)) and not Path(found).is_file():
        raise UnreadableError(found, "no ledger is there", "give the file or database with `--ledger`")
    try:
        rows = open_rows(found)
        try:
            yield rows
        finally:
            rows.close()
    except LedgerError as error:
        raise UnreadableError("ledger", str(error), "give the file or database with `--ledger`") from None


def _of_policy(policy: Path) -> str | Path:
    """Where the ledger of a policy is. Who checks a ledger needs not have the policy."""
    if os.environ.get(ENVIRONMENT) or not policy.is_file():
        return ledger_of(policy)
    try:
        return ledger_of(policy, settings=load_policy(policy).settings.ledger)
    except CompileError:
        help_text = "give the file or database with `--ledger`, or run `axtary policy check`"
        raise UnreadableError(policy, "it is no policy that can be read", help_text) from None


def shown(seq: int | None, policy: Path, where: str | None, as_json: bool) -> None:
    """One record, or the ledger."""
    with invalid_input(as_json), opened(policy, where) as rows:
        found = _summary(rows) if seq is None else _record(rows, seq)
        if found is None:
            message = f"there is no record {seq}: the ledger has {rows.head().size}"
            fail(message, "records are numbered from 0", as_json)
    if as_json:
        print_json(found)
    else:
        sys.stdout.write("".join(f"{name:15} {_shown(value)}\n" for name, value in found.items()))
    leave(OK)


def _summary(rows: Rows) -> dict[str, Any]:
    head, signed = rows.head(), rows.checkpoint_of(0)
    return {
        "origin": head.origin,
        "size": head.size,
        "root": head.frontier.root().hex(),
        "head": head.hash.hex(),
        "checkpoint": {"size": signed.size, "jws": signed.jws, "note": signed.note} if signed else None,
    }


def _record(rows: Rows, seq: int) -> dict[str, Any] | None:
    """With its hash in front. What is not sound is shown all the same: `verify` says what is wrong."""
    found = rows.records(seq, 1)
    if not found or found[0].seq != seq:
        return None
    return {"hash": found[0].hash.hex(), **read(found[0].body).content}


def _shown(value: Any) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


# --- tail -----------------------------------------------------------------------------------------------------------


def tail(count: int, follow: bool, policy: Path, where: str | None, as_json: bool) -> None:
    """The last records, and those to come."""
    with invalid_input(as_json), opened(policy, where) as rows:
        following = max(0, rows.head().size - count)
        while True:
            for row in rows.records(following, _PAGE):
                sys.stdout.write((row.body.decode("utf-8", "replace") if as_json else _line(row)) + "\n")
                following = row.seq + 1
            sys.stdout.flush()
            if following < rows.head().size:
                continue
            if not follow:
                leave(OK)
            try:
                time.sleep(_WAIT)
            except KeyboardInterrupt:  # the way to end it
                leave(OK)


def _line(row: Stored) -> str:
    try:
        content = read(row.body).content
    except LedgerError as error:
        return f"{row.seq:7}  this is no record: {printable(str(error))}"
    what = next((content[name] for name in _WHAT if name in content), "")
    about = (content.get("tool"), content.get("agent"), _why(content))
    return f"{row.seq:7}  {content['time']}  {content['kind']:10}  " + "  ".join(
        [f"{_coloured(cut(str(what), _WIDE))}", *(cut(each, _WIDE) for each in about if each)]
    )


_WHAT = ("decision", "outcome", "verdict", "event", "what", "code", "system", "policy_version")


def _why(content: Mapping[str, Any]) -> str:
    return ", ".join(f"{reason['code']} {reason['rule']}".strip() for reason in content.get("reasons", ()))


def _coloured(word: str) -> str:
    names = {"allow": "green", "succeeded": "green", "deny": "red", "failed": "red", "step_up": "yellow"}
    return colour(word, names[word]) if word in names else word


# --- verify ---------------------------------------------------------------------------------------------------------


def verify(keys: list[Path], expect: list[Path], policy: Path, where: str | None, as_json: bool) -> None:
    """Exit 1 if something is wrong."""
    if expect and not keys:
        fail("nothing says whose checkpoint is expected", "give the public key with `--key`", as_json)
    with invalid_input(as_json), opened(policy, where) as rows, progress("records") as step:
        trusted = public_keys(keys)
        known = [expected(path, trusted) for path in expect]
        report = verification(rows, trusted, known, lambda done, whole: step("verifying", done, whole))
    if as_json:
        print_json(_report_json(report, bool(trusted)))
    else:
        sys.stdout.write(_report_text(report, bool(trusted)))
    leave(FINDINGS if report.findings else OK)


def expected(path: Path, keys: Mapping[str, PublicKey]) -> Checkpoint:
    """A checkpoint of a file, signed by one of the keys. Raises UnreadableError."""
    data = read_bytes(path, _MAX_CHECKPOINT)
    try:
        return read_checkpoint(data.decode(), keys)
    except UnicodeDecodeError:
        raise UnreadableError(path, "no text", "give a checkpoint: a JWS, or a signed note") from None
    except LedgerError as error:
        raise UnreadableError(
            path, str(error), "give a checkpoint of this ledger, and the key of who signed it"
        ) from None


def _report_json(report: Report, checked: bool) -> dict[str, Any]:
    return {
        "valid": not report.findings,
        "origin": report.origin,
        "size": report.size,
        "root": report.root,
        "head": report.head,
        "anchored": report.anchored,
        "kid": report.kid,
        "checkpoints": report.checkpoints,
        "signatures_checked": checked,
        "first_bad": report.first_bad,
        "findings": [{"seq": each.seq, "message": each.message} for each in report.findings],
        "more_findings": report.more,
    }


def _report_text(report: Report, checked: bool) -> str:
    lines = [f"{_named(each.seq)}: {printable(each.message)}" for each in report.findings]
    if report.more:
        lines.append(f"and {report.more} more")
    if report.findings:
        lines = [colour("invalid", "red"), *lines]
        if report.first_bad is not None:
            lines.append(f"the first bad record is {report.first_bad}")
    else:
        lines.append(f"{colour('valid', 'green')}: {report.size} records of {printable(report.origin)}")
        lines += [f"root {report.root}", f"head {report.head}"]
    return "".join(f"{line}\n" for line in [*lines, *_anchored(report, checked)])


def _named(seq: int | None) -> str:
    return "ledger" if seq is None else f"record {seq}"


def _anchored(report: Report, checked: bool) -> Iterator[str]:
    if not checked:
        yield "no key was given: signatures of checkpoints were NOT checked, so nothing is anchored"
        return
    if report.anchored:
        by = f", signed by {report.kid}" if report.kid else ""
        yield f"{_span(0, report.anchored)} anchored by a checkpoint{by}"
    if report.anchored < report.size:
        yield f"{_span(report.anchored, report.size)} not anchored: after the last checkpoint that holds"


def _span(first: int, end: int) -> str:
    return f"record {first}" if end - first == 1 else f"records {first} to {end - 1}"


# --- prove ----------------------------------------------------------------------------------------------------------


def prove(
    seq: int | None, since: Path | None, keys: list[Path], policy: Path, where: str | None, as_json: bool
) -> None:
    """Exit 1 if the ledger does not go on from the checkpoint."""
    if (seq is None) == (since is None):
        fail("nothing says what to prove", "give the number of a record, or a checkpoint with `--from`", as_json)
    if since is not None and not keys:
        fail("nothing says whose checkpoint it is", "give the public key with `--key`", as_json)
    with invalid_input(as_json), opened(policy, where) as rows:
        if since is not None:
            found = _consistency(rows, expected(since, public_keys(keys)), as_json)
        else:
            found = _inclusion(rows, seq or 0, as_json)
    print_json(found)
    leave(OK)


def _inclusion(rows: Rows, seq: int, as_json: bool) -> dict[str, Any]:
    size, found = _to(rows, seq + 1, as_json)
    record = _record(rows, seq) or {}
    shown = {"index": seq, "hash": record.pop("hash", None), "record": record}
    return {**found, **shown, "proof": _hex(rows.inclusion(seq, size))}


def _consistency(rows: Rows, old: Checkpoint, as_json: bool) -> dict[str, Any]:
    size, found = _to(rows, old.size, as_json)
    if old.origin != found["origin"] or rows.root(old.size) != old.root:
        sys.stderr.write("error: the ledger does not go on from this checkpoint: it is another, or was rewritten\n")
        leave(FINDINGS)
    proof = rows.consistency(old.size, size) if old.size else []
    return {**found, "old_size": old.size, "old_root": old.root.hex(), "proof": _hex(proof)}


def _to(rows: Rows, least: int, as_json: bool) -> tuple[int, dict[str, Any]]:
    """The tree to prove for: that of the newest checkpoint, or of all records where that is older."""
    head, signed = rows.head(), rows.checkpoint_of(least)
    if head.size < least:
        fail(f"the ledger has {head.size} records", "records are numbered from 0", as_json)
    size = signed.size if signed else head.size
    root = unchecked_jws(signed.jws).root if signed else head.frontier.root()
    found = {"origin": head.origin, "size": size, "root": root.hex(), "checkpoint": signed.jws if signed else None}
    return size, {"format": FORMAT, "version": VERSION, **found}


def _hex(proof: list[bytes]) -> list[str]:
    return [each.hex() for each in proof]
