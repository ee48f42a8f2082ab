"""The action and the facts of a recorded decision, as far as the record has them, and what it does not have.

A record that keeps everything is known by its `action_hash`: the action that is put together again has just this hash.
Else `withheld` says what is missing. A record from before there was `withheld` keeps what its members say; whatever it
does not have may have been there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from axtary.compiler.ir import Policy, Rate, Rule
from axtary.ledger.record import Record
from axtary.runtime import hashing
from axtary.runtime.action import check_action
from axtary.runtime.errors import DoorError

Path = tuple[str, ...]

_PATHS: Mapping[str, Path] = {
    "tool": ("tool",),
    "resource": ("resource",),
    "agent": ("actor", "agent"),
    "tenant": ("actor", "tenant"),
    "owner": ("actor", "owner"),
    "actor_roles": ("actor", "roles"),
    "task": ("intent", "task"),
    "summary": ("intent", "summary"),
    "payload": ("payload",),
    "paths": ("paths",),
    "context": ("context",),
    "action_time": ("time",),
}
"""Where the value of a member stands in the action."""

FACTS: Path = ("facts",)
_TIME = "action_time"
_NULLS = ("actor_roles", "paths")  # members that can be null in an action
_APART = (_TIME, "facts", "meters")  # that the hash is not of
_CUT = re.compile(r"… sha256:[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Recalled:
    """What is known of an action that was decided. `unknown` are paths of the action; `facts` is None if not known.

    `same` says that the policy that is asked now is the one that decided: then there are no other facts than these.
    """

    action: Mapping[str, Any]
    unknown: frozenset[Path]
    facts: Mapping[str, Any] | None
    meters: Mapping[str, Any]
    same: bool = False

    def knows(self, path: Path) -> bool:
        """Is it known what stands at this path of the action, be it nothing?"""
        return not any(path[: len(each)] == each[: len(path)] for each in self.unknown)

    def counts(self, rule: Rule) -> bool:
        """Is the usage known of what the rate of this rule counts now?"""
        if self.facts is None or self.same:
            return self.facts is not None
        usage = self.facts.get("usage")
        rates = [ob for ob in rule.obligations if isinstance(ob, Rate)]
        if not isinstance(usage, Mapping) or rule.id not in usage:
            return False
        then = [
            (each["per"], each["window_seconds"]) for each in self.meters.get("rates", ()) if each["rule"] == rule.id
        ]
        return then == [(rate.per, rate.seconds) for rate in rates]

    def budgets_as(self, budgets: Iterable[dict[str, Any]]) -> bool:
        """Were all these budgets, of the obligations of a decision, asked when it was decided?"""
        then = self.meters.get("budgets", ())
        return all(each in then for each in budgets)

    def is_whole(self, policy: Policy, fired: tuple[str, ...]) -> bool:
        """Is everything known that a decision by these rules depends on?"""
        if self.unknown or self.facts is None:
            return False
        rules = (policy.by_id[rule] for rule in fired)
        return all(self.counts(rule) for rule in rules if any(isinstance(ob, Rate) for ob in rule.obligations))


def recall(record: Record, policy: Policy) -> Recalled:
    """What a `decision` record knows of its action, for a policy that decides it again."""
    content = record.content
    withheld = content.get("withheld")
    facts = content.get("facts") if withheld is not None and "facts" not in withheld else None
    found = _action(content)
    whole = _whole(found, content)
    timeless = {_TIME} if withheld is None or _TIME in withheld else set()  # no hash is of the time
    unknown = timeless if whole is not None else {*_unknown(content, found), *timeless}
    paths = frozenset(_PATHS[name] for name in unknown)
    same = content["policy_version"] == policy.policy_version
    return Recalled(whole or found, paths, facts if isinstance(facts, Mapping) else None, _meters(content), same)


def _action(content: Mapping[str, Any]) -> dict[str, Any]:
    action: dict[str, Any] = {"version": 1}
    for name, path in _PATHS.items():
        if name in content:
            part = action
            for key in path[:-1]:
                part = part.setdefault(key, {})
            part[path[-1]] = content[name]
    if "context" not in action and "trace" in content:
        action["context"] = {"trace_id": content["trace"]}
    return action


def _unknown(content: Mapping[str, Any], action: Mapping[str, Any]) -> Iterator[str]:
    withheld = content.get("withheld")
    for name in _PATHS:
        if name == "payload" and content.get("payload_hash") == hashing.payload_hash(action):
            continue
        if withheld is None:
            if name not in content or (isinstance(content[name], str) and _CUT.search(content[name])):
                yield name
        elif not withheld or name in withheld:  # nothing withheld, and yet another hash: nothing is sure
            yield name


def _whole(found: dict[str, Any], content: Mapping[str, Any]) -> dict[str, Any] | None:
    """The action of the recorded hash, if it is this: perhaps with objects that are empty, or with nulls."""
    withheld = content.get("withheld")
    if not {*(withheld or ())} <= {*_NULLS, *_APART}:
        return None
    nulls = [name for name in _NULLS if name not in content and (withheld is None or name in withheld)]
    empty = [name for name in ("actor", "intent", "context") if name not in found]
    try:
        for chosen in product((False, True), repeat=len(nulls)):
            told = {**content, **{name: None for name, is_null in zip(nulls, chosen, strict=True) if is_null}}
            for added in product((False, True), repeat=len(empty)):
                made = {name: {} for name, is_there in zip(empty, added, strict=True) if is_there} | _action(told)
                if hashing.action_hash(made) == content["action_hash"]:
                    return check_action(made)
    except DoorError:
        return None
    return None


def _meters(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The rates and budgets of the record, those in their form."""
    meters = content.get("meters")
    if not isinstance(meters, Mapping) or "meters" in content.get("withheld", ("meters",)):
        return {}
    return {
        key: [each for each in found if isinstance(each, Mapping) and {"rule", "per", "window_seconds"} <= each.keys()]
        for key in ("rates", "budgets")
        if isinstance(found := meters.get(key), list)
    }
