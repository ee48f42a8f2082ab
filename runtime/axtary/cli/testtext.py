"""What `axtary policy test` prints for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from axtary.cli.output import colour
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Span
from axtary.runtime.testing import CoverageReport, Difference, Result, value_text
from axtary.runtime.testing.coverage import Item, RuleCoverage

_SHOWN = 60  # characters of a value or condition that people see; --json never cuts
_GAPS = 50  # outcomes that were not shown; --coverage-json has all


def results_text(results: Sequence[Result], policy: Path, engines: Sequence[str], elsewhere: int) -> str:
    """A line for each file, each failure with its difference, and the sum."""
    lines: list[str] = []
    for file, found in groupby(results, key=lambda result: result.ready.file):
        passed = [result.passed for result in found]
        wrong = passed.count(False)
        head = colour("FAIL", "red") if wrong else colour("ok", "green") + "  "
        many = f"{wrong} of {_cases(len(passed))} failed" if wrong else _cases(len(passed))
        lines.append(f"{head} {printable(file)}: {many}")
    for result in results:
        if not result.passed:
            lines += ["", *_failure(result, policy)]
    failed = sum(not result.passed for result in results)
    counts = f"{failed} failed, " if failed else ""
    lines += [""] if failed else []
    lines.append(f"{counts}{len(results) - failed} passed: {printable(str(policy))} on {', '.join(engines)}")
    if elsewhere:
        lines.append(f"{elsewhere} test file{'' if elsewhere == 1 else 's'} beside it about another policy")
    return "\n".join(lines) + "\n"


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"


def _failure(result: Result, policy: Path) -> Iterator[str]:
    case = result.ready.case
    place = f"{printable(result.ready.file)}:{case.span.line}"
    yield f"{colour(place, 'bold')} {printable(case.name.value)}"
    for difference in result.differences:
        yield from _difference(difference)
    why = result.why or {}
    yield "  why"
    yield from (f"    {reason['code']}: {printable(reason['message'])}" for reason in why.get("reasons", ()))
    yield from (f"    fired  {_rule(entry, policy)}" for entry in why.get("fired", ()))
    yield from (f"    did not fire  {_rule(entry, policy)}  {_because(entry)}" for entry in _telling(result))


def _telling(result: Result) -> list[dict[str, Any]]:
    """Of the rules that did not fire, those that the case names, and those that could have decided as it expects."""
    expected = result.ready.case.expected
    named = {rule.value for rule in expected.rules}
    decision = next((difference.expected for difference in result.differences if difference.what == "decision"), None)
    stopped = (result.why or {}).get("stopped", ())
    return [entry for entry in stopped if entry["rule"] in named or entry["effect"] == decision]


def _difference(difference: Difference) -> Iterator[str]:
    """The two sides; of two lists, what each has and the other has not."""
    engine = f" ({difference.engine})" if difference.engine not in ("", "native") else ""
    expected, got = difference.expected, difference.got
    if not isinstance(expected, list) or difference.what == "not_fired":
        yield f"  {difference.what}{engine}: expected {_value(expected)}, got {_value(got)}"
        return
    yield f"  {difference.what}{engine}:"
    yield from (colour(f"    - {_value([item])}  expected", "red") for item in expected if item not in got)
    yield from (colour(f"    + {_value([item])}  not expected", "green") for item in got if item not in expected)


def _value(value: Any) -> str:
    return printable(value_text(value))


def _rule(entry: dict[str, Any], policy: Path) -> str:
    return f"{entry['rule']}  {entry['effect']}  {printable(_file(entry['file'], policy))}:{entry['line']}"


def _file(name: str, policy: Path) -> str:
    return name if name.startswith("preset:") else str(policy.parent / name)


def _because(entry: dict[str, Any]) -> str:
    seen = [
        f"{printable(one['attribute'])} is " + (_cut(json.dumps(one["value"])) if one["present"] else "missing")
        for one in entry["seen"]
    ]
    return "; ".join([_cut(printable(entry["condition"])), *seen])


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


# --- coverage -------------------------------------------------------------------------------------------------------


def coverage_text(report: CoverageReport, policy: Path) -> str:
    """A line for each rule of the policy's own, what is missing with its place, and the sum."""
    lines = ["coverage"]
    width = max((len(found.rule.id) for found in report.own), default=0)
    lines += [f"  {_rule_line(found, width)}" for found in report.own]
    gaps = [gap for found in report.own for item in found.items for gap in _missing(found, item, policy)]
    lines += gaps[:_GAPS]
    if len(gaps) > _GAPS:
        lines.append(f"  … and {len(gaps) - _GAPS} more: --coverage-json has all")
    left_out = sum(outcome.state == "unreachable" for outcome in report.outcomes)
    lines += [
        f"  {colour(f'{report.percent:g} %', 'green' if report.percent == 100 else 'yellow')}: {report.shown} of "
        f"{report.reachable} outcomes shown, {left_out} cannot happen"
    ]
    presets = len(report.rules) - len(report.own)
    if presets:
        lines.append(f"  {presets} rules of presets are not counted")
    return "\n".join(lines) + "\n"


def _rule_line(found: RuleCoverage, width: int) -> str:
    """Of each outcome: on how many parts of the rule it was shown, and on how many it can be."""
    fired = "fired" if found.items[0].named("shown") else "never fired"
    parts = [f"{found.rule.id.ljust(width)}  {found.percent:5g} %  {fired:11}"]
    for title, items, names in (
        ("conditions", found.conditions, ("true", "false", "undefined")),
        ("obligations", found.duties, ("met", "violated")),
    ):
        counts = ", ".join(f"{_ratio(items, name)} {name}" for name in names)
        parts += [f"{title} {counts}"] if items else []
    return "  ".join(parts).rstrip()


def _ratio(items: Sequence[Item], name: str) -> str:
    reachable = sum(name in item.named("shown") + item.named("missing") for item in items)
    return f"{sum(name in item.named('shown') for item in items)}/{reachable}"


def _missing(found: RuleCoverage, item: Item, policy: Path) -> Iterator[str]:
    """What no case has shown, with what would show it; and what no case can show, with the reason."""
    what = f"`{_cut(printable(item.text))}` " if item.kind != "rule" else ""
    for outcome in item.outcomes:
        if outcome.state != "shown":
            text = outcome.hint if outcome.state == "missing" else f"cannot happen, {outcome.why}"
            yield f"  {_place(item.span, policy)} {found.rule.id}: {what}{outcome.outcome}: {printable(text or '')}"


def _place(span: Span, policy: Path) -> str:
    return f"{printable(_file(span.file, policy))}:{span.line}"
