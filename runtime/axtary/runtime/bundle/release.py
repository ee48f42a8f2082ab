"""What a bundle claims of itself, beside the policy: which one it is, and when it holds.

OPA reads `revision`, `roots` and `rego_version` of `.manifest`, and hands `metadata` on without a look. So the rest
stands there, under `axtary`: signed with everything else, and checked by `verify`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from axtary.runtime.bundle.errors import BundleError

Json = Any
ROOTS = ("axtary",)
FORMAT = 1
MAX_REVISION = 2**53 - 1
_VERSION = re.compile(r"sha256:[0-9a-f]{64}\Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")


@dataclass(frozen=True)
class Release:
    """One release of a policy.

    revision: grows with each release, 1 to 2^53-1. not_before, expires_at: instants in UTC, whole seconds; None for no
    bound. tzdata: the release of the zone data that the policy was compiled with, empty if it reads no local time.
    """

    policy_version: str
    revision: int
    not_before: datetime | None = None
    expires_at: datetime | None = None
    tzdata: str = ""

    def manifest(self) -> dict[str, Json]:
        """The document `.manifest`: OPA's members, and ours in `metadata`."""
        own: dict[str, Json] = {"format": FORMAT, "policy_revision": self.revision}
        own |= {"policy_version": self.policy_version}
        own |= {"not_before": instant_text(self.not_before)} if self.not_before else {}
        own |= {"expires_at": instant_text(self.expires_at)} if self.expires_at else {}
        own |= {"tzdata": self.tzdata} if self.tzdata else {}
        return {
            "revision": self.policy_version,
            "roots": list(ROOTS),
            "rego_version": 1,
            "metadata": {"axtary": own},
        }

    @classmethod
    def of(cls, manifest: Json) -> Release:
        """The release that a `.manifest` describes. Raises BundleError AX1101 if we had not written it."""
        try:
            own = manifest["metadata"]["axtary"]
            found = cls(
                _text(own["policy_version"], _VERSION),
                _revision(own["policy_revision"]),
                _instant(own.get("not_before")),
                _instant(own.get("expires_at")),
                str(own.get("tzdata", "")),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _foreign() from None
        if found.manifest() != manifest:  # nothing in it that we would not have written
            raise _foreign()
        return found

    def to_json(self) -> dict[str, Json]:
        """The release as one object."""
        return {
            "policy_version": self.policy_version,
            "revision": self.revision,
            "not_before": instant_text(self.not_before) if self.not_before else None,
            "expires_at": instant_text(self.expires_at) if self.expires_at else None,
        }


def _foreign() -> BundleError:
    help_text = "verify what `axtary policy export --target opa-bundle` wrote"
    return BundleError("AX1101", "`.manifest` is not that of an axtary bundle", help_text)


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant(text: object) -> datetime | None:
    if text is None:
        return None
    return datetime.strptime(_text(text, _TIME), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _revision(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_REVISION:
        raise ValueError
    return value


def _text(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.match(value):
        raise ValueError
    return value


def release_of(files: Mapping[str, Json]) -> Release:
    """The release of a bundle's parsed files."""
    if ".manifest" not in files:
        raise BundleError("AX1101", "there is no `.manifest`", "give a bundle that axtary exported")
    return Release.of(files[".manifest"])
