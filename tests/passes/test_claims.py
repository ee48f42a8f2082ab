"""The form of claims at its edges; what is beyond them is in `forgeries.py`."""

from __future__ import annotations

from typing import Any

import pytest

from axtary.passes import jose
from axtary.passes.claims import TYP, read
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.forms import MAX_TEXT, MAX_TIME
from tests.passes.making import ACTION, KEY, NOW, VERIFIER, forged, payload

EDGES: list[dict[str, Any]] = [
    {"sub": "a" * MAX_TEXT},
    {"resource": ""},
    {"owner": ""},
    {"nbf": NOW + 300},
    {"exp": MAX_TIME},
    {"iat": 0},
    {"constraints": {"any": ["thing"]}},
    {"reservation": "rsv_" + "0" * 32, "approval": "sha256:" + "0" * 64, "parent": "sha256:" + "0" * 64},
    {"tool": None, "resource": None, "payload_hash": None, "action_hash": None},
]


@pytest.mark.parametrize("changes", EDGES)
def test_an_edge_is_inside_and_comes_back(changes: dict[str, Any]) -> None:
    claims = payload(**changes)
    assert read(claims).to_json() == claims
    assert read(claims).is_grant == ("action_hash" not in claims)


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "a" * (MAX_TEXT + 1)},
        {"owner": "a" * (MAX_TEXT + 1)},
        {"exp": MAX_TIME + 1},
        {"nbf": NOW + 301},
        {"constraints": []},
        {"reservation": "rsv_" + "0" * 31},
        {"approval": "0" * 64},
        {"policy_version": "sha256:" + "0" * 64 + "\n"},
    ],
)
def test_beyond_an_edge_is_outside(changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        read(payload(**changes))
    assert refused.value.reason is Reason.CLAIM_ILL_TYPED


def test_the_longest_token_is_read() -> None:
    token = jose.sign(payload(), TYP, KEY)
    assert jose.parse(token, TYP, limit=len(token)).token == token
    with pytest.raises(RefusedError, match="too_long"):
        jose.parse(token, TYP, limit=len(token) - 1)


def test_a_pass_of_a_moment_to_come_is_good_when_clocks_may_differ_by_so_much() -> None:
    token = forged(iat=NOW + 6)
    assert VERIFIER.verify(token, ACTION, NOW + 1)
    with pytest.raises(RefusedError, match="issued_in_future"):
        VERIFIER.verify(token, ACTION, NOW + 0.9)
