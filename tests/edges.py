"""Policies and actions at the edges that random ones meet too seldom: the same check, cases chosen by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.generate import Draft

Case = tuple[dict[str, Any], dict[str, Any]]

TEXTS = ["a", "@", "@home", "@root", "@home/a", "@root/a/b", "@homes", "@homes/a", "@@home/a", "a/@home", "b/a", "a/b"]
LISTS: list[Any] = [[], ["a"], ["b"], ["a", "b"], ["a", "a"], ["a", None], ["a", "a", "a"]]
TIMES = ["2026-11-20T21:59:59.999999999Z", "2026-11-20T22:00:00Z", "2026-11-20T23:59:59Z", "2026-11-21T00:00:00Z"]
TIMES += ["2026-11-21T05:59:59Z", "2026-11-21T06:00:00Z", "2026-11-21T22:00:00Z", "2026-11-20T04:00:00Z"]
DATES = [f"{year}-02-29T12:00:00Z" for year in (1700, 1800, 1900, 2000, 2024, 2026, 2100, 2200)]
DECIMALS = ["922337203685477.5807", "922337203685477.5808", "-922337203685477.5808", "-922337203685477.5809", "-0.0"]
NUMBERS = [0, 1, 2, -1, -2, 0.4999, 0.5, 0.5001, 1.5, -0.5, -1.5, 0.00001, True, False, "1", "0.5", None]
APPROVERS = [[], ["ana"], ["ana", "ana"], ["ana", "ben"], ["ana", "ben", "eva"]]


def edges() -> Iterable[tuple[Draft, list[Case]]]:
    """Drafts with the cases to decide by them."""
    for pattern in ("**", "/*", "*/**", "**/a", "a", "*/", "@home/", "@home/**", "@home"):
        yield _rules(f'payload.v matches "{pattern}"'), _payloads(TEXTS)
        yield _rules(f'any paths matches "{pattern}"'), [_action(paths=[text, "a"]) for text in TEXTS]
        guarded = {"blocked_paths": [pattern]}
        yield (
            _rules(None, guarded),
            [_action(paths=paths) for paths in ([], None, ["a", "a//b"], *([t] for t in TEXTS))],
        )
    for test in ('all payload.v in ["a"]', 'all payload.v like "a*"', "count(payload.v) <= 0", "count(payload.v) < 2"):
        yield _rules(test), _payloads([*LISTS, "a", None])
    for kind in ("integer", "number", "decimal"):
        for op in ("==", "!=", "<", "<=", ">", ">="):
            yield _rules(f"payload.v {op} 1", kind=kind), _payloads([*NUMBERS, *DECIMALS])
            yield (
                _rules(f"payload.v {op} payload.n", kind=kind),
                [_action(payload={"v": value, "n": n}) for value in [*NUMBERS, *DECIMALS] for n in (0.5, 1)],
            )
    for limit in ("922337203685477.5807", "0", "1.5"):
        budget = {"limit": limit, "unit": "USD", "per": "task", "window": "1d", "cost": "payload.v"}
        yield _rules(None, {"budget": budget}, kind="decimal"), _payloads([*NUMBERS, *DECIMALS])
    yield _rules('payload.v < "2100-01-01T00:00:00Z"', kind="timestamp"), _payloads(DATES)
    for window in ("Fri 22:00-06:00 UTC", "Fri 22:00-24:00 UTC", "Sat 00:00-06:00 UTC", "Fri-Sat 23:59-00:00 UTC"):
        yield _rules(None, {"hours": window}), [_action(time=time) for time in [*TIMES, "never"]]
    usages: list[Any] = [-1, 0, 1, 2, 3, 1.5, True, "1", None]
    yield _rules(None, {"rate": "2 per 1h per task"}), [(_action()[0], {"usage": {"r": usage}}) for usage in usages]
    yield _rules(None, {"approvers": {"roles": ["x"], "quorum": "2"}}, "step_up"), list(_approvals())


def _rules(when: str | None, obligations: Any = None, effect: str = "allow", kind: str = "") -> Draft:
    """One rule for every tool, and a deny rule beside it that shows what is possible."""
    rule: Draft = {"id": "r", "effect": effect, "match": {"tool": "*"}} | ({"when": when} if when else {})
    rules = [rule | {"obligations": obligations}] if obligations else [rule, rule | {"id": "d", "effect": "deny"}]
    declared = {"tools": {"t": {"payload": {"v": kind}}}} if kind else {}
    rules += [rule | {"id": "n", "effect": "step_up", "when": {"not": when}}] if when else []
    return {"version": "1"} | declared | {"policies": rules}


def _action(**members: Any) -> Case:
    return {"version": 1, "tool": "t"} | members, {}


def _payloads(values: list[Any]) -> list[Case]:
    return [_action(payload={"v": value}) for value in values]


def _approvals() -> Iterable[Case]:
    for role in ("x", "y"):
        for names in APPROVERS:
            listed: list[Any] = [{"id": name, "roles": ["x" if place else role]} for place, name in enumerate(names)]
            yield _action()[0], {"approval": {"approvers": listed}}
            yield _action()[0], {"approval": {"approvers": [*listed, {"id": "zoe", "roles": [1]}]}}
