"""The trace of a decision for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from axtary.cli.output import colour
from axtary.runtime.messages import cut, shown

_TEXT = 120  # characters of a condition that people see; --json never cuts
_ANSWERS = {True: ("true", "green"), False: ("false", "red"), None: ("undefined", "yellow")}


def trace_lines(trace: dict[str, Any]) -> list[str]:
    """Rule by rule, then step by step."""
    lines = ["  trace"] if trace["rules"] else ["  trace: no rule is about this tool"]
    for rule in trace["rules"]:
        lines += (f"    {line}" for line in _rule(rule))
    return [*lines, *(f"    {line}" for line in _steps(trace["steps"]))]


def _rule(rule: dict[str, Any]) -> Iterator[str]:
    is_matched = all(part["answer"] for part in rule["match"])
    fires = "fires" if rule["fires"] else "does not fire" if is_matched else "does not match"
    name = colour(cut(rule["rule"], _TEXT), "bold")
    yield f"{name}  {rule['effect']}  {cut(rule['file'], _TEXT)}:{rule['line']}  {fires}"
    yield from (line for part in rule["match"] for line in _node(part, 1))
    yield from _node(rule["when"], 1) if rule["when"] is not None else ()
    for part in (*rule["obligations"], *([rule["approval"]] if rule["approval"] is not None else [])):
        yield from _node(part, 1)
    if rule["fires"]:
        yield f"  brings {', '.join(rule['contributes']) or 'nothing'}"


def _node(node: dict[str, Any], depth: int) -> Iterator[str]:
    """A part of a rule in a line; what it is made of in the lines below."""
    word, name = _ANSWERS[node["answer"]]
    indent = "  " * depth
    if "items" in node:
        yield f"{indent}{colour(word, name)}  {node['kind']}"
        for item in node["items"]:
            yield from _node(item, depth + 1)
        return
    seen = seen_text(node["seen"])
    yield f"{indent}{colour(word, name)}  {cut(node['text'], _TEXT)}" + (f"; {seen}" if seen else "")


def _steps(steps: Sequence[dict[str, Any]]) -> Iterator[str]:
    for step in steps:
        found = ", ".join(f"{cut(each['rule'], _TEXT)} ({each['code']})" for each in step["found"])
        yield f"{step['step']}: {found or 'none'}"
    yield f"decision: {steps[-1]['decision']}"


def seen_text(seen: Sequence[dict[str, Any]]) -> str:
    """`payload.n is 40, paths is missing`."""
    said = ((cut(s["attribute"], _TEXT), shown(s["value"]) if s["present"] else "missing") for s in seen)
    return ", ".join(f"{attribute} is {value}" for attribute, value in said)
