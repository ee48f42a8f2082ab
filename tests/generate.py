"""Random policies with random actions and facts: everything that one seed makes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

from axtary.compiler import compile_text
from axtary.compiler.ir import Policy
from tests import generate_actions, reference
from tests.generate_policies import Draft, draft_policy, policy_text

__all__ = ["Draft", "cases", "compile_draft", "draft", "draft_policy", "policy_text"]


def draft(seed: int) -> Draft:
    """The policy of a seed, as the tree that its text is written from."""
    return draft_policy(Random(f"policy {seed}"))


def compile_draft(tree: Draft) -> Policy:
    """The policy that the front end makes of the draft's text. Raises CompileError."""
    return compile_text(policy_text(tree))


def cases(rng: Random, policy: Policy, count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Actions and facts for a policy. One by which no rule fires is often drawn again: it is much like the next."""
    found = generate_actions.cases(rng, policy)
    for _ in range(count):
        for action, facts in islice(found, rng.randint(1, 4)):
            if reference.decide(policy, action, facts).fired:
                break
        yield action, facts
