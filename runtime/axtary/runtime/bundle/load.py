"""A native bundle as an engine: no parser, no YAML and no other engine is imported, so less has to be trusted."""

from __future__ import annotations

from datetime import datetime

from axtary.backends import native
from axtary.compiler.irjson import IRError, from_json
from axtary.compiler.zones import tzdata_version
from axtary.runtime.bundle.errors import BundleError
from axtary.runtime.bundle.keys import Trusted
from axtary.runtime.bundle.release import Release
from axtary.runtime.bundle.signature import parsed
from axtary.runtime.bundle.verify import IR, verify


def load(
    data: bytes, trusted: Trusted, now: datetime, last: Release | None = None, scope: str = ""
) -> tuple[native.NativeEngine, Release]:
    """Verify the content of a native bundle, as `verify` does, and make it ready to decide. Raises BundleError."""
    found = verify(data, trusted, now, last, scope)
    if IR not in found.files:
        raise BundleError("AX1101", f"there is no `{IR}`: this bundle is for OPA", "export with `--target native`")
    try:
        policy = from_json(parsed(IR, found.files[IR]))
    except IRError as error:
        raise BundleError("AX1101", f"`{IR}` is {error}", "export it with the version that loads it") from None
    if policy.policy_version != found.release.policy_version:
        raise BundleError("AX1101", f"`{IR}` is not the policy that `.manifest` names", "export the bundle again")
    if policy.tzdata not in ("", tzdata_version()):
        message = f"the policy was compiled with tzdata {policy.tzdata}, and {tzdata_version()} is installed"
        raise BundleError("AX1110", message, "install that release of tzdata, or export the policy with this one")
    return native.compile(policy), found.release
