"""A difference as Markdown, for a comment on a pull request."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

from axtary.cli.diff_text import TOOLS_SHOWN, happened_text, history_text, title
from axtary.compiler.diagnostics import printable

Json = Any


def markdown(result: Json) -> str:
    """The result of `policy diff --json` as Markdown."""
    changes = result["changes"]
    count = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
    lines = [
        f"### Policy diff: {result['verdict']}",
        "",
        f"{code(result['old']['name'])} → {code(result['new']['name'])}, {count}, "
        "shown by actions that native, Cedar and Rego decided.",
    ]
    if "history" in result:
        lines += ["", f"Recorded: {code(history_text(result['history']))}"]
    if changes:
        lines += ["", "| | what | changed rules | direction |", "|---|---|---|---|"]
        lines += [_row(number, change) for number, change in enumerate(changes, 1)]
    for number, change in enumerate(changes, 1):
        lines += ["", *_details(number, change)]
    for each in result["undecided"]:
        tools = ", ".join(code(tool) for tool in each["tools"][:TOOLS_SHOWN]) or "all tools"
        lines += ["", f"**Undecided** for {tools}: {code(each['why'])}"]
    for gate in result.get("gates", ()):
        mark = "passed" if gate["passed"] else f"**failed**, {len(gate['violations'])} violations"
        lines += ["", f"`--{gate['gate']}`: {mark}"]
        for change in gate["violations"] if gate["gate"] == "within" else ():
            lines += ["", f"- {code(change['sentence'])}", "", *fence(change["witness"])]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """A code span, whatever the text: in it there is no markup, no mention and no reference to an issue."""
    shown = printable(text).replace("\n", " ")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def fence(value: Json) -> list[str]:
    """A block of JSON. In ASCII, and no run of backticks in it is long enough to end it."""
    body = json.dumps(value, ensure_ascii=True, indent=2)
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    ticks = "`" * max(3, longest + 1)
    return [f"{ticks}json", body, ticks]


def _row(number: int, change: Json) -> str:
    rules = ", ".join(code(each["rule"]) for each in change["rules"]["changed"])
    return f"| {number} | {code(title(change))} | {rules} | {change['direction']} |"


def _details(number: int, change: Json) -> list[str]:
    lines = [f"<details><summary>{number}. {_html(change['sentence'])}</summary>", ""]
    for side in ("old", "new"):
        rules = ", ".join(f"{code(r['rule'])} ({code(_place(r))})" for r in change["rules"][side]) or "no rule"
        lines.append(f"- {side}: {rules}")
    if len(change["tools"]) > 1:
        more = len(change["tools"]) - TOOLS_SHOWN
        shown = ", ".join(code(tool) for tool in change["tools"][:TOOLS_SHOWN])
        lines.append(f"- tools: {shown}" + (f" and {more} more" if more > 0 else ""))
    if "happened" in change:
        lines.append(f"- happened: {happened_text(change['happened'])}")
    return [*lines, "", *fence(change["witness"]), "", "</details>"]


def _place(rule: Json) -> str:
    return f"{rule['file']}:{rule['line']}"


def _html(text: str) -> str:
    """Inside an HTML line of Markdown; in `code` no mention is looked for."""
    return f"<code>{escape(printable(text))}</code>".replace("\n", " ")
