"""The canonical layout by example: what stands where, what is quoted, and where each comment goes."""

from __future__ import annotations

from textwrap import dedent

import pytest
from tests.compiler.format_checks import tree

from axtary.cli.init import _POLICY
from axtary.compiler import CompileError, source
from axtary.compiler.format import format_policy
from axtary.grammars import preset, presets

RULES = "version: 1\n\npolicies:\n"


def formatted(text: str) -> str:
    return format_policy("axtary.yml", text.encode())


def rule(text: str) -> str:
    """The lines of the only rule of a policy, without their margin."""
    before = "version: 1\npolicies:\n  - id: a\n" + "".join(f"    {line}\n" for line in text.splitlines())
    after = formatted(before)
    assert after.startswith(f"{RULES}  - id: a\n")
    return dedent(after.removeprefix(f"{RULES}  - id: a\n"))


@pytest.mark.parametrize("name", presets())
def test_presets_are_canonical(name: str) -> None:
    text = preset(name).decode()
    assert formatted(text) == text


def test_the_policy_that_init_writes_is_canonical() -> None:
    text = _POLICY.format(preset="coding-agent")
    assert formatted(text) == text


# --- order and empty lines ---


def test_keys_of_the_file_and_of_rules_have_an_order() -> None:
    text = "policies: [{effect: deny, match: {tool: t}, id: a}]\npolicy: {}\ntools: {}\ngroups: {}\ninclude: []\n"
    assert formatted(text + "preset: x\nother: 1\nversion: 1\n") == dedent("""\
        version: 1
        preset: x
        include: []

        groups: {}

        tools: {}

        policy: {}

        policies: [{id: a, effect: deny, match: {tool: t}}]

        other: "1"
        """)


def test_every_key_of_a_rule_has_its_place() -> None:
    keys = [
        "obligations: {ttl: 5m}",
        "when: payload.a == 1",
        "match: {tool: t}",
        "effect: allow",
        "description: d",
        "x: z",
    ]
    expected = [*reversed(keys[:-1]), "x: z"]
    assert rule("\n".join(keys)) == "\n".join(expected) + "\n"


def test_the_author_orders_what_else_there_is() -> None:
    text = "effect: allow\nmatch: {task: b, tool: a}\nobligations: {ttl: 5m, rate: 1 per 1h per task}\n"
    assert rule(text) == text


def test_an_empty_line_stands_between_rules_of_several_lines() -> None:
    text = "version: 1\npolicies:\n  - {id: a}\n  - {id: b}\n\n  - {id: c}\n  - id: d\n    x: z\n  - {id: e}\n"
    spaced = "  - {id: a}\n  - {id: b}\n\n  - {id: c}\n\n  - id: d\n    x: z\n\n  - {id: e}\n"
    assert formatted(text) == RULES + spaced
    commented = f"{RULES}  # the first two\n  - {{id: a}}\n  - {{id: b}}\n\n  # the third\n  - {{id: c}}\n"
    assert formatted(commented) == commented


def test_one_empty_line_of_the_authors_is_kept_but_none_in_a_rule() -> None:
    text = "groups:\n\n  a: [x]\n\n\n  b:\n    - u\n\n    - v\n"
    assert formatted(text) == "groups:\n  a: [x]\n\n  b:\n    - u\n\n    - v\n"
    assert rule("effect: allow\n\nmatch: {tool: t}\n") == "effect: allow\nmatch: {tool: t}\n"


def test_the_head_of_the_file_has_no_empty_lines() -> None:
    assert formatted("version: 1\n\n\npreset: x\n\ninclude: [a.yml]\ngroups: {}\n") == (
        "version: 1\npreset: x\ninclude: [a.yml]\n\ngroups: {}\n"
    )
    listed = "version: 1\n\ninclude:\n  - a.yml\n"
    assert formatted(listed) == listed


# --- collections ---


def test_brackets_stay_while_they_fit() -> None:
    fits = f"groups: [{'x' * 110}]\n"
    assert len(fits) == 121  # 120 columns and the line end
    assert formatted(fits) == fits
    assert formatted(fits.replace("[x", "[xx")) == f"groups:\n  - {'x' * 111}\n"


def test_brackets_over_several_lines_are_joined() -> None:
    assert rule("match: {\n  tool: [ a,\n    b, ],\n}\n") == "match: {tool: [a, b]}\n"


