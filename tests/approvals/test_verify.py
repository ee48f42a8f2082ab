"""What artifacts are worth: all that is not in order is refused, each with its reason."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from axtary.approvals import MAX_ARTIFACTS, MAX_REASON, MAX_TTL, TYP, Approved, Claims, check, new_claims, sign, verify
from axtary.compiler.approvers import ApproverList
from axtary.passes import base64url, jose
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import generate
from axtary.runtime.action import check_action
from axtary.runtime.hashing import payload_hash
from tests.approvals.people import (
    ACTION,
    AGENT,
    ANA,
    BEN,
    CY,
    DEE,
    NOW,
    SERVICE,
    artifact,
    claims,
    key,
    loaded,
)
from tests.docs_pages import ROOT, table

POLICY, APPROVERS = loaded()
VERSION = POLICY.policy_version


def verified(*artifacts: str, action: Mapping[str, Any] = ACTION, now: float = NOW, **other: Any) -> Approved:
    given: dict[str, Any] = {"approvers": APPROVERS, "policy_version": VERSION, **other}
    return verify(artifacts, action, given["approvers"], given["policy_version"], now)


def reason(*artifacts: str, **other: Any) -> Reason:
    with pytest.raises(RefusedError) as caught:
        verified(*artifacts, **other)
    return caught.value.reason


def act(**members: Any) -> dict[str, Any]:
    """The action with other members."""
    return check_action({**ACTION, **members})


def actor(**members: str) -> dict[str, Any]:
    return act(actor={"agent": AGENT, "owner": CY, **members})


def raw(payload: Mapping[str, Any], who: str = ANA, typ: str = TYP, header: Mapping[str, Any] | None = None) -> str:
    """Signed whatever it says."""
    given = {"kid": key(who).kid, "jwk": dict(key(who).public.jwk)} if header is None else header
    return jose.sign(payload, typ, key(who), given)


def said(**members: Any) -> dict[str, Any]:
    return {**claims(ANA).to_json(), **members}


# --- what is in order -----------------------------------------------------------------------------------------------


def test_those_who_approved_are_the_fact_with_the_roles_of_the_configuration() -> None:
    found = verified(artifact(BEN), artifact(ANA))
    assert found.facts == {"approvers": [{"id": BEN, "roles": ["release-manager"]}, {"id": ANA, "roles": ["security"]}]}
    assert [each.claims.decision for each in found.approvals] == ["approve", "approve"]


def test_no_artifacts_are_no_fact() -> None:
    assert verified().facts is None
    assert verified().uses == {}


def test_the_call_may_be_another_one_for_the_same() -> None:
    again = act(id="act_2", time="2027-01-15T08:00:00Z", context={"trace_id": "t-2", "source": "proxy"})
    assert verified(artifact(ANA), action=again).facts == verified(artifact(ANA)).facts


def test_a_service_signs_for_an_approver_with_a_key_of_their_own_and_without() -> None:
    for who in (ANA, "user:eve@acme.com"):
        found = verified(artifact(who, service=SERVICE))
        assert found.facts == {"approvers": [{"id": who, "roles": ["security"]}]}
        assert (found.approvals[0].claims.iss, found.approvals[0].claims.by) == (SERVICE, "service")


def test_one_person_counts_once_and_all_artifacts_are_used() -> None:
    first, second = claims(ANA), claims(ANA)
    found = verified(sign(first, key(ANA)), sign(second, key(ANA)), sign(first, key(ANA)))
    assert found.facts == {"approvers": [{"id": ANA, "roles": ["security"]}]}
    assert set(found.uses) == {first.jti, second.jti}
    assert list(found.uses) == sorted(found.uses)


def test_a_use_is_remembered_for_longer_than_the_artifact_is_good() -> None:
    said = claims(ANA)
    assert verified(sign(said, key(ANA))).uses[said.jti] == (said.exp + 3600) * 1_000_000


def test_one_signature_has_two_spellings_and_they_are_one_use() -> None:
    """ES256: (r, n - s) is good where (r, s) is. The id is what is used, not the token."""
    token = artifact(ANA)
    head, _, signature = token.rpartition(".")
    raw_signature = base64url.decoded(signature)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = order - int.from_bytes(raw_signature[32:])
    twin = f"{head}.{base64url.encoded(raw_signature[:32] + other.to_bytes(32))}"
    assert twin != token
    assert verified(twin).uses == verified(token).uses
    assert len(verified(token, twin).uses) == 1


def test_the_edges_of_its_time_count() -> None:
    token = artifact(ANA, ttl=60)
    assert verified(token, now=NOW - 60).facts
    assert verified(token, now=NOW + 59.999).facts
    assert verified(artifact(ANA, ttl=MAX_TTL)).facts


def test_owners_approve_what_is_theirs_only_where_the_configuration_says_so() -> None:
    assert verified(artifact(DEE, actor(owner=DEE)), action=actor(owner=DEE)).facts
    nobodys = act(actor={"agent": AGENT})
    assert verified(artifact(DEE, nobodys), action=nobodys).facts
    assert reason(artifact(ANA, nobodys), action=nobodys) is Reason.SELF_APPROVAL


def test_a_reason_is_kept_and_is_no_part_of_the_facts() -> None:
    found = verified(artifact(ANA, reason="checked with Ünal — fine"))
    assert found.approvals[0].claims.reason == "checked with Ünal — fine"
    assert found.facts == {"approvers": [{"id": ANA, "roles": ["security"]}]}


# --- what is refused: a name, the artifact, the reason --------------------------------------------------------------


def without(name: str) -> str:
    payload = claims(ANA).to_json()
    del payload[name]
    return raw(payload)


def with_key_of(who: str) -> dict[str, Any]:
    """A header that names the key of one person and brings another's."""
    return {"kid": key(ANA).kid, "jwk": dict(key(who).public.jwk)}


