"""Diagnostics as JSON objects. Lines and columns count from 1, in code points; ends are exclusive."""

from __future__ import annotations

from typing import Any

from axtary.compiler.diagnostics import Diagnostic, Fix
from axtary.compiler.ir import Span


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """The diagnostic as a JSON object."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_place(diagnostic.span),
        "path": diagnostic.path,
        "help": diagnostic.help,
        "labels": [_place(label.span) | {"text": label.text} for label in diagnostic.labels],
        "fix": _fix(diagnostic.fix) if diagnostic.fix is not None else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {"title": fix.title, "edits": [_place(edit.span) | {"text": edit.text} for edit in fix.edits]}


def _place(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
