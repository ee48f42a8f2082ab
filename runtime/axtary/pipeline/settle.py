"""After an action ran: the outcome is recorded, what it cost is counted, and the attempt is done. In this order, and
each step is safe to take again, because a process may die between any two of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from axtary.connectors.provider import Outcome, Ran
from axtary.ledger import Ledger, LedgerError, entry
from axtary.ledger.redact import sanitised
from axtary.pipeline.attempts import Attempt, Attempts
from axtary.pipeline.result import Incident
from axtary.pipeline.run import Run
from axtary.runtime.claims import is_amount
from axtary.runtime.engine import Engine
from axtary.runtime.state import ClosedReservation, Overrun, StateError, UnknownReservation

_PAGE = 500  # records that are looked at in one go


def settle(run: Run, attempt: Attempt, engine: Engine, ledger: Ledger, attempts: Attempts, again: bool = False) -> bool:
    """Finish an attempt that ran; what cannot be finished stays in the journal and is an incident. Is it done?

    `again`: somebody may have begun to finish it, so its outcome is looked for in the ledger before it is written.
    """
    try:
        with run.stage("outcome"):
            if not (again and has_record(ledger, attempt, "outcome")):
                ledger.append(_outcome(attempt))
        with run.stage("commit"):
            for overrun in _count(attempt, engine):
                ledger.append(_overrun(attempt, overrun))
        with run.stage("done"):
            attempts.move(attempt, "done")
    except LedgerError as error:
        run.incidents.append(Incident("outcome_not_recorded", f"it ran, and its outcome is not recorded: {error}"))
        return False
    except StateError as error:
        run.incidents.append(Incident("outcome_not_counted", f"it ran, and what it cost is not counted: {error}"))
        return False
    return True


def record_incidents(run: Run, about: Mapping[str, str], ledger: Ledger) -> None:
    """Put what went wrong into the ledger, if that can be written."""
    for incident in run.incidents:
        try:
            ledger.append(entry("incident", {**about, **incident.to_json()}))
        except LedgerError:
            return  # it stays in the result, and in the journal if something is to be finished


def checked(ran: Ran) -> Ran:
    """What a provider gave, if it is an outcome at all. Raises TypeError."""
    if not isinstance(ran, Ran) or ran.outcome not in get_args(Outcome):
        raise TypeError
    if not isinstance(ran.message, str) or not isinstance(ran.costs, Mapping):
        raise TypeError
    return ran


def kept(ran: Ran) -> Ran:
    """What is kept of an answer, in the journal and the ledger: no secrets, JSON, not too large."""
    costs = {unit: text for unit, text in ran.costs.items() if isinstance(unit, str) and isinstance(text, str)}
    message = sanitised(ran.message)
    return Ran(ran.outcome, sanitised(ran.result), message if isinstance(message, str) else "", costs)


def has_record(ledger: Ledger, attempt: Attempt, kind: str) -> bool:
    """Has the ledger a record of this kind with the attempt's pass, from where it ended when the attempt began?"""
    first = attempt.record
    while rows := ledger.rows.records(first, _PAGE):
        for row in rows:
            if attempt.jti.encode() in row.body and _is(json.loads(row.body), kind, attempt.jti):
                return True
        first = rows[-1].seq + 1
    return False


def _is(record: Mapping[str, Any], kind: str, jti: str) -> bool:
    return record.get("kind") == kind and record.get("pass") == jti


def _outcome(attempt: Attempt) -> Any:
    ran = attempt.ran
    if ran is None:
        raise LedgerError("nobody knows what came of it")
    members = {"outcome": ran.outcome, "result": ran.result, "message": ran.message or None, "pass": attempt.jti}
    return entry("outcome", {**attempt.about, **members, "costs": _by_rule(attempt) or None})


def _by_rule(attempt: Attempt) -> dict[str, str]:
    """What it really cost, by rule: each rule counts in the unit of its budget. What is no amount is not known."""
    costs = attempt.ran.costs if attempt.ran is not None else {}
    return {rule: costs[unit] for rule, unit in attempt.units.items() if is_amount(costs.get(unit, ""))}


def _count(attempt: Attempt, engine: Engine) -> tuple[Overrun, ...]:
    """Commit what it cost; give it back if it certainly did not happen. What nobody knows is counted."""
    if attempt.reservation is None or attempt.ran is None:
        return ()
    try:
        if attempt.ran.outcome == "failed" and not attempt.ran.costs:
            engine.roll_back(attempt.reservation)
            return ()
        return engine.commit(attempt.reservation, _by_rule(attempt))
    except (ClosedReservation, UnknownReservation):  # counted before, or longer ago than anybody remembers
        return ()


def _overrun(attempt: Attempt, overrun: Overrun) -> Any:
    members = {"event": "overrun", "rule": overrun.key.rule, "pass": attempt.jti}
    return entry("budget", {**attempt.about, **members})
