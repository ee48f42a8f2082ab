"""A good pass, where it fits and where it does not, and that it is good for one time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from axtary.passes import revocations
from axtary.passes.base64url import decoded, encoded
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.issue import issue
from axtary.passes.keyset import KeySet, TrustedKey
from axtary.passes.verify import Verifier
from axtary.runtime.state import Once, StateError
from axtary.runtime.state.sqlite import SqliteDatabase
from tests.passes.making import (
    ACTION,
    ED25519,
    KEY,
    KEYS,
    NOW,
    OTHER,
    POLICY,
    RETIRED,
    VERIFIER,
    allowed,
    forged,
    good,
    revocation_list,
)

HOLDER = OTHER.kid

# --- what is presented, and what is expected ------------------------------------------------------------------------


def with_list(token: str, last: int = 0) -> Verifier:
    return replace(VERIFIER, revocations=revocations.read(token, KEYS, "axtary"), last=last)


@dataclass(frozen=True)
class Presented:
    """How a good pass is presented."""

    reason: Reason
    verifier: Verifier = VERIFIER
    action: Any = None
    token: Callable[[], str] = good
    now: float = NOW


def action(**changes: Any) -> dict[str, Any]:
    return ACTION | changes


PASS = issue(allowed(), KEY, NOW)
BY_PRESENTATION: dict[str, Presented] = {
    "another payload": Presented(Reason.PAYLOAD_MISMATCH, action=action(payload={"path": "src/b.py", "lines": 3})),
    "one character more": Presented(Reason.PAYLOAD_MISMATCH, action=action(payload={"path": "src/a.py ", "lines": 3})),
    "a number as text": Presented(Reason.PAYLOAD_MISMATCH, action=action(payload={"path": "src/a.py", "lines": "3"})),
    "no payload": Presented(
        Reason.PAYLOAD_MISMATCH, action={name: value for name, value in ACTION.items() if name != "payload"}
    ),
    "a payload without a hash": Presented(Reason.PAYLOAD_MISMATCH, action=action(payload={"lines": float("nan")})),
    "another tool": Presented(Reason.ACTION_MISMATCH, action=action(tool="fs.write")),
    "another resource": Presented(Reason.ACTION_MISMATCH, action=action(resource="repo:acme/db")),
    "another agent": Presented(Reason.ACTION_MISMATCH, action=action(actor={"agent": "agent:b"})),
    "roles that were not there": Presented(
        Reason.ACTION_MISMATCH, action=action(actor=ACTION["actor"] | {"roles": ["admin"]})
    ),
    "paths that were not there": Presented(Reason.ACTION_MISMATCH, action=action(paths=["src/a.py"])),
    "another policy": Presented(Reason.POLICY_MISMATCH, replace(VERIFIER, policy_version="sha256:" + "6" * 64)),
    "where a holder is needed": Presented(Reason.HOLDER_MISSING, replace(VERIFIER, holder_required=True)),
    "a holder is needed, and there is no proof": Presented(
        Reason.PROOF_MISSING, replace(VERIFIER, holder_required=True), token=lambda: good(holder=HOLDER)
    ),
    "the first second at which it has expired": Presented(Reason.EXPIRED, now=NOW + 305),
    "the last moment before it is valid": Presented(Reason.NOT_YET_VALID, now=NOW - 5.001),
    "no time at all": Presented(Reason.EXPIRED, now=float("nan")),
    "no leeway": Presented(Reason.EXPIRED, replace(VERIFIER, leeway=0), now=NOW + 300),
    "a shorter maximum": Presented(Reason.TTL_TOO_LONG, replace(VERIFIER, max_ttl=299)),
    "no trusted keys": Presented(Reason.UNKNOWN_KEY, replace(VERIFIER, keys=KeySet())),
    "a key that was made later": Presented(
        Reason.KEY_NOT_VALID_THEN, replace(VERIFIER, keys=KeySet([TrustedKey(KEY.public, created=NOW + 1)]))
    ),
    "a key that was retired a second before": Presented(
        Reason.KEY_NOT_VALID_THEN, replace(VERIFIER, keys=KeySet([TrustedKey(KEY.public, retired=NOW - 1)]))
    ),
    "revoked": Presented(Reason.REVOKED, with_list(revocation_list(PASS.claims.jti)), token=lambda: PASS.token),
    "with a list that has expired": Presented(Reason.REVOCATIONS_EXPIRED, with_list(revocation_list(iat=NOW - 105))),
    "with a list of the future": Presented(Reason.REVOCATIONS_EXPIRED, with_list(revocation_list(iat=NOW + 6))),
    "with an older list": Presented(Reason.REVOCATIONS_STEPPED_BACK, with_list(revocation_list(), last=NOW + 1)),
    "with no list, where there was one": Presented(Reason.REVOCATIONS_MISSING, replace(VERIFIER, last=1)),
}


@pytest.mark.parametrize("name", BY_PRESENTATION)
def test_a_good_pass_is_refused_where_it_does_not_fit(name: str) -> None:
    how = BY_PRESENTATION[name]
    with pytest.raises(RefusedError) as refused:
        how.verifier.verify(how.token(), how.action or ACTION, how.now)
    assert refused.value.reason is how.reason, refused.value


# --- what is good ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "verifier", "now"),
    [
        pytest.param(good, VERIFIER, NOW, id="now"),
        pytest.param(good, VERIFIER, NOW + 304.999, id="the last moment"),
        pytest.param(good, VERIFIER, NOW - 5, id="the first moment"),
        pytest.param(good, replace(VERIFIER, policy_version=POLICY), NOW, id="under the policy"),
        pytest.param(lambda: good(ED25519), VERIFIER, NOW, id="Ed25519"),
        pytest.param(
            lambda: forged(RETIRED, iat=NOW - 100, nbf=NOW - 100, exp=NOW + 200), VERIFIER, NOW, id="a retired key"
        ),
        pytest.param(good, with_list(revocation_list("ap_" + "0" * 32), last=NOW), NOW + 104.9, id="not revoked"),
        pytest.param(
            good, replace(VERIFIER, keys=KeySet([TrustedKey(KEY.public, "pass", NOW, NOW)])), NOW, id="key of a second"
        ),
    ],
)
def test_a_good_pass(token: Callable[[], str], verifier: Verifier, now: float) -> None:
    assert verifier.verify(token(), ACTION, now).tool == "fs.read"


def test_id_time_and_trace_of_the_call_may_differ() -> None:
    later = ACTION | {"id": "act_2", "time": "2026-09-21T14:14:00Z", "context": {"trace_id": "t2"}}
    assert VERIFIER.verify(good(), later, NOW).sub == "agent:codex"


# --- holder and single use ------------------------------------------------------------------------------------------


def test_a_bound_pass_asks_for_its_proof_with_claims_and_token() -> None:
    asked = []
    token = good(holder=HOLDER)
    found = replace(VERIFIER, holder_required=True).verify(
        token, ACTION, NOW, proof=lambda claims, text: asked.append((claims, text))
    )
    assert asked == [(found, token)] and found.cnf == HOLDER


def test_a_proof_that_is_refused_refuses_the_pass_and_uses_nothing(once: Once) -> None:
    def refuse(_claims: object, _token: str) -> None:
        raise RefusedError(Reason.BAD_SIGNATURE)

    token = good(holder=HOLDER)
    with pytest.raises(RefusedError) as refused:
        VERIFIER.verify(token, ACTION, NOW, proof=refuse, once=once, consume=True)
    assert refused.value.reason is Reason.BAD_SIGNATURE
    assert VERIFIER.verify(token, ACTION, NOW, proof=lambda *_: None, once=once, consume=True)


@pytest.fixture
def once(tmp_path: Path) -> Once:
    return Once(SqliteDatabase(tmp_path / "state.db", clock=lambda: NOW * 1_000_000))


def test_a_pass_is_good_once(once: Once) -> None:
    token = good()
    assert VERIFIER.verify(token, ACTION, NOW, once=once)  # to look at it does not use it up
    assert VERIFIER.verify(token, ACTION, NOW, once=once, consume=True)
    with pytest.raises(RefusedError) as refused:
        VERIFIER.verify(token, ACTION, NOW, once=once, consume=True)
    assert refused.value.reason is Reason.REPLAYED
    assert VERIFIER.verify(good(), ACTION, NOW, once=once, consume=True)


def test_the_twin_of_a_signature_makes_no_second_pass(once: Once) -> None:
    """Of an ES256 signature (r, s) anybody can make (r, n - s), which fits too: so the id is what is used up."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    token = good()
    signed, _, text = token.rpartition(".")
    signature = decoded(text)
    twin = f"{signed}.{encoded(signature[:32] + (order - int.from_bytes(signature[32:])).to_bytes(32))}"
    assert twin != token and VERIFIER.verify(twin, ACTION, NOW, once=once, consume=True)
    with pytest.raises(RefusedError) as refused:
        VERIFIER.verify(token, ACTION, NOW, once=once, consume=True)
    assert refused.value.reason is Reason.REPLAYED


