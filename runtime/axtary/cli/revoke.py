"""`axtary pass revoke`: the next list of passes that are called back."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from axtary.cli.ledger_kept import keep
from axtary.cli.output import FINDINGS, OK, fail, invalid_input, leave, print_json
from axtary.cli.passes import read_token, refused
from axtary.cli.texts import time_text
from axtary.compiler.diagnostics import printable, quoted
from axtary.compiler.syntax import SyntaxProblem, parse_duration
from axtary.ledger import entry
from axtary.passes import claims, jose, keystore, revocationfile
from axtary.passes.errors import RefusedError
from axtary.passes.keyset import KeySet
from axtary.passes.keystore import KeyStore
from axtary.passes.revocationfile import RevocationFile
from axtary.passes.revocations import KEEP, MAX_VALID, Revocations


@dataclass(frozen=True)
class Where:
    """The policy beside which everything is, or other places."""

    policy: Path
    keys: Path | None
    revocations: Path | None
    issuer: str

    @property
    def store(self) -> KeyStore:
        """The keys."""
        return KeyStore(self.keys or self.policy.parent / keystore.DEFAULT)

    @property
    def path(self) -> Path:
        """The list."""
        return self.revocations or self.policy.parent / revocationfile.DEFAULT


def run(names: Sequence[str], renew: bool, valid: str, where: Where, as_json: bool) -> None:
    """Put passes on the list, or with `renew` only sign it anew."""
    if renew == bool(names):
        fail("nothing says what to revoke", "name passes by id or by file, or give `--renew`", as_json)
    seconds = _duration(valid, as_json)
    now = time.time()
    with invalid_input(as_json):
        try:
            trusted = where.store.trusted()
            more = dict(_named(name, trusted, int(now)) for name in names)
            made = RevocationFile(where.path, where.issuer).revoke(more, trusted, where.store.signer(), now, seconds)
        except RefusedError as error:
            refused(error, as_json, "revoked")
    entries = [entry("revocation", {"revoked": name, "what": "pass"}) for name in sorted(more)]
    _report(made, sorted(more), where.path, keep(where.policy, entries), as_json)


def _named(name: str, trusted: KeySet, now: int) -> tuple[str, int]:
    """The id of a pass, and when it expires. A token must be one that a key of ours signed, whenever that was."""
    if claims.is_id(name):
        return name, now + KEEP
    jws = jose.parse(read_token(name), claims.TYP)
    jose.check(jws, trusted.find(jws.header["kid"], "pass").key)
    found = claims.read(jws.payload)
    return found.jti, found.exp


def _duration(text: str, as_json: bool) -> int:
    try:
        seconds = parse_duration(text)
    except SyntaxProblem:
        fail(f"{quoted(text)} is no duration", "write for instance `24h`", as_json)
    if seconds > MAX_VALID:
        fail(
            f"{quoted(text)} is too long for a list", f"at most {MAX_VALID // 86400} days: `24h`, for instance", as_json
        )
    return seconds


def _report(made: Revocations, named: Sequence[str], path: Path, kept: bool, as_json: bool) -> None:
    if as_json:
        print_json(
            {"revoked": named, "listed": len(made.revoked), "number": made.number}
            | {"expires": time_text(made.exp), "written": str(path)}
        )
    else:
        sys.stdout.write("".join(f"revoked {name}\n" for name in named))
        sys.stdout.write(f"wrote {printable(str(path))}: number {made.number}, valid until {time_text(made.exp)}\n")
    leave(OK if kept else FINDINGS)
