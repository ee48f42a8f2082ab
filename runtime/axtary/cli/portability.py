"""`axtary policy portability`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axtary.cli.output import FINDINGS, OK, colour, invalid_input, leave, load, print_json, shown_file
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Policy
from axtary.compiler.reports.text import count
from axtary.runtime.messages import cut
from axtary.runtime.portability import TARGETS, Ported, portability

_COLOURS = {"native": "green", "hoisted": "yellow", "refused": "red"}
Found = Mapping[str, Mapping[str, Ported]]


def run(path: Path, as_json: bool) -> None:
    """Print each rule with how it reaches each target. Exit 1 if one is refused somewhere."""
    policy = load(path, as_json).policy
    with invalid_input(as_json):
        found = portability(policy)
    counts = {target: Counter(each[target].how for each in found.values()) for target in TARGETS}
    if as_json:
        rules = [_entry(policy, path, rule, found[rule]) for rule in found]
        print_json({"policy_version": policy.policy_version, "counts": counts, "rules": rules})
    else:
        sys.stdout.write("\n".join(_lines(policy, path, found, counts)) + "\n")
    leave(FINDINGS if any(each["refused"] for each in counts.values()) else OK)


def _place(policy: Policy, path: Path, rule: str) -> tuple[str, int]:
    span = policy.by_id[rule].span
    return shown_file(span.file, path), span.line


def _entry(policy: Policy, path: Path, rule: str, ported: Mapping[str, Ported]) -> dict[str, Any]:
    file, line = _place(policy, path, rule)
    return {"rule": rule, "file": file, "line": line} | {target: ported[target].to_json() for target in TARGETS}


def _lines(policy: Policy, path: Path, found: Found, counts: Mapping[str, Counter[str]]) -> list[str]:
    width = max((len(printable(rule)) for rule in found), default=4)
    lines = [("  ".join(["rule".ljust(width), *(target.ljust(7) for target in TARGETS)])).rstrip()]
    for rule, ported in found.items():
        file, line = _place(policy, path, rule)
        words = "  ".join(colour(f"{ported[target].how:7}", _COLOURS[ported[target].how]) for target in TARGETS)
        lines.append(f"{printable(rule):{width}}  {words}  {printable(file)}:{line}")
        lines += [f"  {target}: {cut(text, 110)}" for target in TARGETS for text in _details(ported[target])]
    lines += [f"{target}: {_summary(counts[target])}" for target in TARGETS]
    return lines


def _details(ported: Ported) -> list[str]:
    hoisted = [f"{item['source']}  {item['name']} is computed: {item['meaning']}" for item in ported.hoisted]
    return hoisted + ([ported.why] if ported.why else [])


def _summary(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count(counts[how], 'rule')} {how}" for how in _COLOURS if counts.get(how)) or "no rules"
