"""Tests in Rego for an exported policy: who receives it runs them on an OPA of their own, with `opa test`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from axtary.backends.verdict import Verdict
from axtary.compiler.diagnostics import printable

_HEAD = "package axtary_test\n\nimport data.axtary\n"
Case = tuple[str, Mapping[str, Any], Mapping[str, Any], Verdict]  # name, action, facts, what must come


def tests_text(cases: Iterable[Case]) -> str:
    """One module, a rule `test_0001` for each case. Names stand in comments."""
    return _HEAD + "".join(_test(number, *case) for number, case in enumerate(cases, 1))


def _test(number: int, name: str, action: Mapping[str, Any], facts: Mapping[str, Any], verdict: Verdict) -> str:
    expected = [
        ("decision", verdict.decision),
        ("fired", list(verdict.fired)),
        ("reasons", [{"code": code.value, "rule": rule} for code, rule in verdict.reasons]),
        ("obligations", dict(verdict.obligations)),
    ]
    checks = "".join(f"\tfound.{member} == {_term(value)}\n" for member, value in expected)
    given = _term({"action": action, "facts": facts})
    comment = printable(name).replace("\n", " ")
    return f"\n# {comment}\ntest_{number:04} if {{\n\tfound := axtary.decision with input as {given}\n{checks}}}\n"


def _term(value: Any) -> str:
    """JSON is Rego, but for the escape of a slash and surrogates, which are not written here."""
    return json.dumps(value, ensure_ascii=False)
