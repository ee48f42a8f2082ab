"""Diagnostics for a terminal: head line, place, the source line with the span underlined, labels, help, fix."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

from axtary.compiler.diagnostics import MAX_ERRORS, Diagnostic, Edit, Fix, Severity, printable
from axtary.compiler.edits import LINE_END, apply
from axtary.compiler.ir import Span

WIDTH = 120  # columns of a source line that are shown
_BEFORE = 60  # of them before the span, where the line is cut at the left
_FIX_LINES = 3


def render(diagnostic: Diagnostic, sources: Mapping[str, str]) -> str:
    """One diagnostic. `sources` are the texts by the names of the spans; what is not there is not shown."""
    lines = [f"{diagnostic.severity.value}[{diagnostic.code}]: {diagnostic.message}"]
    lines += _excerpt(diagnostic.span, sources, "^", "", f" ({diagnostic.path})" if diagnostic.path else "")
    for label in sorted(diagnostic.labels, key=lambda label: (label.span.file, label.span.line, label.span.column)):
        lines += _excerpt(label.span, sources, "-", label.text)
    if diagnostic.help:
        lines.append(f"  = help: {diagnostic.help}")
    if diagnostic.fix is not None:
        lines += [f"  = fix: {diagnostic.fix.title}"] if diagnostic.fix.title != diagnostic.help else []
        lines += _fixed(diagnostic.fix, sources.get(diagnostic.span.file))
    return "\n".join(lines)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`5 errors, 2 warnings; 3 can be fixed with `axtary policy check --fix``; of nothing, `0 warnings`."""
    found = list(diagnostics)
    errors = sum(d.severity is Severity.ERROR for d in found)
    fixable = sum(d.fix is not None for d in found)
    parts = [count(errors, "error")] if errors else []
    parts += [count(len(found) - errors, "warning")] if len(found) > errors or not errors else []
    text = ", ".join(parts)
    if errors >= MAX_ERRORS:
        text += " (the check stopped there)"
    return text + (f"; {fixable} can be fixed with `axtary policy check --fix`" if fixable else "")


def count(number: int, what: str, plural: str = "s") -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {what}" + ("" if number == 1 else plural)


def _excerpt(span: Span, sources: Mapping[str, str], mark: str, text: str, path: str = "") -> list[str]:
    place = f"  --> {printable(span.file)}:{span.line}:{span.column}{path}"
    lines = _lines(sources.get(span.file, ""))
    if not 1 <= span.line <= len(lines):
        return [place]
    line = lines[span.line - 1]
    end = span.end_column if span.end_line == span.line else len(line) + 1
    gutter = " " * len(str(span.line))
    shown, marks = _underlined(line, [(span.column - 1, max(end - 1, span.column))], mark)
    return [place, f" {gutter} |", f" {span.line} | {shown}", f" {gutter} | {marks} {text}".rstrip()]


def _fixed(fix: Fix, source: str | None) -> list[str]:
    """The lines as the fix writes them, what is new underlined."""
    if source is None:
        return []
    first, last = fix.edits[0].span.line, fix.edits[-1].span.end_line
    edits = [Edit(_moved(edit.span, 1 - first), edit.text) for edit in fix.edits]
    new = LINE_END.split(apply("\n".join(_lines(source)[first - 1 : last]), edits))
    parts = _new_parts(edits)
    gutter = " " * len(str(first + max(parts) - 1))
    lines = [f" {gutter} |"]
    for number in sorted(parts)[:_FIX_LINES]:
        text, marks = _underlined(new[number - 1], [part for part in parts[number] if part[0] < part[1]], "+")
        shown = f" {number + first - 1:>{len(gutter)}} | {text}".rstrip()
        lines += [shown, *([f" {gutter} | {marks}"] if marks else [])]
    return lines


def _moved(span: Span, lines: int) -> Span:
    return replace(span, line=span.line + lines, end_line=span.end_line + lines)


def _new_parts(edits: list[Edit]) -> dict[int, list[tuple[int, int]]]:
    """line of the new text -> the indices in it between which the text of an edit stands."""
    found: dict[int, list[tuple[int, int]]] = {}
    line_shift, column_shift, last = 0, 0, 0
    for edit in edits:
        span, parts = edit.span, LINE_END.split(edit.text)
        column_shift = column_shift if span.line == last else 0
        line, column, last = span.line + line_shift, span.column - 1 + column_shift, span.end_line
        for number, part in enumerate(parts):
            start = column if number == 0 else 0
            found.setdefault(line + number, []).append((start, start + len(part)))
        line_shift += len(parts) - 1 - (span.end_line - span.line)
        column_shift = found[line + len(parts) - 1][-1][1] - (span.end_column - 1)
    return found


def _underlined(line: str, parts: list[tuple[int, int]], mark: str) -> tuple[str, str]:
    """A source line and the marks below it, both cut to WIDTH columns round the first part."""
    first = parts[0][0] if parts else 0
    fits = len(line) <= 2 * WIDTH and _width(printable(line)) <= WIDTH
    begin = 0 if fits else first - len(_fitting(line[max(0, first - WIDTH) : first][::-1], _BEFORE))
    head = "…" if begin else ""
    shown = head + printable(line[begin : begin + WIDTH + 1])
    marks = ""
    for start, end in parts:
        at = len(head) + _width(printable(line[begin:start]))
        width = max(1, _width(printable(line[start : min(end, start + WIDTH)])))
        marks = marks.ljust(at) + mark * width
    return _cut(shown), marks[:WIDTH].rstrip()


def _cut(text: str) -> str:
    """The text in at most WIDTH columns, `…` at its end if that is not all."""
    return text if _width(text) <= WIDTH else _fitting(text, WIDTH - 1) + "…"


def _fitting(text: str, width: int) -> str:
    """As much of the text as so many columns hold, once it is printable."""
    for index, used in enumerate(accumulate(_width(printable(char)) for char in text)):
        if used > width:
            return text[:index]
    return text


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    """The lines as spans count them."""
    return LINE_END.split(text)


def _width(text: str) -> int:
    """Terminal columns: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
