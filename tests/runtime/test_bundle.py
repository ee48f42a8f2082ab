"""Bundles: the same bytes each time, what real OPA decides of them, and everything that must be refused."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import deserialize_compact
from opa_bindings import OpaEngine
from tests import generate
from tests.golden_files import behaviours, cases, compiled
from tests.laws import examples

from axtary.backends import native
from axtary.compiler import compile_policy, compile_text
from axtary.compiler.ir import Policy
from axtary.grammars import preset, presets
from axtary.runtime.bundle.archive import pack, unpack
from axtary.runtime.bundle.build import native_bundle
from axtary.runtime.bundle.build import opa_bundle as build
from axtary.runtime.bundle.errors import CODES, BundleError
from axtary.runtime.bundle.keys import Signer, Trusted, load_signer, load_trusted
from axtary.runtime.bundle.load import load
from axtary.runtime.bundle.proofs import input_schema, opa_tests
from axtary.runtime.bundle.release import Release
from axtary.runtime.bundle.signature import document, sign
from axtary.runtime.bundle.verify import verify

Json = Any
POLICY = compile_text("version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: t}, when: payload.n <= 3}\n")
OTHER = compile_text("version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: t}}\n")
NOW = datetime(2026, 11, 25, tzinfo=UTC)
SOME = 3 // examples(3)  # one in so many of the golden policies
RANDOM = int(os.environ.get("AXTARY_RANDOM", "2000"))  # actions; the long run has 10000
DAYS = {"before": datetime(2026, 11, 1, tzinfo=UTC), "after": datetime(2026, 12, 1, tzinfo=UTC)}


def _pem(key: Any) -> tuple[bytes, bytes]:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


EC, STRANGER = _pem(ec.generate_private_key(ec.SECP256R1())), _pem(ec.generate_private_key(ec.SECP256R1()))
RSA = _pem(rsa.generate_private_key(65537, 2048))
SIGNER, TRUSTED = load_signer(EC[0], "k1"), load_trusted(EC[1], "k1")


def _release(policy: Policy = POLICY, revision: int = 7, **bounds: Any) -> Release:
    return Release(policy.policy_version, revision, tzdata=policy.tzdata, **bounds)


def _files(bundle: bytes) -> dict[str, bytes]:
    return unpack(bundle)


def _resigned(files: dict[str, bytes], **changes: bytes | None) -> bytes:
    """A bundle with other files, signed by the trusted key all the same."""
    kept = {name: data for name, data in (files | changes).items() if data is not None and name != ".signatures.json"}
    return pack(kept | {".signatures.json": sign(kept, SIGNER, "")})


def _token(bundle: bytes) -> str:
    token: str = json.loads(_files(bundle)[".signatures.json"])["signatures"][0]
    return token


def _with_token(bundle: bytes, token: str) -> bytes:
    return pack(_files(bundle) | {".signatures.json": document({"signatures": [token]})})


def _unsecured(bundle: bytes) -> bytes:
    """The same claims with `alg: none`."""
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1","typ":"JWT"}').rstrip(b"=").decode()
    return _with_token(bundle, f"{header}.{_token(bundle).split('.')[1]}.AA")


def _respelt(bundle: bytes) -> bytes:
    """The last character of a signature holds bits that no byte needs."""
    token = _token(bundle)
    return _with_token(bundle, token[:-1] + chr(ord(token[-1]) + 1))


def _plain_archive(**files: bytes) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return body.getvalue()


def _linked() -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as tar:
        entry = tarfile.TarInfo("policy.rego")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(entry)
    return body.getvalue()


def _bomb() -> bytes:
    """A gzip file of 300 MiB of zeros, one mebibyte of which is compressed here and then stands there 299 times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, again = (packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + 299 * again + packer.flush()


GOOD = build(POLICY, _release(), SIGNER)
FILES = _files(GOOD)
BOUNDED = build(POLICY, _release(not_before=DAYS["before"], expires_at=DAYS["after"]), SIGNER)
REFUSED: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "empty": ("AX1101", b"", {}),
    "text": ("AX1101", b"package axtary", {}),
    "gzip of text": ("AX1101", gzip.compress(b"package axtary" * 100), {}),
    "cut off": ("AX1101", GOOD[:-9], {}),
    "followed by something": ("AX1101", GOOD + b"x", {}),
    "two gzip members": ("AX1101", GOOD + gzip.compress(b""), {}),
    "a bomb": ("AX1101", _bomb(), {}),
    "a link": ("AX1101", _linked(), {}),
    "a file outside": ("AX1101", _plain_archive(**{"../x": b""}), {}),
    "too many files": ("AX1101", pack({f"{number}.rego": b"" for number in range(65)}), {}),
    "a manifest that is no JSON": ("AX1101", pack(FILES | {".manifest": b"{"}), {}),
    "a manifest with a name twice": ("AX1101", pack(FILES | {".manifest": b'{"roots":[],"roots":[""]}'}), {}),
    "no manifest, signed": ("AX1101", _resigned(FILES, **{".manifest": None}), {}),
    "no module, signed": ("AX1101", _resigned(FILES, **{"axtary/policy.rego": None}), {}),
    "another manifest, signed": ("AX1101", _resigned(FILES, **{".manifest": document({"roots": [""]})}), {}),
    "a revision of 0, signed": (
        "AX1101",
        _resigned(FILES, **{".manifest": FILES[".manifest"].replace(b'"policy_revision":7', b'"policy_revision":0')}),
        {},
    ),
    "a revision that is true, signed": (
        "AX1101",
        _resigned(
            FILES, **{".manifest": FILES[".manifest"].replace(b'"policy_revision":7', b'"policy_revision":true')}
        ),
        {},
    ),
    "unsigned": ("AX1102", build(POLICY, _release()), {}),
    "no token": ("AX1102", pack(FILES | {".signatures.json": b'{"signatures":[]}'}), {}),
    "two tokens": ("AX1102", pack(FILES | {".signatures.json": document({"signatures": [_token(GOOD)] * 2})}), {}),
    "a token of two parts": ("AX1102", _with_token(GOOD, _token(GOOD).rpartition(".")[0]), {}),
    "a length that no bytes have": ("AX1102", _with_token(GOOD, _token(GOOD) + "AAA"), {}),
    "a header that is no JSON": ("AX1102", _with_token(GOOD, "AAAA." + _token(GOOD).partition(".")[2]), {}),
    "a header that is a list": ("AX1102", _with_token(GOOD, "W10." + _token(GOOD).partition(".")[2]), {}),
    "a signature of another length": ("AX1103", _with_token(GOOD, _token(GOOD).rpartition(".")[0] + ".AAAA"), {}),
    "another spelling of the token": ("AX1102", _respelt(GOOD), {}),
    "alg none": ("AX1103", _unsecured(GOOD), {}),
    "another key": ("AX1103", build(POLICY, _release(), load_signer(STRANGER[0], "k1")), {}),
    "another name of the key": ("AX1103", build(POLICY, _release(), load_signer(EC[0], "k2")), {}),
    "another algorithm": ("AX1103", build(POLICY, _release(), load_signer(RSA[0], "k1")), {}),
    "a signature with a changed bit": (
        "AX1103",
        _with_token(GOOD, _token(GOOD).rpartition(".")[0] + "." + "A" * 86),
        {},
    ),
    "a changed byte": (
        "AX1104",
        pack(FILES | {"axtary/policy.rego": FILES["axtary/policy.rego"].replace(b"30000", b"90000")}),
        {},
    ),
    "a later expiry": ("AX1104", pack(_files(BOUNDED) | {".manifest": FILES[".manifest"]}), {}),
    "a file more": ("AX1104", pack(FILES | {"axtary/extra.rego": b"package axtary\n"}), {}),
    "a file less": ("AX1104", pack({name: data for name, data in FILES.items() if name != "data.json"}), {}),
    "other data": ("AX1104", pack(FILES | {"data.json": b'{"a":1}'}), {}),
    "another scope": ("AX1105", build(POLICY, _release(), SIGNER, "staging"), {"scope": "production"}),
    "a scope where none is expected": ("AX1105", build(POLICY, _release(), SIGNER, "staging"), {}),
    "no scope": ("AX1105", GOOD, {"scope": "production"}),
    "a second too early": ("AX1106", BOUNDED, {"now": datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)}),
    "the instant of expiry": ("AX1107", BOUNDED, {"now": DAYS["after"]}),
    "a step back": ("AX1108", GOOD, {"last": _release(revision=8)}),
    "a revision used twice": ("AX1108", GOOD, {"last": _release(OTHER)}),
}


