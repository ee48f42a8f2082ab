"""The leaves of a predicate as Rego expressions: when is one definitely true, when definitely false?

Every read goes through a typed function that is undefined for a missing or ill-typed value, so an expression about
an undefined leaf never holds. Only equality with a string or boolean reads directly: Rego's `==` already compares
by type.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from axtary.backends.rego.patterns import pattern_tests
from axtary.backends.rego.tree import (
    Assign,
    Body,
    Boolean,
    Call,
    Default,
    Every,
    Holds,
    Infix,
    Input,
    Integer,
    Name,
    Not,
    Rule,
    Set,
    Some,
    Term,
    Text,
)
from axtary.compiler.ir import (
    SCALE,
    Atom,
    Attribute,
    Compare,
    CompareAttributes,
    Count,
    Has,
    Instant,
    Like,
    Number,
    OneOf,
    Pattern,
    Quantified,
    Type,
    Value,
)
from axtary.compiler.text import condition_text

_READS = {
    Type.STRING: "as_string",
    Type.PATH: "as_path",
    Type.BOOLEAN: "as_boolean",
    Type.NUMBER: "as_number",
    Type.INTEGER: "as_scaled_integer",
    Type.DECIMAL: "as_decimal",
    Type.TIMESTAMP: "as_instant",
    Type.STRINGS: "as_strings",
    Type.PATHS: "as_paths",
}
OPPOSITES = {"==": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_DIRECT = frozenset({Type.STRING, Type.BOOLEAN})


@dataclass(slots=True)
class Helpers:
    """The helper rules made for one rule of the policy, with names that no other rule of the module has."""

    stem: str
    taken: set[str]
    rules: list[Rule | Default] = field(default_factory=list)
    variables: int = 0

    def name(self, kind: str) -> str:
        """An unused rule name: `<rule>_<kind>_<n>`."""
        n = 1
        while (name := f"{self.stem}_{kind}_{n}") in self.taken:
            n += 1
        self.taken.add(name)
        return name

    def variable(self, kind: str) -> Name:
        """A local variable that is used nowhere else in this rule's bodies."""
        self.variables += 1
        return Name(f"{kind}_{self.variables}")

    def total(self, kind: str, body: Body, comment: str = "") -> Name:
        """A rule that is true if the body holds and otherwise false, so that it may stand under `not`."""
        name = self.name(kind)
        self.rules.append(Default(name, Boolean(False), comment=(comment,) if comment else ()))
        self.rules.append(Rule(name, body))
        return Name(name)

    def function(self, kind: str, bodies: Callable[[Term], list[Body]], comment: str) -> str:
        """A function of one defined text: true if one of the bodies holds, otherwise false."""
        name, parameter = self.name(kind), "text"
        self.rules.append(Default(name, Boolean(False), function=True, comment=(comment,)))
        self.rules += [Rule(name, body, parameter=parameter) for body in bodies(Name(parameter))]
        return name


# A test of a value that is defined: the term holds exactly if the value passes.
Test = Callable[[Term], Term]


def read(attribute: Attribute, *, whole: bool = False) -> Term:
    """A typed read; numbers in ten-thousandths, but an integer as it is if `whole`."""
    name = "as_integer" if whole and attribute.type is Type.INTEGER else _READS[attribute.type]
    return Call(name, (Input(("action", *attribute.path)),))


def true_body(atom: Atom, helpers: Helpers) -> Body:
    """Expressions that all hold exactly if the leaf is definitely true."""
    match atom:
        case OneOf(attribute, values):
            return (Holds(_equals(_equality_operand(attribute, values), attribute, values)),)
        case Compare() | CompareAttributes() | Count():
            return (Holds(_comparison(atom)),)
        case Like(attribute, patterns):
            return (Holds(_text_test(patterns, helpers)(read(attribute))),)
        case Quantified():
            return _quantified_true(atom, helpers)
        case Has():
            *parents, key = ("action", *atom.path)
            return (Holds(Call("has_key", (Input(tuple(parents)), Text(key)))),)
        case _:
            assert_never(atom)


def false_body(atom: Atom, helpers: Helpers) -> Body:
    """Expressions that all hold exactly if the leaf is definitely false."""
    match atom:
        case OneOf(attribute, values):
            whole = _whole(attribute, values)
            return _fails(lambda value: _equals(value, attribute, values), read(attribute, whole=whole), helpers)
        case Compare() | CompareAttributes() | Count():
            return (Holds(opposite(_comparison(atom))),)
        case Like(attribute, patterns):
            return _fails(_text_test(patterns, helpers), read(attribute), helpers)
        case Quantified(attribute):
            return (Holds(read(attribute)), Not(_confirmed(atom, helpers)))
        case Has():
            return (Not(_confirmed(atom, helpers)),)
        case _:
            assert_never(atom)


