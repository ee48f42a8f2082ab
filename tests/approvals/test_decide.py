"""Decisions with approvals, end to end: a real policy, a real engine, a real store; each approval is good for one."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from axtary.approvals import approve_and_decide, consume, named, verify
from axtary.approvals.decide import KIND
from axtary.compiler import compile_text
from axtary.compiler.ir import Policy
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.issue import Terms, issue
from axtary.passes.keys import generate
from axtary.runtime.action import check_action
from axtary.runtime.decision import Decision
from axtary.runtime.engine import Engine
from axtary.runtime.errors import DoorError
from axtary.runtime.state import Once, SqlStore, StateError, open_once, open_store
from tests.approvals.people import ACTION, ANA, BEN, CY, DEE, NOW, SERVICE, artifact, loaded, policy_text
from tests.state.conftest import server, where

__all__ = ["server", "where"]  # fixtures

POLICY, APPROVERS = loaded()


class Place:
    """An engine and a store of what is used, in one database."""

    def __init__(self, where: str) -> None:
        place = where if where.startswith("postgresql:") else Path(where)
        self.store: SqlStore = open_store(place, "normal")
        self.once: Once = open_once(place, "normal")
        self.engine = Engine(POLICY, self.store, clock=lambda: NOW)

    def decide(self, *artifacts: str, action: Mapping[str, Any] | bytes = ACTION, now: float = NOW) -> Decision:
        return approve_and_decide(self.engine, action, artifacts, APPROVERS, self.once, lambda: now)

    def held(self) -> int:
        return len(self.store.open())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(str(tmp_path / "state.db"))
    yield found
    found.store.close()
    found.once.close()


@pytest.fixture
def shared(where: str) -> Place:
    return Place(where)


def with_limit(limit: str) -> Policy:
    """Another policy, with another budget."""
    return compile_text(policy_text().replace("limit: 100", f"limit: {limit}"))


def codes(decision: Decision) -> list[str]:
    return [ground.code for ground in decision.grounds]


# --- what approvals are for -----------------------------------------------------------------------------------------


def test_two_approvers_lift_a_hold_of_two(place: Place) -> None:
    assert (place.decide().decision, codes(place.decide())) == ("step_up", ["approval_required"])
    ana, ben = artifact(ANA), artifact(BEN)
    assert place.decide(ana).decision == "step_up"  # one of two; nothing is used up
    assert place.decide(ana, ana, artifact(ANA)).decision == "step_up"  # one person, however often
    decision = place.decide(ana, ben)
    assert (decision.decision, codes(decision)) == ("allow", ["granted"])
    assert [each["id"] for each in decision.facts["approval"]["approvers"]] == [ANA, BEN]
    assert (decision.reservation is not None, place.held()) == (True, 1)


def test_people_without_the_role_do_not_count(place: Place) -> None:
    people = tuple(replace(each, roles=("intern",)) if each.id == BEN else each for each in APPROVERS.people)
    given = [artifact(ANA), artifact(BEN)]
    fewer = replace(APPROVERS, people=people)
    assert approve_and_decide(place.engine, ACTION, given, fewer, place.once, lambda: NOW).decision == "step_up"


def test_neither_the_owner_nor_the_agent_makes_up_the_quorum(place: Place) -> None:
    for who, action in ((CY, ACTION), (DEE, {**ACTION, "actor": {"agent": DEE, "owner": CY}})):
        decision = place.decide(artifact(ANA, action), artifact(who, action), action=action)
        assert (decision.decision, codes(decision)) == ("deny", ["self_approval"])


def test_an_owner_with_leave_does(place: Place) -> None:
    action = check_action({**ACTION, "actor": {"agent": "agent:codex-1", "owner": DEE}})
    assert place.decide(artifact(ANA, action), artifact(DEE, action), action=action).decision == "allow"


def test_approvals_do_not_lift_what_denies(place: Place) -> None:
    place.engine.use(
        compile_text(policy_text().partition("approvers:\n  audience")[0].replace("limit: 100", "limit: 0.5"))
    )
    version = place.engine.policy_version
    decision = place.decide(artifact(ANA, policy_version=version), artifact(BEN, policy_version=version))
    assert (decision.decision, codes(decision)) == ("deny", ["budget"])


def test_bytes_are_decided_like_values_and_refused_at_the_door(place: Place) -> None:
    data = json.dumps(ACTION).encode()
    assert place.decide(artifact(ANA), artifact(BEN), action=data).decision == "allow"
    with pytest.raises(DoorError):
        place.decide(artifact(ANA), action=b'{"version": 1, "tool": "t", "facts": {}}')


# --- once -----------------------------------------------------------------------------------------------------------


def test_an_approval_is_good_for_one_decision(shared: Place) -> None:
    given = [artifact(ANA), artifact(BEN)]
    assert shared.decide(*given).decision == "allow"
    again = shared.decide(*given)
    assert (again.decision, codes(again), again.reservation) == ("deny", ["approval_used"], None)
    assert shared.held() == 1  # that of the first


def test_all_are_used_up_or_none(shared: Place) -> None:
    used, fresh = artifact(ANA), artifact(BEN)
    consume(verify([used], ACTION, APPROVERS, POLICY.policy_version, NOW), shared.once)
    assert codes(shared.decide(used, fresh)) == ["approval_used"]
    assert shared.held() == 0
    assert shared.decide(artifact(ANA), fresh).decision == "allow"


def test_what_is_not_in_order_uses_nothing_up(place: Place) -> None:
    ana, ben = artifact(ANA), artifact(BEN)
    denied = place.decide(ana, ben, artifact(DEE, decision="deny"))
    assert (denied.decision, codes(denied)) == ("deny", ["approval_denied"])
    assert place.decide(ana, ben, "x").decision == "deny"
    assert place.decide(ana, ben).decision == "allow"


def test_of_many_at_once_one_is_allowed(shared: Place) -> None:
    given = [artifact(ANA), artifact(BEN)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: shared.decide(*given), range(12)))
    assert sorted(each.decision for each in found) == ["allow", *["deny"] * 11]
    assert {code for each in found if each.decision == "deny" for code in codes(each)} == {"approval_used"}
    assert shared.held() == 1


PROGRAM = """
import json, sys
from pathlib import Path
from axtary.approvals import approve_and_decide
from axtary.compiler import compile_policy
from axtary.runtime.engine import Engine
from axtary.runtime.state import open_once, open_store
asked = json.load(sys.stdin)
place = asked["where"] if asked["where"].startswith("postgresql:") else Path(asked["where"])
compiled = compile_policy("axtary.yml", asked["policy"].encode())
engine = Engine(compiled.policy, open_store(place, "normal"))
clock = lambda: asked["now"]
once = open_once(place, "normal")
for _ in range(3):
    decision = approve_and_decide(engine, asked["action"], asked["artifacts"], compiled.approvers, once, clock)
    print(decision.decision, decision.grounds[0].code)
