"""Test files made from cases, and read as the command reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from axtary.compiler.ir import Policy
from axtary.runtime.testing import Tested, load_suites
from tests.golden_files import Case

_FORBIDDEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def flow(value: Any) -> str:
    """A JSON value as YAML of one line: JSON, but for characters that a file may not hold."""
    text = json.dumps(value, ensure_ascii=False)
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def suite_text(cases: Iterable[Case]) -> str:
    """A test file that expects of each case what it says."""
    lines = ["version: 1", "cases:"]
    for case in cases:
        reasons = [[code, rule] if rule else [code] for code, rule in case.reasons]
        expect = {"decision": case.decision, "fired": list(case.fired), "reasons": reasons}
        members: Mapping[str, Any] = {"action": case.action, "facts": case.facts, "expect": expect}
        lines += [f"  - name: {flow(case.name)}", *(f"    {key}: {flow(value)}" for key, value in members.items())]
    return "\n".join(lines) + "\n"


def loaded(text: str, policy: Policy, folder: Path, *, policy_file: str = "axtary.yml") -> Tested:
    """The cases of a text, through the same door as those of files. Raises CompileError."""
    file = folder / "it.test.yml"
    file.write_text(text, encoding="utf-8")
    return load_suites([file], policy, folder / policy_file, found=False)
