"""`axtary policy fmt`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.cli.output import FINDINGS, INVALID, OK, colour, fail, invalid_input, leave, print_json, report
from axtary.cli.progress import waiting
from axtary.compiler import CompileError, Diagnostic
from axtary.compiler.diagnostics import printable
from axtary.compiler.format import format_policy
from axtary.compiler.source import MAX_BYTES
from axtary.runtime.policyfile import DEFAULT, UnreadableError, policy_files, read_policy, write

_STANDARD_INPUT = "standard input"


@dataclass(frozen=True)
class _File:
    """A file before and after. `path` is None for standard input."""

    path: Path | None
    name: str
    before: bytes
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after.encode()


def run(paths: list[Path], check: bool, diff: bool, as_json: bool) -> None:
    """Format every file, then write: where one is refused, none is touched."""
    if Path("-") in paths and len(paths) > 1:
        fail("standard input cannot be formatted together with files", "give `-` alone", as_json)
    with invalid_input(as_json):
        files = _formatted(paths or policy_files(DEFAULT), as_json)
        if not check and not diff:
            for file in files:
                if file.changed and file.path is not None:
                    write(file.path, file.after.encode())
    if as_json:
        print_json({"files": [_to_json(file, diff) for file in files]})
    elif paths == [Path("-")] and not check and not diff:
        sys.stdout.buffer.write(files[0].after.encode())  # in UTF-8, whatever a terminal would get
    else:
        sys.stdout.write("".join(_shown(file, check, diff) for file in files))
    leave(FINDINGS if (check or diff) and any(file.changed for file in files) else OK)


def _formatted(paths: Iterable[Path], as_json: bool) -> list[_File]:
    """The files, each once. Leaves with 2 and the diagnostics of all if any is no YAML."""
    files: list[_File] = []
    diagnostics: list[Diagnostic] = []
    sources: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        piped = path == Path("-")
        name = _STANDARD_INPUT if piped else str(path)
        data = _read_standard_input() if piped else read_policy(path)
        try:
            with waiting(f"formatting {printable(name)}"):
                files.append(_File(None if piped else path, name, data, format_policy(name, data)))
        except CompileError as error:
            diagnostics += error.diagnostics
            sources |= error.sources
    if diagnostics:
        report(diagnostics, sources, Path(), as_json)
        leave(INVALID)
    return files


def _read_standard_input() -> bytes:
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin is not None else b""
    if not data:
        raise UnreadableError(_STANDARD_INPUT, "is empty", "pipe a policy in, or name a file")
    return data


def _to_json(file: _File, diff: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"file": file.name, "changed": file.changed}
    if file.path is None:
        found["text"] = file.after
    if diff:
        found["diff"] = "".join(f"{line}\n" for line in _diff(file))
    return found


def _shown(file: _File, check: bool, diff: bool) -> str:
    if diff:
        return "".join(f"{_coloured(printable(line))}\n" for line in _diff(file))
    done = "would format" if check else "formatted"
    head = colour(done, "yellow" if check else "green") if file.changed else colour("ok", "green")
    return f"{head} {printable(file.name)}\n"


def _diff(file: _File) -> list[str]:
    """A unified diff, its lines without line ends; a carriage return before one is a part of the line."""
    from difflib import unified_diff

    before, after = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (file.before.decode(), file.after))
    lines: list[str] = []
    for line in unified_diff(before, after, file.name, file.name):
        lines.append(line.removesuffix("\n"))
        lines += [] if line.endswith("\n") else ["\\ No newline at end of file"]
    return lines


def _coloured(line: str) -> str:
    if line.startswith(("+++", "---", "@@")):
        return colour(line, "bold")
    return colour(line, {"+": "green", "-": "red"}[line[0]]) if line[:1] in ("+", "-") else line
