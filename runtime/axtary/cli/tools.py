"""`axtary tools import`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from axtary.cli.output import INVALID, colour, fail, invalid_input, leave, print_json, report
from axtary.cli.progress import waiting
from axtary.compiler import CompileError
from axtary.compiler.diagnostics import printable, quoted
from axtary.runtime.catalog import Form, Imported, Note, Source, import_tools
from axtary.runtime.catalog.reading import MAX_JSON
from axtary.runtime.policyfile import UnreadableError, read_bytes, write

_STANDARD_INPUT = "standard input"
_SHOWN = 20  # notes in the terminal


def run(names: list[str], form: str | None, prefix: str, close: bool, output: Path | None, as_json: bool) -> None:
    """Write the declarations, or print them. What they do not say goes to standard error."""
    if names.count("-") > 1:
        fail("standard input can be read only once", "give `-` once", as_json)
    if "*" in prefix or prefix.startswith("@"):
        fail(f"no tool is called {quoted(prefix)}…", "write the beginning of a name, such as `mcp.github.`", as_json)
    with invalid_input(as_json):
        imported = _imported(names, form, prefix, close, as_json)
        if output is not None:
            _refuse_source(output, names)
            write(output, imported.text.encode())
    if as_json:
        print_json(_to_json(imported, output))
        return
    _show_notes(imported.notes)
    if output is None:
        sys.stdout.buffer.write(imported.text.encode())  # in UTF-8, whatever a terminal would get
    else:
        sys.stdout.write(f"wrote {printable(str(output))}: {_counted(imported)}\n")


def _imported(names: list[str], form: str | None, prefix: str, close: bool, as_json: bool) -> Imported:
    sources = [_read(name) for name in names]
    try:
        with waiting("reading the catalogs"):
            return import_tools(sources, Form(form) if form else None, prefix, close)
    except CompileError as error:
        report(error.diagnostics, error.sources, Path(), as_json)
        leave(INVALID)


def _read(name: str) -> Source:
    if name != "-":
        return Source(name, read_bytes(Path(name), MAX_JSON, "give the path of a catalog"))
    data = sys.stdin.buffer.read(MAX_JSON + 1) if sys.stdin is not None else b""
    if not data:
        raise UnreadableError(_STANDARD_INPUT, "is empty", "pipe a catalog in, or name a file")
    return Source(_STANDARD_INPUT, data)


def _refuse_source(output: Path, names: Iterable[str]) -> None:
    if output.resolve() in (Path(name).resolve() for name in names):
        raise UnreadableError(output, "is one of the catalogs", "choose another name")


def _show_notes(notes: tuple[Note, ...]) -> None:
    for note in notes[:_SHOWN]:
        about = f"{quoted(note.tool)}: " if note.tool else ""
        sys.stderr.write(f"{colour('note', 'yellow', sys.stderr)}[{note.code}]: {about}{printable(note.message)}\n")
        sys.stderr.write(f"  --> {printable(note.source)} ({printable(note.pointer) or '/'})\n")
    if len(notes) > _SHOWN:
        sys.stderr.write(f"and {len(notes) - _SHOWN} more notes: --json has all of them\n")


def _counted(imported: Imported) -> str:
    tools = imported.tools
    parts = [
        f"{len(tools)} tool{'s' * (len(tools) != 1)}",
        f"{sum(tool.complete for tool in tools)} of them complete",
        f"{(fields := sum(tool.fields for tool in tools))} field{'s' * (fields != 1)}",
    ]
    return ", ".join(parts)


def _to_json(imported: Imported, output: Path | None) -> dict[str, Any]:
    tools = [
        {"name": tool.name, "complete": tool.complete, "payload": tool.payload}
        | {"file": tool.source, "pointer": tool.pointer}
        for tool in imported.tools
    ]
    notes = [
        {"code": note.code, "tool": note.tool or None, "message": note.message}
        | {"file": note.source, "pointer": note.pointer}
        for note in imported.notes
    ]
    found: dict[str, Any] = {"output": str(output) if output is not None else None, "tools": tools, "notes": notes}
    return found | ({"text": imported.text} if output is None else {})
