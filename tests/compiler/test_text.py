"""The text of conditions and obligations: what people read is what the compiler would read."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import generate
from tests.laws import examples

from axtary.compiler import compile_text
from axtary.compiler.ir import Condition, Hours, Rule, Window
from axtary.compiler.syntax import parse_duration, parse_window
from axtary.compiler.text import condition_text, duration_text, obligation_text, window_text
from axtary.compiler.zones import zone_names

ALL = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def rule(line: str) -> Rule:
    tools = "tools: {t: {payload: {due: timestamp, price: decimal}}}\n"
    return compile_text(f"version: 1\n{tools}policies:\n  - {{id: r, match: {{tool: t}}, {line}}}\n").rules[0]


def condition(text: str) -> Condition:
    found = rule(f"effect: allow, when: '{text}'").when
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        "payload.n != 1",
        'payload.s != "a"',
        "payload.a == 1 and not (payload.b == 2 or payload.c == 3)",
        "not (payload.a == 1 and payload.b == 2)",
        "payload.due < time",
        "payload.due != time",
        'payload.due in ["2026-01-01T00:00:00Z", "2261-12-31T23:59:59.999999999Z"]',
        'time >= "2026-01-01T00:00:00.5Z"',
        "count(paths) != 3",
        'none paths matches ["src/**", "{a}"]'.replace("{a}", "b"),
        'none payload.tags in ["x"]',
        'not all paths matches "src/**"',
        "not payload.n < 3",
        "not has payload.n",
        'any paths like "*src*" and none paths like ["src*", "a"]',
        'payload["odd key"] like "a*"',
        'not payload.s in ["a", "b"]',
    ],
)
def test_a_condition_reads_as_it_was_written(text: str) -> None:
    assert condition_text(condition(text)) == text


@settings(ALL, max_examples=examples(60))
@given(st.integers(0, 10**6))
def test_the_text_of_a_condition_is_that_condition(seed: int) -> None:
    """compile(condition_text(c)) == c"""
    draft = generate.draft(seed)
    policy = generate.compile_draft(draft)
    written = [
        r | {"when": condition_text(when)} if (when := policy.by_id[r["id"]].when) is not None else r
        for r in draft.get("policies", [])
    ]
    again = compile_text(generate.policy_text(draft | {"policies": written}))
    assert [r.when for r in again.rules] == [r.when for r in policy.rules]


@settings(ALL, max_examples=examples(300))
@given(st.integers(1, 366 * 86400))
def test_the_text_of_a_duration_is_that_duration(seconds: int) -> None:
    """parse(duration_text(d)) == d"""
    assert parse_duration(duration_text(seconds)) == seconds


@settings(ALL, max_examples=examples(300))
@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda ends: ends[0] != ends[1]),
    st.sampled_from(sorted(zone_names())),
)
def test_the_text_of_a_window_is_that_window(days: set[int], ends: tuple[int, int], zone: str) -> None:
    """hours(window_text(w)) == w"""
    window = Window(tuple(sorted(days)), *ends, zone)
    assert parse_window(window_text(window)).zone == zone
    assert rule(f"effect: allow, obligations: {{hours: '{window_text(window)}'}}").obligations == (Hours((window,)),)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ((0, 1, 2, 3, 4), "Mon-Fri"),
        ((0, 4, 5, 6), "Fri-Mon"),
        ((5, 6), "Sat-Sun"),
        ((0, 2), "Mon,Wed"),
        ((6,), "Sun"),
        ((0, 2, 3, 6), "Wed-Thu,Sun-Mon"),
        ((0, 1, 2, 3, 4, 5, 6), "Mon-Sun"),
    ],
)
def test_days_are_ranges_of_a_circle(days: tuple[int, ...], text: str) -> None:
    assert window_text(Window(days, 480, 1440, "UTC")) == f"{text} 08:00-24:00 UTC"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("hours: Mon-Fri 08:00-19:00 Europe/Berlin", "hours: Mon-Fri 08:00-19:00 Europe/Berlin"),
        ('hours: ["Mon 08:00-09:00 UTC", "Tue 22:00-06:00 UTC"]', "hours: Mon 08:00-09:00 UTC or Tue 22:00-06:00 UTC"),
        ("rate: 20 per 90m per actor", "rate: 20 per 1h30m per actor"),
        ('blocked_paths: ["infra/**", ".env*/"]', 'blocked_paths: ["infra/**", ".env*/"]'),
        (
            "budget: {limit: 50, unit: USD, per: task, window: 1d, cost: payload.price}",
            "budget: payload.price of 50 USD per 1d per task",
        ),
        ("budget: {limit: 5, unit: calls, per: tool, window: 45s}", "budget: 1 of 5 calls per 45s per tool"),
    ],
)
def test_an_obligation_in_words(written: str, text: str) -> None:
    (obligation,) = rule(f"effect: allow, obligations: {{{written}}}").obligations
    assert obligation_text(obligation) == text


def test_exactly_as_the_ir_has_it() -> None:
    assert condition_text(condition("payload.n != 1"), exact=True) == "not payload.n == 1"
    assert condition_text(condition('time == "1970-01-01T00:00:01Z"'), exact=True) == "time == 1000000000"
