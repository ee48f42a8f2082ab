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

from axtary.compiler.analysis.making import MIXTURE, Case, Maker
from axtary.compiler.analysis.solve import Evaluate
from axtary.compiler.ir import Policy

__all__ = ["MIXTURE", "Case", "generate"]

_TRIES = 20  # random mixtures looked at for each case that is still wanted


def generate(
    policy: Policy, evaluate: Evaluate, seed: int = 0, limit: int | None = None, mixtures: int = 0
) -> Iterator[Case]:
    """The cases of a policy, no two alike, the telling ones first.

    `evaluate(test, action, facts)` answers a match, a condition or an obligation. Behind the systematic cases come
    `mixtures` random ones (`Case.note` is `MIXTURE`) of the values that were tried; `limit` cuts the whole.
    """
    maker = Maker(policy, evaluate, random.Random(seed))  # noqa: S311 - for variety, not for secrets
    return islice(_distinct(maker, mixtures), limit)


def _distinct(maker: Maker, mixtures: int) -> Iterator[Case]:
    seen: set[bytes] = set()
    yield from _new(maker.systematic(), seen)
    tries = (maker.mixture() for _ in range(_TRIES * mixtures))
    yield from islice(_new(tries, seen), mixtures)


def _new(cases: Iterable[Case], seen: set[bytes]) -> Iterator[Case]:
    for case in cases:
        text = json.dumps([case.action, case.facts], sort_keys=True)
        digest = hashlib.sha256(text.encode()).digest()
        if digest not in seen:
            seen.add(digest)
            yield case
