"""Near misses in words: what would have to be otherwise for an action to be allowed, for people and for agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from axtary.backends import native
from axtary.compiler.analysis.actions import Edit, at, edited
from axtary.compiler.analysis.candidates import reads
from axtary.compiler.analysis.changes import FIXED
from axtary.compiler.analysis.nearmiss import Found, NearMiss, NearMisses, Want
from axtary.compiler.analysis.wants import LARGEST
from axtary.compiler.diagnostics import quoted
from axtary.compiler.ir import (
    OPPOSITE,
    And,
    Approvers,
    Atom,
    Attribute,
    BlockedPaths,
    Budget,
    Compare,
    CompareAttributes,
    Condition,
    Count,
    Hours,
    Not,
    Number,
    Or,
    Policy,
    Quantified,
    Rate,
    Type,
    path_text,
)
from axtary.compiler.text import condition_text, duration_text, window_text
from axtary.runtime import parts
from axtary.runtime.action import check_action
from axtary.runtime.errors import DoorError
from axtary.runtime.messages import approvers_text, cut, shown
from axtary.runtime.parts import Place

Action = Mapping[str, Any]
Facts = Mapping[str, Any]

_TEXT = 120  # characters of a condition in a sentence
_PATHS = Attribute("paths", (), Type.PATHS)
_LISTED = 3  # elements of a list that a sentence names
_LONGEST = 4096  # and of one that is looked at for that


class Explainer:
    """Says near misses of actions under one policy; `place` is where in the policy's files a part of it stands."""

    def __init__(self, policy: Policy, engine: native.NativeEngine, place: Place) -> None:
        self._policy = policy
        self._place = place
        self._search = NearMisses(policy, native.evaluate, engine.decide, _admitted)

    def explain(self, action: Action, facts: Facts) -> dict[str, Any]:
        """`near_miss`, and in `near_miss_note` what there is to say beside it; ""."""
        found = self._search.find(dict(action), dict(facts))
        misses = [self._miss(miss, action, facts) for miss in found.misses]
        return {"near_miss": misses, "near_miss_note": _note(found, action["tool"])}

    def _miss(self, miss: NearMiss, action: Action, facts: Facts) -> dict[str, Any]:
        changes = [self._change(want, action, facts) for want in miss.wants]
        return {"decision": miss.decision, "changes": changes, "sentence": self._sentence(miss, changes, action)}

    def _change(self, want: Want, action: Action, facts: Facts) -> dict[str, Any]:
        rule, test = want.rule, want.test
        seen = parts.seen(rule, test, action, facts)
        return (
            {"rule": rule.id, "effect": rule.effect.value, "kind": parts.kind(test)}
            | self._place(test.span if test.span.line else rule.span)
            | {"text": _text(want), "seen": seen, "want": _wanted(want), "by": _by(want)}
        )

    def _sentence(self, miss: NearMiss, changes: list[dict[str, Any]], action: Action) -> str:
        """What to hand back: printable, and cut."""
        conditions: list[str] = []
        others: list[str] = []
        for want, change in zip(miss.wants, changes, strict=True):
            phrase = cut(change["want"], _TEXT)
            is_other = isinstance(want.test, Hours | Rate | Approvers)
            joined = f"with {phrase}" if is_other and not isinstance(want.test, Hours) else phrase
            (others if is_other else conditions).append(f"{joined}{_as_it_is(want, change['seen'], action)}")
        head = "would be allowed" if miss.decision == "allow" else f"would need the approval of {self._held(miss)}"
        first = [f"if {' and '.join(conditions)}"] if conditions else []
        return f"{head} {', '.join([*first, *others])}"

    def _held(self, miss: NearMiss) -> str:
        required = (self._policy.by_id[rule] for rule in miss.held)
        return cut(", and of ".join(dict.fromkeys(map(approvers_text, required))), _TEXT)


def _admitted(action: dict[str, Any]) -> bool:
    try:
        check_action(action)
    except DoorError:
        return False
    return True


