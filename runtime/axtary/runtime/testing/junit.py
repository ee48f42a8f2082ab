"""Results as JUnit XML, the form that CI servers read. Characters that XML cannot hold are left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from axtary.runtime.testing.run import Difference, Result

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(results: Sequence[Result]) -> str:
    """One suite for each test file, one test case for each case; times are in seconds."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_counts(results)}>"]
    for file, found in groupby(results, key=lambda result: result.ready.file):
        suite = list(found)
        lines.append(f"  <testsuite{_attributes(name=file)}{_counts(suite)}>")
        for result in suite:
            lines += _case(result)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _case(result: Result) -> Iterable[str]:
    case, file = result.ready.case, result.ready.file
    line = str(case.span.line)
    head = _attributes(name=case.name.value, classname=file, file=file, line=line, time=f"{result.seconds:.6f}")
    if result.passed:
        return [f"    <testcase{head}/>"]
    words = [difference_text(difference) for difference in result.differences]
    reasons = [reason["message"] for reason in (result.why or {}).get("reasons", ())]
    body = "\n".join([f"{file}:{line}", *words, *reasons])
    return [
        f"    <testcase{head}>",
        f"      <failure{_attributes(message=words[0], type=result.differences[0].what)}>{_clean(body)}</failure>",
        "    </testcase>",
    ]


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


def _counts(results: Sequence[Result]) -> str:
    failed = sum(not result.passed for result in results)
    seconds = sum(result.seconds for result in results)
    return _attributes(tests=str(len(results)), failures=str(failed), errors="0", time=f"{seconds:.6f}")


def _attributes(**values: str) -> str:
    return "".join(f" {name}={_quoted(value)}" for name, value in values.items())


def _quoted(value: str) -> str:
    # line ends and tabs would be read back as spaces
    return quoteattr(_ILLEGAL.sub("", value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _clean(text: str) -> str:
    return escape(_ILLEGAL.sub("", text), {"\r": "&#13;"})
