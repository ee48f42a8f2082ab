"""`axtary keys` and `axtary pass` as their users run them."""

from __future__ import annotations

import json
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.cli.command import Ran, assert_plain, assert_refused, inside

from axtary.passes.keys import generate

POLICY = """\
version: 1
policies:
  - id: reads
    effect: allow
    match: {tool: fs.read}
    obligations:
      ttl: 60s
      budget: {limit: "3", unit: calls, per: task, window: 1d, cost: payload.cost}
  - id: writes
    effect: step_up
    match: {tool: fs.write}
    obligations: {approvers: [lead]}
"""
READ = {"version": 1, "tool": "fs.read", "actor": {"agent": "agent:a"}, "payload": {"cost": 1}}
HOLDER = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy, keys, two actions."""
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "read.json").write_text(json.dumps(READ))
    (tmp_path / "write.json").write_text(json.dumps(READ | {"tool": "fs.write"}))
    assert inside("keys", "init", cwd=tmp_path).code == 0
    return tmp_path


def each(calls: Sequence[Sequence[str]], folder: Path) -> list[Ran]:
    return [inside(*call, cwd=folder) for call in calls]


def issued(folder: Path, *options: str) -> str:
    """A pass in the file `token`; returns its id."""
    ran = inside("pass", "issue", "--action", "read.json", "--json", *options, cwd=folder)
    assert ran.code == 0, ran
    (folder / "token").write_text(ran.json()["token"] + "\n")
    return str(ran.json()["claims"]["jti"])


VERIFY = ["pass", "verify", "token", "--action", "read.json"]


def test_an_allowed_action_gets_a_pass_that_is_good_once(folder: Path) -> None:
    ran = inside("pass", "issue", "--action", "read.json", cwd=folder)
    assert (ran.code, ran.err, ran.out.count("."), ran.out.count("\n")) == (0, "", 2, 1)
    (folder / "token").write_text(ran.out)
    looked, used, again = each([VERIFY, [*VERIFY, "--consume"], [*VERIFY, "--consume", "--json"]], folder)
    assert looked.code == used.code == 0
    assert looked.out.startswith("good ap_") and "agent:a may call fs.read" in looked.out
    assert "and not again" in used.out
    assert (again.code, again.json()) == (
        1, {"valid": False, "reason": "replayed", "message": "it was used before"},
    )  # fmt: skip


def test_what_a_pass_says(folder: Path) -> None:
    issued(folder, "--issuer", "me", "--audience", "you", "--holder", HOLDER, "--max-ttl", "20")
    found = inside("pass", "inspect", "token", "--json", cwd=folder).json()
    claims = found["payload"]
    assert (found["verified"], found["header"]["typ"]) == (False, "actionpass+jwt")
    assert (claims["iss"], claims["aud"], claims["cnf"]) == ("me", "you", {"jkt": HOLDER})
    assert claims["exp"] - claims["iat"] == 20 and claims["reservation"].startswith("rsv_")
    text = inside("pass", "inspect", "token", cwd=folder)
    assert text.out.startswith("not verified") and '"iss": "me"' in text.out


def test_what_is_reserved_is_spent_by_passes(folder: Path) -> None:
    for _ in range(3):
        issued(folder)
    ran = inside("pass", "issue", "--action", "read.json", cwd=folder)
    assert (ran.code, ran.out) == (1, "") and ran.err.startswith("deny[budget_exhausted]: ")


def test_a_pass_that_cannot_be_made_gives_back_what_was_reserved(folder: Path) -> None:
    (folder / "read.json").write_text(json.dumps(READ | {"resource": "r" * 2000}))
    ran = inside("pass", "issue", "--action", "read.json", "--json", cwd=folder)
    assert (ran.code, ran.json()["issued"], ran.json()["reason"]) == (1, False, "claim_ill_typed")
    assert inside("budget", "list", "--json", cwd=folder).json()[0]["reserved"] == "0"


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_not_allowed_gets_none_and_is_told_why(folder: Path, as_json: bool) -> None:
    ran = inside("pass", "issue", "--action", "write.json", *(["--json"] if as_json else []), cwd=folder)
    assert ran.code == 1
    if as_json:
        assert (ran.json()["issued"], ran.json()["decision"]["decision"]) == (False, "step_up")
    else:
        assert (ran.out, ran.err) == ("", "step_up[approval_required]: the rule writes needs the approval of lead\n")


def test_each_refusal_has_its_reason_and_exit_1(folder: Path) -> None:
    issued(folder, "--holder", HOLDER)
    (folder / "bound").write_text((folder / "token").read_text())
    issued(folder)
    calls = {
        "payload_mismatch": ["pass", "verify", "token", "--action", "other.json"],
        "action_mismatch": ["pass", "verify", "token", "--action", "write.json"],
        "wrong_audience": [*VERIFY, "--audience", "you"],
        "wrong_issuer": [*VERIFY, "--issuer", "me"],
        "ttl_too_long": [*VERIFY, "--max-ttl", "30"],
        "policy_mismatch": [*VERIFY, "--policy-version", "sha256:" + "0" * 64],
        "holder_missing": [*VERIFY, "--require-holder"],
        "proof_missing": ["pass", "verify", "bound", "--action", "read.json"],
        "expired": [*VERIFY, "--at", "2099-01-01"],
        "not_yet_valid": [*VERIFY, "--at", "2020-01-01"],
        "not_compact": ["pass", "verify", "read.json", "--action", "read.json"],
        "unknown_key": [*VERIFY, "--jwks", "none.json"],
    }
    (folder / "other.json").write_text(json.dumps(READ | {"payload": {"cost": 2}}))
    (folder / "none.json").write_text('{"keys": []}')
    token = (folder / "token").read_text().strip()
    for (reason, call), ran in zip(calls.items(), each(list(calls.values()), folder), strict=True):
        assert not ran.crash, ran.crash
        assert (ran.code, ran.out) == (1, ""), (reason, ran)
        assert ran.err.startswith(f"refused[{reason}]: "), (call, ran.err)
        assert token not in ran.err and ran.err.count("\n") == 1
        assert_plain(ran.err)


def test_invalid_input_is_exit_2(folder: Path) -> None:
    issued(folder)
    (folder / "bad.json").write_text('{"keys": [{"kty": "oct", "k": "AAAA"}]}')
    calls = [
        ["pass", "verify", "nothing", "--action", "read.json"],
        ["pass", "verify", "token", "--action", "nothing"],
        ["pass", "verify", "token", "--action", "token"],
        ["pass", "verify", "-", "--action", "-"],
        [*VERIFY, "--jwks", "bad.json"],
        [*VERIFY, "--jwks", "read.json"],
        [*VERIFY, "--keys", "nowhere"],
        [*VERIFY, "--at", "noon"],
        [*VERIFY, "--consume", "--at", "2026-01-01"],
        [*VERIFY, "--consume", "--policy", "nothing.yml", "--keys", ".axtary/keys"],
        ["pass", "issue", "--action", "read.json", "--policy", "nothing.yml"],
        ["pass", "issue", "--action", "read.json", "--keys", "nowhere"],
        ["pass", "issue", "--action", "read.json", "--holder", "nowhere"],
        ["pass", "issue", "--action", "read.json", "--holder", '{"kty": "oct", "k": "AAAA"}'],
        ["pass", "issue", "--action", "read.json", "--holder", "{"],
        ["pass", "issue", "--action", "token"],
        ["pass", "inspect", "nothing"],
        ["pass", "revoke"],
        ["pass", "revoke", "--renew", "ap_" + "0" * 32],
        ["pass", "revoke", "nothing"],
        ["pass", "revoke", "--renew", "--valid", "soon"],
        ["pass", "revoke", "--renew", "--valid", "32d"],
        ["keys", "init"],
        ["keys", "list", "--keys", "nowhere"],
        ["keys", "retire", "nothing"],
        ["keys", "rotate", "--purpose", "approval"],
        ["keys", "jwks", "-o", "no/such/folder"],
    ]
    for call, ran in zip(calls, each(calls, folder), strict=True):
        assert not ran.crash, (call, ran.crash)
        assert_refused(ran)
    for call, ran in zip(calls, each([[*call, "--json"] for call in calls], folder), strict=True):
        assert (ran.code, bool(ran.json()["errors"])) == (2, True), call


def test_tokens_and_actions_come_from_standard_input(folder: Path) -> None:
    issued(folder)
    token = (folder / "token").read_bytes()
    assert inside("pass", "verify", "-", "--action", "read.json", cwd=folder, stdin=token).code == 0
    assert inside("pass", "inspect", "-", cwd=folder, stdin=token.strip()).code == 0
    assert inside("pass", "verify", "token", "--action", "-", cwd=folder, stdin=json.dumps(READ).encode()).code == 0
    assert inside("pass", "issue", cwd=folder, stdin=json.dumps(READ).encode()).code == 0
    doubled = inside("pass", "verify", "-", "--action", "read.json", cwd=folder, stdin=token + token)
    assert (doubled.code, doubled.err.partition(":")[0]) == (1, "refused[chain_broken]")


def test_a_holder_is_a_key_a_file_or_a_thumbprint(folder: Path) -> None:
    inside("keys", "jwks", "-o", "jwks.json", cwd=folder)
    entry = json.loads((folder / "jwks.json").read_text())["keys"][0]
    jwk = {name: entry[name] for name in ("kty", "crv", "x", "y")}
    (folder / "holder.json").write_text(json.dumps(jwk))
    for holder in (entry["kid"], "holder.json", json.dumps(jwk)):
        issued(folder, "--holder", holder)
        found = inside("pass", "inspect", "token", "--json", cwd=folder).json()
        assert found["payload"]["cnf"] == {"jkt": entry["kid"]}


# --- revocation -----------------------------------------------------------------------------------------------------


def test_a_revoked_pass_is_refused_and_others_are_not(folder: Path) -> None:
    jti = issued(folder)
    (folder / "first").write_text((folder / "token").read_text())
    issued(folder)
    ran = inside("pass", "revoke", "first", "--json", cwd=folder)
    assert (ran.code, ran.json()["revoked"], ran.json()["listed"]) == (0, [jti], 1)
    refused, good = each([["pass", "verify", "first", "--action", "read.json"], VERIFY], folder)
    assert refused.err.startswith("refused[revoked]") and good.code == 0


def test_the_list_cannot_be_stepped_back_nor_taken_away(folder: Path) -> None:
    issued(folder)
    path = folder / ".axtary" / "revocations.jwt"
    assert inside("pass", "revoke", "--renew", cwd=folder).code == 0
    old = path.read_bytes()
    assert inside("pass", "revoke", "ap_" + "0" * 32, cwd=folder).code == 0
    assert inside(*VERIFY, cwd=folder).code == 0
    path.write_bytes(old)
    assert inside(*VERIFY, cwd=folder).err.startswith("refused[revocations_stepped_back]")
    path.write_text("nonsense")
    assert inside(*VERIFY, cwd=folder).err.startswith("refused[revocations_refused]")
    assert inside("pass", "revoke", "token", "--json", cwd=folder).json()["reason"] == "revocations_refused"
    path.unlink()
    assert inside(*VERIFY, cwd=folder).err.startswith("refused[revocations_missing]")
    assert inside("pass", "revoke", "token", cwd=folder).code == 0
    assert inside(*VERIFY, cwd=folder).err.startswith("refused[revoked]")


def test_an_expired_list_refuses_until_it_is_renewed(folder: Path) -> None:
    issued(folder)
    inside("pass", "revoke", "--renew", "--valid", "1s", cwd=folder)
    path = folder / ".axtary" / "revocations.jwt"
    expires = inside("pass", "inspect", str(path), "--json", cwd=folder).json()["payload"]["exp"]
    later = json.loads(inside("pass", "inspect", "token", "--json", cwd=folder).out)["payload"]["exp"]
    assert expires < later - 10  # so there is a moment at which only the list has expired
    ran = inside(*VERIFY, "--at", utc(expires + 10), cwd=folder)
    assert ran.err.startswith("refused[revocations_expired]"), ran
    inside("pass", "revoke", "--renew", cwd=folder)
    assert inside(*VERIFY, "--at", utc(expires + 10), cwd=folder).code == 0


def utc(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_only_passes_of_ours_are_revoked_by_token(folder: Path) -> None:
    issued(folder, "--keys", ".axtary/keys")
    inside("keys", "init", "--keys", "elsewhere", cwd=folder)
    ran = inside("pass", "revoke", "token", "--keys", "elsewhere", cwd=folder)
    assert (ran.code, ran.out) == (1, "") and ran.err.startswith("refused[unknown_key]")
    assert not (folder / ".axtary" / "revocations.jwt").exists()


# --- keys -----------------------------------------------------------------------------------------------------------


def test_a_pass_outlives_the_rotation_of_its_key(folder: Path) -> None:
    issued(folder)
    (folder / "before").write_text((folder / "token").read_text())
    rotated = inside("keys", "rotate", "--alg", "Ed25519", "--json", cwd=folder).json()
    assert [key["alg"] for key in rotated] == ["Ed25519", "ES256"]
    assert rotated[0]["retired"] is None and rotated[1]["retired"] == rotated[0]["created"]
    issued(folder)
    inside("keys", "jwks", "-o", "jwks.json", cwd=folder)
    jwks = ["--jwks", "jwks.json"]
    calls = [[*VERIFY, *jwks], ["pass", "verify", "before", "--action", "read.json", *jwks]]
    assert [ran.code for ran in each(calls, folder)] == [0, 0]


def test_keys_are_listed_and_published_without_their_private_parts(folder: Path) -> None:
    inside("keys", "init", "--purpose", "approval", cwd=folder)
    store = folder / ".axtary" / "keys" / "keys.json"
    secrets = [key["d"] for key in json.loads(store.read_text())["keys"]]
    assert len(secrets) == 2 and stat.S_IMODE(store.stat().st_mode) == 0o600
    kid = inside("keys", "list", "--json", cwd=folder).json()[0]["kid"]
    calls = [
        ["keys", "list"],
        ["keys", "list", "--json"],
        ["keys", "jwks"],
        ["keys", "rotate"],
        ["keys", "rotate", "--json"],
    ]
    for ran in each(calls, folder):
        assert ran.code == 0 and not any(secret in ran.out + ran.err for secret in secrets)
    listed = inside("keys", "list", cwd=folder).out
    assert kid in listed and listed.startswith("kid ") and "approval" in listed
    active = inside("keys", "list", "--json", cwd=folder).json()[-1]
    retired = inside("keys", "retire", active["kid"], "--json", cwd=folder).json()
    assert retired[0]["retired"] is not None
    assert inside("pass", "issue", "--action", "read.json", cwd=folder).code == 2


def test_a_key_for_approvals_signs_no_passes(tmp_path: Path) -> None:
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "read.json").write_text(json.dumps(READ))
    inside("keys", "init", "--purpose", "approval", cwd=tmp_path)
    ran = inside("pass", "issue", "--action", "read.json", cwd=tmp_path)
    assert ran.code == 2 and "no active key for passes" in ran.err


def test_hostile_tokens_never_reach_the_terminal(folder: Path) -> None:
    """A token is text of anybody."""
    from axtary.passes import jose
    from axtary.passes.keys import generate

    key = generate()
    hostile = {"\x1b[2J\u202e": "\x1b]0;x\x07", "exp": 10**15}
    for number, token in enumerate(
        (
            jose.sign(hostile, "actionpass+jwt", key),
            jose.sign({}, "\x1b[31m", key),
            "\x1b[2J",
            jose.sign(hostile, "actionpass+jwt", key)[:-4] + "\x1b[2J",
        )
    ):
        (folder / f"t{number}").write_text(token)
    calls = [[*call, f"t{number}"] for number in range(4) for call in (["pass", "inspect"], ["pass", "revoke"])]
    calls += [["pass", "verify", f"t{number}", "--action", "read.json"] for number in range(4)]
    for ran in each(calls, folder):
        assert not ran.crash, ran.crash
        assert ran.code in (0, 1)
        assert_plain(ran.out + ran.err)


def test_a_pass_rests_on_an_approval_that_is_good_for_one(folder: Path) -> None:
    lead, stranger = generate(), generate()
    people = f"approvers: [{{id: 'user:lead', roles: [lead], key: {lead.kid}}}]\n"
    (folder / "axtary.yml").write_text(POLICY + people)
    for name, key in (("lead", lead), ("other", stranger)):
        (folder / f"{name}.jwk").write_text(json.dumps(key.secret()))
        (folder / f"{name}.jwk").chmod(0o600)
    owned = READ | {"tool": "fs.write", "actor": {"agent": "agent:a", "owner": "user:o"}}
    (folder / "write.json").write_text(json.dumps(owned))
    write = ["--action", "write.json"]
    sign = ["approval", "sign", *write, "--as", "user:lead", "--yes", "--key"]
    signed, forged = each([[*sign, "lead.jwk"], [*sign, "other.jwk"]], folder)
    assert (signed.code, forged.code) == (0, 1)
    (folder / "approval").write_text(signed.out)
    issue = ["pass", "issue", *write, "--approval", "approval"]
    elsewhere = ["pass", "issue", "--action", "read.json", "--approval", "approval"]
    without, resting, again, other = each([["pass", "issue", *write], [*issue, "--json"], issue, elsewhere], folder)
    assert (without.code, without.err.split(":")[0]) == (1, "step_up[approval_required]")
    assert resting.json()["claims"]["approval"].startswith("sha256:")
    assert (again.code, again.out, again.err.split(":")[0]) == (1, "", "deny[approval_used]")
    assert (other.code, other.err.split(":")[0]) == (1, "deny[approval_other_action]")
