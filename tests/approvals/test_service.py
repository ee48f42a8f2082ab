"""Requests that wait, and what answers make of them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from axtary.approvals.errors import CODES, RequestError
from axtary.approvals.service import Standing
from axtary.compiler import compile_policy
from axtary.ledger import LedgerError
from axtary.passes.errors import Reason, RefusedError
from tests.approvals.people import ACTION, ANA, BEN, CY, DEE, SERVICE, artifact, key, loaded, policy_text
from tests.approvals.waiting import Waiting, waiting
from tests.docs_pages import table

EVE = "user:eve@acme.com"
APPROVALS = Path(__file__).parent.parent.parent / "docs" / "approvals.md"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Waiting]:
    with waiting(tmp_path, time.time) as found:
        yield found


def signed(place: Waiting, who: str, **other: Any) -> str:
    return artifact(who, **({"now": int(place.now)} | other))


def refusal(place: Waiting, name: str, text: str) -> Reason:
    with pytest.raises(RefusedError) as refused:
        place.approvals.answer(name, text)
    assert place.approvals.find(name).request.verdicts == ()
    assert place.records() == []
    return refused.value.reason


def test_a_quorum_of_two_approves_and_each_answer_is_recorded(place: Waiting) -> None:
    name = place.ask()
    first = place.approvals.answer(name, signed(place, ANA))
    assert (first.standing, [each.code for each in first.grounds]) == ("pending", ["approval_required"])
    second = place.approvals.answer(name, signed(place, BEN))
    assert (second.standing, second.grounds) == ("approved", ())
    assert place.run(name) == "allow"
    found = [(each["approver"], each["verdict"], each["roles"]) for each in place.records()]
    assert found == [(ANA, "approved", ["security"]), (BEN, "approved", ["release-manager"])]
    (hashes,) = {(each["action_hash"], each["payload_hash"], each["policy_version"]) for each in place.records()}
    status = second.to_json()
    assert hashes == (status["action_hash"], status["payload_hash"], status["policy_version"])


def test_one_approver_is_not_two_however_often_they_answer(place: Waiting) -> None:
    name = place.ask()
    place.approvals.answer(name, signed(place, ANA))
    status = place.approvals.answer(name, signed(place, ANA, reason="again"))
    assert status.standing == "pending"
    assert [(each.approver, each.reason) for each in status.request.verdicts] == [(ANA, "again")]


def test_the_same_artifact_again_changes_nothing(place: Waiting) -> None:
    name, text = place.ask(), signed(place, ANA)
    assert place.approvals.answer(name, text) == place.approvals.answer(name, text)
    assert len(place.records()) == 1


def test_a_no_ends_it_also_after_a_yes(place: Waiting) -> None:
    name = place.ask()
    place.approvals.answer(name, signed(place, ANA))
    status = place.approvals.answer(name, signed(place, ANA, decision="deny", reason="not today"))
    assert status.standing == "denied"
    assert [each["verdict"] for each in place.records()] == ["approved", "rejected"]
    with pytest.raises(RequestError) as over:
        place.approvals.answer(name, signed(place, BEN))
    assert (over.value.code, len(place.records())) == ("request_over", 2)


@pytest.mark.parametrize("later", ["deny", "approve"])
def test_what_was_taken_back_is_not_good_for_the_next_request(place: Waiting, later: str) -> None:
    """Whoever has the artifact of a yes cannot bring it again after its approver said something else."""
    name, yes = place.ask(), signed(place, ANA)
    place.approvals.answer(name, yes)
    place.approvals.answer(name, signed(place, ANA, decision=later, reason="not today"))
    if later == "approve":
        place.approvals.cancel(name)
    again = place.ask()
    assert again != name
    with pytest.raises(RefusedError) as refused:
        place.approvals.answer(again, yes)
    assert refused.value.reason is Reason.APPROVAL_USED
    assert place.approvals.find(again).request.verdicts == ()
    assert place.approvals.answer(again, signed(place, ANA)).request.verdicts != ()  # they may change their mind


def test_who_may_not_approve_is_refused_and_nothing_is_kept(place: Waiting) -> None:
    name = place.ask()
    other = {**ACTION, "payload": {"version": "1.4.2", "replicas": 30}}
    assert refusal(place, name, signed(place, CY)) is Reason.SELF_APPROVAL
    assert refusal(place, name, artifact(ANA, other, now=int(place.now))) is Reason.APPROVAL_OTHER_ACTION
    assert refusal(place, name, signed(place, ANA, now=int(place.now) - 601)) is Reason.APPROVAL_EXPIRED
    assert refusal(place, name, signed(place, "user:mallory")) is Reason.UNKNOWN_KEY
    assert refusal(place, name, "nonsense") is Reason.NOT_COMPACT


def test_an_answer_that_is_not_recorded_does_not_count(place: Waiting) -> None:
    name = place.ask()
    place.ledger.close()
    with pytest.raises(LedgerError):
        place.approvals.answer(name, signed(place, ANA))
    assert place.approvals.find(name).request.verdicts == ()


def test_an_approval_that_expires_is_missing_again(place: Waiting) -> None:
    name = place.ask()
    for who in (ANA, BEN):
        place.approvals.answer(name, signed(place, who))
    place.now += 599
    assert place.approvals.find(name).standing == "approved"
    place.now += 2
    assert place.approvals.find(name).standing == "pending"


def test_another_policy_makes_it_stale_and_it_is_asked_anew(place: Waiting) -> None:
    name = place.ask()
    place.approvals.answer(name, signed(place, ANA))
    place.engine.use(compile_policy("axtary.yml", policy_text().replace("quorum: 2", "quorum: 1").encode()).policy)
    status = place.approvals.find(name)
    assert (status.standing, [each.code for each in status.grounds]) == ("stale", ["request_stale"])
    with pytest.raises(RequestError) as stale:
        place.approvals.answer(name, signed(place, BEN))
    assert stale.value.code == "request_stale"
    with pytest.raises(RequestError):
        place.approvals.sign_for(EVE, name, "approve")
    assert place.ask() != name


def test_what_an_approval_does_not_change_is_told(place: Waiting) -> None:
    name = place.ask()
    place.approvals.answer(name, signed(place, ANA))
    place.approvals.answer(name, signed(place, BEN))
    place.people = replace(place.people, people=tuple(each for each in place.people.people if each.id != BEN))
    status = place.approvals.find(name)
    assert (status.standing, [each.code for each in status.grounds]) == ("blocked", ["unknown_key"])


def test_a_budget_that_is_spent_blocks_it(place: Waiting) -> None:
    name = place.ask()
    for who in (ANA, BEN):
        place.approvals.answer(name, signed(place, who))
    for _ in range(100):
        decision = place.engine.decide(
            ACTION, {"approvers": [{"id": "a", "roles": ["security"]}, {"id": "b", "roles": ["security"]}]}
        )
        place.engine.commit(decision)
    status = place.approvals.find(name)
    assert (status.standing, [each.code for each in status.grounds]) == ("blocked", ["budget_exhausted"])


def test_the_service_signs_for_approvers_and_says_so(place: Waiting) -> None:
    name = place.ask()
    place.approvals.answer_for(EVE, name, "approve", "looks right")
    status = place.approvals.answer_for(DEE, name, "approve")
    assert status.standing == "approved"
    assert [(each.approver, each.reason) for each in status.request.verdicts] == [(EVE, "looks right"), (DEE, "")]
    assert place.run(name) == "allow"


@pytest.mark.parametrize(
    ("who", "reason"),
    [(CY, Reason.SELF_APPROVAL), ("user:mallory", Reason.UNKNOWN_APPROVER), (SERVICE, Reason.UNKNOWN_APPROVER)],
)
def test_the_service_signs_for_nobody_who_may_not_approve(place: Waiting, who: str, reason: Reason) -> None:
    name = place.ask()
    with pytest.raises(RefusedError) as refused:
        place.approvals.answer_for(who, name, "approve")
    assert refused.value.reason is reason
    assert place.records() == []


@pytest.mark.parametrize("signer", [None, key(ANA)])
def test_without_the_key_of_the_service_nobody_is_signed_for(place: Waiting, signer: None) -> None:
    name = place.ask()
    place.signer = signer
    with pytest.raises(RequestError) as missing:
        place.approvals.answer_for(EVE, name, "approve")
    assert missing.value.code == "service_missing"


def test_a_request_can_be_cancelled_once_and_is_known_after(place: Waiting) -> None:
    name = place.ask()
    assert [each.request.id for each in place.approvals.list()] == [name]
    assert place.approvals.cancel(name).standing == "cancelled"
    with pytest.raises(RequestError) as over:
        place.approvals.cancel(name)
    assert (over.value.code, place.approvals.list()) == ("request_over", [])
    with pytest.raises(RequestError) as unknown:
        place.approvals.find("req_none")
    assert unknown.value.code == "request_unknown"


def test_a_status_tells_all_but_the_artifacts(place: Waiting) -> None:
    name = place.ask()
    text = signed(place, ANA, reason="fine")
    found = place.approvals.answer(name, text).to_json()
    assert (found["request"], found["status"], found["action"]["payload"]) == (name, "pending", ACTION["payload"])
    assert [(each["approver"], each["verdict"], each["reason"]) for each in found["answers"]] == [
        (ANA, "approve", "fine")
    ]
    assert [each["rule"] for each in found["open"]] == ["prod-needs-two"]
    assert text not in str(found)
    assert found["policy_version"] == loaded()[0].policy_version


def test_the_page_has_the_codes_of_requests_and_all_standings() -> None:
    assert {row[0].strip("`"): row[1] for row in table(APPROVALS, "requests")} == CODES
    told = [each for row in table(APPROVALS, "standings") for each in re.findall("`([a-z]+)`", row[0])]
    assert sorted(told) == sorted(get_args(Standing))
