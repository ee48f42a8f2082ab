"""Diagnostics as JUnit XML: a test suite for each file, a test case for each finding, or one that passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as Xml

from axtary.compiler.diagnostics import Diagnostic, Severity, printable
from axtary.compiler.reports import text


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], strict: bool) -> str:
    """The document. A warning fails its test case if `strict`, and else is a skipped one.

    `sources` are the files that were checked, by the names of the spans, the policy first.
    """
    suites = Xml.Element("testsuites", name="axtary policy check")
    by_file: dict[str, list[Diagnostic]] = {name: [] for name in sources}
    for diagnostic in diagnostics:
        by_file.setdefault(diagnostic.span.file, []).append(diagnostic)
    for name, found in by_file.items():
        cases = [_case(diagnostic, sources, strict) for diagnostic in found] or [_passed(name)]
        suite = Xml.SubElement(suites, "testsuite", name=_attribute(name))
        suite.extend(cases)
        _count(suite, cases)
    _count(suites, [case for suite in suites for case in suite])
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(suites, encoding="unicode") + "\n"


def _case(diagnostic: Diagnostic, sources: Mapping[str, str], strict: bool) -> Xml.Element:
    span = diagnostic.span
    name = f"{diagnostic.code} {span.line}:{span.column} {diagnostic.path}".rstrip()
    case = Xml.Element("testcase", classname=_attribute(span.file), name=_attribute(name))
    case.set("file", _attribute(span.file))
    case.set("line", str(span.line))
    failed = strict or diagnostic.severity is Severity.ERROR
    result = Xml.SubElement(case, "failure" if failed else "skipped", message=_attribute(diagnostic.message))
    if failed:
        result.set("type", diagnostic.code)
    result.text = "\n".join(printable(line) for line in text.render(diagnostic, sources).split("\n"))
    return case


def _passed(name: str) -> Xml.Element:
    return Xml.Element("testcase", classname=_attribute(name), name="no findings", file=_attribute(name))


def _count(element: Xml.Element, cases: list[Xml.Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))


def _attribute(value: str) -> str:
    """Without the characters that XML 1.0 has no way to write, all of which are control characters of some kind."""
    return printable(value)
