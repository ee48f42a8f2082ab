"""Cases generated from a policy: actions and facts that show what each of its parts does.

Made so that engines that differ in anything the policy uses differ on a case: each condition true, false and
undefined while its rule matches, and alone deciding its rule where it can; each value at its boundary and beside it;
each wrong type; each rule the sole ground of a verdict where it can be; each obligation met, violated and not
evaluable; rules of different effect together. Deterministic for a policy and a seed.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from itertools import islice

from axtary.compiler.analysis.making import Case, Maker
from axtary.compiler.analysis.solve import Evaluate
from axtary.compiler.ir import Policy

__all__ = ["Case", "generate"]

_TRIES = 20  # random mixtures looked at for each case that is still wanted


def generate(policy: Policy, evaluate: Evaluate, seed: int = 0, limit: int | None = None) -> Iterator[Case]:
    """The cases of a policy, no two alike, the telling ones first.

    `evaluate(test, action, facts)` answers a match, a condition or an obligation. Without a limit the cases end by
    themselves; with one they are filled up to it with random mixtures of the values that were tried.
    """
    maker = Maker(policy, evaluate, random.Random(seed))  # noqa: S311 - for variety, not for secrets
    return islice(_distinct(_all(maker, limit)), limit)


def _all(maker: Maker, limit: int | None) -> Iterator[Case]:
    yield from maker.systematic()
    for _ in range(_TRIES * (limit or 0)):
        yield maker.mixture()


def _distinct(cases: Iterable[Case]) -> Iterator[Case]:
    seen: set[bytes] = set()
    for case in cases:
        text = json.dumps([case.action, case.facts], sort_keys=True)
        digest = hashlib.sha256(text.encode()).digest()
        if digest not in seen:
            seen.add(digest)
            yield case
