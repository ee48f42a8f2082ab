"""Comments that ignore warnings: what they cover, and what is wrong with them."""

from __future__ import annotations

import pytest

from axtary.compiler import Compiled, compile_policy
from axtary.compiler.edits import apply
from axtary.compiler.lint import exact

# The rule gives AX0702 in its condition.
POLICY = """version: 1
policies:
  {above}
  - id: notes  {beside}
    effect: allow
    {inside}
    match: {{tool: fs.read}}
    when: all paths matches "*.md"  {behind}
  - id: other
    effect: allow
    match: {{tool: fs.list}}
    when: all paths matches "*.txt"
"""
IGNORE = "# axtary: ignore AX0702 because notes lie in the home folder too"


def compiled(**comments: str) -> Compiled:
    places = dict.fromkeys(("above", "beside", "inside", "behind"), "") | comments
    return compile_policy("axtary.yml", POLICY.format(**places).encode())


def lines(found: Compiled) -> list[tuple[str, int]]:
    return [(each.code, each.span.line) for each in found.warnings]


def test_without_a_comment_both_rules_are_warned_about() -> None:
    assert lines(compiled()) == [("AX0702", 8), ("AX0702", 12)]


@pytest.mark.parametrize("place", ["above", "beside", "behind"])
def test_a_comment_is_about_its_rule_or_its_line(place: str) -> None:
    found = compiled(**{place: IGNORE})
    assert lines(found) == [("AX0702", 12)]
    (silenced,) = found.suppressed
    assert (silenced.finding.span.line, silenced.by.reason) == (8, "notes lie in the home folder too")


def test_a_comment_on_another_key_of_the_rule_ignores_nothing() -> None:
    assert lines(compiled(inside=IGNORE)) == [("AX0732", 6), ("AX0702", 8), ("AX0702", 12)]


def test_several_codes_and_comments_between() -> None:
    found = compiled(above="# axtary: ignore AX0701, AX0702 because so\n\n  # another comment")
    assert lines(found) == [("AX0732", 3), ("AX0702", 14)]
    assert found.warnings[0].fix is None  # the other code is of use


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# axtary: ignore AX0702", "gives no reason"),
        ("# axtary: ignore AX0702 because", "gives no reason"),
        ("# axtary: ignore AX0702, because so", "gives no reason"),
        ("# axtary: ignore AX0702 it is fine", "gives no reason"),
        ("# axtary: ignore because so", "names no warning"),
        ("# axtary: ignore all because so", "names no warning"),
        ("# axtary: ignroe AX0702 because so", "names no warning"),
        ("# axtary: ignore AX0799 because so", "is no code"),
        ("# axtary: ignore AX0301 because so", "cannot be ignored"),
        ("# axtary: ignore AX0732 because so", "cannot be ignored"),
    ],
)
def test_a_comment_without_code_or_reason_ignores_nothing(comment: str, message: str) -> None:
    found = compiled(behind=comment)
    assert lines(found) == [("AX0702", 8), ("AX0731", 8), ("AX0702", 12)]
    assert message in found.warnings[1].message


def test_what_is_no_comment_ignores_nothing() -> None:
    text = POLICY.format(above="", beside="", inside=f'description: "{IGNORE}"', behind="")
    assert lines(compile_policy("axtary.yml", text.encode())) == [("AX0702", 8), ("AX0702", 12)]


@pytest.mark.parametrize(("place", "left"), [("above", ["  - id: notes  "]), ("inside", ["    effect: allow"])])
def test_the_fix_deletes_the_comment_with_its_line(place: str, left: list[str]) -> None:
    text = POLICY.format(**(dict.fromkeys(("above", "beside", "inside", "behind"), "") | {place: IGNORE}))
    text = text.replace("*.md", "src/*.md")
    (idle,) = [each for each in compile_policy("axtary.yml", text.encode()).warnings if each.code == "AX0732"]
    assert idle.fix is not None
    fixed = apply(text, idle.fix.edits)
    assert len(fixed.splitlines()) == len(text.splitlines()) - 1
    assert IGNORE not in fixed and left[0] in fixed


def test_exact_lints_are_ignored_too_and_only_they_say_that_there_is_nothing() -> None:
    rules = "version: 1\npolicies:\n"
    for name, effect, comment in (("open", "allow", "# axtary: ignore AX0722 because it is kept for later"),):
        rules += f"  {comment}\n  - {{id: {name}, effect: {effect}, match: {{tool: fs.read}}}}\n"
    closed = "  - {id: closed, effect: deny, match: {tool: fs.read}}\n"
    used, idle = (compile_policy("axtary.yml", text.encode()) for text in (rules + closed, rules))
    assert not used.warnings and not idle.warnings  # nobody has looked yet
    assert not exact.check(used).compiled.warnings
    assert [each.finding.code for each in exact.check(used).compiled.suppressed] == ["AX0722"]
    assert lines(exact.check(idle).compiled) == [("AX0732", 3)]
