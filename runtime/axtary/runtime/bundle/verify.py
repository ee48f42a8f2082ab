"""Is a bundle to be trusted, now, after the ones before it? In this order, and the first failure ends it:

1. it is a bundle at all, within limits (a bomb, a file outside)
2. the trusted key signed it, with that key's algorithm (a bundle of somebody else; `none`)
3. every file is what was signed, and no file is more or less (an altered policy)
4. it is for this scope (a bundle for the staging fleet in production)
5. its release is not before `not_before` nor at or after `expires_at` (an old bundle that is shown for ever)
6. its revision is not below the last accepted one, and if equal, its policy is the same (a step back)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from axtary.runtime.bundle.archive import unpack
from axtary.runtime.bundle.errors import BundleError
from axtary.runtime.bundle.keys import Trusted
from axtary.runtime.bundle.release import Release, instant_text, release_of
from axtary.runtime.bundle.signature import check, is_document, parsed
from axtary.runtime.errors import DoorError

MODULE, IR = "axtary/policy.rego", "axtary/policy.json"  # what a bundle is about: for OPA, for the native engine


@dataclass(frozen=True)
class Verified:
    """A bundle that passed: its release, and its files by name."""

    release: Release
    files: Mapping[str, bytes]


def verify(data: bytes, trusted: Trusted, now: datetime, last: Release | None = None, scope: str = "") -> Verified:
    """Check the content of a `bundle.tar.gz`; `now` has a zone. Raises BundleError."""
    files = unpack(data)
    try:
        documents = {name: parsed(name, text) for name, text in files.items() if is_document(name)}
    except DoorError as error:
        raise BundleError("AX1101", f"a file of the bundle is not JSON: {error}", "export it again") from None
    check(files, trusted, scope)
    release = release_of(documents)
    _timely(release, now)
    if last is not None:
        _newer(release, last)
    if MODULE not in files and IR not in files:
        raise BundleError("AX1101", "there is no policy in the bundle", "give a bundle that axtary exported")
    return Verified(release, files)


def _timely(release: Release, now: datetime) -> None:
    if release.not_before is not None and now < release.not_before:
        message = f"the bundle is not valid before {instant_text(release.not_before)}"
        raise BundleError("AX1106", message, "wait, or check the clock")
    if release.expires_at is not None and now >= release.expires_at:
        message = f"the bundle expired at {instant_text(release.expires_at)}"
        raise BundleError("AX1107", message, "fetch the newest one, or export it anew with a later `--expires-at`")


def _newer(release: Release, last: Release) -> None:
    if release.revision < last.revision:
        message = f"revision {release.revision} is older than {last.revision}, which was accepted before"
        raise BundleError(
            "AX1108", message, "fetch the newest bundle; to go back to an old policy, export it as a new revision"
        )
    if release.revision == last.revision and release.policy_version != last.policy_version:
        message = f"revision {release.revision} was accepted before with another policy"
        raise BundleError("AX1108", message, "give each policy a revision of its own, with `--revision`")
