"""Expressions of Cedar, in its JSON form, as formulas that are true just where the expression is.

An expression that errors is not true, and its policy is skipped. So each access must stand behind its `has`; without
one it is kept only where an error and a false come to the same: at the top of a permit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from axtary.compiler.diagnostics import quoted
from axtary.runtime.convert.cedar.comparisons import Atom, Expression, Read, Unsaid, atom, only, record_of
from axtary.runtime.convert.cedar.formulas import FALSE, TRUE, Formula, Joined, Literal, Reads, implied, joined


@dataclass
class Translator:
    """Translates the expressions of one policy. `forbids`: restricting more than Cedar is allowed, and noted."""

    forbids: bool
    notes: list[str] = field(default_factory=list)

    def true(self, expression: Expression, positive: bool, known: Reads, top: bool) -> Formula:
        """True just where the expression is true (or, if not `positive`, false).

        `known`: what is defined wherever the expression is evaluated. `top`: an error is as good as "not true".
        Raises Unsaid.
        """
        operator, body = only(expression)
        if operator in ("&&", "||"):
            return self._both(operator, body, positive, known, top)
        if operator == "!":
            return self.true(body["arg"], not positive, known, top)
        if operator == "Value" and isinstance(body, bool):
            return TRUE if body == positive else FALSE
        if operator == "has":
            return self._has(body, positive)
        return self._literal(atom(operator, body), positive, known, top)

    def _both(self, operator: str, body: Expression, positive: bool, known: Reads, top: bool) -> Formula:
        conjunction = (operator == "&&") == positive
        left = self.true(body["left"], positive, known, top and conjunction)
        seen = known | facts(body["left"], operator == "&&")
        right = self.true(body["right"], positive, seen, top and conjunction)
        return _without_needless([left, right]) if conjunction else joined("or", [left, right])

    def _has(self, body: Expression, positive: bool) -> Formula:
        read = record_of(body["left"], body["attr"])
        if positive:
            return Literal(_defined(read), reads=frozenset({read.key}))
        if not self.forbids:
            why = f"a grant for actions without {quoted(read.path)}, or with another type there, cannot be said"
            raise Unsaid(why, "grant where an attribute has a value")
        self.notes.append(f"also denies where {quoted(read.path)} is there with a value of another type")
        return Literal(f"has {read.path}", negated=True)

    def _literal(self, found: Atom, positive: bool, known: Reads, top: bool) -> Formula:
        missing = sorted(read.path for read in found.reads if read.record and read.key not in known)
        if missing and (self.forbids or not top):
            why = f"{quoted(missing[0])} is read without `has`: where it is missing, Cedar skips the whole policy"
            raise Unsaid(why, "guard it: `context.<record> has … && …`")
        if found.field is not None:
            return _of_field(found, found.field, positive)
        return Literal(found.text, not positive, frozenset(read.key for read in found.reads), found.tools)


def facts(expression: Expression, positive: bool) -> Reads:
    """What is defined once the expression was true (or, if not `positive`, false)."""
    operator, body = only(expression)
    if operator == "!":
        return facts(body["arg"], not positive)
    if operator in ("&&", "||") and (operator == "&&") == positive:
        return facts(body["left"], positive) | facts(body["right"], positive)
    if operator == "has" and positive:
        return frozenset({record_of(body["left"], body["attr"]).key})
    return frozenset()


def _of_field(found: Atom, name: str, positive: bool) -> Formula:
    """A comparison of a field: an absent one is the empty text in Cedar, and undefined in a condition."""
    literal = Literal(found.text, not positive, frozenset({name}), found.tools)
    if name == "tool" or found.empty != positive:
        return literal
    return joined("or", [Literal(f"has {name}", negated=True), literal])


def _without_needless(items: Sequence[Formula]) -> Formula:
    """`and`, without the tests for being there that another item makes needless."""
    flat = joined("and", items)
    parts = list(flat.items) if isinstance(flat, Joined) and flat.word == "and" else [flat]
    for part in list(parts):
        others = frozenset[str]().union(*(implied(other) for other in parts if other is not part))
        if _is_guard(part) and implied(part) <= others:
            parts.remove(part)
        elif (field_read := _unless_absent(part)) is not None and implied(field_read) <= others:
            parts[parts.index(part)] = field_read
    return joined("and", parts)


def _is_guard(part: Formula) -> bool:
    return isinstance(part, Literal) and not part.negated and bool(part.reads) and part.text in _guards(part)


def _guards(part: Literal) -> set[str]:
    return {_defined(Read(*key.split(" ", 1))) for key in part.reads if " " in key}


def _unless_absent(part: Formula) -> Literal | None:
    """The comparison in `not has resource or resource …`."""
    if isinstance(part, Literal) or part.word != "or" or len(part.items) != 2:
        return None
    first, second = part.items
    if isinstance(first, Literal) and isinstance(second, Literal) and first.negated and not first.reads:
        return second if second.reads == {first.text.removeprefix("has ")} else None
    return None


def _defined(read: Read) -> str:
    """A condition that is true if the attribute is defined, and else undefined."""
    return {
        "string": f'{read.path} like "*"',
        "boolean": f"{read.path} in [true, false]",
        "number": f"({read.path} <= 0 or {read.path} > 0)",
    }.get(read.record, f"count({read.path}) >= 0")