def _verified(bundle: bytes, trusted: Trusted = TRUSTED, **options: Any) -> Release:
    return verify(bundle, trusted, **({"now": NOW} | options)).release


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_to_be_trusted_is_refused_with_its_code(name: str) -> None:
    code, bundle, options = REFUSED[name]
    with pytest.raises(BundleError) as caught:
        _verified(bundle, **options)
    assert caught.value.code == code
    assert caught.value.message and caught.value.help


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n",
        EC[1],
        _pem(ec.generate_private_key(ec.SECP256K1()))[0],
        _pem(rsa.generate_private_key(65537, 1024))[0],  # noqa: S505 - it is to be refused
    ],
)
def test_keys_that_cannot_be_used_are_refused(pem: bytes) -> None:
    with pytest.raises(BundleError) as caught:
        load_signer(pem, "k1")
    assert caught.value.code == "AX1109"
    with pytest.raises(BundleError):
        load_trusted(EC[0])


def test_each_code_has_a_case() -> None:
    unloaded = {code for code, _ in UNLOADED.values()}
    assert {code for code, _, _ in REFUSED.values()} | unloaded | {"AX1109"} == set(CODES)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"last": _release()},
        {"last": _release(OTHER, 6)},
        {"trusted": load_trusted(EC[1])},
    ],
)
def test_a_good_bundle_is_accepted(options: dict[str, Any]) -> None:
    assert _verified(GOOD, **options) == _release()


