"""Diagnostics as SARIF 2.1.0, the format that code scanners exchange."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from axtary.compiler.diagnostics import CODES, Diagnostic, Fix
from axtary.compiler.edits import LINE_END
from axtary.compiler.ir import Span
from axtary.grammars import page, pages

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    version: str,
    ignored: Sequence[tuple[Diagnostic, str]] = (),
) -> str:
    """The log, one run. `version` is that of axtary; `sources` are the texts by the names of the spans.

    `ignored` are the findings that a comment silences, each with the reason: results that are suppressed.
    """
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in (*found, *(each for each, _ in ignored))})
    lines = {name: LINE_END.split(text) for name, text in sources.items()}
    seen: Counter[str] = Counter()
    driver = {"name": "axtary", "semanticVersion": version, "rules": [_rule(code) for code in codes]}
    results = [_result(diagnostic, codes.index(diagnostic.code), lines, seen) for diagnostic in found]
    if ignored:  # of one run, either all results say whether they are suppressed or none
        results = [result | {"suppressions": []} for result in results]
    for diagnostic, reason in ignored:
        suppression = {"kind": "inSource", "status": "accepted", "justification": reason}
        result = _result(diagnostic, codes.index(diagnostic.code), lines, seen)
        results.append(result | {"suppressions": [suppression]})
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _rule(code: str) -> dict[str, Any]:
    text = page(code) if code in pages() else CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": CODES[code]},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "warning" if code.startswith("AX07") else "error"},
    }


def _result(diagnostic: Diagnostic, index: int, lines: Mapping[str, list[str]], seen: Counter[str]) -> dict[str, Any]:
    location = _location(diagnostic.span)
    if diagnostic.path:
        location["logicalLocations"] = [{"fullyQualifiedName": diagnostic.path, "kind": "value"}]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": diagnostic.severity.value,
        "message": _message(f"{diagnostic.message}: {diagnostic.help}" if diagnostic.help else diagnostic.message),
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(diagnostic, lines, seen)},
    }
    if diagnostic.labels:
        related = enumerate(diagnostic.labels)
        result["relatedLocations"] = [
            {"id": number} | _location(label.span) | {"message": _message(label.text)} for number, label in related
        ]
    if diagnostic.fix is not None:
        result["fixes"] = [_fix(diagnostic.fix, diagnostic.span.file)]
    return result


def _fix(fix: Fix, file: str) -> dict[str, Any]:
    replacements = [{"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}} for edit in fix.edits]
    change = {"artifactLocation": {"uri": _uri(file)}, "replacements": replacements}
    return {"description": _message(fix.title), "artifactChanges": [change]}


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.file)}, "region": _region(span)}}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _message(text: str) -> dict[str, str]:
    """Plain text: `[a](b)` would be a link, `{0}` a placeholder."""
    for sign in "\\[]":
        text = text.replace(sign, f"\\{sign}") if "](" in text else text
    return {"text": text.replace("{", "{{").replace("}", "}}")}


_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # half a character that does not stand for a byte of a name


def _uri(name: str) -> str:
    """Relative to where the command ran, or absolute as the name is. A preset is no file: its scheme is its own."""
    path = PurePath(_NO_BYTE.sub("\ufffd", name))
    if path.is_absolute():
        return path.as_uri()
    written = quote(path.as_posix().encode("utf-8", "surrogateescape"))
    return written.replace("%3A", ":", 1) if name.startswith("preset:") else written


def _fingerprint(diagnostic: Diagnostic, lines: Mapping[str, list[str]], seen: Counter[str]) -> str:
    """The same for the same finding on the same line, wherever that line stands; then the number of its occurrence."""
    source = lines.get(diagnostic.span.file, [])
    line = source[diagnostic.span.line - 1].strip() if diagnostic.span.line <= len(source) else ""
    parts = json.dumps([diagnostic.code, diagnostic.message, line])
    digest = hashlib.sha256(parts.encode()).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
