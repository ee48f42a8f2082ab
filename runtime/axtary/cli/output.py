"""What commands share: printing, colour, and the way out for bad input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from axtary.backends.verdict import EngineError
from axtary.cli.progress import waiting
from axtary.compiler import Compiled, CompileError, Diagnostic
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Span
from axtary.compiler.reports.jsonform import to_json
from axtary.compiler.reports.text import render, summary
from axtary.runtime.errors import DoorError
from axtary.runtime.policyfile import UnreadableError, load_policy

OK, FINDINGS, INVALID = 0, 1, 2

EFFECT_COLOURS = {"allow": "green", "deny": "red", "step_up": "yellow"}

_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}


def colour(text: str, name: str, stream: Any = None) -> str:
    """`text` in a colour, on a terminal only and never with NO_COLOR."""
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or not stream.isatty():
        return text
    return f"\x1b[{_CODES[name]}m{text}\x1b[0m"


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=True) + "\n")


def leave(code: int) -> NoReturn:
    sys.exit(code)


def fail(message: str, help_text: str, as_json: bool = False, code: str = "AX0001") -> NoReturn:
    """Say what is wrong with the input and leave with 2."""
    if as_json:
        print_json({"errors": [{"code": code, "message": message, "help": help_text}]})
    else:
        sys.stderr.write(f"{colour('error', 'red', sys.stderr)}: {printable(message)}\n")
        if help_text:
            sys.stderr.write(f"  = help: {printable(help_text)}\n")
    leave(INVALID)


@contextmanager
def invalid_input(as_json: bool) -> Iterator[None]:
    """Every kind of refused input becomes a message and exit 2; nothing else is caught."""
    try:
        yield
    except UnreadableError as error:
        fail(str(error), error.help, as_json)
    except DoorError as error:
        _door(error, as_json)
    except EngineError as error:
        fail(str(error), "", as_json)


def _door(error: DoorError, as_json: bool) -> NoReturn:
    if as_json:
        print_json(
            {
                "errors": [
                    {"code": p.code, "message": p.message, "help": p.help, "path": p.path}
                    | {"file": error.source, "line": p.line, "column": p.column}
                    for p in error.problems
                ]
            }
        )
    else:
        for problem in error.problems:
            place = f"{printable(error.source)}" + (f":{problem.line}:{problem.column}" if problem.line else "")
            sys.stderr.write(f"{colour('error', 'red', sys.stderr)}[{problem.code}]: {problem.message}\n  --> {place}")
            sys.stderr.write(f" ({problem.path})\n" if problem.path else "\n")
            sys.stderr.write(f"  = help: {problem.help}\n")
    leave(INVALID)


def load(path: Path, as_json: bool) -> Compiled:
    """The compiled policy; its errors are printed and end the command with 2. Warnings are the caller's business."""
    with invalid_input(as_json):
        try:
            with waiting(f"reading {printable(str(path))}"):
                return load_policy(path)
        except CompileError as error:
            report(error.diagnostics, error.sources, path, as_json)
            leave(INVALID)


def report(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], path: Path, as_json: bool) -> None:
    """Print diagnostics of the policy at `path`: JSON on standard output, text on standard error."""
    found = [located(diagnostic, path) for diagnostic in diagnostics]
    show(found, named(sources, path), as_json)
    if not as_json and any(diagnostic.severity == "error" for diagnostic in found):
        sys.stderr.write(summary(found) + "\n")


def show(found: Iterable[Diagnostic], shown: Mapping[str, str], as_json: bool) -> None:
    """Print diagnostics with the names of files as they are. `shown`: the texts by those names."""
    if as_json:
        print_json({"policy_version": None, "diagnostics": [to_json(diagnostic) for diagnostic in found]})
        return
    for diagnostic in found:
        text = render(diagnostic, shown)
        name = "red" if diagnostic.severity == "error" else "yellow"
        head, _, rest = text.partition("]")
        sys.stderr.write(colour(head + "]", name, sys.stderr) + rest + "\n\n")


def located(diagnostic: Diagnostic, path: Path) -> Diagnostic:
    """The diagnostic with file names as seen from where the command runs."""

    def seen(span: Span) -> Span:
        return replace(span, file=shown_file(span.file, path))

    labels = tuple(replace(label, span=seen(label.span)) for label in diagnostic.labels)
    fix = diagnostic.fix
    if fix is not None:
        fix = replace(fix, edits=tuple(replace(edit, span=seen(edit.span)) for edit in fix.edits))
    return replace(diagnostic, span=seen(diagnostic.span), labels=labels, fix=fix)


def named(sources: Mapping[str, str], path: Path) -> dict[str, str]:
    """The sources by the names that `located` gives them."""
    return {shown_file(name, path): text for name, text in sources.items()}


def shown_file(name: str, path: Path) -> str:
    """The name of a file of the policy at `path`, as seen from where the command runs."""
    return name if name.startswith("preset:") else str(path.parent / name)
