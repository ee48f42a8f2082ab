"""A difference for people at a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from axtary.cli.output import colour
from axtary.compiler.diagnostics import printable

Json = Any
_COLOURS = {
    "equivalent": "green",
    "more permissive": "yellow",
    "less permissive": "yellow",
    "incomparable": "yellow",
    "undecided": "red",
}
TOOLS_SHOWN = 5


def text(result: Json) -> str:
    """The result of `policy diff --json` as text."""
    verdict, changes = result["verdict"], result["changes"]
    count = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
    old, new = (printable(result[side]["name"]) for side in ("old", "new"))
    lines = [f"{colour(verdict, _COLOURS[verdict])} {old} -> {new}: {count}"]
    lines += [history_text(result["history"])] if "history" in result else []
    for number, change in enumerate(changes, 1):
        lines += ["", *_change(number, change)]
    lines += undecided_lines(result["undecided"])
    for gate in result.get("gates", ()):
        lines += _gate(gate)
    return "\n".join(lines) + "\n"


def title(change: Json) -> str:
    """`deny -> allow`, or what is obliged to: `ttl (allow)`."""
    if change["from"] == change["to"]:
        return f"{change['kind']} ({change['to']})"
    return f"{change['from']} -> {change['to']}" + ("" if change["kind"] == "effect" else f" ({change['kind']})")


def one_line(value: Json) -> str:
    """JSON in a line, in ASCII: nothing in it can command a terminal."""
    return json.dumps(value, ensure_ascii=True)


def history_text(history: Json) -> str:
    """How many recorded actions change, and how."""
    counts = [
        f"{each['count']} {each['from']} -> {each['to']} (first: {each['first']})" for each in history["transitions"]
    ]
    changed = f"{history['changed']} of {history['actions']} actions in {printable(history['name'])} change"
    return f"{changed}: {', '.join(counts)}" if counts else changed


def tools_text(tools: Sequence[str]) -> str:
    """Some tools, and how many more."""
    shown = ", ".join(printable(tool) for tool in tools[:TOOLS_SHOWN])
    more = len(tools) - TOOLS_SHOWN
    return shown + (f" and {more} more" if more > 0 else "")


def _change(number: int, change: Json) -> list[str]:
    head = f"{number}. {colour(title(change), 'bold')}  {change['direction']}"
    lines = [head, f"   {printable(change['sentence'])}"]
    for side in ("old", "new"):
        lines += _rules(side, change["rules"][side])
    lines += [f"   {each['what']:8} {place(each)}" for each in change["rules"]["changed"]]
    if len(change["tools"]) > 1:
        lines.append(f"   tools    {tools_text(change['tools'])}")
    lines.append(f"   action   {one_line(change['witness']['action'])}")
    if change["witness"]["facts"]:
        lines.append(f"   facts    {one_line(change['witness']['facts'])}")
    if "happened" in change:
        lines.append(f"   happened {happened_text(change['happened'])}")
    return lines


def happened_text(count: int) -> str:
    """How many recorded actions show a change."""
    return f"{count} times" if count > 1 else "once" if count else "never yet"


def _rules(side: str, rules: Sequence[Json]) -> list[str]:
    if not rules:
        return [f"   {side:8} no rule"]
    return [f"   {side if not index else '':8} {place(each)}  {each['effect']}" for index, each in enumerate(rules)]


def place(rule: Json) -> str:
    """A rule with its file and line."""
    return f"{printable(rule['rule'])}  {printable(rule['file'])}:{rule['line']}"


def undecided_lines(entries: Sequence[Json]) -> list[str]:
    """What is not settled, and why."""
    return [
        f"{colour('undecided', 'red')} for {tools_text(each['tools']) or 'all tools'}: {printable(each['why'])}"
        for each in entries
    ]


def _gate(gate: Json) -> list[str]:
    word = colour("passed", "green") if gate["passed"] else colour("failed", "red")
    against = f" {printable(gate['against'])}" if gate["gate"] == "within" else ""
    lines = ["", f"{word} --{gate['gate']}{against}"]
    for change in gate["violations"]:
        lines.append(f"   {printable(change['sentence'])}")
        lines.append(f"   action   {one_line(change['witness']['action'])}")
        if change["witness"]["facts"]:
            lines.append(f"   facts    {one_line(change['witness']['facts'])}")
    return lines + [f"   {line}" for line in undecided_lines(gate["undecided"])]