def test_blocks_stay_blocks() -> None:
    text = "match:\n  tool:\n    - a\n"
    assert rule(text) == text
    assert rule("match:\n      tool:\n      - a\n") == text


def test_what_is_in_brackets_that_do_not_fit_may_still_fit() -> None:
    long = "x" * 90
    assert formatted(f"tools: {{a: {{payload: {{{long}: string}}}}}}\n") == (
        f"tools:\n  a: {{payload: {{{long}: string}}}}\n"
    )


def test_a_list_in_a_list_stands_beside_the_dash() -> None:
    text = "- - a\n  - b: c\n    d: e\n"
    assert formatted("-\n   -   a\n   - \n    b: c\n    d: e\n") == text


def test_a_value_left_out_is_left_out() -> None:
    assert formatted("x: {a, b: , c: {d}}\n") == "x:\n  a:\n  b:\n  c:\n    d:\n"
    assert formatted("x:\n  - \n  - [b]\n") == "x:\n  -\n  - [b]\n"


def test_a_key_that_is_too_long_for_yaml_has_a_question_mark() -> None:
    key = "k" * 1500
    assert formatted(f"? {key}\n: v # c\n") == f"? {key}  # c\n: v\n"
    assert formatted(f"? {key}\n:\n - v\n") == f"? {key}\n:\n  - v\n"


# --- texts ---


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'fs.read'", "fs.read"),
        ('"secrets/"', "secrets/"),
        ("fs.*", '"fs.*"'),
        ("'*'", '"*"'),
        ("'@coders'", '"@coders"'),
        ("fs.{read,write}", '"fs.{read,write}"'),
        ("no", '"no"'),
        ("Y", '"Y"'),
        ("~", '"~"'),
        ("012", '"012"'),
        ("12", '"12"'),
        ("1:30", '"1:30"'),
        ("0x1f", '"0x1f"'),
        ("1e3", '"1e3"'),
        (".5", '".5"'),
        ("2026-11-22", '"2026-11-22"'),
        ("5m", "5m"),
        ("1.2.3", "1.2.3"),
        ("repo:acme/web", "repo:acme/web"),
        ("'a: b'", '"a: b"'),
        ("'a #b'", '"a #b"'),
        ("'- a'", '"- a"'),
        ("-a", "-a"),
        ("'a '", '"a "'),
        ("''", '""'),
        (r"'a\*'", r"'a\*'"),
        (r'"a\\b"', r"a\b"),
        ("""'"a"'""", """'"a"'"""),
        ('''"\\"a'"''', '''"\\"a'"'''),
        (r'"a\nb"', r'"a\nb"'),
        (r'"\u202e\U0001f600\u00a0\u200b"', '"\\u202e\U0001f600\\u00a0\\u200b"'),
        ('"a\n  b"', "a b"),
        ("|\n    a\n    b", r'"a\nb\n"'),
    ],
)
def test_quotes_stand_where_they_are_needed(written: str, expected: str) -> None:
    assert formatted(f"groups:\n  g: {written}\n") == f"groups:\n  g: {expected}\n"


@pytest.mark.parametrize("text", ["repo:acme", "a,b", "a?b"])
def test_brackets_need_more_quotes(text: str) -> None:
    assert formatted(f"groups:\n  g: ['{text}']\n  h: '{text}'\n") == f'groups:\n  g: ["{text}"]\n  h: {text}\n'


def test_numbers_have_no_quotes_where_the_language_has_numbers() -> None:
    text = 'obligations: {approvers: {roles: [a], quorum: "2"}, budget: {limit: "50", cost: 0.50, unit: "1"}}\n'
    assert (
        rule(text)
        == 'obligations: {approvers: {roles: [a], quorum: 2}, budget: {limit: 50, cost: "0.50", unit: "1"}}\n'
    )
    keys = "policy:\n  github: {pullRequests: {maxFilesChanged: 12, requiresTests: true, requiredBaseBranch: "
    assert formatted(keys + "'1'}}\n") == keys + '"1"}}\n'


def test_keys_are_quoted_like_values() -> None:
    assert formatted("tools: {on: {payload: {n: string, 'a b': string, 1: string}}}\n") == (
        'tools: {"on": {payload: {"n": string, a b: string, "1": string}}}\n'
    )


