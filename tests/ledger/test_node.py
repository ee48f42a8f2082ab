"""Another verifier, written from docs/ledger.md alone: the same exports are valid for it, and the same are not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import rfc8785

from axtary.ledger import Checkpoint, open_rows
from axtary.ledger.checkpoint import sign_jws
from axtary.ledger.export import Filter, attest, attested, head_of, lines, record_line
from axtary.ledger.verify_export import verify_export
from axtary.passes.keys import PrivateKey, generate
from tests import node
from tests.ledger.entries import ORIGIN, opened, some

SIZE = 21
SIGNERS = {algorithm: generate(algorithm) for algorithm in ("ES256", "Ed25519")}
FILTERS = {
    "all": Filter(),
    "denied": Filter(decision="deny", actor="agent:1"),
    "a tool": Filter(tool="tool.3", kind="decision", since="2020"),
    "nothing": Filter(until="1980"),
}
Change = Callable[[list[bytes]], list[bytes]]


def edited(line: bytes, **others: object) -> bytes:
    """The line of a record that says something else, with the hash of what it says."""
    content = json.loads(line)
    body = rfc8785.dumps(content["record"] | others)
    proof = [bytes.fromhex(each) for each in content["proof"]] if "proof" in content else None
    return record_line(body, hashlib.sha256(body).digest(), proof) + b"\n"


def other_head(line: bytes, **others: object) -> bytes:
    return rfc8785.dumps(json.loads(line) | others) + b"\n"


def flipped(line: bytes, at: int) -> bytes:
    return line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]


CHANGES: dict[str, Change] = {
    "a byte of a record": lambda found: [found[0], flipped(found[1], -9), *found[2:]],
    "a byte of a hash": lambda found: [found[0], flipped(found[1], 12), *found[2:]],
    "a byte of the first line": lambda found: [flipped(found[0], -40), *found[1:]],
    "an edit with its hash": lambda found: [found[0], edited(found[1], agent="agent:1", task="x"), *found[2:]],
    "the last one less": lambda found: found[:-1],
    "the first one less": lambda found: [found[0], *found[2:]],
    "one twice": lambda found: [*found[:2], found[1], *found[2:]],
    "two swapped": lambda found: [found[0], found[2], found[1], *found[3:]],
    "no last line end": lambda found: [*found[:-1], found[-1][:-1]],
    "an empty line": lambda found: [*found, b"\n"],
    "another root": lambda found: [other_head(found[0], root="00" * 32), *found[1:]],
    "another origin": lambda found: [other_head(found[0], origin="example.com/x"), *found[1:]],
    "another size": lambda found: [other_head(found[0], size=SIZE + 1), *found[1:]],
    "another filter": lambda found: [other_head(found[0], filter={"tool": "nothing"}), *found[1:]],
}


@pytest.fixture(scope="module", params=SIGNERS)
def signed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Signed]:
    yield _Signed(SIGNERS[request.param], tmp_path_factory.mktemp("node"))


class _Signed:
    """A ledger and its exports, signed with a key of some algorithm."""

    def __init__(self, key: PrivateKey, folder: Path) -> None:
        self.key, self.folder, self.cases = key, folder, 0
        self.public = self._file(json.dumps(dict(key.public.jwk)).encode())
        with opened(folder / "ledger.db", key) as ledger:
            for n in range(SIZE):
                ledger.append(some(n, message="é\n"))

    def _file(self, data: bytes) -> str:
        self.cases += 1
        path = self.folder / str(self.cases)
        path.write_bytes(data)
        return str(path)

    def export(self, wanted: Filter) -> list[bytes]:
        with closing(open_rows(self.folder / "ledger.db")) as rows:
            return [line + b"\n" for line in lines(rows, head_of(rows, wanted), wanted)]

    def attestation(self, found: list[bytes], wanted: Filter, key: PrivateKey | None = None) -> str:
        with closing(open_rows(self.folder / "ledger.db")) as rows:
            digest = hashlib.sha256(b"".join(found)).hexdigest()
            return attest(attested(head_of(rows, wanted), len(found) - 1, digest, 5), key or self.key)

    def case(self, found: list[bytes], token: str | None) -> list[str]:
        files = [self._file(b"".join(found)), self.public]
        return files if token is None else [*files, self._file(token.encode())]

    def says(self, found: list[bytes], token: str | None) -> bool:
        return verify_export(found, {self.key.kid: self.key.public}, token).findings == []


def test_exports_are_valid_in_node(signed: _Signed) -> None:
    """With an attestation, and by the checkpoint in the first line alone."""
    cases = []
    for wanted in FILTERS.values():
        found = signed.export(wanted)
        for token in (None, signed.attestation(found, wanted)):
            assert signed.says(found, token)
            cases.append(signed.case(found, token))
    assert node.run("export.mjs", {"cases": cases}) == ["valid"] * 8


@pytest.mark.parametrize("wanted", [FILTERS["all"], FILTERS["denied"]], ids=["all", "denied"])
def test_changed_exports_are_not_valid_in_node(signed: _Signed, wanted: Filter) -> None:
    """With the attestation, and mostly without: what is missing in a choice, only the attestation shows."""
    found = signed.export(wanted)
    token, cases, ours = signed.attestation(found, wanted), [], []
    for change in CHANGES.values():
        changed = change(found)
        for each in (None, token):
            cases.append(signed.case(changed, each))
            ours.append(signed.says(changed, each))
    said = node.run("export.mjs", {"cases": cases})
    assert [each == "valid" for each in said] == ours
    unseen = {"the last one less", "the first one less"} if wanted.to_json() else set()
    assert {name for name, fine in zip(CHANGES, ours[::2], strict=True) if fine} == unseen
    assert not any(ours[1::2])
    record = [said[2 * list(CHANGES).index(name)] for name in ("a byte of a record", "an edit with its hash")]
    assert record == ["line 2: hash", "line 2: proof" if wanted.to_json() else "line 3: prev"]


def test_who_signed_counts_in_node(signed: _Signed) -> None:
    wanted = FILTERS["denied"]
    found, other = signed.export(wanted), generate(signed.key.algorithm)
    first = json.loads(found[0])
    again = sign_jws(Checkpoint(ORIGIN, SIZE, bytes.fromhex(first["root"]), bytes.fromhex(first["head"]), 5), other)
    cases = [
        signed.case(found, signed.attestation(found, wanted, other)),
        signed.case([other_head(found[0], checkpoint=again), *found[1:]], None),
        signed.case([other_head(found[0], checkpoint=None), *found[1:]], None),
        signed.case(found, first["checkpoint"]),
    ]
    assert node.run("export.mjs", {"cases": cases}) == [
        "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
        "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
        "ERR_JWS_INVALID",
        "signature: typ",
    ]


def test_the_script_is_short() -> None:
    text = (node.HERE / "export.mjs").read_text()
    assert len(text.splitlines()) < 80
    imported = [line.split(" from ")[1] for line in text.splitlines() if line.startswith("import ")]
    assert imported == ['"node:crypto";', '"node:fs";', '"node:util";', '"jose";']
