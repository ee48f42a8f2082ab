"""One condition (field, operator, value) as a condition of axtary that is true just where it matches.

There a missing field never matches, whatever the operator. So each comparison stands behind `has`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from axtary.runtime.convert.agt.values import Scalar
from axtary.runtime.convert.draft import exactly, text, texts

OPERATORS = ("eq", "ne", "gt", "lt", "gte", "lte", "in", "not_in", "matches", "contains")
_ORDER = {"gt": ">", "lt": "<", "gte": ">=", "lte": "<="}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_META = frozenset(".^$*+?{}[]|()\\")
TOOL, AGENT = "tool_name", "agent_id"


class Unsaid(Exception):
    """The condition cannot be said: why, and what to write."""

    def __init__(self, why: str, help_text: str) -> None:
        super().__init__(why)
        self.why, self.help = why, help_text


@dataclass(frozen=True)
class Test:
    """A condition. `tools`: the tool patterns that say the same, if it is about the tool and asks for some."""

    when: str
    tools: tuple[str, ...] = ()
    exact: bool = False  # the patterns are names
    fails: bool = False  # a value of another type is an error there, which denies
    note: str = ""


def attribute(field: str) -> str:
    """The attribute that a field of the execution context becomes. Raises Unsaid."""
    if field == TOOL:
        return "tool"
    if field == AGENT:
        return "actor.agent"
    if field == "trace_id":
        raise Unsaid("`trace_id` is outside what policies can read", "compare another field")
    return f"context.{field}" if _NAME.fullmatch(field) else f"context[{text(field)}]"


def test(field: str, operator: str, value: Scalar | Sequence[Scalar]) -> Test:
    """The condition in axtary's words. Raises Unsaid."""
    where = attribute(field)
    found = _compared(where, operator, value)
    if where == "tool":
        return found
    fails = operator in _ORDER or operator == "contains"
    return Test(f"(has {where} and {found.when})", fails=fails, note=found.note)


def _compared(where: str, operator: str, value: Scalar | Sequence[Scalar]) -> Test:
    if operator in ("in", "not_in"):
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise Unsaid("the value is no list, and then parts of a text match", "write a list of values")
        return _listed(where, operator, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        raise Unsaid("a list is compared with one value", "use `in`, or write one value")
    if operator in _ORDER:
        if isinstance(value, str | bool) or value is None:
            raise Unsaid("only numbers are ordered here", "write a number")
        return Test(f"{where} {_ORDER[operator]} {_literal(value)}")
    if operator in ("matches", "contains"):
        return _searched(where, operator, value)
    return _listed(where, "in" if operator == "eq" else "not_in", [value])


def _listed(where: str, operator: str, values: Sequence[Scalar]) -> Test:
    if not values:
        raise Unsaid("an empty list has no member", "delete the rule, or name the values")
    kinds = {str if isinstance(value, str) else bool if isinstance(value, bool) else float for value in values}
    if len(kinds) > 1 or (bool in kinds and len(values) > 1):
        raise Unsaid("values of several types are compared with one field", "write a rule for each type")
    literals = list(dict.fromkeys(map(_literal, values)))
    single = len(literals) == 1
    if operator == "in":
        when = f"{where} == {literals[0]}" if single else f"{where} in [{', '.join(literals)}]"
        names = tuple(exactly(value) for value in values if isinstance(value, str) and value)
        return Test(when, names if where == "tool" and len(names) == len(values) else (), exact=True)
    return Test(f"{where} != {literals[0]}" if single else f"not {where} in [{', '.join(literals)}]")


def _literal(value: Scalar) -> str:
    if value is None:
        raise Unsaid("nothing is equal to null there", "name a value")
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float):
        if value != value or abs(value) > 1e14 or round(value, 4) != value:
            raise Unsaid("a number has at most four fraction digits here", "write a rounder number")
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return json.dumps(value)


def _searched(where: str, operator: str, value: Scalar) -> Test:
    if not isinstance(value, str) or not value:
        raise Unsaid("only a text can be searched for", "write a text in quotes")
    if operator == "matches":
        patterns = regular(value)
        return Test(f"{where} like {texts(patterns)}", tuple(patterns) if where == "tool" else ())
    found = f"*{exactly(value)}*"
    note = "" if where == "tool" else "`contains` is kept for texts; beside a list it is undefined, which restricts"
    return Test(f"{where} like {text(found)}", (found,) if where == "tool" else (), note=note)


def regular(expression: str) -> list[str]:
    """A regular expression, searched for, as name patterns. Raises Unsaid for all but texts, anchors and `.*`."""
    inner = re.fullmatch(r"\^\(\??:?([^()]*)\)\$", expression)
    parts = [f"^{part}$" for part in _split(inner[1])] if inner else _split(expression)
    return [pattern for part in parts for pattern in _pattern(part)]


def _split(expression: str) -> list[str]:
    """The alternatives at the top; a bar behind a backslash is none."""
    return re.split(r"(?<!\\)\|", expression)


def _pattern(part: str) -> list[str]:
    starts, ends = part.startswith("^"), part.endswith("$") and not part.endswith("\\$")
    body = part[starts : len(part) - ends]
    # Searched for, `.*` at an open end says nothing. At an anchored end it says "no line break", which `*` does not.
    if body.startswith(".*") and not starts:
        body = body[2:]
    if body.endswith(".*") and not body.endswith("\\.*") and not ends:
        body = body[:-2]
    literal = exactly(_unescaped(body))
    front, back = ("" if starts else "*"), ("" if ends else "*")
    if not literal and not (front or back):
        raise Unsaid("it matches only the empty text", "name a text")
    found = f"{front}{literal}{back}" if literal else "*"
    return [found, f"{found}\n"] if ends else [found]  # `$` is also before a line break at the end


def _unescaped(body: str) -> str:
    plain, at = [], 0
    while at < len(body):
        character = body[at]
        if character == "\\" and at + 1 < len(body) and not body[at + 1].isalnum():
            plain.append(body[at + 1])
            at += 2
            continue
        if character in _META:
            why = "of regular expressions only texts are kept, with `^`, `$`, `|` and `.*` at an open end"
            raise Unsaid(why, "write the texts out, as `in`, `contains` or several rules")
        plain.append(character)
        at += 1
    return "".join(plain)
