"""Comments that silence a warning where the author has a reason: `# axtary: ignore AX0723 because …`.

Such a comment is about what begins on its line or, on a line of its own, on the next one: a whole rule if that begins
there, else a key of it, else just the line. Only warnings are silenced, each by its code, and only for a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from axtary.compiler import source as tree
from axtary.compiler.diagnostics import CODES, Diagnostic, Edit, Fix, Reporter, quoted
from axtary.compiler.edits import LINE_END
from axtary.compiler.format.document import Document
from axtary.compiler.ir import Span

EXACT = frozenset({"AX0720", "AX0721", "AX0722", "AX0723", "AX0724", "AX0725", "AX0726"}) | frozenset(
    {"AX0727", "AX0728", "AX0729", "AX0730"}
)
"""What only the exact lints find, or find more of."""
OWN = ("AX0731", "AX0732")  # findings on these comments themselves

_MARK = re.compile(r"#+[ \t]*axtary[ \t]*:[ \t]*(?P<said>.*)")
_FORM = re.compile(r"ignore[ \t]+(?P<codes>AX[0-9]{4}([ \t]*,[ \t]*AX[0-9]{4})*)(?P<rest>.*)")
_REASON = re.compile(r"[ \t]+because[ \t]+\S")
_EXAMPLE = "`# axtary: ignore AX0723 because the second rule is a fallback`"


@dataclass(frozen=True)
class Suppression:
    """A comment at `span` that silences `codes` on the lines from `first` to `last`. `comment` is all of it."""

    codes: tuple[str, ...]
    reason: str
    span: Span
    comment: Span
    first: int
    last: int

    def covers(self, finding: Diagnostic) -> bool:
        """Is the finding one that is silenced?"""
        same = finding.code in self.codes and finding.span.file == self.span.file
        return same and self.first <= finding.span.line <= self.last


@dataclass(frozen=True)
class Suppressed:
    """A finding that is not reported, and why."""

    finding: Diagnostic
    by: Suppression


def read(source: tree.Source, node: tree.Node, report: Reporter) -> list[Suppression]:
    """The suppressions of a file. What is no well-formed one is reported, and silences nothing."""
    if "axtary" not in source.text or not _MARK.search(source.text):
        return []
    found = []
    lines = re.split(r"\r\n|\r|\n", source.text)
    ranges = list(_ranges(node))
    for start, end in Document(source, node).comments():
        mark = _MARK.match(source.text, start, end)
        if mark is None:
            continue
        span = source.span(start, max(start + 1, start + len(mark[0].rstrip())))
        form = _well_formed(mark["said"].rstrip(), span, report)
        if form is not None:
            line = _target(lines, span)
            last = max((after for first, after in ranges if first == line), default=line)
            found.append(Suppression(*form, span, _whole(source, start, end), line, last))
    return found


def _well_formed(said: str, span: Span, report: Reporter) -> tuple[tuple[str, ...], str] | None:
    form = _FORM.fullmatch(said)
    if form is None:
        message = "this comment names no warning to ignore"
        report.warning("AX0731", span, message, f"write the code and the reason: {_EXAMPLE}")
        return None
    codes = tuple(re.findall(r"AX[0-9]{4}", form["codes"]))
    for code in codes:
        if code not in CODES or not code.startswith("AX07") or code in OWN:
            what = "is no code" if code not in CODES else "cannot be ignored"
            report.warning("AX0731", span, f"{quoted(code)} {what}", "name the code of a warning; mend an error")
            return None
    if not _REASON.match(form["rest"]):
        message = f"this comment gives no reason to ignore {', '.join(codes)}, so it ignores nothing"
        report.warning("AX0731", span, message, f"say why, behind `because`: {_EXAMPLE}")
        return None
    return codes, form["rest"].strip().removeprefix("because").strip()


def _target(lines: Sequence[str], span: Span) -> int:
    """The line that a comment is about."""
    if lines[span.line - 1][: span.column - 1].strip(" \t"):
        return span.line
    below = (n for n in range(span.line, len(lines)) if lines[n].strip(" \t") and lines[n].strip(" \t")[0] != "#")
    return next(below, span.line - 1) + 1


def _whole(source: tree.Source, start: int, end: int) -> Span:
    """What goes if the comment does: the space before it too, and its line if there is nothing else."""
    before = len(source.text[:start].rstrip(" \t"))
    alone = before == 0 or source.text[before - 1] in "\r\n"
    line_end = LINE_END.match(source.text, end) if alone else None
    return source.span(before, line_end.end() if line_end else end)


def _ranges(node: tree.Node) -> Iterator[tuple[int, int]]:
    """First and last line of every rule, and of every key of one."""
    rules = node.get("policies") if isinstance(node, tree.Mapping) else None
    for rule in rules.items if isinstance(rules, tree.Sequence) else ():
        yield rule.span.line, _last_line(rule)
        for key, value in rule.entries if isinstance(rule, tree.Mapping) else ():
            yield key.span.line, _last_line(value)


def _last_line(node: tree.Node) -> int:
    if isinstance(node, tree.Sequence):
        return max(map(_last_line, node.items), default=node.span.line)
    if isinstance(node, tree.Mapping):
        return max((_last_line(value) for _, value in node.entries), default=node.span.line)
    return node.span.end_line


def split(
    findings: Iterable[Diagnostic], suppressions: Sequence[Suppression]
) -> tuple[list[Diagnostic], list[Suppressed]]:
    """The findings to report, and those that are silenced."""
    kept, silenced = [], []
    for finding in findings:
        by = next((each for each in suppressions if each.covers(finding)), None)
        if by is None:
            kept.append(finding)
        else:
            silenced.append(Suppressed(finding, by))
    return kept, silenced


def report_unused(
    suppressions: Iterable[Suppression], silenced: Sequence[Suppressed], looked_for: Iterable[str], report: Reporter
) -> None:
    """Report the suppressions of which a code, one that was looked for, silences nothing."""
    wanted = set(looked_for)
    for each in suppressions:
        used = {found.finding.code for found in silenced if each.covers(found.finding)}
        idle = [code for code in each.codes if code in wanted and code not in used]
        if idle:
            message = f"nothing here gives {', '.join(idle)}, so there is nothing to ignore"
            fix = Fix("delete the comment", (Edit(each.comment, ""),)) if len(idle) == len(each.codes) else None
            report.warning("AX0732", each.span, message, "delete the comment, or the code", fix=fix)
