"""What is spent, reserved and left, and how often what was called."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from axtary.compiler.ir import Number
from axtary.compiler.text import duration_text
from axtary.proxy.pages.web import Call, PageError
from axtary.runtime.state import Meter, Open, StateError

SHOWN = 500  # meters of a kind, and reservations
_SECOND = 1_000_000


@dataclass(frozen=True)
class Line:
    """A meter in words. `share` is of the limit, 0 to 100."""

    meter: Meter
    limit: str
    spent: str
    reserved: str
    left: str
    window: str
    share: int


@dataclass(frozen=True)
class Held:
    """A reservation in words."""

    reservation: Open
    amounts: list[tuple[str, str]]  # rule, amount with its unit


def overview(call: Call) -> Response:
    """All meters, and the reservations that are open."""
    try:
        store = call.services.approvals.engine.store()
        budgets, rates, opened = store.meters("budget"), store.meters("rate"), store.open()
    except StateError:
        raise PageError(503, "no state", "The state cannot be used now.") from None
    return call.page(
        "budgets.html",
        budgets=list(map(_line, budgets[:SHOWN])),
        rates=list(map(_line, rates[:SHOWN])),
        reservations=[_held(each) for each in opened[:SHOWN]],
        more=sum(max(0, len(each) - SHOWN) for each in (budgets, rates, opened)),
    )


def _line(meter: Meter) -> Line:
    level = meter.level
    share = min(100, 100 * (level.committed + level.reserved) // meter.limit) if meter.limit else 100
    amounts = (meter.limit, level.committed, level.reserved, meter.left)
    texts = [str(each) if meter.key.kind == "rate" else str(Number(each)) for each in amounts]
    limit, spent, reserved, left = texts
    return Line(meter, limit, spent, reserved, left, duration_text(meter.window // _SECOND), share)


def _held(found: Open) -> Held:
    return Held(found, [(key.rule, f"{Number(amount)} {key.unit}") for key, amount in found.amounts.items()])
