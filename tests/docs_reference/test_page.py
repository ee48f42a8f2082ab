"""The reference is that of the grammars, schemas, operators and codes, and leaves nothing out."""

from __future__ import annotations

import json
import re
from importlib import resources

import pytest
from tests.docs_reference import ebnf, keys, page
from tests.test_docs import NO_OPERATORS, grammar_words

from axtary.compiler import CompileError, compile_text
from axtary.compiler.ir import Type
from axtary.grammars import grammar, schema, schemas
from axtary.runtime.codes import MEANINGS


def test_the_page_is_up_to_date() -> None:
    """If this fails: `python -m tests.docs_reference --update`."""
    assert page.PAGE.read_text(encoding="utf-8") == page.made()


# --- grammar --------------------------------------------------------------------------------------------------------


def test_each_grammar_is_there() -> None:
    files = {entry.name for entry in resources.files("axtary.grammars").iterdir() if entry.name.endswith(".lark")}
    assert files == {f"{name}.lark" for name in page.GRAMMARS}


@pytest.mark.parametrize("name", page.GRAMMARS)
def test_each_rule_is_defined_with_a_line_of_prose(name: str) -> None:
    rules = {rule.lstrip("_") for rule in re.findall(r"^\??(\w+)(?:\.\d+)?:", grammar(name), re.MULTILINE)}
    text = "\n".join(ebnf.ebnf(name))
    defined = set(re.findall(r"^(\w+) ::=", text, re.MULTILINE))
    assert defined == ebnf.PROSE[name].keys()
    assert defined <= rules
    used = set(re.findall(r"\b[A-Za-z_]{2,}\b", re.sub(r'/\*.*?\*/|/(?:\\.|[^/\n])+/|"[^"]*"', "", text)))
    assert used == defined  # what is used is defined, and keywords stand in place of their names


def test_each_word_of_conditions_is_in_their_grammar() -> None:
    text = "\n".join(ebnf.ebnf("condition"))
    for words in grammar_words().values():
        assert all(f'"{word}"' in text for word in words)
    assert {"AND_SIGN", "OR_SIGN", "NOT_SIGN"} <= NO_OPERATORS
    assert not re.search(r'&&|\|\||"!"|"="', text)


@pytest.mark.parametrize("condition", [*ebnf.REFUSED.values(), *ebnf.ONCE.values(), 'payload.s in "a"'])
def test_what_is_left_out_is_refused(condition: str) -> None:
    rule = {"id": "r", "effect": "allow", "match": {"tool": "t"}, "when": condition}
    with pytest.raises(CompileError):
        compile_text(json.dumps({"version": "1", "policies": [rule]}))


def test_a_repetition_that_is_accepted_is_kept() -> None:
    assert 'disjunction ::= conjunction | conjunction ("or" conjunction)+' in ebnf.ebnf("condition")
    assert "duration ::= PART+" in ebnf.ebnf("schedule")


# --- operators ------------------------------------------------------------------------------------------------------


def test_each_declared_type_has_a_column() -> None:
    declared = {kind.value for kind in Type} - {"path", "paths", "strings"}
    assert page.LITERALS.keys() == declared | {"[string]"}


def test_each_operator_has_a_row() -> None:
    words = set(re.findall(r"[a-z]+|[=!<>]+", " ".join(page.OPERATORS)))
    assert words == set().union(*(grammar_words()[name] for name in ("", "COMPARE", "MATCHER", "QUANTIFIER")))


def test_the_compiler_is_asked() -> None:
    assert page.accepted("{a} < {x}", "timestamp")
    assert not page.accepted("{a} < {x}", "string")


# --- keys and codes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", schemas())
def test_each_key_of_a_schema_has_a_row(name: str) -> None:
    document = json.loads(schema(name))
    for named in keys.NAMES:
        document.get("$defs", {}).pop(named, None)
    rows = keys.rows(name)
    assert {key.removesuffix(" *") for _, key, _, _ in rows} == described(document)
    assert len({row[:2] for row in rows}) == len(rows)


def described(node: object) -> set[str]:
    """The keys that a schema describes, wherever they stand."""
    if isinstance(node, list):
        return set().union(*map(described, node))
    if not isinstance(node, dict):
        return set()
    own = node.get("properties")
    return set(own if isinstance(own, dict) else ()).union(*map(described, node.values()))


def test_what_is_required_is_marked() -> None:
    rows = {(where, key) for where, key, _, _ in keys.rows("axtary")}
    assert {("top", "version *"), ("policies[].match", "tool *"), ("policies[].match", "resource")} <= rows


def test_each_code_is_in_a_group_that_is_listed() -> None:
    assert {code[2:4] for code in MEANINGS} == page.GROUPS.keys()
    text = page.made()
    assert all(f"/{code}.md) | {meaning} |" in text for code, meaning in MEANINGS.items())
