"""What the formatter promises, for policies in any layout and for any text that YAML reads at all."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.compiler.format_checks import comments, condition, tree
from tests.generate_policies import condition_text, draft_policy, written, yaml_text
from tests.golden_files import GOLDEN, MISTAKES
from tests.laws import examples
from tests.scribble import Scribbler

from axtary.compiler import CompileError, compile_text, ir
from axtary.compiler.format import conditions, format_policy
from axtary.compiler.format.scalars import inline

FILES = sorted([*GOLDEN.rglob("*.yml"), *GOLDEN.rglob("*.yaml")])
NAMES = [str(path.relative_to(GOLDEN)) for path in FILES]
NOT_READ = {"AX0101", "AX0102", "AX0103", "AX0104", "AX0105", "AX0106", "AX0107"}  # what is wrong with it as YAML
NO_YAML = {
    path.stem for path in MISTAKES.glob("*.json") if json.loads(path.read_text(encoding="utf-8"))["code"] in NOT_READ
}
law = settings(max_examples=examples(100), deadline=None, derandomize=True)
seeds = st.integers(0, 2**32)


def formatted(text: str) -> str:
    return format_policy("axtary.yml", text.encode())


def scribbled(seed: int) -> tuple[str, list[str]]:
    """A random policy in a random layout, with the comments that are in it."""
    rng = Random(seed)
    author = Scribbler(rng)
    return author.policy(draft_policy(rng)), author.comments


# --- policies in any layout ---


@law
@given(seeds)
def test_meaning_is_kept(seed: int) -> None:
    """compile(fmt(x)) = compile(x) but for places; so the policy version is the same."""
    text, _ = scribbled(seed)
    before, after = compile_text(text), compile_text(formatted(text))
    assert ir.to_json(after, spans=False) == ir.to_json(before, spans=False)
    assert after.policy_version == before.policy_version
    assert [rule.description for rule in after.rules] == [rule.description for rule in before.rules]


@law
@given(seeds)
def test_what_is_formatted_stays(seed: int) -> None:
    """fmt(fmt(x)) = fmt(x)."""
    once = formatted(scribbled(seed)[0])
    assert formatted(once) == once


@law
@given(seeds)
def test_each_comment_is_kept_once(seed: int) -> None:
    """comments(fmt(x)) = comments(x), each as often."""
    text, written = scribbled(seed)
    assert comments(formatted(text)) == Counter(written)


@settings(law, max_examples=examples(40))  # PyYAML without its C library, which is another reader, is slow
@given(seeds)
def test_other_readers_of_yaml_read_the_same_texts(seed: int) -> None:
    """A reader that types plain scalars makes text of every value but the version and quorums."""

    def as_text(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: as_text(item) for key, item in value.items()}
        if isinstance(value, list):
            return [as_text(item) for item in value]
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def untyped(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: condition(item) if key == "when" else untyped(item) for key, item in value.items()}
        return [untyped(item) for item in value] if isinstance(value, list) else value

    text, _ = scribbled(seed)
    before = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (every scalar is text)
    assert untyped(as_text(yaml.safe_load(formatted(text)))) == untyped(before)


@law
@given(seeds)
def test_layout_does_not_depend_on_the_layout(seed: int) -> None:
    """fmt(x) = fmt(y) for x and y that differ in line breaks inside brackets, in quotes and in white space only."""
    draft = draft_policy(Random(seed))
    draft["policies"] = [written(rule) for rule in draft["policies"]]
    assert formatted(yaml_text(draft, indent=4)) == formatted(yaml_text(draft))


# --- any text ---

PIECES = ["a", "b", "key: ", "- ", "? ", ": ", ":", "#", " # c", "# d", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ","]
PIECES += [
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    "'",
    '"',
    "\\",
    "  ",
    "\t",
    "\r\n",
    "---",
    "...",
    "*",
    "&",
    "!",
    "%",
    "no",
    "012",
]
PIECES += [
    "version: 1\n",
    "policies:\n",
    "  - id: x\n",
    "    when: a==1 and\n      b == 2\n",
    "    match: {tool: x}\n",
    "é",
]


@settings(max_examples=examples(1500), deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@example("- # a\n  - # b\n    c: # d\n      e\n")
@example("? a\n# b\n? c # d\n:\n  # e\n  - f\n")
@example("{a: [b, # c\n  d # e\n  # f\n], # g\n h: {}} # i\n")
def test_any_text_is_formatted_or_refused(text: str) -> None:
    """fmt(x) is refused with diagnostics, or has the tree of x and its comments, and formats to itself."""
    try:
        once = formatted(text)
    except CompileError as error:
        assert error.diagnostics
        return
    assert formatted(once) == once
    assert tree(once) == tree(text)
    assert comments(once) == comments(text)


@settings(max_examples=examples(500), deadline=None, derandomize=True)
@given(st.binary(max_size=40))
def test_any_bytes_are_formatted_or_refused(data: bytes) -> None:
    """Nothing but CompileError leaves."""
    try:
        format_policy("axtary.yml", data)
    except CompileError as error:
        assert error.diagnostics


@settings(max_examples=examples(1000), deadline=None, derandomize=True)
@given(st.text() | st.text("-+0123456789.:eExobnofyTZ_~ \"'\\#*,[]{}", max_size=12), st.booleans())
@example("0o14", False)
@example("1:30", False)
@example("2026-11-22", False)
@example("\U0001f600\u200b", True)
def test_a_text_comes_back_from_any_reader(text: str, flow: bool) -> None:
    """read(write(x)) = x, and x is text, for a reader with types as for one without."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        return  # no YAML can have one
    written = f"[{inline(text, flow=True)}]" if flow else f"- {inline(text)}\n"
    assert yaml.safe_load(written) == [text]
    assert tree(written) == [(text, True)]


@law
@given(seeds)
def test_a_condition_keeps_its_syntax(seed: int) -> None:
    """parse(print(x)) = x, on one line and on several."""
    for rule in draft_policy(Random(seed))["policies"]:
        if "when" in rule:
            text = condition_text(rule["when"])
            expression = conditions.read(text)
            assert expression is not None
            assert condition(conditions.one_line(expression)) == condition(text)
            for width in (0, 20, 80):
                assert condition("\n".join(conditions.lines(expression, width))) == condition(text)


# --- the corpus ---


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_corpus_obeys_the_laws(path: Path) -> None:
    if path.stem in NO_YAML:
        with pytest.raises(CompileError):
            format_policy(path.name, path.read_bytes())
        return
    text = path.read_text(encoding="utf-8")
    once = formatted(text)
    assert formatted(once) == once
    assert tree(once) == tree(text)
    assert comments(once) == comments(text)
