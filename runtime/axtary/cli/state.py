"""`axtary budget` and `axtary rate`: what is spent, reserved and left, and by whom."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axtary.cli.ledger_kept import keep
from axtary.cli.output import FINDINGS, OK, fail, invalid_input, leave, load, print_json
from axtary.cli.texts import columns, time_text
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Number
from axtary.compiler.text import duration_text
from axtary.ledger import entry
from axtary.runtime.engine import state_of
from axtary.runtime.messages import cut
from axtary.runtime.policyfile import UnreadableError
from axtary.runtime.state import Key, Kind, Meter, Open, StateError, Store, is_url, open_store

_SECOND = 1_000_000
_WIDE = 48  # characters of a subject


def listed(kind: Kind, policy: Path, where: str | None, as_json: bool) -> None:
    """All meters of a kind."""
    with invalid_input(as_json), opened(policy, where, as_json) as store:
        meters = store.meters(kind)
    if as_json:
        print_json([_meter_json(meter) for meter in meters])
    else:
        sys.stdout.write(columns(_HEADS[kind], [_meter_row(meter) for meter in meters]))
    leave(OK)


def shown(name: str, policy: Path, where: str | None, as_json: bool) -> None:
    """The budget of a rule with its open reservations, or one reservation."""
    with invalid_input(as_json), opened(policy, where, as_json) as store:
        meters = [meter for meter in store.meters("budget") if meter.key.rule == name]
        reservations = [r for r in store.open() if r.id == name or any(key.rule == name for key in r.amounts)]
    if not meters and not reservations:
        fail(f"no budget and no open reservation is called `{name}`", "list them with `axtary budget list`", as_json)
    if as_json:
        print_json({"budgets": list(map(_meter_json, meters)), "reservations": list(map(_open_json, reservations))})
    else:
        parts = [columns(_HEADS["budget"], list(map(_meter_row, meters)))] if meters else []
        parts += [columns(_RESERVATIONS, [row for r in reservations for row in _open_rows(r)])] if reservations else []
        sys.stdout.write("\n".join(parts))
    leave(OK)


def released(names: Sequence[str], expired: bool, policy: Path, where: str | None, as_json: bool) -> None:
    """Roll reservations back. Exit 1 if one of them is not open."""
    if expired == bool(names):
        fail("nothing says what to release", "name reservations, or give `--expired`", as_json)
    done, failed = [], []
    with invalid_input(as_json), opened(policy, where, as_json) as store:
        for name in names or [each.id for each in store.open() if each.expired]:
            try:
                store.roll_back(name)
                done.append(name)
            except StateError as error:
                failed.append((name, str(error)))
    if as_json:
        print_json({"released": done, "failed": [{"reservation": name, "message": why} for name, why in failed]})
    else:
        sys.stdout.write("".join(f"released {printable(name)}\n" for name in done))
        sys.stderr.write("".join(f"error: {printable(why)}\n" for _, why in failed))
    kept = keep(policy, [entry("budget", {"event": "released", "reservation": name}) for name in done])
    leave(FINDINGS if failed or not kept else OK)


@contextmanager
def opened(policy: Path, where: str | None, as_json: bool) -> Iterator[Store]:
    """The state of a policy. One that is not there is an error: nothing is made by looking. Raises UnreadableError."""
    found = where if where is not None else state_of(policy, load(policy, as_json).settings, os.environ)
    if not is_url(str(found)) and not Path(found).exists():
        raise UnreadableError(found, "no state is there", "it is made when an engine first counts something")
    try:
        store = open_store(found)
        try:
            yield store
        finally:
            store.close()
    except StateError as error:
        raise UnreadableError("state", str(error), "give the file or database with `--state`") from None


# --- rows -----------------------------------------------------------------------------------------------------------

_HEADS: Mapping[Kind, tuple[str, ...]] = {
    "budget": ("rule", "per", "of", "unit", "limit", "spent", "reserved", "left", "window", "denied"),
    "rate": ("rule", "per", "of", "limit", "calls", "left", "window", "denied"),
}
_RESERVATIONS = ("reservation", "rule", "amount", "agent", "task", "tool", "expires")


def _meter_row(meter: Meter) -> tuple[str, ...]:
    key, level = meter.key, meter.level
    who = (key.rule, key.per, cut(key.subject, _WIDE) or "-")
    ends = (duration_text(meter.window // _SECOND), str(meter.denied))
    if key.kind == "rate":
        return (*who, str(meter.limit), str(level.committed), str(meter.left), *ends)
    amounts = (meter.limit, level.committed, level.reserved, meter.left)
    return (*who, cut(key.unit, _WIDE), *(str(Number(each)) for each in amounts), *ends)


def _open_rows(reservation: Open) -> list[tuple[str, ...]]:
    about = reservation.about
    when = "expired" if reservation.expired else time_text(reservation.expires // _SECOND)
    who = (cut(about.agent, _WIDE), cut(about.task, _WIDE), cut(about.tool, _WIDE), when)
    return [
        (reservation.id, key.rule, f"{Number(amount)} {cut(key.unit, _WIDE)}", *who)
        for key, amount in reservation.amounts.items()
    ]


def _meter_json(meter: Meter) -> dict[str, Any]:
    key, level = meter.key, meter.level
    shown: dict[str, Any] = {"rule": key.rule, "per": key.per, "subject": key.subject}
    if key.kind == "rate":
        shown |= {"limit": meter.limit, "calls": level.committed, "left": meter.left}
    else:
        shown |= {"unit": key.unit, "limit": str(Number(meter.limit)), "spent": str(Number(level.committed))}
        shown |= {"reserved": str(Number(level.reserved)), "left": str(Number(meter.left))}
        shown |= {"overrun": str(Number(meter.overrun))}
    denied_at = time_text(meter.denied_at // _SECOND) if meter.denied_at is not None else None
    return shown | {"window_seconds": meter.window // _SECOND, "denied": meter.denied, "denied_at": denied_at}


def _open_json(reservation: Open) -> dict[str, Any]:
    about = reservation.about
    return {
        "reservation": reservation.id,
        "amounts": [_amount_json(key, amount) for key, amount in reservation.amounts.items()],
        "agent": about.agent,
        "owner": about.owner,
        "task": about.task,
        "tool": about.tool,
        "action_hash": about.action_hash,
        "policy_version": about.policy_version,
        "reserved_at": time_text(reservation.at // _SECOND),
        "expires": time_text(reservation.expires // _SECOND),
        "expired": reservation.expired,
    }


def _amount_json(key: Key, amount: int) -> dict[str, str]:
    return {"rule": key.rule, "per": key.per, "subject": key.subject, "amount": str(Number(amount)), "unit": key.unit}
