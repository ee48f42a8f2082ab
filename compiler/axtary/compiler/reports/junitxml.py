"""JUnit XML, the form that CI servers read: the document, of whatever its test cases are.

What is written is printable: XML 1.0 has no way to write most control characters, and a reader may print what it reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as Xml

from axtary.compiler.diagnostics import printable


@dataclass(frozen=True)
class Outcome:
    """Why a test case did not pass, or was skipped. kind: of the failure, where it has one."""

    state: Literal["failure", "skipped"]
    message: str
    text: str
    kind: str | None = None


@dataclass(frozen=True)
class TestCase:
    """One test case. line: of the file, from 1. outcome: None if it passed."""

    name: str
    line: int | None = None
    seconds: float | None = None
    outcome: Outcome | None = None


def document(suites: Mapping[str, Sequence[TestCase]], name: str | None = None) -> str:
    """The document: a suite for each file, in the order that is given."""
    root = Xml.Element("testsuites", _attributes(name=name))
    for file, cases in suites.items():
        suite = Xml.SubElement(root, "testsuite", _attributes(name=file))
        suite.attrib |= _counts(cases)
        suite.extend(_element(file, case) for case in cases)
    root.attrib |= _counts([case for cases in suites.values() for case in cases])
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _element(file: str, case: TestCase) -> Xml.Element:
    line = str(case.line) if case.line is not None else None
    seconds = f"{case.seconds:.6f}" if case.seconds is not None else None
    found = Xml.Element("testcase", _attributes(classname=file, name=case.name, file=file, line=line, time=seconds))
    if case.outcome is not None:
        head = _attributes(message=case.outcome.message, type=case.outcome.kind)
        result = Xml.SubElement(found, case.outcome.state, head)
        result.text = "\n".join(printable(each) for each in case.outcome.text.split("\n"))
    return found


def _counts(cases: Sequence[TestCase]) -> dict[str, str]:
    states = [case.outcome.state for case in cases if case.outcome is not None]
    counts = {"tests": len(cases), "failures": states.count("failure"), "errors": 0, "skipped": states.count("skipped")}
    timed = [case.seconds for case in cases if case.seconds is not None]
    return {key: str(value) for key, value in counts.items()} | ({"time": f"{sum(timed):.6f}"} if timed else {})


def _attributes(**values: str | None) -> dict[str, str]:
    """Those that have a value."""
    return {key: printable(value) for key, value in values.items() if value is not None}
