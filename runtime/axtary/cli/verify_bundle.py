"""`axtary policy verify-bundle`: may this bundle be loaded, now, after the one before it?"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from axtary.cli.bundles import instant, key_bytes, refused
from axtary.cli.output import OK, colour, invalid_input, leave, print_json
from axtary.compiler.diagnostics import printable
from axtary.runtime.bundle.archive import MAX_ARCHIVE
from axtary.runtime.bundle.errors import BundleError
from axtary.runtime.bundle.keys import load_trusted
from axtary.runtime.bundle.release import Release
from axtary.runtime.bundle.verify import Verified, verify
from axtary.runtime.errors import DoorError
from axtary.runtime.policyfile import UnreadableError, read_bytes, write
from axtary.runtime.strictjson import loads

_MAX_LAST = 64 * 1024


def run(
    bundle: Path, key: Path, key_id: str | None, scope: str, last: Path | None, at: str | None, as_json: bool
) -> None:
    """Verify; with `last`, remember what was accepted. Exit 1 if it is refused."""
    now = instant(at, as_json) or datetime.now(UTC)
    with invalid_input(as_json):
        try:
            data, trusted = read_bytes(bundle, MAX_ARCHIVE), load_trusted(key_bytes(key), key_id)
            before = _last(last) if last is not None and last.exists() else None
            found = verify(data, trusted, now, before, scope)
        except BundleError as error:
            refused(error, as_json)
        if last is not None:
            write(last, (json.dumps(found.release.manifest(), indent=2) + "\n").encode())
    _report(bundle, found, as_json)
    leave(OK)


def _last(path: Path) -> Release:
    """The release that was accepted last. A file that is not one is an error: to forget would be to step back."""
    try:
        return Release.of(loads(read_bytes(path, _MAX_LAST), source=str(path)))
    except (BundleError, DoorError):
        why = "does not hold the last accepted release"
        raise UnreadableError(path, why, "restore it, or remove it if no bundle was accepted yet") from None


def _report(bundle: Path, found: Verified, as_json: bool) -> None:
    release = found.release.to_json()
    if as_json:
        print_json({"verified": True} | release)
        return
    sys.stdout.write(f"{colour('verified', 'green')} {printable(str(bundle))}: revision {release['revision']}\n")
    sys.stdout.write(f"   {release['policy_version']}\n")
    bounds = [f"{name.replace('_', ' ')} {release[name]}" for name in ("not_before", "expires_at") if release[name]]
    sys.stdout.write(f"   {', '.join(bounds)}\n" if bounds else "")
