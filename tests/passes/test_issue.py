"""What gets a pass, what it says, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from axtary.passes.errors import Reason, RefusedError
from axtary.passes.issue import Approved, Terms, issue
from tests.passes.making import (
    ACTION,
    KEY,
    NOW,
    OTHER,
    POLICY,
    allowed,
)

HOLDER = OTHER.kid


@pytest.mark.parametrize("effect", ["deny", "step_up"])
def test_only_what_is_allowed_gets_a_pass(effect: Any) -> None:
    with pytest.raises(RefusedError) as refused:
        issue(allowed(decision=effect), KEY, NOW)
    assert refused.value.reason is Reason.NOT_ALLOWED


def test_what_rests_on_an_approval_names_it() -> None:
    decision = allowed(obligations={"approvers": [{"rule": "r", "roles": ["lead"], "quorum": 1}]})
    with pytest.raises(RefusedError) as refused:
        issue(decision, KEY, NOW)
    assert refused.value.reason is Reason.NOT_ALLOWED
    assert issue(decision, KEY, NOW, approved=Approved("sha256:" + "a" * 64, NOW + 9)).claims.exp == NOW + 9


MICRO = 1_000_000


@pytest.mark.parametrize(
    ("ttl", "reserved", "approved", "maximum", "seconds"),
    [
        (None, None, None, 300, 300),
        (60, None, None, 300, 60),
        (900, None, None, 300, 300),
        (None, (NOW + 30) * MICRO + 999_999, None, 300, 30),
        (60, (NOW + 30) * MICRO, NOW + 20, 300, 20),
        (60, (NOW + 30) * MICRO, NOW + 40, 300, 30),
        (60, (NOW + 90) * MICRO, NOW + 70, 300, 60),
        (60, (NOW + 90) * MICRO, NOW + 70, 10, 10),
    ],
)
def test_a_pass_lasts_for_the_shortest_of_all(
    ttl: int | None, reserved: int | None, approved: int | None, maximum: int, seconds: int
) -> None:
    decision = allowed(obligations={"ttl_seconds": ttl} if ttl else {}, expires=reserved)
    artifact = Approved("sha256:" + "a" * 64, approved) if approved else None
    found = issue(decision, KEY, NOW + 0.9, Terms(max_ttl=maximum), approved=artifact).claims
    assert (found.iat, found.nbf, found.exp) == (NOW, NOW, NOW + seconds)
    assert found.approval == (artifact.hash if artifact else None)


@pytest.mark.parametrize("expires", [NOW, NOW - 10])
def test_a_pass_that_would_have_expired_is_not_made(expires: int) -> None:
    with pytest.raises(RefusedError) as refused:
        issue(allowed(), KEY, NOW, approved=Approved("sha256:" + "a" * 64, expires))
    assert refused.value.reason is Reason.NO_TIME_LEFT


def test_a_pass_says_what_the_action_says() -> None:
    reservation = "rsv_" + "0" * 32
    found = issue(allowed(reservation=reservation), KEY, NOW, Terms("me", "you"), holder=HOLDER).claims
    assert (found.iss, found.aud, found.sub, found.owner, found.tenant) == (
        "me", "you", "agent:codex", "user:ana", "org:acme",
    )  # fmt: skip
    assert (found.task, found.tool, found.resource) == ("AXT-1", "fs.read", "repo:acme/web")
    assert (found.policy_version, found.reservation, found.cnf) == (POLICY, reservation, HOLDER)
    assert found.to_json()["cnf"] == {"jkt": HOLDER}
    assert len({issue(allowed(), KEY, NOW).claims.jti for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": {}},
        {"tool": "t" * 1025},
        {"resource": "r" * 1025},
    ],
)
def test_an_action_that_no_claim_can_hold_gets_no_pass(changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        issue(allowed(ACTION | changes), KEY, NOW)
    assert refused.value.reason is Reason.CLAIM_ILL_TYPED