def test_a_pass_that_is_refused_is_not_used_up(once: Once) -> None:
    token = good()
    for shown, now in ((action(tool="fs.write"), NOW), (ACTION, NOW + 400)):
        with pytest.raises(RefusedError):
            VERIFIER.verify(token, shown, now, once=once, consume=True)
    assert VERIFIER.verify(token, ACTION, NOW, once=once, consume=True)


def test_without_a_store_nothing_is_used(monkeypatch: pytest.MonkeyPatch, once: Once) -> None:
    def fail(*_: object) -> bool:
        raise StateError("the disk is full")

    monkeypatch.setattr(once, "use", fail)
    for store in (None, once):
        with pytest.raises(RefusedError) as refused:
            VERIFIER.verify(good(), ACTION, NOW, once=store, consume=True)
        assert refused.value.reason is Reason.USES_UNKNOWN


def test_an_id_is_kept_for_longer_than_its_pass_is_accepted(once: Once, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[str, str, int]] = []

    def keep(kind: str, name: str, expires: int) -> bool:
        kept.append((kind, name, expires))
        return True

    monkeypatch.setattr(once, "use", keep)
    found = replace(VERIFIER, leeway=60).verify(good(), ACTION, NOW, once=once, consume=True)
    assert kept == [("pass", found.jti, (NOW + 300 + 120) * 1_000_000)]


def test_a_leeway_is_small() -> None:
    for leeway in (-1, 61):
        with pytest.raises(ValueError, match="leeway"):
            replace(VERIFIER, leeway=leeway)
