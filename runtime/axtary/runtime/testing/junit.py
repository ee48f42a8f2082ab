"""Results as JUnit XML, and their differences in words."""

from __future__ import annotations

import json
from collections.abc import Sequence

from axtary.compiler.reports.junitxml import Outcome, TestCase, document
from axtary.runtime.testing.run import Difference, Result


def junit(results: Sequence[Result]) -> str:
    """One suite for each test file, one test case for each case; times are in seconds."""
    suites: dict[str, list[TestCase]] = {}
    for result in results:
        suites.setdefault(result.ready.file, []).append(_case(result))
    return document(suites)


def _case(result: Result) -> TestCase:
    case, line = result.ready.case, result.ready.case.span.line
    outcome = None
    if not result.passed:
        words = [difference_text(difference) for difference in result.differences]
        reasons = [reason["message"] for reason in (result.why or {}).get("reasons", ())]
        body = "\n".join([f"{result.ready.file}:{line}", *words, *reasons])
        outcome = Outcome("failure", words[0], body, result.differences[0].what)
    return TestCase(case.name.value, line, result.seconds, outcome)


def difference_text(difference: Difference) -> str:
    """One difference in a line: `decision: expected allow, got deny`."""
    engine = f" ({difference.engine})" if difference.engine not in ("", "native") else ""
    return f"{difference.what}{engine}: expected {value_text(difference.expected)}, got {value_text(difference.got)}"


def value_text(value: object) -> str:
    """An expected or given value in words; obligations are JSON."""
    if isinstance(value, dict):
        return json.dumps(value)
    if not isinstance(value, list):
        return str(value)
    return ", ".join(" ".join(item).strip() if isinstance(item, list) else str(item) for item in value) or "none"
