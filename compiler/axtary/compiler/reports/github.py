"""Diagnostics as workflow commands of GitHub Actions: annotations on the lines of a pull request.

A command ends with its line, and `%`, `:` and `,` have a meaning in it. All of them are escaped, so that no text of a
policy can begin a command of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from axtary.compiler.diagnostics import Diagnostic, printable


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """One line each, `::error file=…,line=…::message`; "" for none."""
    return "".join(_command(diagnostic) + "\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    title = diagnostic.code + (f" {diagnostic.path}" if diagnostic.path else "")
    message = f"{diagnostic.message}\n{diagnostic.help}"
    place = [
        ("file", span.file),
        ("line", str(span.line)),
        ("col", str(span.column)),
        ("endLine", str(span.end_line)),
        ("endColumn", str(span.end_column)),
    ]
    if span.file.startswith("preset:"):  # not a file of the repository
        message, place = f"{message}\n{span.file}:{span.line}:{span.column}", []
    for label in diagnostic.labels:
        message += f"\n{label.text}: {label.span.file}:{label.span.line}:{label.span.column}"
    properties = ",".join(f"{name}={_property(value)}" for name, value in [*place, ("title", title)])
    return f"::{diagnostic.severity.value} {properties}::{_data(message)}"


def _data(text: str) -> str:
    lines = (printable(line) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