# --- prose ---


def test_a_description_is_plain_if_it_can_be() -> None:
    assert rule("description: 'Agents may [x] at 5 * 3'") == "description: Agents may [x] at 5 * 3\n"
    assert rule("description: 'Note: this'") == 'description: "Note: this"\n'
    assert rule("description: Les règles\u00a0\u200d") == "description: Les règles\u00a0\u200d\n"
    assert rule("description: 'Les règles\u200b'") == 'description: "Les règles\\u200b"\n'


def test_a_long_description_is_folded_between_words() -> None:
    words = "word " * 40 + "end"
    folded = rule(f"description: {words}\n")
    assert folded == "description: >-\n  " + "word " * 22 + "word\n  " + "word " * 17 + "end\n"
    assert max(len(line) for line in folded.splitlines()) + 4 <= 120
    assert rule(folded) == folded


def test_the_line_ends_of_a_description_are_kept() -> None:
    assert rule('description: "one\\n\\n  two\\n"') == 'description: "one\\n\\n  two\\n"\n'
    assert rule('description: "one\\n\\ntwo\\n"') == "description: |\n  one\n\n  two\n"
    assert rule('description: "one\\ntwo"') == "description: |-\n  one\n  two\n"
    long = "word " * 30 + "end"
    assert rule(f'description: "a\\n{long}\\n"').startswith("description: >\n  a\n\n  word word")


# --- conditions ---


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("payload.a==1", "payload.a == 1"),
        ('payload["a"] == 1.50', "payload.a == 1.50"),
        ('payload[ "a b" ].c   !=  true', 'payload["a b"].c != true'),
        ('"\\u00e9" == payload.a', None),
        ("((payload.a == 1))", "payload.a == 1"),
        ("not (payload.a == 1)", "not payload.a == 1"),
        ("not (not (payload.a == 1))", "not not payload.a == 1"),
        ("not (payload.a == 1 and payload.b == 2)", "not (payload.a == 1 and payload.b == 2)"),
        ("has payload.a or has payload.b and has payload.c", "has payload.a or (has payload.b and has payload.c)"),
        ("(has payload.a or has payload.b) and has payload.c", "(has payload.a or has payload.b) and has payload.c"),
        ("has payload.a and (has payload.b and has payload.c)", "has payload.a and has payload.b and has payload.c"),
        ("payload.a in [1,2 , ]", "payload.a in [1, 2]"),
        ('payload.a like ["x"]', 'payload.a like ["x"]'),
        ('payload.a like "x"', 'payload.a like "x"'),
        ('any  paths matches"a"', 'any paths matches "a"'),
        ("count( paths )<=3", "count(paths) <= 3"),
        ('payload.a contains "\\u200b\\ud83d\\ude00"', 'payload.a contains "\\u200b\U0001f600"'),
        ("payload.a not in [1]", "payload.a not in [1]"),
        ("payload.a = 1", "payload.a = 1"),
        ("1<payload.a<2", "1 < payload.a < 2"),
    ],
)
def test_conditions_have_one_form(written: str, expected: str | None) -> None:
    block = "when: >-\n" + f"  {written}\n"
    assert rule(block) == (f"when: {expected}\n" if expected else 'when: >-\n  "é" == payload.a\n')


@pytest.mark.parametrize("text", ["payload.a &&  has b", "payload.a == (", "payload.a == 'x'", "a ==  b  ] ["])
def test_a_condition_that_is_none_stays_as_it_is(text: str) -> None:
    assert rule(f"when: {text}\n") == f"when: {text}\n"
    block = f"when: >-\n  {text}\n    and\n\n  more\n"
    assert rule(block) == block
    assert rule(block.replace("\n  ", "\n        ")) == block


def test_white_space_of_a_condition_that_is_none_counts() -> None:
    text = "version: 1\npolicies:\n  - id: a\n    when: |\n      a ]\n         \n      b\n"
    assert tree(formatted(text)) == tree(text)
    assert formatted(formatted(text)) == formatted(text)


def test_a_long_condition_has_an_operand_on_each_line() -> None:
    parts = [
        "payload.first == 1",
        "(payload.second == 2 or payload.third == 3)",
        'payload.fourth == "and so on and on"',
    ]
    assert rule(f"when: {' and '.join(parts)}\n") == f"when: {' and '.join(parts)}\n"
    parts.append("not has payload.fifth")
    assert rule(f"when: {' and '.join(parts)}\n") == "when: >-\n  " + "\n  and ".join(parts) + "\n"


