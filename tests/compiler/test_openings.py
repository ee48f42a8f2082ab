"""The next openings of local time windows."""

from __future__ import annotations

import pytest

from axtary.compiler import compile_text
from axtary.compiler.analysis.times import openings
from axtary.compiler.ir import Hours
from axtary.compiler.literals import parse_timestamp


def opened(windows: str, after: str) -> list[str]:
    text = f"    match: {{tool: t}}\n    obligations: {{hours: {windows}}}\n"
    (hours,) = compile_text(f"version: 1\npolicies:\n  - id: a\n    effect: allow\n{text}").rules[0].obligations
    assert isinstance(hours, Hours)
    return openings(hours, parse_timestamp(after))


@pytest.mark.parametrize(
    ("windows", "after", "first"),
    [
        ('"Mon-Fri 08:00-19:00 Europe/Berlin"', "2027-01-08T22:00:00Z", "2027-01-11T07:00:00Z"),  # Friday night
        ('"Mon-Fri 08:00-19:00 Europe/Berlin"', "2027-01-11T06:59:59Z", "2027-01-11T07:00:00Z"),
        ('"Mon-Fri 08:00-19:00 Europe/Berlin"', "2027-01-11T07:00:00Z", "2027-01-12T07:00:00Z"),
        ('"Mon 08:00-09:00 Europe/Berlin"', "2026-03-23T07:00:00Z", "2026-03-30T06:00:00Z"),  # summer time begins
        ('"Sun 22:00-06:00 Pacific/Kiritimati"', "2026-01-03T12:00:00Z", "2026-01-04T08:00:00Z"),
        ('["Mon 12:00-13:00 UTC", "Mon 09:00-10:00 UTC"]', "2026-01-04T00:00:00Z", "2026-01-05T09:00:00Z"),
    ],
)
def test_the_soonest_comes_first(windows: str, after: str, first: str) -> None:
    found = opened(windows, after)
    assert found[0] == first
    assert found == sorted(found)


def test_every_day_of_a_week_is_there() -> None:
    assert opened('"Mon,Wed 08:00-09:00 UTC"', "2026-01-05T08:30:00Z") == [
        "2026-01-07T08:00:00Z",
        "2026-01-12T08:00:00Z",
    ]
