"""Laws of what callers say: whose action it is, and that no two questions are one action."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from axtary.proxy.authzen.mapping import action_of, question
from axtary.proxy.callers import Caller
from axtary.proxy.identity import is_own, may_see, stamped
from axtary.proxy.wire import HttpError
from axtary.runtime.hashing import action_hash, canonical
from tests.laws import examples

PEP = Caller("pep", agent="agent:pep", gateway=True)
NAMES = st.text(alphabet="ab:%3A", min_size=1, max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "agent"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)
MEMBERS = st.dictionaries(st.sampled_from(["a", "b", "agent", "roles", "trace_id"]), VALUES, max_size=2)
ENTITIES = st.fixed_dictionaries({"type": NAMES, "id": NAMES}, optional={"properties": MEMBERS})
QUESTIONS = st.fixed_dictionaries(
    {
        "subject": ENTITIES,
        "action": st.fixed_dictionaries({"name": NAMES}, optional={"properties": MEMBERS}),
        "resource": ENTITIES,
    },
    optional={"context": MEMBERS},
)
ACTORS = st.fixed_dictionaries(
    {},
    optional={
        "agent": st.sampled_from(["agent:a", "agent:b", ""]),
        "owner": st.sampled_from(["user:a", "user:b", ""]),
        "tenant": st.sampled_from(["org:a", "org:b", ""]),
        "roles": st.sampled_from([["x"], ["y"], [], "x"]),
    },
)
CALLERS = st.builds(
    Caller,
    st.just("c"),
    agent=st.sampled_from(["agent:a", "agent:b"]),
    owner=st.sampled_from(["", "user:a"]),
    tenant=st.sampled_from(["", "org:a"]),
    roles=st.sampled_from([(), ("x",)]),
    gateway=st.booleans(),
    approvals=st.booleans(),
)


@settings(derandomize=True, deadline=None, max_examples=examples(300))
@given(QUESTIONS, QUESTIONS)
def test_two_questions_have_one_hash_only_if_they_are_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    """hash(action(p)) = hash(action(q)) only if p = q, but for empty properties, an empty context, and no roles."""
    assume(_plain(one) != _plain(other))
    hashes = [action_hash(action_of(question(each), PEP, None)) for each in (one, other)]
    assert hashes[0] != hashes[1]


def _plain(asked: dict[str, Any]) -> bytes:
    """What two questions may differ in without meaning something else is taken out."""
    kept = {name: dict(value) for name, value in asked.items()}
    for name in ("action", "resource"):
        kept[name].setdefault("properties", {})
    if not kept.get("context"):
        kept.pop("context", None)
    return canonical(kept)


@settings(derandomize=True, deadline=None, max_examples=examples(300))
@given(CALLERS, ACTORS)
def test_an_action_is_the_callers_or_refused(caller: Caller, claimed: dict[str, Any]) -> None:
    """stamped(a, c) is refused, or of c's agent, owner, tenant and roles; of a gateway, within its tenant."""
    try:
        actor = stamped({"version": 1, "tool": "t", "actor": claimed}, caller)["actor"]
    except HttpError as error:
        assert error.status == 403
        return
    if caller.gateway:
        assert not caller.tenant or actor["tenant"] == caller.tenant
        assert claimed.items() <= actor.items()
    else:
        wanted = {"agent": caller.agent, "owner": caller.owner, "tenant": caller.tenant, "roles": list(caller.roles)}
        assert actor == {name: value for name, value in wanted.items() if value}


@settings(derandomize=True, deadline=None, max_examples=examples(300))
@given(CALLERS, CALLERS)
def test_nobody_sees_what_another_tenant_asked(one: Caller, other: Caller) -> None:
    """may_see(stamped({}, a), b) only if b has no tenant, or a's; and a always sees its own."""
    action = stamped({"version": 1, "tool": "t"}, one)
    assert is_own(action, one) and may_see(action, one)
    if may_see(action, other):
        assert other.tenant in ("", one.tenant)
        assert other.approvals or other.gateway or (other.agent, other.owner) == (one.agent, one.owner)