def cut(token: str, at: int) -> str:
    return token[:at] + token[at + 1 :]


def stranger(**other: Any) -> str:
    return sign(claims(ANA, **other), generate())


REFUSED: dict[str, tuple[Callable[[], str], Reason]] = {
    # form
    "empty": (lambda: "", Reason.NOT_COMPACT),
    "text": (lambda: "yes, please", Reason.NOT_COMPACT),
    "a line end behind it": (lambda: artifact(ANA) + "\n", Reason.NOT_COMPACT),
    "padding": (lambda: artifact(ANA) + "=", Reason.NOT_COMPACT),
    "no signature": (lambda: artifact(ANA).rpartition(".")[0] + ".", Reason.NOT_COMPACT),
    "too long": (lambda: artifact(ANA) + "A" * 8192, Reason.TOO_LONG),
    "a pass": (lambda: raw(said(), typ="actionpass+jwt"), Reason.WRONG_TYP),
    "any JWT": (lambda: raw(said(), typ="JWT"), Reason.WRONG_TYP),
    "only a kid": (lambda: raw(said(), header={"kid": key(ANA).kid}), Reason.WRONG_HEADER),
    "a member more in the header": (
        lambda: raw(said(), header={"kid": key(ANA).kid, "jwk": dict(key(ANA).public.jwk), "crit": ["b64"]}),
        Reason.WRONG_HEADER,
    ),
    "an address of a key": (lambda: raw(said(), header={"kid": key(ANA).kid, "jku": "https://x"}), Reason.WRONG_HEADER),
    "a payload that is a list": (lambda: raw([said()]), Reason.NOT_JSON),  # type: ignore[arg-type]
    # key
    "a key of nobody": (stranger, Reason.UNKNOWN_KEY),
    "the kid of an approver and a key of nobody": (
        lambda: jose.sign(said(), TYP, (mine := generate()), {"kid": key(ANA).kid, "jwk": dict(mine.public.jwk)}),
        Reason.UNKNOWN_KEY,
    ),
    "the key of another approver than the kid": (lambda: raw(said(), BEN, header=with_key_of(BEN)), Reason.UNKNOWN_KEY),
    "a kid that is a list": (
        lambda: raw(said(), header={"kid": [key(ANA).kid], "jwk": dict(key(ANA).public.jwk)}),
        Reason.WRONG_HEADER,
    ),
    "a private key in the header": (
        lambda: raw(said(), header={"kid": key(ANA).kid, "jwk": key(ANA).secret()}),
        Reason.PRIVATE_KEY,
    ),
    "a key that is none": (lambda: raw(said(), header={"kid": key(ANA).kid, "jwk": "ana"}), Reason.UNUSABLE_KEY),
    "another key signed": (
        lambda: jose.sign(said(), TYP, generate(), {"kid": key(ANA).kid, "jwk": dict(key(ANA).public.jwk)}),
        Reason.BAD_SIGNATURE,
    ),
    "another algorithm": (
        lambda: jose.sign(said(), TYP, key(BEN), {"kid": key(ANA).kid, "jwk": dict(key(ANA).public.jwk)}),
        Reason.WRONG_ALG,
    ),
    # claims
    **{f"no {name}": (lambda name=name: without(name), Reason.CLAIM_MISSING) for name in claims(ANA).to_json()},  # type: ignore[misc]
    "roles of its own": (lambda: raw(said(roles=["security"])), Reason.CLAIM_UNKNOWN),
    "a time of another kind": (lambda: raw(said(exp=str(NOW + 60))), Reason.CLAIM_ILL_TYPED),
    "a time that is true": (lambda: raw(said(iat=True)), Reason.CLAIM_ILL_TYPED),
    "an end before its begin": (lambda: raw(said(iat=NOW, exp=NOW)), Reason.CLAIM_ILL_TYPED),
    "an id of another form": (lambda: raw(said(jti="1")), Reason.CLAIM_ILL_TYPED),
    "a decision that is none": (lambda: raw(said(decision="maybe")), Reason.CLAIM_ILL_TYPED),
    "a reason that commands a terminal": (lambda: raw(said(reason="\x1b[2J")), Reason.CLAIM_ILL_TYPED),
    "a reason without end": (lambda: raw(said(reason="a" * (MAX_REASON + 1))), Reason.CLAIM_ILL_TYPED),
    "a hash in capitals": (lambda: raw(said(action_hash=claims(ANA).action_hash.upper())), Reason.CLAIM_ILL_TYPED),
    "by somebody": (lambda: raw(said(by="me")), Reason.CLAIM_ILL_TYPED),
    # who
    "nobody's name": (lambda: raw(said(sub="user:zoe", iss="user:zoe")), Reason.UNKNOWN_APPROVER),
    "another approver's name": (lambda: raw(said(sub=BEN, iss=BEN)), Reason.UNKNOWN_APPROVER),
    "for another approver": (lambda: raw(said(sub=BEN)), Reason.UNKNOWN_APPROVER),
    "the service's name with one's own key": (lambda: raw(said(iss=SERVICE)), Reason.UNKNOWN_APPROVER),
    "as the service with one's own key": (lambda: raw(said(iss=SERVICE, by="service")), Reason.UNKNOWN_APPROVER),
    "the service without saying so": (lambda: raw(said(iss=SERVICE), SERVICE), Reason.UNKNOWN_APPROVER),
    "the service under an approver's name": (lambda: raw(said(by="service"), SERVICE), Reason.UNKNOWN_APPROVER),
    "the service for nobody": (lambda: artifact("user:zoe", service=SERVICE), Reason.UNKNOWN_APPROVER),
    "the service for itself": (lambda: raw(said(sub=SERVICE, iss=SERVICE), SERVICE), Reason.UNKNOWN_APPROVER),
    "an approver without a key, by another's": (lambda: raw(said(sub="user:eve@acme.com")), Reason.UNKNOWN_APPROVER),
    # where and when
    "another installation": (lambda: artifact(ANA, audience="axtary:prod"), Reason.APPROVAL_AUDIENCE),
    "good for too long": (lambda: raw(said(exp=NOW + MAX_TTL + 1)), Reason.APPROVAL_TOO_LONG),
    "of the future": (lambda: artifact(ANA, now=NOW + 61), Reason.APPROVAL_TOO_EARLY),
    "expired": (lambda: artifact(ANA, now=NOW - 600), Reason.APPROVAL_EXPIRED),
    # what
    "another policy": (lambda: artifact(ANA, policy_version="sha256:" + "0" * 64), Reason.APPROVAL_OTHER_POLICY),
    "another tool": (lambda: artifact(ANA, act(tool="deploy.stop")), Reason.APPROVAL_OTHER_ACTION),
    "another resource": (lambda: artifact(ANA, act(resource="repo:acme/web")), Reason.APPROVAL_OTHER_ACTION),
    "another payload": (lambda: artifact(ANA, act(payload={"replicas": 4})), Reason.APPROVAL_OTHER_ACTION),
    "another agent": (lambda: artifact(ANA, actor(agent="agent:codex-2")), Reason.APPROVAL_OTHER_ACTION),
    "another owner": (lambda: artifact(ANA, actor(owner=BEN)), Reason.APPROVAL_OTHER_ACTION),
    "another task": (lambda: artifact(ANA, act(intent={"task": "AXT-419"})), Reason.APPROVAL_OTHER_ACTION),
    "another payload under the same action": (
        lambda: raw(said(payload_hash=payload_hash({"payload": {}}))),
        Reason.APPROVAL_OTHER_PAYLOAD,
    ),
    # whose
    "the owner": (lambda: artifact(CY), Reason.SELF_APPROVAL),
    "the owner, by the service": (lambda: artifact(CY, service=SERVICE), Reason.SELF_APPROVAL),
    # no
    "denied": (lambda: artifact(ANA, decision="deny"), Reason.APPROVAL_DENIED),
    "denied by the owner": (lambda: artifact(CY, decision="deny"), Reason.APPROVAL_DENIED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_for_its_reason_and_takes_the_others_with_it(name: str) -> None:
    made, wanted = REFUSED[name]
    token = made()
    assert reason(token) is wanted
    assert reason(artifact(BEN), token) is wanted
    assert reason(token, artifact(BEN)) is wanted


@pytest.mark.parametrize("spelling", [ANA, ANA.upper(), f" {ANA} ", ANA.replace("a", "ａ")])
def test_neither_agent_nor_owner_approves_however_they_are_spelled(spelling: str) -> None:
    for action in (actor(agent=spelling), actor(owner=spelling)):
        assert reason(artifact(ANA, action), action=action) is Reason.SELF_APPROVAL


def test_an_agent_never_approves_not_even_with_leave_nor_as_the_service() -> None:
    for who, agent, by in ((DEE, DEE, None), (ANA, SERVICE, SERVICE), (DEE, "", None), (DEE, " ", None)):
        action = actor(agent=agent)
        assert reason(artifact(who, action, service=by), action=action) is Reason.SELF_APPROVAL


def test_a_crowd_of_artifacts_is_not_looked_at() -> None:
    token = artifact(ANA)
    assert verified(*[token] * MAX_ARTIFACTS).facts
    assert reason(*["not even a token"] * (MAX_ARTIFACTS + 1)) is Reason.TOO_MANY_APPROVALS


def test_who_is_not_configured_any_more_does_not_count() -> None:
    left = ApproverList(tuple(each for each in APPROVERS.people if each.id != ANA), APPROVERS.service, "axtary:test")
    assert reason(artifact(ANA), approvers=left) is Reason.UNKNOWN_KEY
    assert reason(artifact(ANA, service=SERVICE), approvers=left) is Reason.UNKNOWN_APPROVER
    assert reason(artifact(ANA, service=SERVICE), approvers=replace(APPROVERS, service=None)) is Reason.UNKNOWN_KEY
    assert reason(artifact(ANA), approvers=ApproverList()) is Reason.UNKNOWN_KEY


def test_roles_are_those_of_now() -> None:
    people = tuple(replace(each, roles=("intern",)) for each in APPROVERS.people)
    found = verified(artifact(ANA), approvers=replace(APPROVERS, people=people))
    assert found.facts == {"approvers": [{"id": ANA, "roles": ["intern"]}]}


def test_a_doubled_name_in_the_json_is_refused() -> None:
    token = artifact(ANA)
    head, body, _ = token.split(".")
    text = base64url.decoded(body).decode().replace('{"iss"', '{"decision":"deny","iss"')
    signed = f"{head}.{base64url.encoded(text.encode())}"
    assert reason(f"{signed}.{base64url.encoded(key(ANA).sign(signed.encode()))}") is Reason.NOT_JSON
    assert json.loads(text)["decision"] == "approve"  # what a lax reader takes it for


@pytest.mark.parametrize("who", [ANA, BEN])
def test_a_changed_byte_is_refused(who: str) -> None:
    token = artifact(who)
    for at in range(0, len(token), 3):
        other = "A" if token[at] != "A" else "B"
        for changed in (token[:at] + other + token[at + 1 :], cut(token, at)):
            with pytest.raises(RefusedError):
                verified(changed)


# --- making ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ttl", [0, -1, MAX_TTL + 1])
def test_an_approval_is_not_made_for_longer_than_it_may_be_good(ttl: int) -> None:
    with pytest.raises(RefusedError) as caught:
        claims(ANA, ttl=ttl)
    assert caught.value.reason is Reason.APPROVAL_TOO_LONG


def test_each_has_an_id_of_its_own_and_no_roles() -> None:
    made = [claims(ANA) for _ in range(100)]
    assert len({each.jti for each in made}) == 100
    assert isinstance(made[0], Claims)
    assert "roles" not in made[0].to_json()


def test_what_is_made_is_good_for_ten_minutes_if_nobody_says() -> None:
    made = new_claims(ACTION, approver=ANA, policy_version=VERSION, now=NOW)
    assert (made.iat, made.exp, made.aud, made.by) == (NOW, NOW + 600, "axtary", None)


# --- the page -------------------------------------------------------------------------------------------------------

PAGE = ROOT / "docs" / "approvals.md"


def test_the_steps_are_numbered_as_on_the_page() -> None:
    """In the order in which they are taken: each artifact first, then all of them."""
    written = re.findall(r"^ +# (\d+)\. ", inspect.getsource(verify) + inspect.getsource(check), re.MULTILINE)
    assert sorted(map(int, written)) == [int(row[0]) for row in table(PAGE, "steps")]
