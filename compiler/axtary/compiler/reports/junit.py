"""Diagnostics as JUnit XML: a test suite for each file, a test case for each finding, or one that passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from axtary.compiler.diagnostics import Diagnostic, Severity
from axtary.compiler.reports import text
from axtary.compiler.reports.junitxml import Outcome, TestCase, document


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], strict: bool) -> str:
    """The document. A warning fails its test case if `strict`, and else is a skipped one.

    `sources` are the files that were checked, by the names of the spans, the policy first.
    """
    by_file: dict[str, list[TestCase]] = {name: [] for name in sources}
    for diagnostic in diagnostics:
        by_file.setdefault(diagnostic.span.file, []).append(_case(diagnostic, sources, strict))
    suites = {name: cases or [TestCase("no findings")] for name, cases in by_file.items()}
    return document(suites, "axtary policy check")


def _case(diagnostic: Diagnostic, sources: Mapping[str, str], strict: bool) -> TestCase:
    span = diagnostic.span
    name = f"{diagnostic.code} {span.line}:{span.column} {diagnostic.path}".rstrip()
    shown = text.render(diagnostic, sources)
    if strict or diagnostic.severity is Severity.ERROR:
        return TestCase(name, span.line, outcome=Outcome("failure", diagnostic.message, shown, diagnostic.code))
    return TestCase(name, span.line, outcome=Outcome("skipped", diagnostic.message, shown))
