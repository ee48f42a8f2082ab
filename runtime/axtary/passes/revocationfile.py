"""The list of revocations in a file, and beside it the highest number that was seen, so that there is no way back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from axtary.passes import revocations
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.forms import MAX_TIME
from axtary.passes.keys import PrivateKey
from axtary.passes.keyset import KeySet
from axtary.passes.locks import locked
from axtary.passes.revocations import MAX_LIST, VALID, Revocations
from axtary.runtime.errors import DoorError
from axtary.runtime.policyfile import UnreadableError, read_bytes, write
from axtary.runtime.strictjson import loads

DEFAULT = Path(".axtary") / "revocations.jwt"  # beside the policy


class RevocationFile:
    """A file with a signed list, which may not be there yet. Raises UnreadableError and RefusedError."""

    def __init__(self, path: Path, issuer: str) -> None:
        self._path = path
        self._last = path.with_name(f"{path.name}.last")
        self._issuer = issuer

    def read(self, keys: KeySet) -> Revocations | None:
        """The list, of whatever age; None if there is none. Raises RefusedError REVOCATIONS_REFUSED."""
        if not self._path.exists():
            return None
        data = read_bytes(self._path, MAX_LIST + 1)
        try:
            return revocations.read(data.decode("ascii", "replace").removesuffix("\n"), keys, self._issuer)
        except RefusedError as error:
            raise RefusedError(Reason.REVOCATIONS_REFUSED, error.message) from None

    def last(self) -> int:
        """The highest number that was accepted; 0 if none was. Raises UnreadableError: to forget is to step back."""
        if not self._last.exists():
            return 0
        try:
            number = loads(read_bytes(self._last, MAX_LIST), source=self._last.name)["number"]
            if type(number) is int and 0 <= number <= MAX_TIME:
                return number
        except (DoorError, KeyError, TypeError):
            pass
        why = "does not hold the number of the last accepted list"
        raise UnreadableError(self._last, why, "restore it, or remove it if no list was accepted yet")

    def accept(self, found: Revocations, now: float, leeway: int) -> None:
        """Remember a list that is valid now; another one changes nothing."""
        with self._alone():
            last = self.last()
            try:
                revocations.check(found, now, last, leeway)
            except RefusedError:
                return
            if found.number > last:
                write(self._last, (json.dumps({"number": found.number}) + "\n").encode())

    def revoke(
        self, more: Mapping[str, int], keys: KeySet, signer: PrivateKey, now: float, valid: int = VALID
    ) -> Revocations:
        """Write the next list, with `more` in it (id -> when the pass expires)."""
        with self._alone():
            made = revocations.extend(self.read(keys), more, self._issuer, now, valid, self.last())
            write(self._path, (revocations.sign(made, signer) + "\n").encode())
        return made

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self._path.parent):
                yield
        except OSError as error:
            raise UnreadableError(self._path, (error.strerror or str(error)).lower(), "choose another file") from None
