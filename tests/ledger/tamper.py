"""Single bytes of an export of 1,000 records are changed: `python -m tests.ledger.tamper --positions 20000`.

Each change must be found, and named: a byte of a record's line by that line, before any other; a byte of the first line
as that line or as a matter of the whole file; a byte of the attestation as a matter of the attestation. Half of the
exports that are changed come with an attestation, half have nothing but the checkpoint in their first line.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import multiprocessing
import random
import secrets
import tempfile
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, count
from pathlib import Path

from axtary.cli.progress import progress
from axtary.ledger import Entry, Ledger, Rows, entry
from axtary.ledger.export import Filter, attest, attested, head_of, lines
from axtary.ledger.schema import LEDGER
from axtary.ledger.verify_export import ExportReport, verify_export
from axtary.runtime.state.sqlite import SqliteDatabase
from tests.ledger.entries import HASH, ORIGIN, signer, some

RECORDS = 1000
JOBS = 2
KEYS = {signer().kid: signer().public}


@dataclass(frozen=True)
class Export:
    """The lines, each with its line end, and the attestation: the same bytes each time."""

    lines: tuple[bytes, ...]
    attestation: str

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins, and the file ends."""
        return [0, *accumulate(map(len, self.lines))]

    @property
    def size(self) -> int:
        """How many bytes there are to change: those of the file, then those of the attestation."""
        return self.starts[-1] + len(self.attestation)


def made() -> Export:
    """An export of a ledger with decisions and outcomes; its clock is no clock."""
    with tempfile.TemporaryDirectory() as folder:
        clock = count(1_700_000_000_000_000, 137).__next__
        rows = Rows(SqliteDatabase(Path(folder) / "ledger.db", "normal", clock, LEDGER))
        rows.begin(ORIGIN)
        with Ledger(rows, signer()) as ledger:
            for n in range(RECORDS):
                ledger.append(_entry(n))
            ledger.checkpoint()
            head = head_of(rows, Filter())
            found = tuple(line + b"\n" for line in lines(rows, head, Filter()))
    digest = hashlib.sha256(b"".join(found)).hexdigest()
    return Export(found, attest(attested(head, RECORDS, digest, 5), signer()))


def _entry(n: int) -> Entry:
    if n % 2 == 0:
        return some(n, message="für\n" if n % 20 == 0 else "für")
    result = {"paid": n / 2 if n % 15 == 0 else n, "id": f"tx_{n}"}
    return entry("outcome", {"outcome": "succeeded", "action_hash": HASH, "result": result})


def escaped(export: Export, attest_: bool, position: int, flip: int) -> str:
    """Change a byte by XOR with `flip`. What is wrong with what was said about it; "" if it was found and named."""
    if position >= export.starts[-1]:
        at = position - export.starts[-1]
        token = bytearray(export.attestation.encode())
        token[at] ^= flip
        report = verify_export(export.lines, KEYS, token.decode("utf-8", "replace"))
        fine = [each.line for each in report.findings] == [None] and "attestation" in report.findings[0].message
    else:
        number = bisect_right(export.starts, position)  # from 1
        found = changed(export, position, flip)
        report = verify_export(found, KEYS, export.attestation if attest_ else None)
        fine = _is_named(report, number)
    return "" if fine else f"byte {position} ^ {flip:#04x}: {[str(each) for each in report.findings[:3]]}"


def changed(export: Export, position: int, flip: int) -> list[bytes]:
    """The lines of the file with one byte changed: that may begin another line, or join two."""
    data = bytearray(b"".join(export.lines))
    data[position] ^= flip
    return io.BytesIO(data).readlines()


def _is_named(report: ExportReport, number: int) -> bool:
    if not report.findings:
        return False
    if number == 1:
        return any(each.line in (1, None) for each in report.findings)
    return report.findings[0].line == number


def positions(export: Export, many: int, seed: int) -> list[tuple[bool, int, int]]:
    """Changes at random places, none twice; all places if there are no more."""
    rng = random.Random(seed)
    places = rng.sample(range(export.size), min(many, export.size))
    return [(rng.random() < 0.5, place, rng.randrange(1, 256)) for place in places]


_export: Export


def _begin(export: Export) -> None:
    global _export
    _export = export


def _escaped(change: tuple[bool, int, int]) -> str:
    return escaped(_export, *change)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.tamper", description=__doc__)
    parser.add_argument("--positions", type=int, default=20_000, help="how many; more than there are: all")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--jobs", type=int, default=JOBS)
    options = parser.parse_args()
    export = made()
    asked = positions(export, options.positions, options.seed)
    print(f"seed {options.seed}: {len(asked)} of {export.size} bytes of an export of {RECORDS} records", flush=True)
    bad = []
    with (
        progress("changes") as step,
        multiprocessing.get_context("spawn").Pool(options.jobs, _begin, (export,)) as pool,
    ):
        for done, found in enumerate(pool.imap_unordered(_escaped, asked, 20), 1):
            step("changing bytes", done, len(asked))
            bad += [found] if found else []
    print("\n".join(bad) or "each was found and named")
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
