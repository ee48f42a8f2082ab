"""The JSON Schemas against the corpus: they take what compiler and door take, and refuse structural mistakes."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests import golden_files
from tests.cli.command import run
from tests.compiler import test_testfiles
from tests.runtime.test_action import BARE, FULL, WRONG
from tests.suites import suite_text

from axtary.compiler import compile as compilation
from axtary.compiler import declarations, obligations, rules
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Effect, Field
from axtary.compiler.questions import invariants
from axtary.compiler.questions.question import DECISIONS
from axtary.compiler.syntax import SyntaxProblem, parse_duration, parse_rate, parse_window
from axtary.compiler.testfiles import expectations, read
from axtary.grammars import preset, presets, schema, schemas
from axtary.runtime import action

STRUCTURAL = {"AX0201", "AX0202", "AX0203", "AX0204", "AX0205"}
MISTAKES = [
    path.stem
    for path in sorted(golden_files.MISTAKES.glob("*.json"))
    if json.loads(path.read_text(encoding="utf-8"))["code"] in STRUCTURAL
]

NOT_SEEN = {  # an editor reads them as something that is right
    "a_version_with_a_point": "1.0 is the number 1",
    "channels_that_are_comments": "an item that is a comment is null, and so is a plain null, which is a text to us",
}


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 core types, as editors have them; PyYAML's own are those of YAML 1.1."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 - the loader's own way to be set up


for tag, pattern, first in (
    ("null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", list("tTfF")),
    ("int", r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z", list("-+.0123456789")),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def as_editor(data: bytes) -> Any:
    return yaml.load(data, EditorLoader)  # noqa: S506 - a subclass of the safe one


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema(name)))


def complaints(name: str, value: Any) -> list[str]:
    return [error.message for error in validator(name).iter_errors(value)]


@pytest.mark.parametrize("name", schemas())
def test_each_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(schema(name)))


# --- policies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", golden_files.behaviours())
def test_golden_policies_are_valid(behaviour: str) -> None:
    for path in (golden_files.GOLDEN / behaviour).rglob("*.yml"):
        assert complaints("axtary", as_editor(path.read_bytes())) == [], path


@pytest.mark.parametrize("name", presets())
def test_presets_are_valid(name: str) -> None:
    assert complaints("axtary", as_editor(preset(name))) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_structural_mistakes_are_refused(name: str) -> None:
    found = complaints("axtary", as_editor((golden_files.MISTAKES / f"{name}.yml").read_bytes()))
    assert bool(found) == (name not in NOT_SEEN)


def keys(schema_name: str, *steps: str) -> set[str]:
    """The keys that the schema knows at a place."""
    here = json.loads(schema(schema_name))
    for step in steps:
        here = here[step]
    return set(here["properties"])


def test_the_schemas_know_every_key_of_the_readers() -> None:
    assert keys("axtary") == set(compilation.KEYS)
    assert keys("axtary", "$defs", "rule") == set(rules.KEYS)
    assert keys("axtary", "$defs", "match") == {field.value for field in Field}
    assert keys("axtary", "$defs", "obligations") == set(obligations.KEYS)
    assert keys("axtary", "$defs", "invariant") == set(invariants.KEYS)
    assert keys("axtary", "$defs", "never") == set(invariants.NEVER)
    assert keys("test") == set(read.KEYS)
    assert keys("test", "$defs", "case") == set(read.CASE_KEYS)
    assert keys("test", "$defs", "expectation") == set(expectations.KEYS)
    assert keys("action") == set(action._MEMBERS)


def test_the_schemas_know_every_value_of_the_readers() -> None:
    definitions = json.loads(schema("axtary"))["$defs"]
    assert definitions["preset"]["enum"] == list(presets())
    assert definitions["rule"]["properties"]["effect"]["enum"] == [effect.value for effect in Effect]
    assert definitions["decision"]["enum"] == [effect.value for effect in DECISIONS]
    assert definitions["type"]["anyOf"][0]["enum"] == declarations._TYPE_NAMES
    assert definitions["budget"]["properties"]["per"]["enum"] == list(obligations.SCOPES)
    expectation = json.loads(schema("test"))["$defs"]["expectation"]["properties"]
    codes = expectation["reasons"]["items"]["prefixItems"][0]["enum"]
    assert sorted(codes) == sorted(reason.value for reason in Reason)


def test_every_key_has_a_description() -> None:
    """An editor shows it while the author types."""

    def walk(node: Any, where: str) -> None:
        for key, value in node.get("properties", {}).items() if isinstance(node, dict) else ():
            target = {**root["$defs"].get(str(value.get("$ref", "")).removeprefix("#/$defs/"), {}), **value}
            assert "description" in target or target["type"] == "object" or "anyOf" in target, f"{where}.{key}"
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(inner, where)

    for name in schemas():
        root = {"$defs": {}} | json.loads(schema(name))
        walk(root, name)


# --- actions and facts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", golden_files.behaviours())
def test_golden_actions_and_facts_are_valid(behaviour: str) -> None:
    for case in golden_files.cases(behaviour):
        assert complaints("action", case.action) == [], case.name
        assert complaints("facts", case.facts) == [], case.name


@pytest.mark.parametrize("wrong", [wrong for wrong, _, _ in WRONG], ids=str)
def test_what_the_door_refuses_for_its_shape_is_refused(wrong: dict[str, Any]) -> None:
    assert complaints("action", FULL | wrong)


def test_required_members_and_objects() -> None:
    assert complaints("action", BARE) == []
    assert complaints("action", FULL) == []
    wrong: list[Any] = [{}, {"version": 1}, {"tool": "t"}, [], None, "x", 1]
    assert all(complaints("action", value) for value in wrong)
    assert all(complaints("facts", value) for value in wrong[3:])


def test_test_files_have_the_members_of_actions_and_facts() -> None:
    """The schema of test files stands alone, so that one file is enough for an editor."""
    definitions = json.loads(schema("test"))["$defs"]
    assert definitions["part"]["properties"] == json.loads(schema("action"))["properties"]
    assert definitions["facts"]["properties"] == json.loads(schema("facts"))["properties"]


# --- test files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", golden_files.behaviours())
def test_test_files_of_golden_cases_are_valid(behaviour: str) -> None:
    assert complaints("test", as_editor(suite_text(golden_files.cases(behaviour)).encode())) == []


def test_what_init_writes_is_valid(tmp_path: Path) -> None:
    assert run("init", cwd=tmp_path).code == 0
    assert complaints("axtary", as_editor((tmp_path / "axtary.yml").read_bytes())) == []
    assert complaints("test", as_editor((tmp_path / "axtary.test.yml").read_bytes())) == []
    for line in (tmp_path / "actions.jsonl").read_text().splitlines():
        assert complaints("action", json.loads(line)) == []


# What an editor cannot see: which reasons have a rule, and whether a null was written or left out.
UNSEEN = ("[[granted]]", "default_deny, small", "payload.n: }")
FILE_MISTAKES = [
    text
    for code, text, *_ in test_testfiles.MISTAKES
    if code in {*STRUCTURAL, "AX0907"} and not any(part in text for part in UNSEEN)
]


@pytest.mark.parametrize("text", FILE_MISTAKES)
def test_structural_mistakes_of_test_files_are_refused(text: str) -> None:
    assert complaints("test", as_editor(text.encode()))


# --- small texts ----------------------------------------------------------------------------------------------------

PARSERS: dict[str, Callable[[str], object]] = {"window": parse_window, "rate": parse_rate, "duration": parse_duration}
ALPHABET = " \t0159:-,/+_smhdperMonTueEuropeBlinUTC"


def pattern_of(name: str) -> re.Pattern[str]:
    definitions = json.loads(schema("axtary"))["$defs"]
    node = definitions["obligations"]["properties"]["rate"] if name == "rate" else definitions[name]
    return re.compile(node["pattern"])


def written(rng: random.Random, name: str) -> str:
    """A text that is right but for its ranges, in the freedom of white space that the grammar leaves."""

    def gap() -> str:
        return rng.choice(["", "", " ", "  ", "\t"])

    def day() -> str:
        return rng.choice(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])

    def clock() -> str:
        return f"{rng.randrange(100):02}:{rng.randrange(100):02}"

    def span() -> str:
        return gap().join(f"{rng.randrange(1000)}{rng.choice('smhd')}" for _ in range(rng.randint(1, 3)))

    if name == "duration":
        return gap() + span() + gap()
    if name == "rate":
        scope = rng.choice(obligations.SCOPES)
        return f"{gap()}{rng.randrange(10**6)}{gap()}per{gap()}{span()}{gap()}per{gap()}{scope}{gap()}"
    days = [day() + (f"{gap()}-{gap()}{day()}" if rng.random() < 0.5 else "") for _ in range(rng.randint(1, 3))]
    zone = rng.choice(["UTC", "Europe/Berlin", "Etc/GMT+12", "America/Port-au-Prince", "America/North_Dakota/Beulah"])
    listed = f"{gap()},{gap()}".join(days)
    return f"{gap()}{listed}{gap()}{clock()}{gap()}-{gap()}{clock()}{gap()}{zone}{gap()}"


def mutated(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    cut = rng.choice([0, 0, 1])
    return text[:at] + rng.choice(["", rng.choice(ALPHABET)]) + text[at + cut :]


def parses(name: str, text: str) -> bool:
    try:
        PARSERS[name](text)
    except SyntaxProblem:
        return False
    return True


@pytest.mark.parametrize("name", PARSERS)
def test_the_schema_is_never_narrower_than_the_grammar(name: str) -> None:
    """parses(text) implies that the pattern of the schema matches: of right texts, and of mutated ones."""
    rng, matches = random.Random(0), pattern_of(name)
    right = [written(rng, name) for _ in range(400)]
    wrong = [mutated(rng, mutated(rng, text)) for text in right for _ in range(5)]
    assert all(matches.search(text) for text in right)
    assert [text for text in wrong if parses(name, text) and not matches.search(text)] == []
    refused = [text for text in wrong if not matches.search(text)]
    assert len(refused) > 400, "the pattern refuses nothing"
    assert sum(parses(name, text) for text in [*right, *wrong]) > 100, "the texts show nothing"
