"""`axtary policy diff`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.cli.diff_html import page
from axtary.cli.diff_markdown import markdown
from axtary.cli.diff_text import text
from axtary.cli.output import FINDINGS, INVALID, OK, fail, invalid_input, leave, load, print_json, report
from axtary.cli.progress import progress
from axtary.cli.recorded import read_facts, read_recorded
from axtary.compiler import Compiled, CompileError
from axtary.compiler.diagnostics import printable
from axtary.runtime.diff import Gate, History, Report, Side, compare, gate, history, within
from axtary.runtime.policyfile import DEFAULT, write
from axtary.runtime.revision import load_revision

_PAGES = (".html", ".md")


@dataclass(frozen=True)
class Past:
    """Where the recorded actions are, if any, and the facts for them."""

    actions: str | None = None
    facts: Path | None = None


@dataclass(frozen=True)
class Shown:
    """A report with the gates that were asked for."""

    report: Report
    gates: tuple[Gate, ...]

    @property
    def ok(self) -> bool:
        """Exit 0? Gates decide alone, if there are any."""
        if self.gates:
            return all(each.passed for each in self.gates)
        return self.report.difference.verdict == "equivalent"


def run(
    policies: Sequence[Path],
    base: str | None,
    gates: Sequence[str],
    envelope: Path | None,
    past: Past,
    output: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """Compare, print, write a page; the exit code says whether there is something to look at."""
    if output is not None and output.suffix not in _PAGES:
        fail(f"`{output}` is no page that can be written", "name a file that ends with `.html` or `.md`", as_json)
    if past.facts is not None and past.actions is None:
        fail("`--facts` go with recorded actions", "add `--replay ACTIONS`", as_json)
    old, new = _sides(policies, base, as_json)
    allowed = _side(envelope, load(envelope, as_json)) if envelope is not None else None
    with invalid_input(as_json):
        recorded = read_recorded(past.actions) if past.actions is not None else None
        known = read_facts(past.facts)
        with progress("steps") as step:
            found, seen = compare(old, new, step), None
            if recorded is not None:
                found, seen = history(found, str(past.actions), recorded, known, step)
            made = [gate(name, found) for name in gates]
            if allowed is not None:
                made.append(within(allowed, new, step))
        shown = Shown(found, tuple(made))
        result = _result(shown, seen)
        if output is not None:
            write(output, (page(result) if output.suffix == ".html" else markdown(result)).encode())
    if as_json:
        print_json(result)
    else:
        sys.stdout.write(markdown(result) if form == "markdown" else text(result))
        if output is not None:
            sys.stdout.write(f"wrote {printable(str(output))}\n")
    leave(OK if shown.ok else FINDINGS)


def _result(shown: Shown, seen: History | None) -> dict[str, Any]:
    result = shown.report.to_json()
    if shown.gates:
        result["gates"] = [each.to_json() for each in shown.gates]
    if seen is not None:
        result["history"] = seen.to_json()
        for change, count in zip(result["changes"], seen.happened, strict=True):
            change["happened"] = count
    return result


def _sides(policies: Sequence[Path], base: str | None, as_json: bool) -> tuple[Side, Side]:
    if base is None:
        if len(policies) != 2:
            help_text = "write `axtary policy diff OLD NEW`, or take the old one from a revision: `--git main`"
            fail(f"two policies are compared, and {len(policies)} given", help_text, as_json)
        old, new = policies
        return _side(old, load(old, as_json)), _side(new, load(new, as_json))
    if len(policies) > 1:
        fail("with `--git` one policy is given, the new one", "leave the other out", as_json)
    path = policies[0] if policies else DEFAULT
    new_side = _side(path, load(path, as_json))
    with invalid_input(as_json):
        try:
            compiled = load_revision(path, base)
        except CompileError as error:
            report(error.diagnostics, error.sources, Path(f"{base}:{path.parent}") / path.name, as_json)
            leave(INVALID)
    return _side(path, compiled, f"{base}:"), new_side


def _side(path: Path, compiled: Compiled, prefix: str = "") -> Side:
    def file(name: str) -> str:
        return name if name.startswith("preset:") else f"{prefix}{path.parent / name}"

    return Side(compiled.policy, f"{prefix}{path}", file)
