"""The ledger's tables, in the words that SQLite and PostgreSQL share. A migration is never changed.

record      the canonical bytes of each record, and their SHA-256
node        the complete nodes of the Merkle tree, so that a proof reads a few dozen of them and no record
checkpoint  signed heads: the JWS, and the note where the key can sign one
head        one row, which whoever writes has locked: how many records there are, the hash of the last, the time of the
            last (microseconds since 1970), the tree's right edge, and the size that was signed last
"""

from __future__ import annotations

from axtary.runtime.state import Schema

_APPLICATION = 0x61784C67  # "axLg", at offset 68 of the file

_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE record (seq {int} NOT NULL PRIMARY KEY, hash {bytes} NOT NULL, body {bytes} NOT NULL){strict}",
        """CREATE TABLE node (
            level {int} NOT NULL, position {int} NOT NULL, hash {bytes} NOT NULL, PRIMARY KEY (level, position)
        ){rowless}""",
        "CREATE TABLE checkpoint (size {int} NOT NULL PRIMARY KEY, jws TEXT NOT NULL, note TEXT){strict}",
        """CREATE TABLE head (
            one {int} NOT NULL PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL, size {int} NOT NULL,
            hash {bytes} NOT NULL, at {int} NOT NULL, edge {bytes} NOT NULL,
            signed_size {int} NOT NULL
        ){strict}""",
    ),
)

LEDGER = Schema("axtary_ledger", _APPLICATION, _MIGRATIONS)
