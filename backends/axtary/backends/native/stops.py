"""Why a rule did not fire: the first thing that stopped it, with the values seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from axtary.backends.native.conditions import leaf, match
from axtary.backends.native.values import MISSING, Frame, Reads, lookup
from axtary.compiler.analysis.solve import Answer, fires, kleene
from axtary.compiler.ir import (
    And,
    Atom,
    Condition,
    Effect,
    Field,
    Has,
    Match,
    Rule,
    atoms,
    attributes,
    path_text,
)

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood at a path of the action."""

    path: str
    present: bool
    value: Any = None  # the JSON value, if present

    def __str__(self) -> str:
        return f"{self.path} = {self.value!r}" if self.present else f"{self.path} is missing"


@dataclass(frozen=True, slots=True)
class Stop:
    """The part of a rule that did not hold. Its span says where it stands in the policy."""

    rule: str
    node: Match | Condition
    seen: tuple[Seen, ...]

    @property
    def values(self) -> Mapping[str, Any]:
        """Attribute path -> JSON value, or `missing`. Only `seen` tells a missing value from a text that says so."""
        return {entry.path: entry.value if entry.present else "missing" for entry in self.seen}


def stop(rule: Rule, frame: Frame, reads: Reads) -> Stop | None:
    """What stopped a rule; None if it fires, or if its tool or resource does not match."""
    for test in rule.match:
        if not match(test)(frame):
            unrelated = test.field in (Field.TOOL, Field.RESOURCE)
            return None if unrelated else Stop(rule.id, test, _seen([test.field.path], frame))
    if rule.when is None:
        return None
    node = _culprit(rule.when, rule.effect, lambda atom: leaf(atom, reads)(frame))
    return None if node is None else Stop(rule.id, node, _seen(_paths(node), frame))


def _culprit(when: Condition, effect: Effect, answer: Callable[[Atom], Answer]) -> Condition | None:
    """The first conjunct by which the rule does not fire: an allow needs true, the others fire unless it is false."""
    if isinstance(when, And):
        return next((node for item in when.items if (node := _culprit(item, effect, answer)) is not None), None)
    return None if fires(effect, kleene(when, list(map(answer, atoms(when))))) else when


def _paths(condition: Condition) -> list[_Path]:
    found: list[_Path] = []
    for atom in atoms(condition):
        found += [atom.path] if isinstance(atom, Has) else [attribute.path for attribute in attributes(atom)]
    return list(dict.fromkeys(found))


def _seen(paths: Iterable[_Path], frame: Frame) -> tuple[Seen, ...]:
    found = ((path_text(path), lookup(frame.action, path)) for path in paths)
    return tuple(Seen(path, False) if value is MISSING else Seen(path, True, value) for path, value in found)