def test_an_operand_that_just_fits_stays_on_its_line() -> None:
    words = f'payload.b in ["{"x" * 87}", "y"]'
    assert len(f"      or {words}") == 118
    assert rule(f"when: has payload.a or {words}\n") == f"when: >-\n  has payload.a\n  or {words}\n"
    fits, longer = words.replace('"y"', '"yyy"'), words.replace('"y"', '"yyyy"')
    assert rule(f"when: has payload.a or {fits}\n") == f"when: >-\n  has payload.a\n  or {fits}\n"
    assert rule(f"when: has payload.a or {longer}\n").splitlines()[2:] == [
        "  or payload.b in [",
        f'    "{"x" * 87}", "yyyy"',
        "  ]",
    ]


def test_lists_and_parentheses_are_opened_where_a_line_is_too_long() -> None:
    words = [f'"word-{number:02}"' for number in range(30)]
    inner = f"(has payload.a and not payload.b in [{', '.join(words)}])"
    assert rule(f"when: has payload.c or {inner}\n") == "\n".join(
        [
            "when: >-",
            "  has payload.c",
            "  or (",
            "    has payload.a",
            "    and not payload.b in [",
            f"      {', '.join(words[:10])},",
            f"      {', '.join(words[10:20])},",
            f"      {', '.join(words[20:])}",
            "    ]",
            "  )",
            "",
        ]
    )


def test_a_condition_that_yaml_would_misread_is_a_block() -> None:
    assert rule("when: 'payload.a == \"x: y\"'\n") == 'when: >-\n  payload.a == "x: y"\n'
    assert rule("when: 'payload.a == \"x #y\"'\n") == 'when: >-\n  payload.a == "x #y"\n'
    assert rule("when: 'payload.a == \"x:y#z\"'\n") == 'when: payload.a == "x:y#z"\n'


def test_a_condition_in_brackets_is_quoted_where_it_must_be() -> None:
    text = "policies:\n  - {id: a, when: payload.a == 1}\n  - {id: b, when: 'payload.a in [\"x\"]'}\n"
    assert formatted(text) == text


def test_a_condition_at_the_limit_of_its_length_does_not_grow() -> None:
    text = "when: >-\n  " + "has a or " * 7000 + "a==1\n"
    assert len(text) < 65_536
    grown = rule(text)
    assert grown.count("\n  or ") == 7000
    dense = "when: >-\n  " + 'a=="x"or ' * 7000 + "a==1\n"
    assert len(dense) < 65_536
    assert rule(dense) == dense


# --- comments ---


def test_comments_go_with_what_they_stand_above_and_beside() -> None:
    assert formatted("""\
# above policies
policies: # beside policies
# above a
- effect: allow # beside effect
  # above id
  id: a # beside id
# above version
version: 1 # beside version
# at the end
""") == dedent("""\
        # above version
        version: 1  # beside version

        # above policies
        policies:  # beside policies
          # above a
          # above id
          - id: a  # beside id
            effect: allow  # beside effect
        # at the end
        """)


def test_the_head_of_the_file_stays_at_its_head() -> None:
    text = "# Licence\n\n# of the team\n\n# rules\npolicies: []\nversion: 1\n"
    assert formatted(text) == "# Licence\n\n# of the team\n\nversion: 1\n\n# rules\npolicies: []\n"
    assert formatted("# Licence\n\nb: c\nversion: 1\n") == "# Licence\n\nversion: 1\n\nb: c\n"


def test_a_comment_belongs_to_the_block_in_whose_column_it_stands() -> None:
    text = dedent("""\
        version: 1

        policies:
          - id: a
            match:
              tool: t
              # in match
            # in a

          # above b
          - id: b
            effect: deny
            # in b

          # in policies

        # in the file
        """)
    assert formatted(text) == text


def test_a_comment_between_sections_keeps_its_empty_line() -> None:
    text = "policies:\n  # --- files ---\n\n  # reads\n  - id: a\n    x: z\n\n  # --- more ---\n\n  - id: b\n    x: z\n"
    assert formatted(text) == text


