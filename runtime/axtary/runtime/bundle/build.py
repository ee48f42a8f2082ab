"""A policy as a bundle, byte for byte the same for the same policy, release and key."""

from __future__ import annotations

from axtary.backends import rego
from axtary.compiler.ir import Policy
from axtary.runtime.bundle.archive import pack
from axtary.runtime.bundle.keys import Signer
from axtary.runtime.bundle.release import Release
from axtary.runtime.bundle.signature import NAME, document, sign

MODULE = "axtary/policy.rego"


def build(policy: Policy, release: Release, signer: Signer | None = None, scope: str = "") -> bytes:
    """The content of `bundle.tar.gz`. Raises EngineError if the policy cannot be said in Rego."""
    files = {
        ".manifest": document(release.manifest()),
        "data.json": document({}),
        MODULE: rego.module_text(policy).encode(),
    }
    if signer is not None:
        files[NAME] = sign(files, signer, scope)
    return pack(files)
