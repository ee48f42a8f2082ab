"""What the cases that axtary makes are called, and what they expect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from axtary.backends.verdict import Verdict
from axtary.compiler.testfiles import NewCase

Json = Any

_LONGEST = 80  # characters of a part of the policy in a name


def expectation(verdict: Verdict, other: Verdict | None = None) -> dict[str, Json]:
    """All that a verdict says; where another one decides alike, also the obligations in which they differ."""
    reasons = [[code.value, rule] if rule else [code.value] for code, rule in verdict.reasons]
    found = {"decision": verdict.decision, "fired": list(verdict.fired), "reasons": reasons}
    if other is None or other.decision != verdict.decision:
        return found
    keys = [*verdict.obligations, *(key for key in other.obligations if key not in verdict.obligations)]
    differing = [key for key in keys if verdict.obligations.get(key) != other.obligations.get(key)]
    obligations = {key: verdict.obligations.get(key) for key in differing}
    return found | ({"obligations": obligations} if obligations else {})


def shortened(text: str) -> str:
    """A part of the policy, cut to what a reader of a name reads."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def distinct(cases: Iterable[NewCase], taken: Iterable[str] = ()) -> Iterator[NewCase]:
    """The cases with names of their own: one that stands already gets a number."""
    names = set(taken)
    for case in cases:
        name, number = case.name, 1
        while name in names:
            number += 1
            name = f"{case.name} ({number})"
        names.add(name)
        yield replace(case, name=name)
