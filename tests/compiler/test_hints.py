"""Habits of other languages: each is known by its own words, and what is right is never taken for one."""

from __future__ import annotations

import re

import pytest

from axtary.compiler import CompileError, compile_text, hints
from axtary.compiler.schedulehints import duration_hint, rate_problem, window_problem, word_at, zone_hint
from axtary.compiler.syntax import SyntaxProblem, parse_condition, parse_duration, parse_rate, parse_window

CONDITIONS = {
    "payload.a === 1": "===",
    "payload.a !== 1": "!==",
    "payload.a <> 1": "<>",
    "payload.a => 1": "=>",
    "payload.a =< 1": "=<",
    'payload.a =~ "x"': "=~",
    'payload.a is not "x"': "is not",
    'payload.a equals "x"': "equals",
    "payload.a ne 1": "ne",
    "payload.a not == 1": "not",
    'any paths not in ["a"]': "any",
    "NOT payload.a == 1": "NOT",
    'payload.a ends with "x"': "ends with",
    'payload.a.contains("x")': "payload.a",
    "payload.a.size() == 1": "payload.a.size(",
    "size(payload.a) == 1": "size(",
    'upper(payload.a) == "A"': "upper(",
    'none(paths like "a")': "none(",
    "exists(payload.a)": "exists(",
    "3 >= count(paths)": "count(",
    "count payload.a < 3": "payload.a",
    "payload.a between 1 and 2": "between",
    "defined payload.a": "defined",
    "has not payload.a": "not",
    'each paths like "a"': "each",
    'some paths like "a"': "some",
    'none of paths like "a"': "of",
    'any paths == "a"': "paths",
    'any paths ["a", "b"]': "paths",
    "unless payload.a == 1": "unless",
    "payload.a == 1 then payload.b == 2": "then",
    "payload.a == 1 xor payload.b == 2": "xor",
    "or payload.a == 1": "or",
    "payload.a == 1 or and payload.b == 2": "or",
    'payload.a contains ["x"]': "[",
    'payload.a == ("x" or "y")': "(",
    'payload.a in {"x"}': "{",
    'payload.a[-1] == "x"': "payload.a",
    'payload.a.0 == "x"': "payload.a",
    "payload['a'] == 1": "['a']",
    "payload.a-b == 1": "payload.a-b",
    "now() < time": "now(",
    "payload.a == 1 & payload.b == 2": "&",
    "payload.a == 1 | payload.b == 2": "|",
    "payload.a == 1; payload.b == 2": ";",
    "payload.a <= 1,000": ",",
    "payload.a == 1, payload.b == 2": ",",
    "payload.a == 1\n# and\nand payload.b == 2": "#",
    "payload.a <= $50": "$",
    "payload.a == ${x}": "$",
    "payload.a <= .5": ".",
    "payload.a <= 50%": "%",
    "payload.a + 1 == 2": "+",
    "payload.a == 1 ? 2 : 3": "?",
    "payload.a == `x`": "`",
}