def test_bounds_are_kept_and_the_first_instant_counts() -> None:
    release = _verified(BOUNDED, now=DAYS["before"])
    assert (release.not_before, release.expires_at) == (DAYS["before"], DAYS["after"])


@pytest.mark.parametrize(("keys", "key_type"), [(EC, ECKey), (RSA, RSAKey)])
def test_another_library_finds_the_signature_good(keys: tuple[bytes, bytes], key_type: Any) -> None:
    signer, trusted = load_signer(keys[0], "k1"), load_trusted(keys[1], "k1")
    bundle = build(POLICY, _release(), signer)
    assert _verified(bundle, trusted) == _release()
    signed = deserialize_compact(_token(bundle), key_type.import_key(keys[1]), algorithms=[signer.algorithm])
    listed = {entry["name"]: entry["hash"] for entry in json.loads(signed.payload)["files"]}
    assert listed == {
        name: hashlib.sha256(data).hexdigest() for name, data in _files(bundle).items() if name != ".signatures.json"
    }


@pytest.mark.parametrize("signer", [None, SIGNER, load_signer(RSA[0], "k1")])
def test_the_same_input_gives_the_same_bytes(signer: Signer | None) -> None:
    first, second = (build(POLICY, _release(), signer) for _ in range(2))
    assert first == second
    with tarfile.open(fileobj=io.BytesIO(first), mode="r:gz") as tar:
        assert all((entry.mtime, entry.uid, entry.uname, entry.mode) == (0, 0, "", 0o644) for entry in tar)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
@settings(max_examples=examples(300), derandomize=True, deadline=None)
def test_a_changed_byte_is_refused_or_changes_nothing(at: int, difference: int) -> None:
    """Law: whatever byte of the archive changes, what is accepted is what was signed."""
    altered = bytearray(GOOD)
    altered[at] ^= difference
    try:
        found = verify(bytes(altered), TRUSTED, NOW)
    except BundleError:
        return
    assert (found.release, found.files) == (_release(), FILES)


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


@given(st.data())
@settings(max_examples=examples(300), derandomize=True, deadline=None)
def test_a_token_with_another_character_is_refused(data: st.DataObject) -> None:
    """Law: of a token no other spelling is accepted, and whatever stands there is refused as a bundle is."""
    token = _token(GOOD)
    at = data.draw(st.integers(0, len(token) - 1))
    inserted = data.draw(st.text(_ALPHABET, max_size=3).filter(lambda text: text != token[at]))
    with pytest.raises(BundleError):
        verify(_with_token(GOOD, token[:at] + inserted + token[at + 1 :]), TRUSTED, NOW)


def _module(policy: Policy) -> str:
    return verify(build(policy, _release(policy), SIGNER), TRUSTED, NOW).files["axtary/policy.rego"].decode()


def _opa(module: str, *more: tuple[str, str]) -> OpaEngine:
    engine = OpaEngine()
    for name, text in (("policy.rego", module), *more):
        engine.add_policy(name, text)
    return engine


@pytest.mark.parametrize("name", behaviours()[::SOME])
def test_real_opa_decides_a_bundle_as_native_does_and_passes_its_tests(name: str) -> None:
    """On every golden case, and on the cases that go with the bundle."""
    policy = compiled(name).policy
    module = _module(policy)
    known = [(case.name, case.action, case.facts) for case in cases(name)]
    tests = opa_tests(policy, known, generated=40)
    opa, engine = _opa(module, ("policy_test.rego", tests)), native.compile(policy)
    for _, action, facts in known:
        answer, verdict = (
            opa.eval_document("axtary.decision", {"action": action, "facts": facts}),
            engine.decide(action, facts),
        )
        assert (answer["decision"], answer["fired"]) == (verdict.decision, list(verdict.fired))
    results = opa.eval_document("axtary_test", {})
    assert len(results) >= len(known) and all(value is True for value in results.values())
    assert tests.count("\ntest_") == len(results)


