"""Law: no artifact for another action, and none that was changed, ever yields an approval.

verify([sign(claims(a))], b) is a fact  <=>  action_hash(a) == action_hash(b)
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.approvals import MAX_TTL, TYP, sign, verify
from axtary.approvals.artifact import read
from axtary.passes import jose
from axtary.passes.errors import RefusedError
from axtary.runtime.action import check_action
from axtary.runtime.hashing import action_hash
from tests.approvals.people import ACTION, ANA, NOW, artifact, claims, key, loaded
from tests.laws import examples

POLICY, APPROVERS = loaded()
KEY = key(ANA)
FACTS = {"approvers": [{"id": ANA, "roles": ["security"]}]}

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "A", "é", "e\u0301"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(st.sampled_from("ab"), values, max_size=2)
changes = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["x", "y"]),
        "tool": st.sampled_from(["deploy.start", "deploy.stop"]),
        "resource": st.sampled_from(["", "r"]),
        "payload": objects,
        "paths": st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "context": objects,
        "intent": st.fixed_dictionaries({}, optional={"task": st.sampled_from(["", "t"])}),
    },
)


def worth(token: str, action: dict[str, Any]) -> object:
    try:
        return verify([token], action, APPROVERS, POLICY.policy_version, NOW).facts
    except RefusedError as error:
        return error.reason


@given(changes, changes)
@settings(max_examples=examples(100), derandomize=True, deadline=None)
def test_an_artifact_is_for_the_action_that_it_was_signed_for(one: dict[str, Any], other: dict[str, Any]) -> None:
    signed, asked = check_action({**ACTION, **one}), check_action({**ACTION, **other})
    found = worth(artifact(ANA, signed), asked)
    assert found == (FACTS if action_hash(signed) == action_hash(asked) else "approval_other_action")


TOKEN = artifact(ANA)
ALPHABET = "ABCXYZabcxyz0189-_.= \n"


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from(ALPHABET), st.sampled_from(["put", "insert", "delete", "cut"]))
@settings(max_examples=examples(300), derandomize=True, deadline=None)
def test_a_changed_token_is_worth_nothing(at: int, char: str, how: str) -> None:
    """Law: verify([t']) is a fact  =>  t' == t"""
    changed = {
        "put": TOKEN[:at] + char + TOKEN[at + 1 :],
        "insert": TOKEN[:at] + char + TOKEN[at:],
        "delete": TOKEN[:at] + TOKEN[at + 1 :],
        "cut": TOKEN[:at],
    }[how]
    assert (worth(changed, dict(ACTION)) == FACTS) == (changed == TOKEN)


@given(st.integers(-2 * MAX_TTL, 2 * MAX_TTL), st.integers(1, MAX_TTL))
@settings(max_examples=examples(100), derandomize=True, deadline=None)
def test_an_artifact_is_good_from_its_begin_to_its_end(shift: int, ttl: int) -> None:
    """Law: verify(t, now) is a fact  <=>  iat - 60 <= now < exp"""
    found = worth(artifact(ANA, now=NOW + shift, ttl=ttl), dict(ACTION))
    assert (found == FACTS) == (shift - 60 <= 0 < shift + ttl)


@given(
    st.dictionaries(
        st.sampled_from([*claims(ANA).to_json(), "by", "roles"]),
        st.none() | st.booleans() | st.integers(0, 2**41) | st.text(max_size=5) | st.lists(st.none(), max_size=1),
        max_size=2,
    )
)
@settings(max_examples=examples(60), derandomize=True, deadline=None)
def test_claims_of_any_form_are_read_back_or_refused(other: dict[str, Any]) -> None:
    """Law: read(p) is refused, or read(p).to_json() == p"""
    payload = {**claims(ANA).to_json(), **other}
    try:
        found = read(payload)
    except RefusedError:
        return
    assert json.dumps(found.to_json(), sort_keys=True) == json.dumps(payload, sort_keys=True)
    assert isinstance(worth(sign(found, key(ANA)), dict(ACTION)), dict | str)


any_json = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "EC", "P-256", "A" * 43, KEY.kid]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "d"]), inner, max_size=5)
    ),
    max_leaves=6,
)


@given(st.fixed_dictionaries({"kid": any_json | st.just(KEY.kid), "jwk": any_json}), any_json)
@settings(max_examples=examples(200), derandomize=True, deadline=None)
def test_whatever_stands_in_the_header_is_refused(header: dict[str, Any], payload: Any) -> None:
    """Law: verify refuses what is no artifact, and raises nothing else"""
    token = jose.sign(payload, TYP, KEY, header)
    assert isinstance(worth(token, dict(ACTION)), str)