def _confirmed(atom: Atom, helpers: Helpers) -> Term:
    return helpers.total("confirmed", true_body(atom, helpers), f"{condition_text(atom, exact=True)}: definitely true")


# --- comparisons ------------------------------------------------------------------------------------------------------


def opposite(comparison: Infix) -> Infix:
    """What holds if the operands are defined and the comparison does not hold."""
    return Infix(comparison.left, OPPOSITES[comparison.operator], comparison.right)


def _comparison(atom: Compare | CompareAttributes | Count) -> Infix:
    match atom:
        case Compare(attribute, op, value):
            whole = _whole(attribute, (value,))
            return Infix(read(attribute, whole=whole), op, _constant(value, whole))
        case CompareAttributes(left, op, right):
            whole = left.type is right.type
            return Infix(read(left, whole=whole), op, read(right, whole=whole))
        case Count(attribute, op, n):
            return Infix(Call("count", (read(attribute),)), op, Integer(n))
        case _:
            assert_never(atom)


def _whole(attribute: Attribute, values: tuple[Value, ...]) -> bool:
    """Whether an integer is compared with integers only, and so needs no other unit."""
    integral = all(isinstance(value, Number) and value.scaled % SCALE == 0 for value in values)
    return attribute.type is Type.INTEGER and integral


def _constant(value: Value, whole: bool) -> Term:
    match value:
        case bool():
            return Boolean(value)
        case str():
            return Text(value)
        case Number(scaled):
            return Integer(scaled // SCALE if whole else scaled)
        case Instant(ns):
            return Integer(ns)
        case _:
            assert_never(value)


def _equality_operand(attribute: Attribute, values: tuple[Value, ...]) -> Term:
    if attribute.type in _DIRECT:
        return Input(("action", *attribute.path))
    return read(attribute, whole=_whole(attribute, values))


def _equals(operand: Term, attribute: Attribute, values: tuple[Value, ...]) -> Infix:
    whole = _whole(attribute, values)
    constants = tuple(_constant(value, whole) for value in values)
    return Infix(operand, "==", constants[0]) if len(constants) == 1 else Infix(operand, "in", Set(constants))


# --- texts and lists --------------------------------------------------------------------------------------------------


def _text_test(patterns: tuple[Pattern, ...], helpers: Helpers) -> Test:
    """Any of the patterns: inline where one expression says it, else as a function with a body per pattern."""
    literals = [pattern.literal for pattern in patterns]
    if len(literals) > 1 and None not in literals:
        texts = tuple(Text(literal) for literal in literals if literal is not None)
        return lambda value: Infix(value, "in", Set(texts))
    if len(patterns) == 1 and len(pattern_tests(patterns[0], Name("_"))) == 1:
        return lambda value: pattern_tests(patterns[0], value)[0]
    name = pattern_function(patterns, helpers)
    return lambda value: Call(name, (value,))


def pattern_function(patterns: tuple[Pattern, ...], helpers: Helpers) -> str:
    """The name of a total function of a text: does any of the patterns match it?"""

    def bodies(text: Term) -> list[Body]:
        return [tuple(Holds(test) for test in pattern_tests(pattern, text)) for pattern in patterns]

    return helpers.function("pattern", bodies, f"one of {len(patterns)} patterns" if len(patterns) > 1 else "a pattern")


def _fails(test: Test, value: Term, helpers: Helpers) -> Body:
    """The value is defined and does not pass. Under a `not` it must be a bound variable: see `Not`."""
    whole = test(value)
    if isinstance(whole, Infix) and whole.operator in OPPOSITES:
        return (Holds(opposite(whole)),)
    bound = helpers.variable("value")
    return (Assign(bound.name, value), Not(test(bound)))


def _quantified_true(atom: Quantified, helpers: Helpers) -> Body:
    test = _element_test(atom, helpers)
    element = helpers.variable("item")
    body = (Holds(test(element)),)
    if atom.quantifier == "any":
        return (Some(element.name, read(atom.attribute)), *body)
    items = helpers.variable("list")
    return (
        Assign(items.name, read(atom.attribute)),
        Holds(Infix(Call("count", (items,)), ">", Integer(0))),
        Every(element.name, items, body),
    )


def _element_test(atom: Quantified, helpers: Helpers) -> Test:
    if atom.patterns:
        return _text_test(atom.patterns, helpers)
    values: tuple[Value, ...] = atom.values
    return lambda value: _equals(value, atom.attribute, values)