def test_a_test_that_must_fail_fails() -> None:
    wrong = opa_tests(POLICY).replace('"allow"', '"deny"', 1)
    opa = _opa(_files(GOOD)["axtary/policy.rego"].decode(), ("policy_test.rego", wrong))
    assert opa_tests(POLICY).count("\ntest_") == len(opa.eval_document("axtary_test", {})) + 1


@pytest.mark.parametrize("name", presets())
def test_real_opa_decides_a_preset_as_native_does_on_random_actions(name: str) -> None:
    policy = compile_policy("preset.yml", preset(name)).policy
    module = _module(policy)
    opa, engine, rng = _opa(module), native.compile(policy), Random(20261125)
    for action, facts in generate.cases(rng, policy, RANDOM):
        answer, verdict = (
            opa.eval_document("axtary.decision", {"action": action, "facts": facts}),
            engine.decide(action, facts),
        )
        assert (answer["decision"], answer["fired"]) == (verdict.decision, list(verdict.fired)), action


def test_the_schema_accepts_what_the_door_accepts() -> None:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(input_schema()))
    assert validator.is_valid({"action": {"version": 1, "tool": "t"}, "facts": {"usage": {"r": 1}}})
    assert not validator.is_valid({"action": {"version": 1}})
    assert not validator.is_valid({"action": {"version": 1, "tool": "t"}, "facts": []})
    assert not validator.is_valid({"facts": {}})


# --- for the native engine ------------------------------------------------------------------------------------------

ZONED = compile_text(
    "version: 1\npolicies:\n  - id: r\n    effect: allow\n    match: {tool: t}\n"
    "    obligations: {hours: Mon-Fri 08:00-19:00 Europe/Berlin}\n"
)


@pytest.mark.parametrize("name", behaviours()[1::SOME])
def test_a_native_bundle_decides_as_the_policy_does(name: str) -> None:
    policy = compiled(name).policy
    engine, release = load(native_bundle(policy, _release(policy), SIGNER), TRUSTED, NOW)
    compiled_here = native.compile(policy)
    assert release == _release(policy)
    for case in cases(name):
        assert engine.decide(case.action, case.facts) == compiled_here.decide(case.action, case.facts)


NATIVE = native_bundle(POLICY, _release(), SIGNER)
UNLOADED: dict[str, tuple[str, bytes]] = {
    "a bundle for OPA": ("AX1101", GOOD),
    "not the policy of the manifest": (
        "AX1101",
        _resigned(
            _files(NATIVE),
            **{"axtary/policy.json": _files(native_bundle(OTHER, _release(OTHER)))["axtary/policy.json"]},
        ),
    ),
    "no IR": (
        "AX1101",
        _resigned(_files(NATIVE), **{"axtary/policy.json": b'{"ir_version":1,"rules":[{"node":"Rule"}]}'}),
    ),
    "altered": (
        "AX1104",
        pack(
            _files(NATIVE) | {"axtary/policy.json": _files(NATIVE)["axtary/policy.json"].replace(b'"allow"', b'"deny"')}
        ),
    ),
    "other zone data": (
        "AX1110",
        native_bundle(replace(ZONED, tzdata="1999.1"), _release(replace(ZONED, tzdata="1999.1")), SIGNER),
    ),
}


@pytest.mark.parametrize("name", UNLOADED)
def test_a_native_bundle_that_is_not_to_be_trusted_is_not_loaded(name: str) -> None:
    code, bundle = UNLOADED[name]
    with pytest.raises(BundleError) as caught:
        load(bundle, TRUSTED, NOW)
    assert caught.value.code == code


def test_with_the_zone_data_it_was_made_with_it_is_loaded() -> None:
    engine, _ = load(native_bundle(ZONED, _release(ZONED), SIGNER), TRUSTED, NOW)
    assert engine.decide({"version": 1, "tool": "t", "time": "2026-11-25T10:00:00Z"}, {}).decision == "allow"


def test_loading_needs_no_parser_and_no_other_engine(tmp_path: Path) -> None:
    """Law: the runtime that loads a bundle trusts less code."""
    (tmp_path / "native.tar.gz").write_bytes(NATIVE)
    (tmp_path / "pub.pem").write_bytes(EC[1])
    code = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("lark", "yaml", "pydantic", "typer", "rich", "cedarpy", "regorus", "opa_bindings"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from datetime import UTC, datetime
from pathlib import Path
from axtary.runtime.bundle.keys import load_trusted
from axtary.runtime.bundle.load import load
trusted = load_trusted(Path("pub.pem").read_bytes(), "k1")
engine, release = load(Path("native.tar.gz").read_bytes(), trusted, datetime(2026, 11, 25, tzinfo=UTC))
print([engine.decide({"version": 1, "tool": "t", "payload": {"n": n}}, {}).decision for n in (3, 4)], release.revision)
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("['allow', 'deny'] 7\n", "")