def test_a_comment_in_brackets_opens_them() -> None:
    assert rule(
        "match: { # one\n  # two\n  tool: [a, # three\n    b\n    # four\n    ], # five\n  task: c } # six\n"
    ) == (
        dedent("""\
            # one
            match:  # six
              # two
              tool:  # five
                - a  # three
                - b
                # four
              task: c
            """)
    )


def test_comments_beside_a_pair_without_braces() -> None:
    assert formatted("x: [a: b, # c\n d: # e\n # f\n  g, h: i]\n") == (
        "x:\n  - a: b  # c\n  # f\n  - d: g  # e\n  - {h: i}\n"
    )


def test_a_comment_in_empty_brackets_goes_above() -> None:
    assert rule("match: {tool: [\n # c\n ]}\n") == "match:\n  # c\n  tool: []\n"


def test_comments_behind_dashes_and_headers() -> None:
    assert formatted("- # one\n  a: b\n- # two\n  - c\n-  # three\n- [d] # four\n- |- # five\n  e # no comment\n") == (
        '# one\n- a: b\n# two\n- - c\n-  # three\n- [d]  # four\n- "e # no comment"  # five\n'
    )
    assert formatted("- a\n\n- # two\n  b\n") == "- a\n\n# two\n- b\n"
    text = "when: >-  # why\n  payload.a == 1\n"
    assert rule(text) == "when: payload.a == 1  # why\n"


def test_a_comment_does_not_count_for_the_width() -> None:
    line = f"groups: [{'x' * 100}]  # {'y' * 100}\n"
    assert formatted(line) == line


def test_comments_of_a_long_item_stand_above_its_dash() -> None:
    long = "x" * 120
    assert formatted(f"a:\n  - [{long}] # c\n") == f"a:\n  # c\n  - - {long}\n"


def test_markers_of_documents_go_and_their_comments_stay() -> None:
    assert formatted("--- # one\nversion: 1\n... # two\n") == "# one\nversion: 1\n# two\n"


# --- files ---


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_lines_end_with_line_feeds(end: str) -> None:
    assert formatted(f"version: 1 # c{end}# d{end}") == "version: 1  # c\n# d\n"
    assert formatted(f"# c{end}version: 1") == "# c\nversion: 1\n"


def test_json_becomes_blocks_only_if_it_is_long() -> None:
    assert formatted('{"version": 1, "policies": []}') == "{version: 1, policies: []}\n"
    assert formatted('# head\n{"version": "1", "groups": {"' + "g" * 110 + '": ["a"]}} # tail') == (
        f"# head\n# tail\nversion: 1\n\ngroups:\n  {'g' * 110}: [a]\n"
    )


def test_what_is_no_policy_is_formatted_too() -> None:
    assert formatted("- b # c\n-   'd'") == "- b  # c\n- d\n"
    assert formatted("  'a'   # c\n# d") == "a  # c\n# d\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"a: [", "AX0104"), (b"a: &b c", "AX0106"), (b"a: 1\na: 2", "AX0107"), (b"\xff", "AX0101"), (b"", "AX0105")],
)
def test_what_is_not_read_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CompileError) as refused:
        format_policy("axtary.yml", data)
    assert [d.code for d in refused.value.diagnostics] == [code]
    assert refused.value.diagnostics[0].span.file == "axtary.yml"


def test_a_file_that_would_grow_too_large_is_refused() -> None:
    deep = "[" * 30 + ",".join(["a"] * 90_000) + "]" * 30
    assert len(deep) < source.MAX_BYTES
    with pytest.raises(CompileError) as refused:
        formatted(deep)
    assert [d.code for d in refused.value.diagnostics] == ["AX0102"]
    assert "formatted" in refused.value.diagnostics[0].message


def test_a_thousand_duplicate_keys_end_in_diagnostics() -> None:
    with pytest.raises(CompileError) as refused:
        formatted("a: 1\n" * 1000)
    assert {d.code for d in refused.value.diagnostics} == {"AX0107"}


def test_a_tool_says_first_that_it_is_complete() -> None:
    text = 'version: 1\n\ntools:\n  t: {payload: {a: string}, complete: "true"}\n'
    assert format_policy("x.yml", text.encode()) == text.replace(
        '{payload: {a: string}, complete: "true"}', "{complete: true, payload: {a: string}}"
    )