@pytest.mark.parametrize(("text", "wrong"), CONDITIONS.items())
def test_a_habit_is_known(text: str, wrong: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse_condition(text)
    problem = caught.value
    assert (problem.code, text[problem.start : problem.end]) == ("AX0301", wrong)
    assert any(problem.help == found.expand(h.help) for h in hints._HABITS for found in re.finditer(h.written, text))


def test_each_habit_has_an_example() -> None:
    reached = set()
    for text in CONDITIONS:
        with pytest.raises(SyntaxProblem) as caught:
            parse_condition(text)
        reached |= {
            h
            for h in hints._HABITS
            for found in re.finditer(h.written, text)
            if caught.value.help == found.expand(h.help)
        }
    assert [habit.written for habit in hints._HABITS if habit not in reached] == []


@pytest.mark.parametrize(
    ("steps", "meant"),
    [
        ("base", "payload.base"),
        ("pull_request.base", "payload.pull_request.base"),
        ("payloud.base", "payload.base"),
        ("Context.x", "context.x"),
        ("request.payload.x", "payload.x"),
        ("args.x", "payload.x"),
        ("action.tool", "tool"),
        ("actor.rols", "actor.roles"),
        ("actor.id", "actor.agent"),
        ("actor.name", "actor.agent"),
        ("actor.role", "actor.roles"),
        ("intent.title", "intent.summary"),
        ("intent.id", "intent.task"),
        ("tool.name", "tool"),
        ("user", "actor.owner"),
        ("files", "paths"),
    ],
)
def test_the_attribute_that_was_meant(steps: str, meant: str) -> None:
    assert f"did you mean `{meant}`?" in hints.attribute_hint(tuple(steps.split(".")))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5 min", "5m"),
        ("5minutes", "5m"),
        ("1hour", "1h"),
        ("2 Days", "2d"),
        ("1w", "7d"),
        ("10 secs", "10s"),
        ("5x", ""),
    ],
)
def test_durations(written: str, meant: str) -> None:
    assert duration_hint(written) == (f"did you mean `{meant}`? " if meant else "")
    with pytest.raises(SyntaxProblem):
        parse_duration(written)
    assert not meant or parse_duration(meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon-Fri 9:00-17:00 UTC", "09:00-17:00"),
        ("Mon-Fri 9-17 UTC", "09:00-17:00"),
        ("Mon-Fri 9am-5pm UTC", "09:00-17:00"),
        ("Mon-Fri 12am-12pm UTC", "00:00-12:00"),
        ("Mon-Fri 9:30 am to 5 pm UTC", "09:30-17:00"),
        ("Mon-Fri 08:00 until 19:00 UTC", "08:00-19:00"),
        ("Monday–Friday 08:00-19:00 UTC", "Mon-Fri"),
        ("sat,sun 08:00-19:00 UTC", "Sat,Sun"),
        ("daily 08:00-19:00 UTC", "Mon-Sun"),
        ("Mon 08:00-19:00 America/New York", "America/New_York"),
    ],
)
def test_windows(written: str, meant: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse_window(written)
    assert f"did you mean `{meant}`?" in caught.value.help


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("08:00-19:00 UTC", "the days are missing"),
        ("Mon-Fri", "the times are missing"),
        ("Mon-Fri 08:00-19:00", "the time zone is missing"),
        ("Mon-Fri 99-99 UTC", "does not belong here"),
        ("Mon-Fri 08:00-19:00 +01:00", "is not a time zone"),
        ("soon", "does not belong here"),
    ],
)
def test_windows_that_nobody_can_guess(written: str, message: str) -> None:
    with pytest.raises(SyntaxProblem, match=message):
        parse_window(written)


@pytest.mark.parametrize(
    ("written", "help_text"),
    [
        ("20 per hour per actor", "did you mean `1h`?"),
        ("20 per 5min per actor", "did you mean `5m`?"),
        ("20 per 1h per agent", "did you mean `actor`?"),
        ("20 per 1h per tennant", "did you mean `tenant`?"),
        ("20 per 1h", "the last word says for whom it counts"),
        ("many per 1h per actor", "write for example"),
    ],
)
def test_rates(written: str, help_text: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse_rate(written)
    assert help_text in caught.value.help


def test_zones() -> None:
    names = ["Europe/Berlin", "UTC"]
    assert zone_hint("europe/berlin", names).startswith("did you mean `Europe/Berlin`?")
    assert zone_hint("utc", names).startswith("did you mean `UTC`?")
    assert zone_hint("cest", names).startswith("did you mean `Europe/Berlin`?")
    assert "an offset does not know summer time" in zone_hint("UTC+1", names)


def test_words() -> None:
    assert word_at("ab cd ef", 4) == (3, 5)
    assert word_at("ab", 0) == (0, 2)
    assert window_problem("", 0, 0)[0] == "the days are missing"
    assert rate_problem("", 0, 0)[0] == "the rate ends too early"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("payload.n == true", "`payload.n` is an integer, and is compared with a boolean"),
        ("payload.n == payload.b", "an integer is compared with a boolean"),
        ("payload.b < true", "a boolean has no order"),
    ],
)
def test_types_are_told_in_plain_english(condition: str, said: str) -> None:
    text = (
        "version: 1\ntools: {t: {payload: {n: integer, b: boolean}}}\n"
        f"policies: [{{id: r, effect: allow, match: {{tool: t}}, when: '{condition}'}}]\n"
    )
    with pytest.raises(CompileError) as caught:
        compile_text(text)
    assert [found.message for found in caught.value.diagnostics] == [said]
