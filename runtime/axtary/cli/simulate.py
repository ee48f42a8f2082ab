"""`axtary policy simulate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.cli.output import (
    EFFECT_COLOURS,
    FINDINGS,
    OK,
    colour,
    fail,
    invalid_input,
    leave,
    load,
    print_json,
    shown_file,
)
from axtary.cli.recorded import read_facts, read_recorded
from axtary.cli.trace import seen_text, trace_lines
from axtary.compiler.diagnostics import printable
from axtary.runtime.engine import Engine
from axtary.runtime.engines import NAMES
from axtary.runtime.messages import cut
from axtary.runtime.simulate import Simulation, prepare


@dataclass(frozen=True)
class Given:
    """Where the facts come from: a file that holds for all actions, and the policy's state."""

    facts: Path | None
    state: bool


def run(path: Path, action: str, given: Given, engine: str, with_trace: bool, counted: bool, as_json: bool) -> None:
    """Decide each action, or only count the decisions; the exit code says whether all were allowed."""
    if counted and (with_trace or engine == "all"):
        fail("--summary counts the decisions of one engine", "leave `--trace` out, and name one `--engine`", as_json)
    if counted and given.state:
        fail("--summary has the same facts for all actions", "leave `--state` out", as_json)
    compiled = load(path, as_json)
    with invalid_input(as_json):
        recorded, known = read_recorded(action), read_facts(given.facts)
    if counted:
        from axtary.cli import summary

        summary.run(compiled.policy, engine, recorded, known, as_json)
    with invalid_input(as_json), ExitStack() as stack:
        names = NAMES if engine == "all" else (engine,)
        simulation = prepare(compiled.policy, names, lambda name: shown_file(name, path))
        actions = list(recorded.actions)
        if given.state:
            from axtary.cli.state import opened

            spending = Engine(compiled.policy, stack.enter_context(opened(path, None, as_json)))
            results = [_as_spent(simulation, spending, item, known, with_trace) for item in actions]
        else:
            results = [simulation.run(item, known, with_trace) for item in actions]
    if as_json:
        print_json(results[0] if len(results) == 1 else results)
    else:
        for item, result in zip(actions, results, strict=True):
            sys.stdout.write(_text(item, result) + "\n")
    leave(OK if all(result["decision"] == "allow" for result in results) else FINDINGS)


def _as_spent(
    simulation: Simulation, engine: Engine, action: Mapping[str, Any], known: Mapping[str, Any], with_trace: bool
) -> dict[str, Any]:
    """The result of an action with what the meters show."""
    decision = engine.preview(action, known)
    result = simulation.run(action, {**known, **decision.facts}, with_trace)
    if result["decision"] == "allow" != decision.decision:
        result |= {"decision": decision.decision, "reasons": decision.to_json()["reasons"]}
    return result


def _text(action: Mapping[str, Any], result: dict[str, Any]) -> str:
    """A result for people."""
    decision = result["decision"]
    what = f"{action['tool']} {action.get('resource', '')}".strip()
    lines = [f"{colour(decision, EFFECT_COLOURS[decision])}  {colour(cut(what, 100), 'bold')}"]
    lines += [f"  {reason['code']}: {printable(reason['message'])}" for reason in result["reasons"]]
    sentences = [miss["sentence"] for miss in result["near_miss"]]
    sentences += [result["near_miss_note"]] if result["near_miss_note"] else []
    lines += [f"  {line}" for line in ["near miss", *(f"  {sentence}" for sentence in sentences)] if sentences]
    fired = [(e["rule"], e["effect"], f"{e['file']}:{e['line']}") for e in result["fired"]]
    lines += _table("fired", fired)
    stopped = [(e["rule"], e["effect"], f"{e['file']}:{e['line']}", _because(e)) for e in result["stopped"]]
    lines += _table("did not fire", stopped)
    if result["obligations"]:
        lines.append(f"  obligations {json.dumps(result['obligations'], ensure_ascii=True)}")
    lines += trace_lines(result["trace"]) if "trace" in result else []
    versions = result["engine_versions"]
    answers = ", ".join(f"{name} {said} ({versions[name]})" for name, said in result["engines"].items())
    return "\n".join([*lines, colour(f"  {answers}", "dim"), ""])


def _table(title: str, rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
    lines = [f"  {title}"] if rows else []
    for row in rows:
        cells = [printable(cell).ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append(("    " + "  ".join([*cells, *row[3:]])).rstrip())
    return lines


def _because(entry: dict[str, Any]) -> str:
    return f"{cut(entry['condition'], 120)}; {seen_text(entry['seen'])}"
