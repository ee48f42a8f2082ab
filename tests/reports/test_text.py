"""Text for people: the marks stand below what they mean, whatever the line holds; nothing that a terminal obeys."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.laws import examples
from tests.reports.findings import BROKEN, HOSTILE, diagnostics, found_in, is_obeyed

from axtary.compiler import Diagnostic
from axtary.compiler.diagnostics import Edit, Fix, Label, Reporter, Severity
from axtary.compiler.ir import Span
from axtary.compiler.reports.text import WIDTH, render, summary


def finding(line: str, part: str, fix: Fix | None = None, *labels: Label) -> str:
    """How a finding on a part of a line is shown."""
    start = line.index(part) + 1
    span = Span("a.yml", 1, start, 1, start + len(part))
    return render(Diagnostic("AX0301", Severity.ERROR, "wrong", span, "write it", labels, fix), {"a.yml": line})


def columns(text: str) -> int:
    """Width on a terminal, worked out another way: by the classes of Unicode."""
    wide = sum(unicodedata.east_asian_width(c) in ("W", "F") for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me") for c in text)


def below(shown: str, mark: str = "^") -> str:
    """What stands above the marks."""
    lines = shown.split("\n")
    number = next(i for i, line in enumerate(lines) if set(line.partition("|")[2].strip()) == {mark})
    source, marks = lines[number - 1], lines[number]
    start, end = marks.index(mark), len(marks.rstrip())
    kept = [c for i, c in enumerate(source) if start <= columns(source[:i]) < end and columns(c)]
    return "".join(kept)


@pytest.mark.parametrize(
    "line",
    [
        "when: WRONG",
        "when: 漢字かな WRONG 漢",
        "when: e\u0301\u0e31 WRONG",
        "when:\t\tWRONG\tx",
        "when: \u200b WRONG",
        "when: " + "x" * 400 + " WRONG " + "y" * 400,
        "when: " + "漢" * 90 + " WRONG " + "漢" * 90,
    ],
)
def test_the_marks_stand_below_the_part(line: str) -> None:
    shown = finding(line, "WRONG")
    assert below(shown) == "WRONG"
    assert all(columns(part) <= WIDTH + 8 for part in shown.split("\n"))


def test_a_line_that_is_cut_says_so() -> None:
    source = next(line for line in finding("a" * 300 + "WRONG" + "b" * 300, "WRONG").split("\n") if "WRONG" in line)
    assert source.startswith(" 1 | …a") and source.endswith("b…")
    short = finding("WRONG" + "b" * (WIDTH - 5), "WRONG")
    assert "…" not in short


def test_the_place_has_the_path() -> None:
    found, sources = found_in(BROKEN)
    assert "\n  --> axtary.yml:5:13 (policies[0].effect)\n" in render(found[0], sources)
    whole_file, sources = found_in("policies: []\n")
    assert "\n  --> axtary.yml:1:1\n" in render(whole_file[0], sources)


def test_labels_stand_in_the_order_of_their_places() -> None:
    second, first = (Label(Span("a.yml", 1, at, 1, at + 1), text) for at, text in ((9, "second"), (3, "first")))
    shown = finding("a b c d e WRONG", "WRONG", None, second, first)
    assert shown.index("- first") < shown.index("- second")


def test_a_fix_is_shown_as_the_line_that_it_writes() -> None:
    line = 'when: payload.x = "a" WRONG'
    fix = Fix("write it so", (Edit(Span("a.yml", 1, 17, 1, 18), "=="), Edit(Span("a.yml", 1, 23, 1, 28), "right")))
    assert finding(line, "WRONG", fix).split("\n")[-5:] == [
        "  = help: write it",
        "  = fix: write it so",
        "   |",
        ' 1 | when: payload.x == "a" right',
        "   |                 ++     +++++",
    ]


def test_a_fix_that_does_what_the_help_says_is_not_named_twice() -> None:
    fix = Fix("write it", (Edit(Span("a.yml", 1, 1, 1, 6), ""),))
    assert finding("WRONG x", "WRONG", fix).split("\n")[-3:] == ["  = help: write it", "   |", " 1 |  x"]


def test_a_fix_of_several_lines() -> None:
    fix = Fix("add it", (Edit(Span("a.yml", 1, 6, 1, 6), "\n  new: 1"), Edit(Span("a.yml", 2, 1, 2, 2), "c")))
    span = Span("a.yml", 1, 1, 1, 6)
    shown = render(Diagnostic("AX0301", Severity.ERROR, "m", span, "h", (), fix), {"a.yml": "WRONG\nb\n"})
    assert shown.split("\n")[-6:] == ["   |", " 1 | WRONG", " 2 |   new: 1", "   | ++++++++", " 3 | c", "   | +"]


def test_the_summary_counts() -> None:
    found = found_in(BROKEN)[0]
    assert summary(found) == "3 errors; 2 can be fixed with `axtary policy check --fix`"
    assert summary(found[2:]) == "1 error"
    assert summary([]) == "0 warnings"
    many = "version: 1\npolicies:\n" + '  - {id: "X", effect: a, match: {tool: t}}\n' * 150
    assert summary(found_in(many)[0]).startswith("200 errors (the check stopped there)")


@settings(derandomize=True, max_examples=examples(300))
@given(diagnostics(), HOSTILE)
def test_nothing_reaches_the_terminal_that_it_obeys(diagnostic: Diagnostic, source: str) -> None:
    """Each line of the text is printable, once the diagnostic went through the compiler's reporter."""
    report = Reporter()
    report(replace(diagnostic, path=""))
    lines = render(report.diagnostics[0], {diagnostic.span.file: source}).split("\n")
    assert not any(map(is_obeyed, lines)), lines
