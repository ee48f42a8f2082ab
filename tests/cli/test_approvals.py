"""`axtary approval sign` and `verify`."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import COMMAND, Ran, assert_plain, assert_refused, batch

from axtary import approvals
from axtary.approvals import Claims
from axtary.compiler import compile_policy
from axtary.passes.keys import PrivateKey, generate
from axtary.passes.keystore import KeyStore

ANA, BEN, SERVICE = generate(), generate("Ed25519"), generate()
POLICY = f"""\
version: 1
policies:
  - id: prod-needs-a-human
    description: Nobody deploys alone.
    effect: step_up
    match: {{tool: deploy.start}}
    when: payload.replicas <= 10
    obligations: {{approvers: [security], rate: 3 per 1h per actor}}
  - {{id: never, effect: deny, match: {{tool: deploy.start}}, when: has payload.force and payload.force == true}}
  - {{id: reads, effect: allow, match: {{tool: fs.read}}}}
approvers:
  service: {{id: "service:ok", key: {SERVICE.kid}}}
  people:
    - {{id: "user:ana", roles: [security], key: {ANA.kid}}}
    - {{id: "user:ben", roles: [security], key: {BEN.kid}}}
"""
RULE = "prod-needs-a-human"
ACTION = {
    "version": 1,
    "tool": "deploy.start",
    "resource": "repo:acme/api",
    "actor": {"agent": "agent:codex-1", "owner": "user:cy"},
    "payload": {"replicas": 3, "note": "\x1b[2J\u202eok"},
}


def written_key(folder: Path, name: str, key: PrivateKey, wrapped: bool = False) -> None:
    path = folder / f"{name}.jwk"
    path.write_text(json.dumps({"jwk": key.secret(), "purpose": "approval"} if wrapped else key.secret()))
    path.chmod(0o600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "a.json").write_text(json.dumps(ACTION))
    for name, action in {
        "b": {**ACTION, "payload": {"replicas": 4}},
        "force": {**ACTION, "payload": {"replicas": 3, "force": True}},
        "read": {**ACTION, "tool": "fs.read"},
        "own": {**ACTION, "actor": {"agent": "agent:codex-1", "owner": "user:ana"}},
    }.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(action))
    (tmp_path / "two.jsonl").write_text(f"{json.dumps(ACTION)}\n{json.dumps(ACTION)}\n")
    written_key(tmp_path, "ana", ANA)
    written_key(tmp_path, "ben", BEN, wrapped=True)
    written_key(tmp_path, "service", SERVICE)
    written_key(tmp_path, "other", generate())
    KeyStore(tmp_path / "stored").init("approval")
    KeyStore(tmp_path / "passes").init("pass")
    return tmp_path


def sign(*more: str, who: str = "user:ana", key: str = "ana.jwk", action: str = "a.json") -> list[str]:
    return ["approval", "sign", "--action", action, "--as", who, "--key", key, *more]


def made(folder: Path, **by_name: Claims) -> None:
    """Artifacts in files, by the library."""
    for name, claims in by_name.items():
        key = {"service:ok": SERVICE, "user:ana": ANA, "user:ben": BEN}[claims.iss]
        (folder / f"{name}.jws").write_text(approvals.sign(claims, key))


def claims(who: str, **other: Any) -> Claims:
    version = compile_policy("axtary.yml", POLICY.encode()).policy.policy_version
    return approvals.new_claims(ACTION, approver=who, policy_version=version, now=int(time.time()), **other)


def one(folder: Path, *arguments: str, stdin: bytes = b"") -> Ran:
    (found,) = batch([arguments], folder, stdin)
    assert not found.crash, found.crash
    return found


def test_what_is_signed_is_verified_and_is_the_fact_that_simulate_takes(folder: Path) -> None:
    whose = {"ana": ("user:ana", "ana.jwk"), "ben": ("user:ben", "ben.jwk"), "by": ("user:ben", "service.jwk")}
    for name, found in zip(whose, batch([sign("--yes", who=w, key=k) for w, k in whose.values()], folder), strict=True):
        assert found.code == 0, found.err
        (folder / f"{name}.jws").write_text(found.out)
    people = [{"id": "user:ana", "roles": ["security"]}, {"id": "user:ben", "roles": ["security"]}]
    (folder / "facts.json").write_text(json.dumps({"approval": {"approvers": people}, "usage": {RULE: 0}}))
    simulate = ["policy", "simulate", "--action", "a.json"]
    verified, held, free = batch(
        [
            ["approval", "verify", "ana.jws", "ben.jws", "by.jws", "--action", "a.json"],
            simulate,
            [*simulate, "--facts", "facts.json"],
        ],
        folder,
    )
    assert (verified.code, verified.json()) == (0, {"approval": {"approvers": people}})
    assert (held.code, free.code) == (1, 0)


def test_people_see_exactly_what_they_approve_and_why_it_is_held(folder: Path) -> None:
    found = one(folder, *sign("--yes", "--ttl", "5m"))
    for shown in (
        "tool      deploy.start\n",
        "resource  repo:acme/api\n",
        '"replicas": 3,\n',
        r'"note": "\u001b[2J\u202eok"',
        '"owner": "user:cy"',
        "held by prod-needs-a-human (axtary.yml:3): it needs the approval of security\n",
        "  Nobody deploys alone.\n",
        "  when payload.replicas <= 10\n",
        "user:ana (security) approves deploy.start repo:acme/api, exactly as it stands above, for 5m\n",
    ):
        assert shown in found.err, found.err
    assert_plain(found.err)
    assert found.out.count(".") == 2 and found.out.endswith("\n")


def test_json_has_the_artifact_and_its_claims_and_what_cannot_be_lifted_is_told(folder: Path) -> None:
    no, forced = batch(
        [sign("--yes", "--json", "--deny", "--reason", "not on Fridays"), sign("--yes", action="force.json")], folder
    )
    assert "an approval changes nothing about this: the rule never denies this action" in forced.err
    told = no.json()
    assert told["claims"]["decision"] == "deny"
    assert told["claims"]["reason"] == "not on Fridays"
    assert told["claims"]["exp"] - told["claims"]["iat"] == 600
    (folder / "no.jws").write_text(told["artifact"])
    made(folder, ana=claims("user:ana"))
    found = one(folder, "approval", "verify", "ana.jws", "no.jws", "--action", "a.json", "--json")
    assert (found.code, found.json()["refused"]["code"]) == (1, "approval_denied")


WORTHLESS = [
    (sign("--yes", who="user:zoe"), "unknown_approver"),
    (sign("--yes", key="other.jwk"), "unknown_key"),
    (sign("--yes", key="stored"), "unknown_key"),
    (sign("--yes", who="user:ben"), "unknown_approver"),
    (sign("--yes", action="own.json"), "self_approval"),
    (sign("--yes", action="own.json", key="service.jwk"), "self_approval"),
    (sign("--yes", action="read.json"), "not_held"),
    (["approval", "verify", "ana.jws", "--action", "b.json"], "approval_other_action"),
    (["approval", "verify", "cut.jws", "--action", "a.json"], "bad_signature"),
    (["approval", "verify", "ana.jws", "--action", "a.json", "--approvers", "people.yml"], "unknown_key"),
    (["approval", "verify", "crowd.jws", "--action", "a.json"], "too_many_approvals"),
]


def test_what_would_be_worth_nothing_is_refused_with_its_reason(folder: Path) -> None:
    made(folder, ana=claims("user:ana"))
    token = (folder / "ana.jws").read_text()
    (folder / "cut.jws").write_text(token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:])
    (folder / "crowd.jws").write_text(f"{token}\n" * 101)
    (folder / "people.yml").write_text(f'version: 1\napprovers:\n  - {{id: "user:ben", roles: [a], key: {BEN.kid}}}\n')
    for (arguments, code), found in zip(WORTHLESS, batch([each for each, _ in WORTHLESS], folder), strict=True):
        assert (found.code, found.out, found.crash) == (1, "", ""), arguments
        assert f"refused[{code}]" in found.err, found.err
        assert_plain(found.err)
    for (arguments, code), found in zip(
        WORTHLESS, batch([[*each, "--json"] for each, _ in WORTHLESS], folder), strict=True
    ):
        assert (found.code, found.json()["refused"]["code"]) == (1, code), arguments


def test_a_key_that_axtary_keeps_signs(folder: Path) -> None:
    kid = KeyStore(folder / "stored").signer("approval").kid
    (folder / "people.yml").write_text(f'version: 1\napprovers: [{{id: "user:ana", roles: [security], key: {kid}}}]\n')
    given = ["--action", "a.json", "--approvers", "people.yml"]
    found = one(folder, "approval", "sign", *given, "--as", "user:ana", "--key", "stored", "--yes")
    assert found.code == 0, found.err
    assert one(folder, "approval", "verify", "-", *given, stdin=found.out.encode()).code == 0


def test_artifacts_come_on_standard_input_too(folder: Path) -> None:
    made(folder, ana=claims("user:ana"))
    data = (folder / "ana.jws").read_bytes()
    assert one(folder, "approval", "verify", "-", "--action", "a.json", stdin=data + b"\r\n\n").code == 0


BAD = [
    (sign(), "standard input is no terminal"),
    (sign("--yes", action="two.jsonl"), "there are 2 actions"),
    (sign("--yes", action="none.json"), "none.json"),
    (sign("--yes", key="axtary.yml"), "is no JSON"),
    (sign("--yes", key="open.jwk"), "chmod 600"),
    (sign("--yes", key="passes"), "no active key for approval"),
    (sign("--yes", key="none"), "none"),
    *((sign("--yes", key=f"bad{n}.jwk"), "private JWK") for n in range(6)),
    (sign("--yes", "--ttl", "2h"), "good for 1h at most"),
    (sign("--yes", "--ttl", "soon"), "duration"),
    (sign("--yes", "--reason", "a\x1bb"), "no line of text"),
    (sign("--yes", "--reason", "a" * 501), "no line of text"),
    (sign("--yes", "--approvers", "a.json"), "AX"),
    (sign("--yes", "--policy", "none.yml"), "none.yml"),
    (sign("--yes", "--policy", "nobody.yml"), "there are no approvers"),
    (["approval", "verify", "none.jws", "--action", "a.json"], "none.jws"),
    (["approval", "verify", "empty.jws", "--action", "a.json"], "has no artifact"),
    (["approval", "verify", "-", "--action", "-"], "both"),
    (["approval", "verify", "a.json"], "--action"),
]
NO_KEYS = ["", "{}", "[]", '{"jwk": 3}', '{"kty": "RSA"}', '{"jwk": {"kty": "EC"}, "jwk": {}}']


def test_bad_input_is_told_and_ends_with_2(folder: Path) -> None:
    (folder / "empty.jws").write_text("\n")
    (folder / "nobody.yml").write_text(POLICY.partition("approvers:\n  service")[0])
    (folder / "axtary.yml").chmod(0o644)
    for n, content in enumerate(NO_KEYS):
        (folder / f"bad{n}.jwk").write_text(content)
        (folder / f"bad{n}.jwk").chmod(0o600)
    written_key(folder, "open", ANA)
    (folder / "open.jwk").chmod(0o640)
    for (arguments, says), found in zip(BAD, batch([each for each, _ in BAD], folder), strict=True):
        assert_refused(found)
        assert says in found.err, arguments


@pytest.mark.parametrize(("typed", "code"), [(b"yes\n", 0), (b"y\n", 1), (b"\x04", 1)])
def test_on_a_terminal_somebody_is_asked(folder: Path, typed: bytes, code: int) -> None:
    master, terminal = pty.openpty()
    try:
        os.write(master, typed)
        done = subprocess.run([*COMMAND, *sign()], cwd=folder, stdin=terminal, capture_output=True, timeout=60)
    finally:
        os.close(master)
        os.close(terminal)
    assert done.returncode == code, done.stderr
    assert bool(done.stdout) == (code == 0)
