"""`axtary policy export`: a policy as a signed bundle, for a fleet of OPA with tests, or for the native engine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from axtary.cli.bundles import instant, key_bytes, refused
from axtary.cli.output import fail, invalid_input, leave, load, print_json
from axtary.cli.progress import waiting
from axtary.compiler import Compiled
from axtary.compiler.diagnostics import printable
from axtary.runtime.bundle.build import native_bundle, opa_bundle
from axtary.runtime.bundle.errors import BundleError
from axtary.runtime.bundle.keys import Signer, load_signer
from axtary.runtime.bundle.proofs import input_schema, opa_tests
from axtary.runtime.bundle.release import MAX_REVISION, Release
from axtary.runtime.policyfile import write_below
from axtary.runtime.testing.files import find, load_suites

BUNDLE, NATIVE = "bundle.tar.gz", "native.tar.gz"


@dataclass(frozen=True)
class Wanted:
    """What the command line says of the release and of its signature."""

    target: str
    revision: int | None
    not_before: str | None
    expires_at: str | None
    sign_key: Path | None
    key_id: str
    scope: str


def run(path: Path, wanted: Wanted, folder: Path, as_json: bool) -> None:
    """Write the bundle into a folder; one for OPA with its tests and the schema of its input."""
    if wanted.revision is None:
        fail("`--revision` is missing", f"count the releases: `--revision N`, 1 to {MAX_REVISION}", as_json)
    if not 1 <= wanted.revision <= MAX_REVISION:
        fail(f"`{wanted.revision}` is no revision", f"count the releases: 1 to {MAX_REVISION}", as_json)
    begin, end = (instant(text, as_json) for text in (wanted.not_before, wanted.expires_at))
    if begin is not None and end is not None and begin >= end:
        fail("the release expires before it begins", "give an `--expires-at` after `--not-before`", as_json)
    compiled = load(path, as_json)
    with invalid_input(as_json), waiting(f"exporting {printable(str(path))}"):
        try:
            signer = _signer(wanted)
        except BundleError as error:
            refused(error, as_json)
        release = Release(compiled.policy.policy_version, wanted.revision, begin, end, compiled.policy.tzdata)
        if wanted.target == "native":
            files = {NATIVE: native_bundle(compiled.policy, release, signer, wanted.scope)}
        else:
            files = _for_opa(path, compiled, release, signer, wanted.scope)
        for name, data in files.items():
            write_below(folder, name, data)
    _report(compiled, [str(folder / name) for name in files], signer, as_json)
    leave(0)


def refuse(options: Mapping[str, object], why: str, as_json: bool) -> None:
    """Leave with 2 if one of the options, name -> value, was given: it has no meaning for this target."""
    for name, value in options.items():
        if value is not None:
            fail(f"`--{name}` has no meaning here", f"leave it out: {why}", as_json)


def _signer(wanted: Wanted) -> Signer | None:
    return load_signer(key_bytes(wanted.sign_key), wanted.key_id) if wanted.sign_key is not None else None


def _for_opa(path: Path, compiled: Compiled, release: Release, signer: Signer | None, scope: str) -> dict[str, bytes]:
    policy = compiled.policy
    cases = load_suites(find(path), policy, path, found=True).cases
    written = [(f"{ready.file}: {ready.case.name.value}", ready.action, ready.facts) for ready in cases]
    return {
        BUNDLE: opa_bundle(policy, release, signer, scope),
        "policy_test.rego": opa_tests(policy, written).encode(),
        "input.schema.json": input_schema().encode(),
    }


def _report(compiled: Compiled, names: list[str], signer: Signer | None, as_json: bool) -> None:
    if as_json:
        key = {"key_id": signer.key_id, "algorithm": signer.algorithm} if signer is not None else None
        print_json({"policy_version": compiled.policy.policy_version, "written": names, "signed": key})
        return
    sys.stdout.write("".join(f"wrote {printable(name)}\n" for name in names))
    if signer is None:
        sys.stderr.write("not signed: whoever can change the bundle on its way can change the policy (`--sign-key`)\n")
