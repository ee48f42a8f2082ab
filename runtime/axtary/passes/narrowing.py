"""Is what one scope admits a part of what another admits? Decided exactly, with what the one admits beyond.

Patterns are compared as languages, conditions as sets of payloads; never as texts. A scope that admits no payload at
all is for no one: `refuse_empty` finds it before it is signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from axtary.compiler.analysis.inclusion import Exhausted, action_outside, admits_some, text_outside
from axtary.compiler.diagnostics import quoted
from axtary.compiler.ir import Number, Pattern
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.scope import Scope, condition_text

Json = Any


@dataclass(frozen=True)
class Excess:
    """What a child has beyond its parent: a tool, a resource or a payload (as JSON) that only the child admits."""

    dimension: Reason
    witness: str
    message: str


def included(child: Scope, parent: Scope) -> Excess | None:
    """None if all that the child admits is admitted by the parent, of which it has fewer hops. Raises TOO_COMPLEX.

    Exact for a child that admits some payload; of another, whatever is beyond its parent counts.
    """
    with _bounded():
        return (
            _hops(child, parent)
            or _budget(child.budget, parent.budget)
            or _patterns(Reason.BROADER_TOOL, child.tools, parent.tools, empty=False)
            or _patterns(Reason.BROADER_RESOURCE, child.resources, parent.resources, empty=True)
            or _payload(child, parent)
        )


def refuse_empty(scope: Scope) -> None:
    """Raises RefusedError SCOPE_EMPTY if no payload meets the conditions, TOO_COMPLEX."""
    with _bounded():
        if not admits_some(scope.payload):
            raise RefusedError(Reason.SCOPE_EMPTY)


@contextmanager
def _bounded() -> Iterator[None]:
    try:
        yield
    except Exhausted as limit:
        raise RefusedError(Reason.TOO_COMPLEX, str(limit)) from None


def _hops(child: Scope, parent: Scope) -> Excess | None:
    if child.hops < parent.hops:
        return None
    message = f"the parent has {parent.hops} hops, so the child must have " + (
        f"at most {parent.hops - 1}, not {child.hops}" if parent.hops else "none, and be no child of it"
    )
    return Excess(Reason.NO_HOPS_LEFT, str(child.hops), message)


def _budget(child: Mapping[str, int], parent: Mapping[str, int]) -> Excess | None:
    for unit, limit in parent.items():
        allowed = f"the parent {Number(limit)} {quoted(unit)}"
        if unit not in child:
            return Excess(Reason.BROADER_BUDGET, unit, f"the child may spend without a limit, {allowed}")
        if child[unit] > limit:
            spent = f"{Number(child[unit])} {unit}"
            return Excess(Reason.BROADER_BUDGET, spent, f"the child may spend {Number(child[unit])}, {allowed}")
    return None


def _patterns(dimension: Reason, child: Sequence[Pattern], parent: Iterable[Pattern], *, empty: bool) -> Excess | None:
    found = text_outside(child, parent, empty=empty)
    if found is None:
        return None
    return Excess(dimension, found, f"the child admits {quoted(found)}, the parent does not")


def _payload(child: Scope, parent: Scope) -> Excess | None:
    found = action_outside(child.payload, parent.payload)
    if found is None:
        return None
    unmet, action = found
    witness = json.dumps(action.get("payload", {}), ensure_ascii=False)
    message = f"the child admits the payload {quoted(witness, 200)}, the parent does not: {condition_text(unmet)}"
    return Excess(Reason.BROADER_PAYLOAD, witness, message)
