"""A policy as a bundle, byte for byte the same for the same policy, release and key."""

from __future__ import annotations

from axtary.compiler.ir import Policy, to_json
from axtary.runtime.bundle.archive import pack
from axtary.runtime.bundle.keys import Signer
from axtary.runtime.bundle.release import Release
from axtary.runtime.bundle.signature import NAME, document, sign
from axtary.runtime.bundle.verify import IR, MODULE


def opa_bundle(policy: Policy, release: Release, signer: Signer | None = None, scope: str = "") -> bytes:
    """A bundle that OPA loads. Raises EngineError if the policy cannot be said in Rego."""
    from axtary.backends import rego

    module = rego.module_text(policy).encode()
    return _packed({"data.json": document({}), MODULE: module}, release, signer, scope)


def native_bundle(policy: Policy, release: Release, signer: Signer | None = None, scope: str = "") -> bytes:
    """A bundle that `load` makes into the native engine, with no parser installed."""
    return _packed({IR: document(to_json(policy, spans=False))}, release, signer, scope)


def _packed(files: dict[str, bytes], release: Release, signer: Signer | None, scope: str) -> bytes:
    files = files | {".manifest": document(release.manifest())}
    if signer is not None:
        files[NAME] = sign(files, signer, scope)
    return pack(files)
