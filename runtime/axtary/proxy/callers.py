"""Who may call: names with an agent and its owner, and the hash of a token or the name in a certificate.

They stand in one file that only its owner can read, and which has no token in it: a token is 256 random bits, so its
SHA-256 tells nothing. The file is looked at on every call, so that a caller who is revoked is out at once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from axtary.passes.locks import locked
from axtary.passes.private import check_private
from axtary.runtime.errors import DoorError
from axtary.runtime.policyfile import UnreadableError, read_bytes, write_secret
from axtary.runtime.strictjson import loads

FILE = Path(".axtary") / "callers.json"  # beside the policy
PREFIX = "axc_"  # for those who look for leaked secrets
MAX_CALLERS = 1000
_MAX_BYTES = 1024 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}\Z")
_TOKEN = re.compile(r"axc_[A-Za-z0-9_-]{43}\Z")
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,200}\Z")
_Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Caller:
    """`agent`, `owner`, `tenant` and `roles` are the actor of whatever it asks. A `gateway` may name other actors, of
    its own tenant if it has one. With `approvals` it sees and answers the requests of others, of its own tenant.

    The rest is for hooks: `workspace` is the folder, an absolute path, that paths are relative to (default: that of the
    policy), `task` what the agent works on; `ask` and `whole_commands` are as the hook has them.

    `token` is a hash, `certificate` a name as `axtary.proxy.tls` writes it; who has both needs both.
    """

    name: str
    agent: str
    owner: str = ""
    tenant: str = ""
    roles: tuple[str, ...] = ()
    gateway: bool = False
    approvals: bool = False
    certificate: str = ""
    workspace: str = ""
    task: str = ""
    ask: bool = False
    whole_commands: bool = False
    token: str = ""
    created: int = 0  # seconds since 1970
    revoked: int | None = None

    def to_json(self) -> dict[str, Any]:
        """All of it, for the file."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"roles": list(self.roles)}


class Callers:
    """The callers of a file; there are none if there is no file. Raises UnreadableError, and then nobody is let in."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._reading = threading.Lock()
        self._seen: tuple[_Stamp | None, tuple[Caller, ...]] = (None, ())

    # --- who is it --------------------------------------------------------------------------------------------------

    def of_token(self, token: str) -> Caller | None:
        """The caller whose token it is. All are compared, in constant time."""
        given = _hash(token) if _TOKEN.match(token) else ""
        found = None
        for each in self.stored():
            if hmac.compare_digest(each.token, given) and each.token and each.revoked is None:
                found = each
        return found

    def of_certificate(self, names: Iterable[str]) -> Caller | None:
        """The caller that a certificate alone lets in: one who has one of its names, and no token."""
        wanted = set(names)
        found = (each for each in self.stored() if each.certificate in wanted and not each.token)
        return next((each for each in found if each.certificate and each.revoked is None), None)

    def stored(self) -> tuple[Caller, ...]:
        """All callers in the order in which they were made."""
        stamp = self._stamp()
        with self._reading:
            if stamp != self._seen[0]:
                self._seen = stamp, self._read() if stamp is not None else ()
            return self._seen[1]

    # --- changing ---------------------------------------------------------------------------------------------------

    def add(self, caller: Caller, with_token: bool = True) -> str:
        """Let a caller in. The token is told here and never again; "" for one whom a certificate lets in."""
        token = PREFIX + secrets.token_urlsafe(32) if with_token else ""
        made = replace(caller, token=_hash(token) if token else "", created=int(self._clock()))
        _check(made)
        with self._changing() as callers:
            if any(each.name == made.name and each.revoked is None for each in callers):
                raise UnreadableError(
                    self._path, f"a caller named `{made.name}` is there", "revoke it, or take another name"
                )
            if len(callers) >= MAX_CALLERS:
                raise UnreadableError(self._path, f"it has {MAX_CALLERS} callers", "remove old ones")
            self._write([*(each for each in callers if each.name != made.name), made])
        return token

    def revoke(self, name: str) -> Caller:
        """From now on nobody is let in by this name."""
        with self._changing() as callers:
            found = next((each for each in callers if each.name == name and each.revoked is None), None)
            if found is None:
                raise UnreadableError(
                    self._path, f"no caller is named `{name}`", "list them with `axtary proxy token list`"
                )
            gone = replace(found, revoked=int(self._clock()))
            self._write([gone if each is found else each for each in callers])
        return gone

    # --- steps ------------------------------------------------------------------------------------------------------

    def _stamp(self) -> _Stamp | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnreadableError(self._path, (error.strerror or str(error)).lower(), "check the path") from None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> tuple[Caller, ...]:
        check_private(self._path, "make new tokens")
        try:
            document = loads(read_bytes(self._path, _MAX_BYTES), source=self._path.name)
            found = tuple(_caller(each) for each in document["callers"])
        except (DoorError, KeyError, TypeError, ValueError):
            raise UnreadableError(self._path, "it was not written by axtary", "restore it from a copy") from None
        return found

    @contextmanager
    def _changing(self) -> Iterator[tuple[Caller, ...]]:
        """The callers, whom nobody else changes meanwhile."""
        folder = self._path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(folder):
                yield self._read() if self._path.exists() else ()
        except OSError as error:
            raise UnreadableError(folder, (error.strerror or str(error)).lower(), "choose another folder") from None

    def _write(self, callers: list[Caller]) -> None:
        document = {"version": 1, "callers": [each.to_json() for each in callers]}
        write_secret(self._path, (json.dumps(document, indent=2) + "\n").encode())


def _hash(token: str) -> str:
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()


def _caller(value: Any) -> Caller:
    caller = Caller(**{**value, "roles": tuple(value["roles"])})
    _check(caller)
    return caller


def _check(caller: Caller) -> None:
    """Raises UnreadableError for what a caller may not be named."""
    if not _NAME.match(caller.name):
        help_text = "write 1 to 40 of a-z, 0-9, `.`, `_` and `-`, beginning with a letter or digit"
        raise UnreadableError(repr(caller.name), "no name for a caller", help_text)
    texts = [caller.agent, *filter(None, (caller.owner, caller.tenant, caller.certificate)), *caller.roles]
    for each in texts:
        if not _TEXT.match(each):
            raise UnreadableError(repr(each), "no name for an actor", "write 1 to 200 characters, as `agent:codex-1`")
    if caller.task and not _TEXT.match(caller.task):
        raise UnreadableError(repr(caller.task), "no name for a task", "write 1 to 200 characters, as `AX-214`")
    if caller.workspace and not Path(caller.workspace).is_absolute():
        raise UnreadableError(repr(caller.workspace), "no place of a workspace", "write an absolute path")
    if not caller.token and not caller.certificate:
        raise UnreadableError(caller.name, "a caller without token and certificate", "name a certificate")