def _note(found: Found, tool: str) -> str:
    if found.misses:
        return "" if found.complete else "there may be others: the search was cut short"
    if not found.for_tool:
        return f"no rule for {quoted(tool)} can grant it"
    if not found.granting:
        return f"no rule for {quoted(tool)} can grant it to this actor, on this resource and for this task"
    return f"no {LARGEST} changes or fewer that help were found" + (
        "" if found.complete else ": the search was cut short"
    )


# --- one change -----------------------------------------------------------------------------------------------------


def _text(want: Want) -> str:
    """What the policy says, much as its author wrote it."""
    test = want.test
    if isinstance(test, Approvers | BlockedPaths | Hours | Rate | Budget) or not _is_negated(want.rule.when, test):
        return parts.text(want.rule, test)
    return condition_text(Not(test))


def _is_negated(condition: Condition | None, leaf: Atom) -> bool:
    """Does the author say the opposite of the leaf, as in `a != b`?"""
    if isinstance(condition, Not):
        return condition.item is leaf or _is_negated(condition.item, leaf)
    return isinstance(condition, And | Or) and any(_is_negated(item, leaf) for item in condition.items)


def _wanted(want: Want) -> str:
    """What has to be so instead, in the policy's own words."""
    match want.test:
        case Approvers(quorum=quorum):
            return ("an approval by " if quorum == 1 else "approvals by ") + approvers_text(want.rule)
        case Hours(windows):
            return f"at a time in {' or '.join(map(window_text, windows))}"
        case BlockedPaths(patterns):
            return condition_text(Not(Quantified(_PATHS, "any", patterns=patterns)))
        case Rate(limit, seconds, per):
            return f"fewer than {limit} calls in {duration_text(seconds)} per {per}"
        case Budget(limit, unit, _, _, cost):
            what = str(cost) if isinstance(cost, Number) else path_text(cost.path)
            return f"{what} from 0 to {limit} {unit}"
        case leaf:
            return condition_text(leaf if want.answer else opposite(leaf))


def opposite(leaf: Atom) -> Condition:
    """What is true where the leaf is false, false where it is true, and else undefined."""
    if isinstance(leaf, Compare | CompareAttributes | Count) and leaf.op in OPPOSITE:
        return replace(leaf, op=OPPOSITE[leaf.op])
    return Not(leaf)


def _by(want: Want) -> str:
    """Who can bring it about."""
    if isinstance(want.test, Approvers):
        return "approver"
    if isinstance(want.test, Rate):
        return "time"
    roots = {path[0] for path in reads(want.test) if path not in FIXED}
    return {"time": "time", "actor": "administrator"}.get(roots.pop(), "agent") if len(roots) == 1 else "agent"


# --- for the sentence -----------------------------------------------------------------------------------------------


def _as_it_is(want: Want, seen: list[dict[str, Any]], action: Action) -> str:
    """In brackets: what is there now, or which elements of a list have to go."""
    if isinstance(want.test, Approvers):
        return ""
    surplus = _surplus(want, action)
    if surplus:
        named = ", ".join(shown(element) for element in surplus[:_LISTED])
        more = len(surplus) - _LISTED
        return f" (leave out {named}{f' and {more} more' if more > 0 else ''})"
    said = [(e["attribute"], shown(e["value"]) if e["present"] else "missing") for e in seen]
    if len(said) == 1:
        return f" (it is {said[0][1]})"
    return f" ({', '.join(f'{cut(name, _TEXT)} is {value}' for name, value in said)})"


def _surplus(want: Want, action: Action) -> list[Any]:
    """The elements without which the list would do; [] if that is not the way."""
    test = want.test
    if not isinstance(test, BlockedPaths | Quantified):
        return []
    path = reads(test)[0]
    there = at(action, path)
    if not isinstance(there, list) or not 0 < len(there) <= _LONGEST:
        return []

    def answer(elements: list[Any]) -> bool:
        return native.evaluate(test, edited(dict(action), [Edit(path, elements)]), {}) is want.answer

    kept = [answer([element]) for element in there]
    rest = [element for element, is_kept in zip(there, kept, strict=True) if is_kept]
    return [e for e, is_kept in zip(there, kept, strict=True) if not is_kept] if rest and answer(rest) else []
