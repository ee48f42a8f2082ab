"""One edit of a drafted policy, as an author makes it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

Draft = dict[str, Any]


def edited_draft(rng: Random, draft: Draft) -> Draft:
    """A copy with one or two edits, or with its rules in another order."""
    copy = deepcopy(draft)
    for _ in range(rng.choice([0, 1, 1, 2])):
        rng.choice(_EDITS)(rng, copy["policies"])
    rng.shuffle(copy["policies"])
    return copy


def _remove(rng: Random, rules: list[Draft]) -> None:
    if len(rules) > 1:
        rules.remove(rng.choice(rules))


def _effect(rng: Random, rules: list[Draft]) -> None:
    rule = rng.choice(rules)
    rule["effect"] = rng.choice(["allow", "deny", "step_up"])
    _fit(rule)


def _obligation(rng: Random, rules: list[Draft]) -> None:
    """One less, or those of another rule."""
    rule, other = rng.choice(rules), rng.choice(rules)
    if rule.get("obligations") and rng.random() < 0.5:
        rule["obligations"].pop(rng.choice(list(rule["obligations"])))
    elif "obligations" in other:
        rule["obligations"] = deepcopy(other["obligations"])
    _fit(rule)


def _fit(rule: Draft) -> None:
    """Without the obligations that its effect cannot have."""
    if rule["effect"] == "deny":
        rule.pop("obligations", None)
    if rule["effect"] == "allow":
        rule.get("obligations", {}).pop("approvers", None)
    if not rule.get("obligations", True):
        del rule["obligations"]


def _condition(rng: Random, rules: list[Draft]) -> None:
    """None, negated, with the other connective, or that of another rule."""
    rule, other = rng.choice(rules), rng.choice(rules)
    when = rule.get("when")
    kind = rng.randrange(4)
    if kind == 0:
        rule.pop("when", None)
    elif kind == 1 and when is not None:
        rule["when"] = {"not": when}
    elif kind == 2 and isinstance(when, dict) and "not" not in when:
        ((name, items),) = when.items()
        rule["when"] = {"or" if name == "and" else "and": items}
    elif "when" in other:
        rule["when"] = deepcopy(other["when"])


def _match(rng: Random, rules: list[Draft]) -> None:
    """One field less, or another tool."""
    rule = rng.choice(rules)
    fields = [name for name in rule["match"] if name != "tool"]
    if fields and rng.random() < 0.6:
        rule["match"].pop(rng.choice(fields))
    else:
        rule["match"]["tool"] = rng.choice(["fs.read", "*", "github.*"])


_EDITS: list[Callable[[Random, list[Draft]], None]] = [_remove, _effect, _obligation, _condition, _match]
