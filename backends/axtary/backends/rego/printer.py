"""Prints the tree of `tree` as Rego v1 text, laid out as `opa fmt` does. All escaping is here."""

from __future__ import annotations

import json
import re
from typing import assert_never

from axtary.backends.rego.tree import (
    Array,
    Assign,
    Body,
    Boolean,
    Call,
    Default,
    Every,
    Expression,
    Holds,
    Infix,
    Input,
    Integer,
    Module,
    Name,
    Not,
    Object,
    Regex,
    Rule,
    Set,
    Some,
    Term,
    Text,
)

_WORDS = "as contains default else every false if import in not null package some true with"
KEYWORDS = frozenset(_WORDS.split())
_UNPRINTABLE = re.compile(r"[^ -~]")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def print_module(module: Module) -> str:
    """The text of a module: ASCII only, ends with a newline."""
    head = [_comment(module.comment) + f"package {module.package}"]
    return "\n\n".join(head + [_rule(rule) for rule in module.rules]) + "\n"


def term(node: Term) -> str:
    """One term on one line (but wide objects)."""
    match node:
        case Text(value):
            return string(value)
        case Regex(value):
            return f"`{value}`"
        case Integer(value):
            return str(value)
        case Boolean(value):
            return "true" if value else "false"
        case Name(name):
            return name
        case Input(keys):
            return "input" + "".join(_step(key) for key in keys)
        case Call(name, arguments):
            return f"{name}({_terms(arguments)})"
        case Infix(left, operator, right):
            return f"{term(left)} {operator} {term(right)}"
        case Array(items):
            return f"[{_terms(items)}]"
        case Set(items):
            return f"{{{_terms(items)}}}" if items else "set()"
        case Object():
            return _object(node)
        case _:
            assert_never(node)


def string(value: str) -> str:
    """A Rego string: JSON's escapes, ASCII only, so that no character of a policy can end it."""
    return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")


def _comment(lines: tuple[str, ...]) -> str:
    """Whatever is not printable ASCII is escaped: a line of a policy must not become a line of code."""
    return "".join(f"# {_UNPRINTABLE.sub(_escaped, line)}".rstrip() + "\n" for line in lines)


def _escaped(found: re.Match[str]) -> str:
    return string(found.group())[1:-1]


def _step(key: str) -> str:
    return f".{key}" if _PLAIN.match(key) and key not in KEYWORDS else f"[{string(key)}]"


def _terms(nodes: tuple[Term, ...]) -> str:
    return ", ".join(term(node) for node in nodes)


def _object(node: Object) -> str:
    members = [f"{string(key)}: {term(value)}" for key, value in node.members]
    if node.wide and members:
        return "{\n" + "".join(f"\t{member},\n" for member in members) + "}"
    return f"{{{', '.join(members)}}}"


def _expression(node: Expression, indent: str) -> str:
    match node:
        case Holds(it):
            return indent + term(it)
        case Not(it):
            return f"{indent}not {term(it)}"
        case Assign(name, it):
            return f"{indent}{name} := {term(it)}"
        case Some(name, domain):
            return f"{indent}some {name} in {term(domain)}"
        case Every(name, domain, body):
            inner = "".join(_expression(part, indent + "\t") + "\n" for part in body)
            return f"{indent}every {name} in {term(domain)} {{\n{inner}{indent}}}"
        case _:
            assert_never(node)


def _body(body: Body) -> str:
    """Nothing, ` if expression` on the same line, or a block."""
    if not body:
        return ""
    if len(body) == 1 and isinstance(body[0], Holds | Not):
        return f" if {_expression(body[0], '')}"
    return " if {\n" + "".join(_expression(part, "\t") + "\n" for part in body) + "}"


def _rule(rule: Rule | Default) -> str:
    comment = _comment(rule.comment)
    if isinstance(rule, Default):
        return f"{comment}default {rule.name}{'(_)' if rule.function else ''} := {term(rule.value)}"
    head = rule.name + (f"({rule.parameter})" if rule.parameter else "")
    if rule.element is not None:
        head += f" contains {term(rule.element)}"
    if rule.value is not None:
        head += f" := {term(rule.value)}"
    return f"{comment}{head}{_body(rule.body)}"
