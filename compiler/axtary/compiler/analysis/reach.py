"""Answers that a condition can never have, with the reason: a proof each time, never a guess.

Only what the condition itself and its own rule's match make impossible is claimed here; None means "may be possible".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from axtary.compiler.analysis.languages import Form, Undecided, Wanted, matches, witness
from axtary.compiler.analysis.solve import Answer
from axtary.compiler.analysis.texts import literal
from axtary.compiler.ir import (
    INT_MAX,
    NUMBER_MAX,
    SCALE,
    Atom,
    Attribute,
    Compare,
    CompareAttributes,
    Count,
    Field,
    Has,
    Like,
    Number,
    OneOf,
    Pattern,
    Policy,
    Quantified,
    Rule,
    Type,
    path_text,
)

_WORDS: dict[Answer, str] = {True: "true", False: "false", None: "undefined"}
_LONGEST_LIST = 2**20  # an action has at most so many bytes

_OPS: dict[str, Callable[[int, int], bool]] = {
    "==": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def unreachable(policy: Policy, rule: Rule, atom: Atom, answer: Answer) -> str | None:
    """Why the condition of the rule never has this answer while the rule's match holds, or None."""
    if rule.id not in policy.by_id:
        return None
    if isinstance(atom, Has):
        return _has(rule, atom, answer)
    if answer is None:
        return _always_defined(rule, atom)
    match atom:
        case OneOf() | Like():
            return _texts(rule, atom, answer) if _is_text(atom.attribute) else _one_of(atom, answer)
        case Compare():
            return _range(atom, answer)
        case CompareAttributes():
            return _itself(atom, answer)
        case Quantified():
            return _elements(atom, answer)
        case Count():
            return _count(atom, answer)
        case _:
            assert_never(atom)


def _is_text(attribute: Attribute) -> bool:
    return attribute.type in (Type.STRING, Type.PATH)


def _scope(rule: Rule, path: tuple[str, ...]) -> tuple[Pattern, ...] | None:
    """The patterns of the rule's own match for what stands at a path; None if any value will do."""
    return next((test.patterns for test in rule.match if test.field.path == path), None)


def _required(rule: Rule, path: tuple[str, ...]) -> str | None:
    """Why the text at a path is always there, or None."""
    if path == Field.TOOL.path:
        return "an action always has a tool"
    scope = _scope(rule, path)
    if scope is None or matches(scope, ""):
        return None
    return f"the rule's own match asks for `{path_text(path)}`"


def _has(rule: Rule, atom: Has, answer: Answer) -> str | None:
    if answer is None:
        return "`has` is never undefined"
    return _required(rule, atom.path) if answer is False else None


def _always_defined(rule: Rule, atom: Atom) -> str | None:
    assert not isinstance(atom, Has)  # noqa: S101 - for the type checker
    both = (atom.left, atom.right) if isinstance(atom, CompareAttributes) else (atom.attribute,)
    reasons = [_defined(rule, attribute) for attribute in both]
    return next(iter(reasons)) if all(reasons) else None


def _defined(rule: Rule, attribute: Attribute) -> str | None:
    """Why the attribute is never undefined. What stands where a match looks is a text, or the action is refused."""
    reason = _required(rule, attribute.path)
    if reason is None or not _is_text(attribute):
        return None
    if attribute.type is Type.PATH and _possible(rule, attribute, (), (), "no path"):
        return None
    return reason


def _texts(rule: Rule, atom: OneOf | Like, answer: bool) -> str | None:
    group = atom.patterns if isinstance(atom, Like) else tuple(literal(v) for v in atom.values if isinstance(v, str))
    form: Form = "path" if atom.attribute.type is Type.PATH else "any"
    accept, reject = ((group,), ()) if answer else ((), group)
    if _possible(rule, atom.attribute, accept, reject, form):
        return None
    where = path_text(atom.attribute.path)
    by_match = _scope(rule, atom.attribute.path) is not None
    limit = f"that the rule's own match lets `{where}` have" if by_match else f"of `{where}`"
    return f"no value {limit} makes it {_WORDS[answer]}"


def _possible(
    rule: Rule,
    attribute: Attribute,
    accept: tuple[tuple[Pattern, ...], ...],
    reject: tuple[Pattern, ...],
    form: Form,
) -> bool:
    scope = _scope(rule, attribute.path)
    within = accept if scope is None else (scope, *accept)
    try:
        return witness(Wanted(within, reject, form, attribute.path != Field.TOOL.path)) is not None
    except Undecided:
        return True


def _one_of(atom: OneOf | Like, answer: bool) -> str | None:
    if isinstance(atom, OneOf) and not answer and {True, False} <= set(atom.values):
        return "a boolean is true or false"
    return None


_RANGES = {
    Type.NUMBER: (-NUMBER_MAX - 1, NUMBER_MAX),
    Type.DECIMAL: (-NUMBER_MAX - 1, NUMBER_MAX),
    Type.INTEGER: (-INT_MAX * SCALE, INT_MAX * SCALE),
}


def _range(atom: Compare, answer: bool) -> str | None:
    kind = atom.attribute.type
    if kind not in _RANGES or not isinstance(atom.value, Number):
        return None
    # The comparisons are monotone: if neither end of the range gives the answer, nothing in between does.
    if any(_OPS[atom.op](end, atom.value.scaled) is answer for end in _RANGES[kind]):
        return None
    return f"no {kind} makes it {_WORDS[answer]}"


def _itself(atom: CompareAttributes, answer: bool) -> str | None:
    if atom.left.path != atom.right.path:
        return None
    return None if _OPS[atom.op](0, 0) is answer else "an attribute equals itself"


def _elements(atom: Quantified, answer: bool) -> str | None:
    if not answer:
        return None  # the empty list
    group = atom.patterns or tuple(map(literal, atom.values))
    try:
        found = witness(Wanted((group,), form="path" if atom.attribute.type is Type.PATHS else "any"))
    except Undecided:
        return None
    return "no element can match" if found is None else None


def _count(atom: Count, answer: bool) -> str | None:
    sizes = [n for n in (0, atom.n - 1, atom.n, atom.n + 1) if 0 <= n <= _LONGEST_LIST]
    if any(_OPS[atom.op](size, atom.n) is answer for size in sizes):
        return None
    return f"no list that fits into an action makes it {_WORDS[answer]}"
