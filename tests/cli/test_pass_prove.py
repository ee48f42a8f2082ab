"""`axtary pass holder-key` and `axtary pass prove`, and the proofs that `axtary pass verify` takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.command import Ran, assert_refused, batch
from tests.dpop.making import ED25519, P256

from axtary.passes import jose
from axtary.passes.dpop import TYP

POLICY = "version: 1\npolicies:\n  - {id: reads, effect: allow, match: {tool: fs.read}}\n"
ACTION = {"version": 1, "tool": "fs.read", "actor": {"agent": "agent:a"}, "paths": ["a"]}
REQUEST = ["--method", "POST", "--uri", "https://mcp.example/tools?x=1"]
NO_METHOD = ["--method", "P T", "--uri", "https://a.example/"]
ISSUE = ["pass", "issue", "--action", "action.json"]
PROVE = ["pass", "prove", "token", "--key", "agent.jwk"]
VERIFY = ["pass", "verify", "token", "--action", "action.json"]

MAKE = {
    "keys": ["keys", "init"],
    "token": [*ISSUE, "--holder", ED25519.kid],
    "free": ISSUE,
    "new key": ["pass", "holder-key", "new.jwk"],
    "new key again": ["pass", "holder-key", "new.jwk"],
    "new key as JSON": ["pass", "holder-key", "ed.jwk", "--alg", "Ed25519", "--json"],
}
PROOFS = {
    "call": PROVE,
    "request": [*PROVE, *REQUEST],
    "json": [*PROVE, *REQUEST, "--json", "--nonce", "n0nce"],
    "with the new key": ["pass", "prove", "token", "--key", "new.jwk"],
}
VERIFIED = {
    "no proof": [*VERIFY, "--json"],
    "call": [*VERIFY, "--proof", "call"],
    "call for a request": [*VERIFY, "--proof", "call", *REQUEST, "--json"],
    "request": [*VERIFY, "--proof", "request", *REQUEST],
    "request elsewhere": [*VERIFY, "--proof", "request", "--method", "POST", "--uri", "https://b.example/", "--json"],
    "looked at": [*VERIFY, "--proof", "call"],
    "used": [*VERIFY, "--proof", "call", "--consume"],
    "used again": [*VERIFY, "--proof", "call", "--consume", "--json"],
    "a pass that is not bound": ["pass", "verify", "free", "--action", "action.json", "--proof", "call", "--json"],
    "later": [*VERIFY, "--proof", "call", "--at", "2020-01-01T00:00:00Z", "--json"],
}
BAD = {
    "a method without a URI": ([*PROVE, "--method", "GET"], "give both `--method` and `--uri`"),
    "a URI without a method": ([*VERIFY, "--uri", "https://a.example/"], "give both `--method` and `--uri`"),
    "a request without a proof": ([*VERIFY, *REQUEST], "give the proof with `--proof FILE`"),
    "no file with a proof": ([*VERIFY, "--proof", "nowhere"], "give a file with a proof"),
    "a method that is none": ([*PROVE, *NO_METHOD], "write a method such as `POST`"),
    "a URI that is none": ([*PROVE, "--method", "GET", "--uri", "\x1b[31m"], "write a URI such as `https://"),
    "a nonce that is none": ([*PROVE, "--nonce", 'a"b'], "give the value of the DPoP-Nonce field"),
    "another key": (["pass", "prove", "token", "--key", "thief.jwk"], "give the key of its holder"),
    "a public key": (["pass", "prove", "token", "--key", "public.jwk"], "give a file with a private JWK"),
    "a key that is no JSON": (["pass", "prove", "token", "--key", "axtary.yml"], "is no JSON"),
    "no key": (["pass", "prove", "token", "--key", "nowhere"], "nowhere"),
    "no pass": (["pass", "prove", "action.json", "--key", "agent.jwk"], "give a file with a pass"),
    "no file": (["pass", "prove", "nowhere", "--key", "agent.jwk"], "nowhere"),
    "a pass that is not bound": (["pass", "prove", "free", "--key", "agent.jwk"], "needs no proof"),
    "a folder for a key": (["pass", "holder-key", "."], "choose another place"),
}


def ran(calls: dict[str, list[str]], folder: Path) -> dict[str, Ran]:
    return dict(zip(calls, batch(list(calls.values()), folder), strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("passes")


@pytest.fixture(scope="module")
def made(folder: Path) -> dict[str, Ran]:
    """A pass that is bound to the key in `agent.jwk`, and one that is bound to none."""
    (folder / "axtary.yml").write_text(POLICY)
    (folder / "action.json").write_text(json.dumps(ACTION))
    (folder / "agent.jwk").write_text(json.dumps(ED25519.secret()))
    (folder / "thief.jwk").write_text(json.dumps(P256.secret()))
    for name in ("agent", "thief"):
        (folder / f"{name}.jwk").chmod(0o600)
    (folder / "public.jwk").write_text(json.dumps(dict(ED25519.public.jwk)))
    found = ran(MAKE, folder)
    for name in ("token", "free"):
        assert found[name].code == 0, found[name]
        (folder / name).write_text(found[name].out)
    return found


@pytest.fixture(scope="module")
def proofs(made: dict[str, Ran], folder: Path) -> dict[str, Ran]:
    found = ran(PROOFS, folder)
    for name in ("call", "request"):
        assert found[name].code == 0, found[name]
        (folder / name).write_text(found[name].out)
    return found


@pytest.fixture(scope="module")
def verified(proofs: dict[str, Ran], folder: Path) -> dict[str, Ran]:
    return ran(VERIFIED, folder)


def test_a_proof_is_for_a_call_or_for_a_request(verified: dict[str, Ran], folder: Path) -> None:
    assert (verified["call"].code, verified["request"].code) == (0, 0), verified
    assert verified["call for a request"].json()["reason"] == "wrong_method"
    assert verified["request elsewhere"].json()["reason"] == "wrong_uri"
    claims = jose.parse((folder / "call").read_text().strip(), TYP, ("jwk",)).payload
    assert (claims["htm"], claims["htu"]) == ("CALL", "axtary://call/axtary-proxy/fs.read")


def test_a_proof_is_used_up_with_its_pass_and_only_looked_at_without(verified: dict[str, Ran]) -> None:
    assert [verified[name].code for name in ("looked at", "used", "used again")] == [0, 0, 1]
    assert verified["used again"].json()["reason"] == "proof_replayed"


def test_a_bound_pass_needs_a_proof_and_who_shows_one_needs_a_bound_pass(verified: dict[str, Ran]) -> None:
    assert verified["no proof"].json()["reason"] == "proof_missing"
    assert verified["a pass that is not bound"].json()["reason"] == "holder_missing"
    assert all(each.code == 1 for name, each in verified.items() if "--json" in VERIFIED[name])


def test_json_has_the_proof_and_what_it_says(proofs: dict[str, Ran]) -> None:
    found = proofs["json"].json()
    claims = jose.parse(found["proof"], TYP, ("jwk",)).payload
    assert found == {"proof": found["proof"], "jkt": ED25519.kid, **claims}
    assert (found["htu"], found["nonce"]) == ("https://mcp.example/tools", "n0nce")


def test_an_agent_makes_its_key_once(made: dict[str, Ran], proofs: dict[str, Ran], folder: Path) -> None:
    assert made["new key"].out.startswith("wrote new.jwk\n   bind passes to ")
    assert_refused(made["new key again"])
    assert made["new key as JSON"].json()["public"]["crv"] == "Ed25519"
    assert (folder / "new.jwk").stat().st_mode & 0o777 == 0o600
    kid = made["new key"].out.split()[-1]
    assert f"the pass is bound to the key {ED25519.kid}, not to {kid}" in proofs["with the new key"].err


def test_bad_input_says_what_to_write(proofs: dict[str, Ran], folder: Path) -> None:
    for name, found in ran({name: call for name, (call, _) in BAD.items()}, folder).items():
        assert_refused(found)
        assert BAD[name][1] in found.err, name
