"""Verification of a proof that `axtary ledger prove` printed, with nothing but the proof and public keys.

1. The proof has its form; hashes are 64 hex digits in lower case.
2. Its checkpoint is signed by a key that is trusted, and says the origin, size and root of the proof.
3. Of inclusion: the record is one, stands under its own number, and its hash is that of its bytes; the hashes lead from
   it to the root. Of consistency: the hashes lead from the old root to the new one.
4. Each checkpoint that is expected is of this ledger, of a size that the proof names, and has the root of that size.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from axtary.compiler.ir import INT_MAX
from axtary.compiler.settings import ORIGIN
from axtary.ledger import merkle
from axtary.ledger.checkpoint import Checkpoint, kid_of, read_jws
from axtary.ledger.errors import LedgerError
from axtary.ledger.record import MAX_RECORD, Record, canonical, read
from axtary.passes.keys import PublicKey
from axtary.runtime.errors import DoorError
from axtary.runtime.strictjson import loads

FORMAT = "axtary-ledger-proof"
VERSION = 1
MAX_PROOF = 4 * MAX_RECORD  # bytes: it is printed with white space

_COMMON = {"format", "version", "origin", "size", "root", "checkpoint", "proof"}
_INCLUSION = _COMMON | {"index", "hash", "record"}
_CONSISTENCY = _COMMON | {"old_size", "old_root"}
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_LONGEST = 128  # hashes: more than a tree of 2^53 records needs


@dataclass
class ProofReport:
    """What a proof says, and what is wrong with it. `index` is of inclusion, `old_size` of consistency."""

    origin: str
    size: int
    root: str
    index: int | None = None
    old_size: int | None = None
    old_root: str | None = None
    record: Record | None = None
    kid: str | None = None
    findings: list[str] = field(default_factory=list)


def verify_proof(data: bytes, keys: Mapping[str, PublicKey], expected: Sequence[Checkpoint] = ()) -> ProofReport:
    """Verify a proof. `keys` are trusted, by kid. Raises LedgerError for what is no proof at all."""
    found = _parsed(data)
    report = ProofReport(found["origin"], found["size"], found["root"])
    proof = [bytes.fromhex(each) for each in found["proof"]]
    if "index" in found:
        report.index = found["index"]
        _inclusion(found, proof, report)
    else:
        report.old_size, report.old_root = found["old_size"], found["old_root"]
        _consistency(found, proof, report)
    _expectations(expected, report)
    _vouched(found["checkpoint"], keys, expected, report)
    return report


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        found = loads(data, source="proof", limit=MAX_PROOF)
    except DoorError as error:
        raise LedgerError(f"this is no strict JSON: {error.problems[0].message}") from None
    if type(found) is not dict or found.keys() not in (_INCLUSION, _CONSISTENCY):
        raise LedgerError("this is no proof of a ledger: it has other members")
    if found["format"] != FORMAT or type(found["version"]) is not int or found["version"] != VERSION:
        raise LedgerError("this is no proof of a ledger, or of another version")
    for name, value in found.items():
        if name in _FORMS and not _FORMS[name](value):
            raise LedgerError(f"this is no proof of a ledger: `{name}` has another form")
    return found


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value <= INT_MAX


def _is_hash(value: Any) -> bool:
    return type(value) is str and _HEX.match(value) is not None


_FORMS: Mapping[str, Callable[[Any], bool]] = {
    "origin": lambda value: type(value) is str and ORIGIN.match(value) is not None,
    "size": _is_size,
    "index": _is_size,
    "old_size": _is_size,
    "root": _is_hash,
    "old_root": _is_hash,
    "hash": _is_hash,
    "checkpoint": lambda value: value is None or type(value) is str,
    "record": lambda value: type(value) is dict,
    "proof": lambda value: type(value) is list and len(value) <= _LONGEST and all(map(_is_hash, value)),
}


def _inclusion(found: Mapping[str, Any], proof: list[bytes], report: ProofReport) -> None:
    try:
        raw = canonical(found["record"])
        record = read(raw)
    except (LedgerError, ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, LedgerError) else "it has no canonical form"
        report.findings.append(f"the record is none: {why}")
        return
    report.record = record
    if record.hash.hex() != found["hash"]:
        report.findings.append("`hash` is not that of the record")
    if record.seq != found["index"]:
        report.findings.append(f"the record is number {record.seq}, and the proof is of number {found['index']}")
    root = bytes.fromhex(found["root"])
    if not merkle.is_included(merkle.leaf_hash(raw), found["index"], found["size"], root, proof):
        report.findings.append("the proof does not lead from the record to the root: it is not in that ledger")


def _consistency(found: Mapping[str, Any], proof: list[bytes], report: ProofReport) -> None:
    old, new = found["old_size"], found["size"]
    old_root, root = bytes.fromhex(found["old_root"]), bytes.fromhex(found["root"])
    if old == 0:
        holds = not proof and old_root == hashlib.sha256(b"").digest()  # every ledger goes on from no records
    else:
        holds = merkle.is_consistent(old, new, old_root, root, proof)
    if not holds:
        report.findings.append("the proof does not lead from the old root to the new one: the ledger does not go on")


def _expectations(expected: Sequence[Checkpoint], report: ProofReport) -> None:
    roots = {report.size: report.root}
    if report.old_size is not None and report.old_root is not None:
        roots.setdefault(report.old_size, report.old_root)
    for each in expected:
        name = f"the checkpoint of {each.size} records that is expected"
        if each.origin != report.origin:
            report.findings.append(f"{name} is of another ledger")
        elif each.size not in roots:
            sizes = " and ".join(map(str, sorted(roots)))
            report.findings.append(f"{name} is not told of: the proof is about {sizes} records")
        elif each.root.hex() != roots[each.size]:
            report.findings.append(f"{name} has another root: the ledger is another, or was rewritten")


def _vouched(
    token: str | None, keys: Mapping[str, PublicKey], expected: Sequence[Checkpoint], report: ProofReport
) -> None:
    """Somebody who is trusted must have signed the root: in the proof, or in a checkpoint that is expected."""
    said = (report.origin, report.size, report.root)
    if token is None:
        if said not in [(each.origin, each.size, each.root.hex()) for each in expected]:
            report.findings.append("nothing that is signed says that this is the ledger: the proof has no checkpoint")
        return
    try:
        checkpoint = read_jws(token, keys)
    except LedgerError as error:
        report.findings.append(str(error))
        return
    if (checkpoint.origin, checkpoint.size, checkpoint.root.hex()) != said:
        report.findings.append("its checkpoint is of another ledger, or of another size or root of it")
    else:
        report.kid = kid_of(token)
