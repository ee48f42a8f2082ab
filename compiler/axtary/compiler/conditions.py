"""Syntax tree + types -> IR conditions. Every rule of what may be compared with what is here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from axtary.compiler.diagnostics import quoted, surely_meant
from axtary.compiler.drafts import RuleDraft
from axtary.compiler.edits import Change, Mend
from axtary.compiler.fixes import rewrite
from axtary.compiler.hints import attribute_hint, word_as_text_hint
from axtary.compiler.inference import BUILT_IN, TRACE_ID, Known, Types
from axtary.compiler.ir import (
    INT_MAX,
    NUMERIC,
    And,
    Attribute,
    Compare,
    CompareAttributes,
    Comparison,
    Condition,
    Count,
    Has,
    Instant,
    Like,
    Not,
    Number,
    OneOf,
    Or,
    Order,
    Pattern,
    Quantified,
    Span,
    Type,
    Value,
    path_text,
)
from axtary.compiler.literals import parse_number, parse_timestamp
from axtary.compiler.patterns import Dialect
from axtary.compiler.reading import Reader
from axtary.compiler.source import Text
from axtary.compiler.syntax import (
    Bare,
    Constant,
    CountTest,
    Expression,
    HasTest,
    ListTest,
    Logic,
    Operand,
    Path,
    SyntaxProblem,
)
from axtary.compiler.syntax import Comparison as ComparisonText

_MIRROR = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LISTS = frozenset({Type.STRINGS, Type.PATHS})


def _is_word(path: Path) -> bool:
    """A name alone that is no attribute, as of a text whose quotes were forgotten."""
    return len(path.steps) == 1 and path.steps not in BUILT_IN and path.steps[0] not in ("payload", "context")


class _Reported(Exception):
    """The problem is already reported; nothing to lower."""


class ConditionLowering:
    """Lowers the condition of one rule."""

    def __init__(self, rule: RuleDraft, text: Text, types: Types, reader: Reader) -> None:
        self._rule = rule
        self._text = text
        self._types = types
        self._reader = reader

    def lower(self, expression: Expression) -> Condition | None:
        """The IR condition, or None if anything in it was reported."""
        if isinstance(expression, Logic):
            return self._logic(expression)
        handlers: dict[type, Callable[..., Condition]] = {
            Bare: self._bare,
            ComparisonText: self._comparison,
            ListTest: self._list_test,
            CountTest: self._count,
            HasTest: self._has,
        }
        try:
            return handlers[type(expression)](expression)
        except _Reported:
            return None

    def _logic(self, logic: Logic) -> Condition | None:
        if logic.signs:
            self._sign(logic)
        items = [self.lower(item) for item in logic.items]
        kept = tuple(item for item in items if item is not None)
        if len(kept) < len(items):
            return None
        span = self._span(logic)
        if logic.operator == "not":
            return Not(kept[0], span)
        return And(kept, span) if logic.operator == "and" else Or(kept, span)

    def _sign(self, logic: Logic) -> None:
        """`&&`, `||`, `!`: one error, and one fix for all of the chain."""
        content, first = self._text.value, logic.signs[0]
        changes = []
        for sign in logic.signs:
            before = "" if content[: sign.start][-1:] in ("", " ", "\t", "\r", "\n", "(") else " "
            after = "" if content[sign.end].isspace() else " "
            changes.append(Change(sign.start, sign.end, before + logic.operator + after))
        message = f"{quoted(content[first.start : first.end])} is not an operator"
        fix = rewrite(self._text, Mend(f"write `{logic.operator}`", tuple(changes)))
        span = self._text.part(first.start, first.end)
        self._reader.report.error("AX0301", span, message, f"write `{logic.operator}`", fix=fix)

    # --- leaves ---

    def _bare(self, leaf: Bare) -> Condition:
        if isinstance(leaf.operand, Constant):
            help_text = 'compare an attribute with it; for one of several values write `payload.x in ["a", "b"]`'
            raise self._error("AX0304", leaf, "a literal alone is not a condition", help_text)
        path = path_text(leaf.operand.steps)
        mend = Mend(f"write `{path} == true`", (Change(leaf.end, leaf.end, " == true"),))
        known = self._types.of(self._rule, leaf.operand.steps)
        readable = leaf.operand.steps[0] in ("payload", "context") and len(leaf.operand.steps) > 1
        fits = readable and (known is None or known.type is Type.BOOLEAN)
        message = f"{quoted(path)} alone is not a condition"
        raise self._error("AX0304", leaf, message, f"write `{path} == true`", mend if fits else None)

    def _comparison(self, leaf: ComparisonText) -> Condition:
        if len(leaf.ops) > 1:
            help_text = "write `a < b and b < c`"
            raise self._error("AX0304", leaf, "comparisons cannot be chained", help_text, self._unchained(leaf))
        op = leaf.ops[0]
        left, right = leaf.operands
        if op == "=":
            at = self._text.value.index("=", left.end)
            mend = Mend("write `==`", (Change(at, at + 1, "=="),))
            raise self._error("AX0301", leaf, "`=` is not an operator", "write `==`", mend)
        if isinstance(left, Path) and isinstance(right, Path):
            found = self._compare_attributes(leaf, left, "==" if op == "!=" else op, right)
        elif isinstance(left, Path) and isinstance(right, Constant):
            found = self._compare(leaf, left, op, right)
        elif isinstance(left, Constant) and isinstance(right, Path):
            found = self._compare(leaf, right, _MIRROR[op], left)
        else:
            raise self._error("AX0304", leaf, "two literals are compared", "compare an attribute with a literal")
        return Not(found, found.span) if op == "!=" else found

    def _unchained(self, leaf: ComparisonText) -> Mend | None:
        """`1 < a < 5` -> `(1 < a and a < 5)`, where every sign orders."""
        if not set(leaf.ops) <= {"<", "<=", ">", ">="}:
            return None
        parts = [self._text.value[operand.start : operand.end] for operand in leaf.operands]
        pairs = [f"{parts[i]} {op} {parts[i + 1]}" for i, op in enumerate(leaf.ops)]
        joined = f"({' and '.join(pairs)})"
        return Mend(f"write `{joined}`", (Change(leaf.start, leaf.end, joined),))

    def _compare(self, leaf: ComparisonText, path: Path, op: str, constant: Constant) -> Condition:
        known = self._known(path)
        if known.type in _LISTS and path.steps in self._types.clashed:
            raise _Reported
        if known.type in _LISTS:
            help_text = f'write `{path_text(path.steps)} contains "…"` or `any {path_text(path.steps)} in ["…"]`'
            raise self._error("AX0304", leaf, "a list is compared with a literal", help_text)
        value = self._value(path, known, constant)
        attribute = Attribute(path.steps[0], path.steps[1:], known.type, self._span(path))
        if op in ("==", "!="):
            return OneOf(attribute, (value,), self._span(leaf))
        if not isinstance(value, Number | Instant):
            help_text = "numbers and timestamps have an order; use `==`, `in` or `like` here"
            if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(value)):
                help_text = f"write the number without quotes: `{value}`"
            raise self._error("AX0304", leaf, f"{known.type.phrase} has no order", help_text)
        return Compare(attribute, cast(Order, op), value, self._span(leaf))

    def _compare_attributes(self, leaf: ComparisonText, left: Path, op: str, right: Path) -> Condition:
        self._check_root(left)
        if _is_word(right):
            name = right.steps[0]
            help_text = word_as_text_hint(name)
            raise self._error("AX0302", right, f"actions have no {quoted(name)}", help_text, _mend(right, help_text))
        self._check_root(right)
        known = self._type(left), self._type(right)
        if known[0] is None or known[1] is None:
            unknown = left if known[0] is None else right
            name = path_text(unknown.steps)
            help_text = f"declare the type of `{name}` under `tools`"
            raise self._error("AX0502", unknown, f"nothing tells the type of {quoted(name)}", help_text)
        one, two = known[0].type, known[1].type
        if one in _LISTS or two in _LISTS:
            raise self._error("AX0304", leaf, "a list is compared", "test its elements with `any`, `all` or `none`")
        if one is not two and not (one in NUMERIC and two in NUMERIC):
            message = f"{one.phrase} is compared with {two.phrase}"
            labels = known[0].label() + known[1].label()
            self._reader.report.error("AX0503", self._span(leaf), message, "compare values of one type", *labels)
            raise _Reported
        if op != "==" and one not in NUMERIC and one is not Type.TIMESTAMP:
            help_text = "numbers and timestamps have an order; use `==` here"
            raise self._error("AX0304", leaf, f"{one.phrase} has no order", help_text)
        attributes = [
            Attribute(p.steps[0], p.steps[1:], kind, self._span(p)) for p, kind in ((left, one), (right, two))
        ]
        return CompareAttributes(attributes[0], cast(Comparison, op), attributes[1], self._span(leaf))

    def _list_test(self, leaf: ListTest) -> Condition:
        if leaf.negated:
            help_text = f"write `not ({path_text(self._path(leaf.subject).steps)} {leaf.operator or 'in'} …)`"
            message = "`not` stands before the whole comparison"
            raise self._error("AX0301", leaf, message, help_text, self._negation_first(leaf))
        path = self._path(leaf.subject)
        if not leaf.operands:
            raise self._error("AX0306", leaf, "the list is empty", "write what the value may be")
        if leaf.operator in ("like", "matches"):
            return self._patterns(leaf, path)
        if not leaf.is_list and leaf.operator == "in":
            help_text = 'write a list: `in ["a", "b"]`; for an element of a list, `payload.labels contains "a"`'
            raise self._error("AX0306", leaf, "`in` needs a list of literals", help_text)
        constants = self._constants(leaf)
        if leaf.quantifier or leaf.operator == "contains":
            return self._quantified(leaf, path, values=self._strings(constants), patterns=())
        known = self._known(path)
        if known.type in _LISTS:
            help_text = f"write `any {path_text(path.steps)} in […]`"
            raise self._error("AX0503", leaf, "`in` reads a single value, and this is a list", help_text)
        values = tuple(dict.fromkeys(self._value(path, known, constant) for constant in constants))
        return OneOf(Attribute(path.steps[0], path.steps[1:], known.type, self._span(path)), values, self._span(leaf))

    def _negation_first(self, leaf: ListTest) -> Mend | None:
        """`a not in […]` -> `not a in […]`."""
        word = re.compile(r"\s*not\s+").match(self._text.value, leaf.subject.end)
        if word is None:
            return None
        changes = (Change(leaf.start, leaf.start, "not "), Change(word.start(), word.end(), " "))
        return Mend("write `not` before the comparison", changes)

    def _constants(self, leaf: ListTest) -> list[Constant]:
        constants = [operand for operand in leaf.operands if isinstance(operand, Constant)]
        if len(constants) < len(leaf.operands):
            names = (o.steps[0] if isinstance(o, Path) and _is_word(o) else "…" for o in leaf.operands)
            words = ", ".join(f'"{name}"' for name in names)
            help_text = f"list literals only, with texts in double quotes: `[{words}]`"
            raise self._error("AX0306", leaf, "an attribute stands among the literals", help_text)
        if len({constant.kind for constant in constants}) > 1:
            raise self._error("AX0306", leaf, "the list mixes types", "write literals of one type")
        return constants

    def _strings(self, constants: list[Constant]) -> tuple[str, ...]:
        for constant in constants:
            if not isinstance(constant.value, str) or constant.number:
                raise self._error("AX0303", constant, "the elements are strings", 'write a string: "…"')
        return tuple(dict.fromkeys(str(constant.value) for constant in constants))

    def _patterns(self, leaf: ListTest, path: Path) -> Condition:
        dialect = Dialect.PATH if leaf.operator == "matches" else Dialect.NAME
        patterns: list[Pattern] = []
        wrong = False
        for operand in leaf.operands:
            try:
                patterns += self._pattern(leaf, operand, dialect)
            except _Reported:
                wrong = True
        if wrong:
            raise _Reported
        unique = tuple(dict.fromkeys(patterns))
        if leaf.quantifier:
            return self._quantified(leaf, path, values=(), patterns=unique, path_form=dialect is Dialect.PATH)
        known = self._known(path)
        if known.type is not Type.STRING:
            wanted = f"any {path_text(path.steps)} {leaf.operator}" if known.type in _LISTS else "=="
            self._misfit(leaf, known, f"`{leaf.operator}` reads a string", f"write `{wanted} …`", path.steps)
        kind = Type.PATH if dialect is Dialect.PATH else Type.STRING
        return Like(Attribute(path.steps[0], path.steps[1:], kind, self._span(path)), unique, self._span(leaf))

    def _pattern(self, leaf: ListTest, operand: Operand, dialect: Dialect) -> tuple[Pattern, ...]:
        if isinstance(operand, Path):
            raise self._error("AX0303", operand, "a pattern is a string", f'write `{leaf.operator} "…"`')
        self._strings([operand])
        try:
            return self._reader.patterns(str(operand.value), dialect, self._span(operand))
        except SyntaxProblem as problem:
            mend = problem.mend.shifted(operand.start + 1) if problem.mend and self._verbatim(operand) else None
            raise self._error(problem.code, operand, problem.message, problem.help, mend) from None

    def _quantified(
        self,
        leaf: ListTest,
        path: Path,
        *,
        values: tuple[str, ...],
        patterns: tuple[Pattern, ...],
        path_form: bool = False,
    ) -> Condition:
        known = self._known(path)
        if known.type not in _LISTS:
            word = leaf.quantifier or "contains"
            test = 'like "*…*"' if leaf.operator == "contains" else f"{leaf.operator} …"
            help_text = f"write `{path_text(path.steps)} {test}` for a single value"
            self._misfit(leaf, known, f"`{word}` reads a list", help_text, path.steps)
        kind = Type.PATHS if path_form else known.type
        attribute = Attribute(path.steps[0], path.steps[1:], kind, self._span(path))
        found = Quantified(attribute, "all" if leaf.quantifier == "all" else "any", values, patterns, self._span(leaf))
        return Not(found, found.span) if leaf.quantifier == "none" else found

    def _count(self, leaf: CountTest) -> Condition:
        path = self._path(leaf.subject)
        known = self._known(path)
        if known.type not in _LISTS:
            self._misfit(
                leaf, known, "`count` reads a list", f"write `{path_text(path.steps)} {leaf.op} …`", path.steps
            )
        limit = leaf.limit
        if leaf.op == "=":
            raise self._error("AX0301", leaf, "`=` is not an operator", "write `==`")
        if not (isinstance(limit, Constant) and limit.number and str(limit.value).isdecimal()):
            raise self._error("AX0303", limit, "a count is compared with a whole number", "write for example `<= 3`")
        digits = str(limit.value)
        if len(digits) > 16 or int(digits) > INT_MAX or str(int(digits)) != digits:
            raise self._error("AX0303", limit, f"{quoted(digits)} is not a count", f"write 0 to {INT_MAX}")
        attribute = Attribute(path.steps[0], path.steps[1:], known.type, self._span(path))
        op = "==" if leaf.op == "!=" else leaf.op
        found = Count(attribute, cast(Comparison, op), int(digits), self._span(leaf))
        return Not(found, found.span) if leaf.op == "!=" else found

    def _has(self, leaf: HasTest) -> Condition:
        path = self._path(leaf.subject)
        self._check_root(path, presence=True)
        return Has(path.steps[0], path.steps[1:], self._span(leaf))

    # --- operands ---

    def _path(self, operand: Operand) -> Path:
        if isinstance(operand, Path):
            return operand
        help_text = "write the attribute without quotes, and on the left: `has payload.x`, `payload.labels contains …`"
        raise self._error("AX0304", operand, "a literal stands where an attribute is read", help_text)

    def _known(self, path: Path) -> Known:
        self._check_root(path)
        known = self._type(path)
        if known is None:  # only a leaf that is itself wrong infers nothing
            name = path_text(path.steps)
            raise self._error("AX0502", path, f"nothing tells the type of {quoted(name)}", "declare it under `tools`")
        return known

    def _type(self, path: Path) -> Known | None:
        if self._types.is_refused(self._rule, path.steps):
            raise _Reported
        return self._types.of(self._rule, path.steps)

    def _check_root(self, path: Path, presence: bool = False) -> None:
        steps = path.steps
        if steps[0] in ("payload", "context"):
            if steps[:2] == TRACE_ID:
                help_text = "it is outside the action's hash; test another attribute"
                raise self._error("AX0302", path, "`context.trace_id` cannot decide", help_text)
            if len(steps) > 1 or presence:
                return
            message = f"{quoted(steps[0])} is an object, not a value"
            raise self._error("AX0302", path, message, f"name a field: `{steps[0]}.…`")
        if steps not in BUILT_IN:
            help_text = attribute_hint(steps)
            raise self._error(
                "AX0302", path, f"actions have no {quoted(path_text(steps))}", help_text, _mend(path, help_text)
            )

    def _value(self, path: Path, known: Known, constant: Constant) -> Value:
        wanted = {Type.STRING: "string", Type.BOOLEAN: "boolean", Type.TIMESTAMP: "string"}.get(known.type, "number")
        if constant.kind != wanted:
            name = path_text(path.steps)
            message = f"{quoted(name)} is {known.type.phrase}, and is compared with a {constant.kind}"
            help_text = {"string": 'write a string: "…"', "boolean": "write `true` or `false`"}.get(
                wanted, "write a number without quotes"
            )
            self._misfit(constant, known, message, help_text, steps=path.steps)
        try:
            if known.type in NUMERIC:
                return parse_number(str(constant.value), known.type)
            if known.type is Type.TIMESTAMP:
                return parse_timestamp(str(constant.value))
        except ValueError as problem:
            message = f"{quoted(str(constant.value))} {str(problem).split(': ')[0]}"
            help_text = str(problem).partition(": ")[2] or "write a value that the type can hold"
            raise self._error("AX0303", constant, message, help_text) from None
        return constant.value

    def _misfit(
        self, node: Expression | Operand, known: Known, message: str, help_text: str, steps: tuple[str, ...]
    ) -> None:
        """An operator or literal that does not fit a known type. Inferred types are reported where they clash."""
        if known.origin != "used" or steps not in self._types.clashed:
            code = "AX0503" if known.origin != "used" else "AX0501"
            self._reader.report.error(code, self._span(node), message, help_text, *known.label())
        raise _Reported

    def _span(self, node: Expression | Operand) -> Span:
        return self._text.part(node.start, node.end)

    def _verbatim(self, constant: Constant) -> bool:
        """Does the string stand in the condition without escapes?"""
        return self._text.value[constant.start + 1 : constant.end - 1] == constant.value

    def _error(
        self, code: str, node: Expression | Operand, message: str, help_text: str, mend: Mend | None = None
    ) -> _Reported:
        fix = rewrite(self._text, mend)
        self._reader.report.error(code, self._span(node), message, help_text, fix=fix)
        return _Reported()


def _mend(path: Path, help_text: str) -> Mend | None:
    """Writes the attribute, or the word, that is meant, where there is no doubt: the help names it too."""
    meant = _meant(path.steps)
    if meant is None or f"`{meant}`" not in help_text:
        return None
    return Mend(f"write `{meant}`", (Change(path.start, path.end, meant),))


def _meant(steps: tuple[str, ...]) -> str | None:
    """The attribute, or the word, that is clearly meant by a path that actions do not have."""
    if len(steps) == 1 and steps[0].lower() in ("true", "false"):
        return steps[0].lower()
    built_in = surely_meant(path_text(steps), map(path_text, BUILT_IN))
    root = surely_meant(steps[0], ("payload", "context"))
    return path_text((root, *steps[1:])) if built_in is None and root is not None and len(steps) > 1 else built_in
