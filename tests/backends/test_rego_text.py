"""The text of a module: all that a policy says is data in it, and it is laid out as `opa fmt` lays it out."""

from __future__ import annotations

import json
import re

from tests.backends.rego_engines import action, agree, policy, rule
from tests.backends.rego_random import World

from axtary.backends import rego
from axtary.backends.rego.patterns import quote
from axtary.backends.rego.printer import print_module, string
from axtary.backends.rego.tree import Input, Module, Object, Rule, Text
from axtary.compiler import ir
from axtary.compiler.ir import Approvers, Attribute, Effect, Number, OneOf, Pattern, Span, Type
from axtary.compiler.text import condition_text

HOSTILE = [
    *['"', "\\", "`", "\n", "\r", "\x00", "\x7f", "\u2028", "\u202e", "\U0001f600", "é"],
    *["${x}", "{{", "# x", "\\u0041"],
]


def test_every_string_comes_back_from_every_engine() -> None:
    texts = [chr(n) for n in range(256)] + HOSTILE + ["".join(HOSTILE)]
    pairs = tuple((f"k{n}", Text(text)) for n, text in enumerate(texts))
    module = print_module(Module("axtary", (), (Rule("decision", value=Object(pairs, wide=True)),)))
    assert module.isascii()
    for name in rego.available():
        evaluator = rego.evaluators.EVALUATORS[name]
        loaded = evaluator(module + '\npolicy_version := ""\n')
        assert loaded.evaluate({}) == {f"k{n}": text for n, text in enumerate(texts)}
    assert all(json.loads(string(text)) == text for text in texts)


def test_every_key_of_an_action_can_be_read() -> None:
    keys = [*HOSTILE, "", "a", "A_1", "1a", "in", "if", "not", "data", "input", "default", "a.b", "a b"]
    rules = [rule(f"k{n}", when=OneOf(Attribute("payload", (key,), Type.STRING), ("x",))) for n, key in enumerate(keys)]
    rules += [rule(f"has{n}", when=ir.Has("payload", (key, key))) for n, key in enumerate(keys)]
    found = agree(policy(*rules), [(action(payload={key: value}), {}) for key in keys for value in ("x", {key: None})])
    assert all(len(verdict.fired) == 1 for verdict in found)


def test_no_text_of_a_policy_becomes_code() -> None:
    evil = 'x\ndenies contains "all" if true\r\n\x00}'
    span = Span(f"a\n{evil}.yml", 3, 1, 4, 1)
    told = rule("ok", description=evil, span=span, match=(ir.Match(ir.Field.TASK, (Pattern((evil,), text=evil),)),))
    text = rego.module_text(policy(told))
    assert text.isascii() and "\x00" not in text
    assert not re.search(r"^denies contains", text, re.MULTILINE)
    (verdict,) = agree(policy(told), [(action(intent={"task": evil}), {})])
    assert (verdict.decision, verdict.fired) == ("allow", ("ok",))


def test_ids_that_look_alike_stay_apart() -> None:
    ids = ["a-b", "a.b", "a_b", "a-b-any-1", "9", "1-a", "in", "decision", "input", "grants", "as-string", "a"]
    either = ir.Or((OneOf(Attribute("payload", ("x",), Type.STRING), ("a",)), ir.Has("payload", ("y",))))
    rules = [rule(rule_id, Effect.STEP_UP, when=either, approvers=Approvers()) for rule_id in ids]
    verdicts = agree(policy(*rules), [(action(payload={"x": "a"}), {}), (action(payload={"x": "b"}), {})])
    assert [len(verdict.fired) for verdict in verdicts] == [len(ids), 0]


def test_a_condition_reads_as_it_was_written() -> None:
    x = Attribute("payload", ("x",), Type.NUMBER)
    tags = Attribute("payload", ("odd key",), Type.STRINGS)
    condition = ir.And(
        (
            ir.Or((ir.Compare(x, "<", Number(15_000)), ir.Not(ir.Has("paths", ())))),
            ir.Quantified(tags, "any", values=("a", "b")),
            ir.Not(ir.And((ir.Count(tags, ">", 2), OneOf(x, (Number(1), Number(20_000)))))),
            ir.Like(Attribute("payload", ("p",), Type.PATH), (Pattern((ir.Wildcard.SEGMENTS, ".env")),)),
        )
    )
    assert condition_text(condition) == (
        '(payload.x < 1.5 or not has paths) and any payload["odd key"] in ["a", "b"]'
        ' and not (count(payload["odd key"]) > 2 and payload.x in [0.0001, 2]) and payload.p matches "**/.env"'
    )


def test_a_quoted_text_holds_no_bare_special() -> None:
    assert quote("a.b*/é\n`") == r"a\.b\*/\x{e9}\x{a}\x{60}"


def test_one_rule_in_full() -> None:
    when = ir.And((OneOf(Attribute("payload", ("base",), Type.STRING), ("main",)), ir.Has("payload", ("if", "x"))))
    small = rule("small-prs", when=when, description="Small ones.", span=Span("axtary.yml", 12, 5, 14, 1))
    text = rego.module_text(policy(small))
    assert (
        """
# allow small-prs (axtary.yml:12)
# Small ones.
# match tool: "t.do"
# when payload.base == "main" and has payload.if.x
grants contains "small-prs" if {
	input.action.tool == "t.do"
	input.action.payload.base == "main"
	has_key(input.action.payload["if"], "x")
}
"""
        in text
    )


def test_the_layout_is_that_of_opa_fmt() -> None:
    """Tabs only, one blank line between rules, no trailing white space, one newline at the end."""
    for seed in range(30):
        text = rego.module_text(World(seed).policy())
        assert text.endswith("\n") and not text.endswith("\n\n")
        assert "\n\n\n" not in text
        for line, following in zip(text.split("\n"), text.split("\n")[1:], strict=False):
            assert line == line.rstrip() and not line.startswith(" "), line
            if line == "}":
                assert following == "", line


def test_the_text_depends_on_the_policy_alone() -> None:
    assert rego.module_text(World(1).policy()) == rego.module_text(World(1).policy())
    exported = rego.export(World(1).policy())
    assert exported.keys() == {"policy.rego"}
    assert exported["policy.rego"] == rego.module_text(World(1).policy())
    assert World(1).policy().policy_version in exported["policy.rego"]


def test_input_paths_are_dotted_where_rego_allows_it() -> None:
    module = Module("p", (), (Rule("x", value=Input(("action", "a", "in", "odd key", "data"))),))
    assert print_module(module) == 'package p\n\nx := input.action.a["in"]["odd key"].data\n'
