"""`axtary keys`: the keys on this machine, and what others may see of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from axtary.cli.output import OK, invalid_input, leave, print_json
from axtary.cli.texts import columns, time_text
from axtary.compiler.diagnostics import printable
from axtary.passes.keystore import KeyStore, StoredKey
from axtary.runtime.policyfile import write

_HEAD = ("kid", "purpose", "alg", "created", "retired")


def init(folder: Path, purpose: str, algorithm: str, as_json: bool) -> None:
    """Make the first key of a purpose."""
    with invalid_input(as_json):
        made = KeyStore(folder).init(purpose, algorithm)
    _report([made], as_json)


def listed(folder: Path, as_json: bool) -> None:
    """All keys."""
    with invalid_input(as_json):
        found = KeyStore(folder).stored()
    _report(found, as_json)


def rotate(folder: Path, purpose: str, algorithm: str | None, as_json: bool) -> None:
    """Replace the active key."""
    with invalid_input(as_json):
        made, retired = KeyStore(folder).rotate(purpose, algorithm)
    _report([made, retired], as_json)


def retire(folder: Path, kid: str, as_json: bool) -> None:
    """Take a key out of use."""
    with invalid_input(as_json):
        retired = KeyStore(folder).retire(kid)
    _report([retired], as_json)


def jwks(folder: Path, output: Path | None, as_json: bool) -> None:
    """The public keys, for others."""
    with invalid_input(as_json):
        found = KeyStore(folder).trusted()
        text = json.dumps(found.to_json(), indent=2) + "\n"
        if output is not None:
            write(output, text.encode())
    if output is None:
        sys.stdout.write(text)
    elif as_json:
        print_json({"written": str(output), "keys": len(list(found))})
    else:
        sys.stdout.write(f"wrote {printable(str(output))}: {len(list(found))} keys\n")
    leave(OK)


def _report(keys: list[StoredKey] | tuple[StoredKey, ...], as_json: bool) -> None:
    if as_json:
        print_json([_to_json(key) for key in keys])
    else:
        sys.stdout.write(columns(_HEAD, [_row(key) for key in keys]))
    leave(OK)


def _row(key: StoredKey) -> tuple[str, ...]:
    trusted = key.trusted
    retired = time_text(trusted.retired) if trusted.retired is not None else "-"
    return key.kid, trusted.purpose, trusted.key.algorithm, time_text(trusted.created), retired


def _to_json(key: StoredKey) -> dict[str, Any]:
    trusted = key.trusted
    return {
        "kid": key.kid,
        "purpose": trusted.purpose,
        "alg": trusted.key.algorithm,
        "created": time_text(trusted.created),
        "retired": time_text(trusted.retired) if trusted.retired is not None else None,
    }
