"""For random policies and hostile actions: rego(policy, action, facts) == reference(policy, action, facts)."""

from __future__ import annotations

from collections import Counter

from tests.backends.rego_engines import agree
from tests.backends.rego_random import World


def test_every_engine_gives_the_verdict_of_the_reference() -> None:
    decisions: Counter[str] = Counter()
    fired = 0
    for seed in range(60):
        world = World(seed)
        policy = world.policy()
        verdicts = agree(policy, [(world.action(), world.facts()) for _ in range(25)])
        decisions.update(verdict.decision for verdict in verdicts)
        fired += sum(len(verdict.fired) for verdict in verdicts)
    assert min(decisions[name] for name in ("allow", "deny", "step_up")) > 20, decisions
    assert fired > 500