"""


def test_of_many_processes_one_is_allowed(where: str) -> None:
    Place(where)  # the tables are there
    asked = {"where": where, "policy": policy_text(), "now": NOW, "action": ACTION}
    text = json.dumps(asked | {"artifacts": [artifact(ANA), artifact(BEN)]})
    runs = [
        subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for run in runs:
        assert run.stdin is not None
        run.stdin.write(text)
        run.stdin.close()
    lines = [line for run in runs if run.stdout is not None for line in run.stdout.read().splitlines()]
    assert [run.wait() for run in runs] == [0, 0]
    assert sorted(lines) == ["allow granted", *["deny approval_used"] * 5]


def test_a_store_that_cannot_be_used_denies_and_holds_nothing(place: Place) -> None:
    crowded = Once(place.once._database, room=1)
    crowded.use(KIND, "other", 2**52)
    decision = approve_and_decide(place.engine, ACTION, [artifact(ANA), artifact(BEN)], APPROVERS, crowded, lambda: NOW)
    assert (decision.decision, codes(decision)) == ("deny", ["state_unavailable"])
    assert place.held() == 0


def test_consuming_says_what_happened(place: Place) -> None:
    approved = verify([artifact(ANA)], ACTION, APPROVERS, POLICY.policy_version, NOW)
    consume(approved, place.once)
    with pytest.raises(RefusedError) as caught:
        consume(approved, place.once)
    assert caught.value.reason is Reason.APPROVAL_USED
    with pytest.raises(StateError):
        consume(verify([artifact(BEN)], ACTION, APPROVERS, POLICY.policy_version, NOW), Once(place.once._database, 1))
    consume(verify([], ACTION, APPROVERS, POLICY.policy_version, NOW), place.once)  # nothing is nothing


# --- the policy and the clock ---------------------------------------------------------------------------------------


def test_an_approval_does_not_outlive_its_policy(place: Place) -> None:
    given = [artifact(ANA), artifact(BEN)]
    place.engine.use(with_limit("90"))
    assert codes(place.decide(*given)) == ["approval_other_policy"]


def test_a_policy_that_comes_in_between_does_not_use_it(place: Place) -> None:
    """The clock is asked between the reading of the version and the decision: here another policy comes into force."""
    other = with_limit("90")

    def clock() -> float:
        place.engine.use(other)
        return NOW

    given = [artifact(ANA), artifact(BEN)]
    decision = approve_and_decide(place.engine, ACTION, given, APPROVERS, place.once, clock)
    assert (decision.decision, codes(decision)) == ("deny", ["approval_other_policy"])
    assert place.held() == 0
    place.engine.use(POLICY)
    assert place.decide(*given).decision == "allow"  # it was not used up


def test_an_expired_approval_denies(place: Place) -> None:
    given = [artifact(ANA), artifact(BEN, service=SERVICE)]
    assert codes(place.decide(*given, now=NOW + 600)) == ["approval_expired"]
    assert place.decide(*given, now=NOW + 599).decision == "allow"


def test_a_refusal_says_the_hashes_and_the_policy(place: Place) -> None:
    decision = place.decide("x")
    told = decision.to_json()
    assert told["reasons"] == [{"code": "not_compact", "rule": "", "message": "this is no JWS in compact form"}]
    assert (told["policy_version"], told["facts"]) == (POLICY.policy_version, {})
    assert told["action_hash"] == place.decide().action_hash


# --- passes ---------------------------------------------------------------------------------------------------------


def test_a_pass_names_the_artifacts_that_it_rests_on_and_ends_with_the_first(place: Place) -> None:
    given = [artifact(ANA, ttl=300), artifact(BEN, ttl=200)]
    decision = replace(place.decide(*given), expires=None)  # that is by the clock of the store
    with pytest.raises(RefusedError):  # nothing is named
        issue(decision, generate(), NOW, Terms())
    claims = issue(decision, generate(), NOW, Terms(), approved=named(given)).claims
    assert claims.exp == NOW + 200
    assert claims.approval == named(given[::-1]).hash != named(given[:1]).hash
    assert named(given[:1]).hash == "sha256:" + hashlib.sha256(given[0].encode()).hexdigest()
    for wrong in ([], ["x"]):
        with pytest.raises(RefusedError):
            named(wrong)
