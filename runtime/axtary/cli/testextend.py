"""`axtary policy test --generate` and `--mutate`: the file with more cases, and what is printed of mutants."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axtary.cli.output import colour, shown_file
from axtary.cli.progress import progress
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Policy, Span
from axtary.compiler.testfiles import suite_text
from axtary.runtime.policyfile import write_new
from axtary.runtime.testing import Extension, MutationReport, Ready, Runner, Tried, Uncovered, extend

if TYPE_CHECKING:
    from axtary.cli.test import Options

_SHOWN = 20  # survivors that people see; --json has all


@dataclass(frozen=True)
class Extended:
    """What was found, the file as text, empty if no case is missing, and where it was written."""

    found: Extension
    text: str
    file: Path | None

    @property
    def note(self) -> str:
        """How much was generated, in a line; empty if nothing was asked for."""
        if self.found.missing is None:
            return ""
        if not self.found.cases:
            return "no case is missing\n"
        return f"wrote {printable(str(self.file))}: {_cases(len(self.found.cases))}\n" if self.file is not None else ""

    def to_json(self) -> dict[str, Any]:
        """The members that this adds to `policy test --json`."""
        found = self.found.to_json()
        if "generated" in found:
            found["generated"] |= {"file": str(self.file) if self.file is not None else None}
        return found


def extended(policy: Policy, known: Sequence[Ready], names: Sequence[str], path: Path, options: Options) -> Extended:
    """Find what was asked for; write the file. Raises UnreadableError."""
    with progress("steps") as step:
        runner = Runner(policy, names)
        found = extend(policy, known, runner, generate=options.generate, mutate=options.mutates, progress=step)
    if not found.cases or not options.generate or found.refuted:
        return Extended(found, "", None)
    file = options.output
    name = Path(os.path.relpath(path, file.parent)).as_posix() if file is not None else path.name
    text = suite_text(found.cases, name, _comments(found, path))
    if file is not None:
        write_new(file, text.encode())
    return Extended(found, text, file)


def _comments(found: Extension, path: Path) -> Iterator[str]:
    yield "Written by `axtary policy test --generate`: what the policy decides now. Read it before you rely on it."
    for each in found.missing.uncovered if found.missing is not None else ():
        yield _uncovered(each, path)


def extension_text(found: Extension, path: Path, note: str) -> str:
    """For people: what cannot be shown, the mutants that survive with the case that kills each, the score."""
    lines: list[str] = []
    if found.missing is not None:
        lines += [
            "",
            "generated",
            *(f"  {_uncovered(each, path)}" for each in found.missing.uncovered),
            f"  {note.rstrip()}",
        ]
    if found.mutation is not None:
        lines += ["", *_mutation(found.mutation, path)]
    return "\n".join(lines) + "\n"


def _uncovered(each: Uncovered, path: Path) -> str:
    state = "cannot happen" if each.proved else "undecided"
    return printable(f"{_place(each.span, path)} {each.rule}: {each.what}: {state}, {each.why}")


def _mutation(report: MutationReport, path: Path) -> Iterator[str]:
    yield "mutation"
    survived = report.in_state("survived")
    shown: dict[int, str] = {}
    for each in survived[:_SHOWN]:
        yield from _survivor(each, path, shown)
    if len(survived) > _SHOWN:
        yield f"  … and {len(survived) - _SHOWN} more that survive: --json has all"
    undecided = report.in_state("undecided")
    for each in undecided[:_SHOWN]:
        yield f"  undecided {_told(each, path)}: {printable(each.why)}"
    if len(undecided) > _SHOWN:
        yield f"  … and {len(undecided) - _SHOWN} more that are undecided: --json has all"
    score = colour(f"{report.percent:g} %", "green" if report.percent == 100 else "yellow")
    others = f"{len(report.in_state('equivalent'))} equivalent, {len(report.in_state('undecided'))} undecided"
    yield f"  {score}: {report.killed} of {report.counted} mutants killed, {others}"


def _survivor(each: Tried, path: Path, shown: dict[int, str]) -> Iterator[str]:
    """A mutant with the case that kills it, which is printed once."""
    yield f"  survived {_told(each, path)}"
    if each.offer is None:
        return
    if id(each.offer) in shown:
        yield f"    the case `{shown[id(each.offer)]}` kills it too"
        return
    shown[id(each.offer)] = printable(each.offer.name)
    yield from (f"    {printable(line)}" for line in each.offer.lines)


def _told(each: Tried, path: Path) -> str:
    place = colour(_place(each.mutant.span, path), "bold")
    return f"{place} {each.mutant.rule.id}: {printable(each.mutant.what)}"


def _place(span: Span, path: Path) -> str:
    return f"{printable(shown_file(span.file, path))}:{span.line}:{span.column}"


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"
