"""`axtary policy table`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.cells import cell_len, chop_cells

from axtary.cli.output import EFFECT_COLOURS, OK, colour, fail, invalid_input, leave, load, print_json, shown_file
from axtary.compiler import Compiled
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Effect, Rule
from axtary.compiler.text import condition_text
from axtary.runtime.pages.table import page
from axtary.runtime.policyfile import write
from axtary.runtime.table import Concern, Filters, Row, obligation_texts, rule_json, table, who_texts

_MIN_WIDTH = 40
_MAX_LINES = 6  # of one text that people see; --json never cuts
_INDENT = 11  # of what belongs to a rule
_LABEL = 6
_PATTERN_DENIED = "no allow or step_up rule concerns them all: what no other row grants is denied by default"


def run(
    path: Path, tool: str | None, actor: str | None, effect: str | None, output: Path | None, as_json: bool
) -> None:
    """Print the table, or write it as a page that opens with the filters set."""
    for option, value in (("--tool", tool), ("--actor", actor)):
        if value == "":
            fail(f"{option} is empty", f"give a full name, or leave `{option}` out", as_json)
    filters = Filters(tool, actor, Effect(effect) if effect is not None else None)
    compiled = load(path, as_json)
    if output is not None:
        with invalid_input(as_json):
            write(output, page(compiled, filters, str(path), _places(compiled, path)).encode())
        if as_json:
            print_json({"policy_version": compiled.policy.policy_version, "written": [str(output)]})
        else:
            sys.stdout.write(f"wrote {printable(str(output))}\n")
    elif as_json:
        print_json(_json(compiled, filters, path))
    else:
        sys.stdout.write(_text(compiled, filters, path))
    leave(OK)


def _places(compiled: Compiled, path: Path) -> dict[str, str]:
    return {rule.id: _place(rule, path) for rule in compiled.policy.rules}


def _place(rule: Rule, path: Path) -> str:
    return f"{shown_file(rule.span.file, path)}:{rule.span.line}"


def _json(compiled: Compiled, filters: Filters, path: Path) -> dict[str, Any]:
    rows = table(compiled.policy, compiled.tools, filters)
    shown = {concern.rule.id for row in rows for concern in row.concerns}
    return {
        "policy_version": compiled.policy.policy_version,
        "filters": asdict(filters),
        "tools": [
            {
                "tool": row.tool,
                "kind": "pattern" if row.is_pattern else "name",
                "declared": row.declared,
                "denied": row.denied,
                "rules": [{"rule": concern.rule.id, "pattern": concern.pattern} for concern in row.concerns],
            }
            for row in rows
        ],
        "rules": [
            rule_json(rule) | {"file": shown_file(rule.span.file, path)}
            for rule in compiled.policy.rules
            if rule.id in shown
        ],
    }


# --- for people -------------------------------------------------------------------------------------------------------


def _text(compiled: Compiled, filters: Filters, path: Path) -> str:
    width = max(_MIN_WIDTH, shutil.get_terminal_size().columns)
    rows = table(compiled.policy, compiled.tools, filters)
    told = {rule.id: list(_details(rule, width)) for rule in compiled.policy.rules}
    blocks = [_block(row, filters, path, width, told) for row in rows]
    if filters.tool is None and filters.effect is None and not any(row.is_pattern and row.tool == "*" for row in rows):
        title = "any other tool" if rows else "any tool"
        blocks.append([colour(title, "bold"), *_folded(_denial("no rule names it", filters), width, 2)])
    if not blocks:
        blocks.append([f"no {filters.effect} rule concerns any tool"])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _block(row: Row, filters: Filters, path: Path, width: int, told: dict[str, list[str]]) -> list[str]:
    """A tool and its rules, in lines; `told` has the lines on each rule, which stands under many tools."""
    lines = [colour(line, "bold") for line in _folded(printable(row.tool), width)]
    if row.is_pattern:
        lines.append(colour("  every tool that this pattern matches", "dim"))
    for concern in row.concerns:
        lines += [*_head(row, concern, path, width), *told[concern.rule.id]]
    if row.denied and row.is_pattern:
        lines += _folded(_PATTERN_DENIED, width, 2)
    elif row.denied:
        what = "no rule concerns it" if not row.concerns else "no allow or step_up rule concerns it"
        lines += _folded(_denial(what, filters), width, 2)
    elif not row.concerns:
        lines += _folded(f"no {filters.effect} rule concerns it", width, 2)
    return lines


def _denial(why: str, filters: Filters) -> str:
    who = f" by {printable(filters.actor)}" if filters.actor is not None else ""
    return f"{why}: every call{who} is denied by default"


def _head(row: Row, concern: Concern, path: Path, width: int) -> Iterator[str]:
    rule = concern.rule
    head = f"{printable(rule.id)}  {printable(_place(rule, path))}"
    first, *more = _folded(head, width, _INDENT)
    yield "  " + colour(rule.effect.value.ljust(_INDENT - 2), EFFECT_COLOURS[rule.effect]) + first.lstrip()
    yield from more
    if not row.is_pattern and concern.pattern != row.tool:
        yield from _labelled("tool", [concern.pattern], width)


def _details(rule: Rule, width: int) -> Iterator[str]:
    description = printable(" ".join(rule.description.split()))
    yield from (colour(line, "dim") for line in _folded(description, width, _INDENT))
    yield from _labelled("for", who_texts(rule), width)
    yield from _labelled("when", [condition_text(rule.when)] if rule.when is not None else [], width)
    yield from _labelled("with", obligation_texts(rule), width)


def _labelled(label: str, texts: Iterable[str], width: int) -> Iterator[str]:
    for text in texts:
        first, *more = _folded(printable(text), width, _INDENT + _LABEL)
        yield " " * _INDENT + label.ljust(_LABEL) + first.lstrip()
        yield from more
        label = ""


def _folded(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of at most `width` columns; what is longer than a few of them is cut. No text, no lines."""
    if not text:
        return []
    lines: list[str] = []
    line: str | None = None
    for word in text.split(" "):
        if line is not None and cell_len(line) + 1 + cell_len(word) <= width - indent:
            line += f" {word}"
            continue
        lines += [line] if line is not None else []
        *full, line = chop_cells(word, width - indent) or [""]
        lines += full
    lines += [line or ""]
    if len(lines) > _MAX_LINES:
        lines = [*lines[: _MAX_LINES - 1], "… --json has all of it"]
    return [(" " * indent + line).rstrip() for line in lines]
