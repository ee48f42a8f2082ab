"""Fixes: the edits of the file give the content that was wanted, however a scalar is written; else there is no fix."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.compiler import CompileError, Diagnostic, compile_policy
from axtary.compiler.diagnostics import Edit, Fix, surely_meant
from axtary.compiler.edits import Change, Lines, Mend, apply, compatible
from axtary.compiler.fixes import rewrite
from axtary.compiler.ir import Span
from axtary.compiler.source import Mapping, Sequence, Text, read
from axtary.compiler.zones import zone_names

HEAD = "version: 1\npolicies:\n"
RULE = HEAD + "  - id: it\n    effect: allow\n    match: {tool: t}\n"


def found_in(text: str) -> tuple[Diagnostic, ...]:
    try:
        return compile_policy("axtary.yml", text.encode()).warnings
    except CompileError as error:
        return error.diagnostics


def fixed(text: str) -> str:
    """The text with the first fix made; the text itself if nothing can be fixed."""
    for diagnostic in found_in(text):
        if diagnostic.fix is not None:
            assert diagnostic.fix.edits
            return apply(text, diagnostic.fix.edits)
    return text


# --- what is mended ---------------------------------------------------------------------------------------------------

CONDITIONS = [
    ("payload.x = 1", "payload.x == 1"),
    ('payload.x="a=b"', 'payload.x=="a=b"'),
    ("payload.x == 1 && payload.y == 2", "payload.x == 1 and payload.y == 2"),
    ('"a&&b" == payload.x&&payload.y == 2', '"a&&b" == payload.x and payload.y == 2'),
    ("payload.x == 1 || payload.y == 2 || payload.z == 3", "payload.x == 1 or payload.y == 2 or payload.z == 3"),
    ("(! payload.x == 1)", "(not payload.x == 1)"),
    ("payload.x == 1 and!(payload.y == 2)", "payload.x == 1 and not (payload.y == 2)"),
    ("payload.x == 1 AND NOT payload.AND == 2", "payload.x == 1 and not payload.AND == 2"),
    ("NOT payload.x == 1", "not payload.x == 1"),
    ('Any paths Matches "AND/*"', 'any paths matches "AND/*"'),
    ("payload.x == 'a'", 'payload.x == "a"'),
    ("payload.x in [“a”, ‘b’, 'c AND d']", 'payload.x in ["a", "b", "c AND d"]'),
    ("payload.x == True", "payload.x == true"),
    ("payload.x", "payload.x == true"),
    ("not context.x", "not context.x == true"),
    ("payload.x not in [1]", "not payload.x in [1]"),
    ('payload.x == 1 or payload.y not like "a"', 'payload.x == 1 or not payload.y like "a"'),
    ("not 1 < payload.x <= 3", "not (1 < payload.x and payload.x <= 3)"),
    ("paylod.x == 1", "payload.x == 1"),
    ('actor.agnt == "a"', 'actor.agent == "a"'),
    ('any paths matches "./a/b"', 'any paths matches "a/b"'),
    ('any paths matches ["x/**", "/@home/b"]', 'any paths matches ["x/**", "@home/b"]'),
]
STYLES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "double quoted": json.dumps,
    "double quoted with escapes": lambda text: '"\\u0020\\t' + json.dumps(text)[1:],
    "single quoted": lambda text: "'" + text.replace("'", "''") + "'",
    "literal": lambda text: f"|\n      {text}\n",
    "folded": lambda text: ">-\n      " + text.replace(" ", "\n      "),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("written", "wanted"), CONDITIONS)
def test_a_condition_is_mended_however_it_is_written(written: str, wanted: str, style: str) -> None:
    text = RULE + "    when: " + STYLES[style](written)
    if found_in(text)[0].code.startswith("AX01"):
        assert style == "plain" and written[0] in '"!'  # no text of YAML
        return
    assert when(fixed(text)).strip() == wanted


def when(text: str) -> str:
    """The condition of the last rule."""
    _, tree = read("axtary.yml", text.encode(), lambda _: None)
    rules = tree.get("policies") if isinstance(tree, Mapping) else None
    rule = rules.items[-1] if isinstance(rules, Sequence) else None
    condition = rule.get("when") if isinstance(rule, Mapping) else None
    assert isinstance(condition, Text)
    return condition.value


NOT_MENDED = [
    "payload.x == 'it\"s'",
    "payload.x == 'never closed",
    "payload.x == 1 == 2",
    "1 < payload.x == 2",
    "tool",
    "payload",
    "payload.x == 007",
    'any paths matches "a/../b"',
    'any paths matches "{a,./b}"',
    "foo == 1",
]


@pytest.mark.parametrize("written", NOT_MENDED)
def test_what_is_not_certain_is_left(written: str) -> None:
    (found,) = found_in(RULE + f"    when: {written}\n")
    assert found.fix is None


def test_an_attribute_of_another_type_is_not_compared_with_true() -> None:
    tools = "tools: {t: {payload: {x: string, y: boolean}}}\n"
    assert found_in(tools + RULE + "    when: payload.x\n")[0].fix is None
    assert fixed(tools + RULE + "    when: payload.y\n").endswith("when: payload.y == true\n")


DENY = RULE.replace("allow", "deny")
PATHS = "    obligations:\n      blocked_paths:\n"
POLICIES = [
    ("version: 1\npolices: []\n", "version: 1\npolicies: []\n"),
    ("# rules\npolicies: []\n", "# rules\nversion: 1\npolicies: []\n"),
    ("policies: []\r\n", "version: 1\r\npolicies: []\r\n"),
    ("\ufeffversion: 1\n", "version: 1\n"),
    ("version: 1\npreset: codin-agent\n", "version: 1\npreset: coding-agent\n"),
    ("version: 1\ntools: {t: {payload: {x: Bool}}}\n", "version: 1\ntools: {t: {payload: {x: boolean}}}\n"),
    ("version: 1\ntools: {t: {payload: {x: timestmp}}}\n", "version: 1\ntools: {t: {payload: {x: timestamp}}}\n"),
    (HEAD + "\t- id: it\n", HEAD + "  - id: it\n"),
    (RULE.replace("it\n", "My Rule!\n"), RULE.replace("it\n", "my-rule\n")),
    (RULE.replace("allow", "step-up"), RULE.replace("allow", "step_up")),
    (RULE + PATHS + "      - .env*  # all\n", RULE + PATHS + '      - .env*  # all\n      - ".env*/"\n'),
    (RULE + PATHS + "      - .env*", RULE + PATHS + '      - .env*\n      - ".env*/"'),
]
TOOLS = [
    ("{tool: *}", '{tool: "*"}'),
    ("{tool: *t}", '{tool: "*t"}'),
    ("\n      tool: *.{a,b}  # all", '\n      tool: "*.{a,b}"  # all'),
    ("{tool: [@a, t]}", '{tool: ["@a", t]}'),
    ("{tool: &t}", '{tool: "&t"}'),
    ('\n      tool: @"a', "\n      tool: '@\"a'"),
]
OBLIGATIONS = [
    ("ttl: 30m1h", "ttl: 1h30m"),
    ("ttl: 5 Minutes", "ttl: 5m"),
    ("rate: 20 per hour per actor", "rate: 20 per 1h per actor"),
    ("hours: monday–FRI 8:00 to 19:00 UTC", "hours: Mon-Fri 08:00-19:00 UTC"),
    ("hours: Mon 08:00-19:00 europe/berlin", "hours: Mon 08:00-19:00 Europe/Berlin"),
    ('blocked_paths: "./a"', 'blocked_paths: "/a"'),
    ("blocked_paths: .env*", 'blocked_paths: [".env*", ".env*/"]'),
    ("blocked_paths: [x, .env*, y]", 'blocked_paths: [x, .env*, ".env*/", y]'),
]
PATTERNS = [
    (RULE, 'any paths matches "*.md"', 'any paths matches "**/*.md"'),
    (RULE, """'any paths matches ["x/**", "*.md"]'""", """'any paths matches ["x/**", "**/*.md"]'"""),
    (DENY, 'any paths matches ".env*"', 'any paths matches [".env*", ".env*/"]'),
    (DENY, 'any paths matches ["a*", "b"]', 'any paths matches ["a*", "a*/", "b"]'),
    (DENY, "!payload.x == 1", '"!payload.x == 1"'),
]
POLICIES += [tuple(RULE.replace("{tool: t}", tool) for tool in pair) for pair in TOOLS]  # type: ignore[misc]
POLICIES += [tuple(f"{RULE}    obligations: {{{text}}}\n" for text in pair) for pair in OBLIGATIONS]  # type: ignore[misc]
POLICIES += [(f"{rule}    when: {old}\n", f"{rule}    when: {new}\n") for rule, old, new in PATTERNS]


@pytest.mark.parametrize(("written", "wanted"), POLICIES)
def test_a_policy_is_mended(written: str, wanted: str) -> None:
    assert fixed(written) == wanted


LEFT = [
    "version: 1\npolicies: []\npolices: []\n",  # the key that is meant stands already
    "version: 1\nvrsion: 1\nverson: 1\n",
    "{policies: []}\n",
    "  policies: []\n",
    RULE.replace("it\n", "It\n") + "  - {id: it, effect: deny, match: {tool: t}}\n",  # the id is taken
    RULE.replace("{tool: t}", "{tool: !include x}"),
    RULE.replace("{tool: t}", "{tool: &t x}"),
    RULE.replace("{tool: t}", "{tool: [&t , *t]}"),
    RULE.replace("{tool: t}", "{tool: *.{a,b}}"),  # where the text ends is not clear inside braces
    HEAD + "  - id: it\n    effect: allow\n\tmatch: {tool: t}\n    when: x\n",  # depends on the width of a tab
    RULE + "    obligations: {ttl: 1m1m}\n",
    RULE + "    obligations: {ttl: 5 moons}\n",
    RULE + "    obligations: {hours: Mon 08:00-19:00 Europe}\n",
    RULE.replace("allow", "perhaps"),
    RULE + '    when: not (any paths matches "*.md")\n',  # negated, a narrower pattern would allow more
    RULE + '    when: none paths matches "*.md"\n',
    RULE + '    when: any paths matches "{*.md,*.txt}"\n',
    RULE.replace("allow", "deny") + '    when: not (any paths matches ".env*")\n',
]


@pytest.mark.parametrize("text", LEFT)
def test_a_policy_is_left(text: str) -> None:
    found = found_in(text)
    assert found
    assert [diagnostic.fix for diagnostic in found] == [None] * len(found)


def test_ends_of_lines_stay_as_they_are() -> None:
    text, wanted = RULE + PATHS + "      - a*\n", RULE + PATHS + '      - a*\n      - "a*/"\n'
    assert fixed(text.replace("\n", "\r\n")) == wanted.replace("\n", "\r\n")


def test_two_rules_are_not_given_one_id() -> None:
    rule = "  - {id: IT, effect: allow, match: {tool: t}}\n"
    assert [d.fix is not None for d in found_in(HEAD + rule + rule.replace("IT", "It"))] == [True, False]


def test_a_preset_is_never_changed() -> None:
    text = "version: 1\npreset: coding-agent\ntools: {fs.read: {payload: {path: boolean}}}\n"
    everything = "tools: {fs.read: {payload: {}}}\npolicies:\n  - {id: files.read, effect: deny, match: {tool: x}}\n"
    for found in (*found_in(text), *found_in("version: 1\npreset: coding-agent\n" + everything)):
        assert not (found.span.file.startswith("preset:") and found.fix)


# --- how ------------------------------------------------------------------------------------------------------------

_CONTENT = st.text(st.sampled_from("ab'\"\\ \té漢#:,{}[]-&*!|>%@"), min_size=1, max_size=12)
_SCALARS = st.one_of(
    st.tuples(st.just("plain"), _CONTENT),
    st.tuples(st.just("double"), _CONTENT),
    st.tuples(st.just("single"), _CONTENT),
    st.tuples(st.just("folded"), _CONTENT),
    st.tuples(st.just("literal"), _CONTENT),
)


def _written(style: str, content: str) -> str:
    return {
        "plain": content,
        "double": json.dumps(content),
        "single": "'" + content.replace("'", "''") + "'",
        "folded": ">-\n  " + content.replace(" ", "\n  "),
        "literal": "|\n  " + content,
    }[style]


@settings(derandomize=True, max_examples=examples(500))
@given(_SCALARS, st.booleans(), _CONTENT, st.data())
def test_an_edit_gives_the_content_that_was_wanted(
    scalar: tuple[str, str], flow: bool, new: str, data: st.DataObject
) -> None:
    """content(apply(text, rewrite(scalar, mend))) = mend(content(scalar)), and nothing else of the file changes."""
    written = _written(*scalar)
    text = f"before: 1\nk: {'[' if flow else ''}{written}{']' if flow else ''}\nafter: 2\n"
    found: list[Diagnostic] = []
    _, tree = read("x.yml", text.encode(), found.append)
    node = tree.get("k") if isinstance(tree, Mapping) and not found else None
    value = node.items[0] if flow and node is not None and hasattr(node, "items") and node.items else node
    if not isinstance(value, Text):
        return
    start = data.draw(st.integers(0, len(value.value)))
    end = data.draw(st.integers(start, len(value.value)))
    mend = Mend("", (Change(start, end, new),))
    fix = rewrite(value, mend)
    if fix is None:
        assert value.style != '"' or flow or "\n" in written, "a quoted text on one line can always be changed"
        return
    _, after = read("x.yml", apply(text, fix.edits).encode(), found.append)
    assert not found and isinstance(after, Mapping)
    changed = after.get("k")
    if flow and not isinstance(changed, Text):
        assert changed is not None and hasattr(changed, "items")
        (changed,) = changed.items
    assert isinstance(changed, Text) and changed.value == mend.made(value.value)
    assert [key.value for key, _ in after.entries] == ["before", "k", "after"]


@settings(derandomize=True)
@given(st.text(st.sampled_from("ab\r\n"), max_size=12), st.data())
def test_lines_and_indices_are_inverse(text: str, data: st.DataObject) -> None:
    """extent(position(i), position(j)) = (i, j)"""
    lines = Lines(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert lines.extent(Span("", *lines.position(start), *lines.position(end))) == (start, end)


def test_of_fixes_that_touch_the_first_is_made() -> None:
    text = RULE + "    when: payload.x = 'a' && payload.y\n"
    one = found_in(text.replace("'a'", '"a"'))
    fixes = [diagnostic.fix for diagnostic in one if diagnostic.fix is not None]
    assert compatible(fixes) == fixes and len(fixes) == 3
    assert compatible([fixes[0], fixes[0], fixes[1]]) == [fixes[0], fixes[1]]


_EXTENTS = st.tuples(st.integers(1, 12), st.integers(0, 3)).map(lambda pair: Span("", 1, pair[0], 1, sum(pair)))
_FIXES = st.lists(st.lists(_EXTENTS, min_size=1, max_size=2), max_size=6)


@settings(derandomize=True, max_examples=examples(300))
@example([[Span("", 1, 1, 1, 3), Span("", 1, 2, 1, 2)], [Span("", 1, 3, 1, 3)]])
@given(_FIXES)
def test_compatible_fixes_are_apart_and_each_other_one_touches_an_earlier(spans: list[list[Span]]) -> None:
    """taken(f) = no edit of f touches an edit of a fix that was taken before"""
    fixes = [Fix(str(number), tuple(Edit(span, "") for span in part)) for number, part in enumerate(spans)]
    expected: list[Fix] = []
    for fix in fixes:
        earlier = [edit.span for kept in expected for edit in kept.edits]
        pairs = [(a, b.span) for a in earlier for b in fix.edits]
        if all(a.end_column < b.column or b.end_column < a.column for a, b in pairs):
            expected.append(fix)
    assert compatible(fixes) == expected


def test_the_nearest_name_is_clearly_nearer_than_any_other() -> None:
    assert surely_meant("alow", ["allow", "deny"]) == "allow"
    assert surely_meant("DENY", ["allow", "deny"]) == "deny"
    assert surely_meant("step-up", ["step_up", "stepup"]) == "step_up"
    assert surely_meant("abcd", ["abce", "abcf"]) is None
    assert surely_meant("xyz", ["allow", "deny"]) is None
    assert surely_meant("allow", []) is None
    assert surely_meant("Europe/Berln", zone_names()) == "Europe/Berlin"
    assert surely_meant("Europe", zone_names()) is None
