"""Decisions made again: what is kept is decided alike, what is not is indeterminate just where it matters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.backends import native
from axtary.compiler import CompileError
from axtary.compiler.ir import Policy
from axtary.ledger import of
from axtary.ledger.recall import recall
from axtary.ledger.record import Record, read, written
from axtary.ledger.replay import Replay
from axtary.runtime.action import check_action
from axtary.runtime.decision import Decision, of_verdict
from axtary.runtime.errors import DoorError
from tests import generate

law = settings(derandomize=True, deadline=None, max_examples=60)
SEED = st.integers(0, 10**6)


def recorded(decision: Decision, payloads: bool = False) -> Record:
    return read(written(of.decision(decision, payloads=payloads), 3, 1_700_000_000_000_000, bytes(32)))


def decided(policy: Policy, action: dict[str, Any], facts: dict[str, Any]) -> Decision:
    return of_verdict(_engine(policy).decide(action, facts), policy, action, facts)


@cache
def _engine(policy: Policy) -> native.NativeEngine:
    return native.compile(policy)


@cache
def replayed(policy: Policy) -> Replay:
    return Replay(policy)


def cases(seed: int, count: int = 6) -> Iterator[tuple[Policy, dict[str, Any], dict[str, Any]]]:
    try:
        policy = generate.compile_draft(generate.draft(seed))
    except CompileError:
        return
    for action, facts in generate.cases(Random(seed), policy, count):
        try:
            yield policy, check_action(action), facts
        except DoorError:
            continue


@law
@given(SEED)
def test_a_record_that_keeps_everything_is_decided_alike(seed: int) -> None:
    """Law: with payloads, the policy that decided decides alike again, for the same grounds."""
    for policy, action, facts in cases(seed):
        then = decided(policy, action, facts)
        again = replayed(policy).again(recorded(then, payloads=True))
        assert (again.now, again.because, again.whole) == (then.decision, again.was, True), (action, facts)


@law
@given(SEED, SEED)
def test_another_policy_decides_what_it_would_have_decided(seed: int, other: int) -> None:
    """Law: with payloads, what is definite about another policy is what that policy says of the action."""
    second = next((policy for policy, _, _ in cases(other, 1)), None)
    for policy, action, facts in cases(seed) if second is not None else ():
        assert second is not None
        again = replayed(second).again(recorded(decided(policy, action, facts), payloads=True))
        now = decided(second, action, facts)
        assert again.now in (None, now.decision)
        if again.now is not None and again.whole:
            assert again.because == tuple(sorted((g.code, g.rule) for g in now.grounds))


@law
@given(SEED, st.data())
def test_what_is_definite_holds_whatever_was_not_kept(seed: int, data: st.DataObject) -> None:
    """Law: a definite decision without the payload is that of every action that differs in what was not kept."""
    for policy, action, facts in cases(seed, 3):
        record = recorded(decided(policy, action, facts))
        again = replayed(policy).again(record)
        unknown = recall(record, policy).unknown
        for other, _ in generate.cases(Random(data.draw(SEED)), policy, 12):
            mixed = json.loads(json.dumps(action))
            for path in unknown:
                put(mixed, path, other)
            try:
                now = decided(policy, check_action(mixed), facts)
            except DoorError:
                continue
            assert again.now in (None, now.decision), (action, mixed, facts)
            if again.now is not None:
                assert {*again.because} <= {(g.code, g.rule) for g in now.grounds}


def put(action: dict[str, Any], path: tuple[str, ...], source: dict[str, Any]) -> None:
    """What stands at the path in another action, be it nothing."""
    part, found = action, source
    for key in path[:-1]:
        part, found = part.setdefault(key, {}), found.get(key, {})
    part.pop(path[-1], None)
    if path[-1] in found:
        part[path[-1]] = found[path[-1]]
