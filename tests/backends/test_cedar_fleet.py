"""The law: who has only the exported files decides as the native engine does, with either helper."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from tests import edges, generate, golden_files
from tests.backends import cedar_fleet
from tests.backends.cedar_fleet import Fleet, same_request
from tests.backends.cedar_random import Maker

from axtary.backends import native
from axtary.backends.cedar.lower import lower
from axtary.backends.cedar.package import HELPERS, helper
from axtary.backends.cedar.request import request
from axtary.compiler import compile_text
from axtary.compiler.ir import Policy
from axtary.runtime.action import check_action, parse_action
from axtary.runtime.errors import DoorError
from axtary.runtime.facts import check_facts
from axtary.runtime.strictjson import loads

Json = Any
Case = tuple[Policy, list[tuple[Json, Json]]]  # actions with facts that passed the door

needs_node = pytest.mark.skipif(cedar_fleet.node() is None, reason="no node on this machine: the helper is not run")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("helper")
    (folder / "axtary_cedar.py").write_text(helper("axtary_cedar.py"))
    return cedar_fleet.helper_module(folder)


@cache
def golden() -> list[Case]:
    cases = [(golden_files.compiled(name).policy, golden_files.cases(name)) for name in golden_files.behaviours()]
    return [(policy, [(dict(case.action), dict(case.facts)) for case in found]) for policy, found in cases]


@cache
def made() -> list[Case]:
    """Policies with all that a policy may hold, and what stands at the edges of types, patterns and windows."""
    found: list[Case] = []
    for seed in range(20):
        policy = generate.compile_draft(generate.draft(seed))
        found.append((policy, list(generate.cases(Random(f"fleet {seed}"), policy, 15))))
    for seed in range(25):
        maker = Maker(seed)
        policy = maker.policy()
        found.append((policy, [(maker.action(policy), maker.facts(policy)) for _ in range(15)]))
    found.append(_at_odd_times())
    at_edges = list(edges.edges())
    found += [(generate.compile_draft(draft), cases) for draft, cases in at_edges[:: len(at_edges) // 25]]
    return [(policy, list(_through_the_door(cases))) for policy, cases in found]


TIMES = ["1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.999999999Z", "1970-01-01T00:00:00Z", "1969-12-31T23:58:59.9Z"]
TIMES += ["1700-06-01T23:59:59.1Z", "2026-01-01T23:59:59Z", "2026-01-01T23:58:59Z", "2026-01-01T23:60:00Z"]
TIMES += [
    "2026-01-01T23:58:60Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01T24:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-00-01T00:00:00Z",
]
TIMES += ["2026-01-00T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T23:59:00+00:60", "2026-01-01T23:59:00Z\n"]


def _at_odd_times() -> tuple[Policy, list[tuple[Json, Json]]]:
    """The last minute of each day, and a comparison that every timestamp passes."""
    text = (
        "version: 1\ntools: {t: {payload: {v: timestamp}}}\npolicies:\n"
        '  - {id: last, effect: allow, match: {tool: t}, obligations: {hours: "Mon-Sun 23:59-24:00 UTC"}}\n'
        "  - {id: late, effect: deny, match: {tool: t}, when: 'payload.v < \"1678-01-02T00:00:00Z\"'}\n"
    )
    actions = [{"version": 1, "tool": "t", "time": time, "payload": {"v": time}} for time in TIMES]
    return compile_text(text), [(action, {}) for action in actions]


def _through_the_door(cases: list[tuple[Json, Json]]) -> Iterator[tuple[Json, Json]]:
    for action, facts in cases:
        try:
            yield check_action(action), check_facts(facts)
        except DoorError:
            continue


def _differences(python: ModuleType, cases: list[Case]) -> Iterator[str]:
    for policy, asked in cases:
        fleet, engine, lowering = Fleet(policy), native.compile(policy), lower(policy)
        requests = python.Requests(fleet.hoisted)
        for action, facts in asked:
            mine, own = requests.request({"action": action, "facts": facts}), request(lowering, action, facts)
            if not same_request({**own, **_entities(mine)}, mine):
                yield f"another context: {json.dumps([action, facts, mine, own])}"
            if not fleet.agrees(mine, engine.decide(action, facts)):
                yield f"another decision: {json.dumps([action, facts, mine])}"


def _entities(request: Json) -> Json:
    """Its principal, action and resource: the engine's own have no namespace."""
    return {name: request[name] for name in ("principal", "action", "resource")}


def test_every_golden_case_decides_alike(python: ModuleType) -> None:
    assert list(_differences(python, golden())) == []


def test_made_cases_decide_alike(python: ModuleType) -> None:
    cases = made()
    assert sum(len(asked) for _, asked in cases) > 700
    assert list(_differences(python, cases)) == []


@needs_node
def test_javascript_makes_the_same_requests(python: ModuleType, tmp_path: Path) -> None:
    """From parsed values and from text: the requests of the Python helper, so the same decisions."""
    lines: list[Json] = []
    expected: list[Json] = []
    for policy, asked in [*golden(), *made()]:
        fleet = Fleet(policy)
        requests = python.Requests(fleet.hoisted)
        lines.append({"hoisted": fleet.hoisted})
        for action, facts in asked:
            value = {"action": action, "facts": facts}
            lines += [{"value": value}, {"text": json.dumps(value)}]
            expected += [requests.request(value)] * 2
    found = list(cedar_fleet.in_javascript(lines, tmp_path))
    assert len(found) == len(expected)
    wrong = [pair for pair in zip(found, expected, strict=True) if not same_request(*pair)]
    assert wrong == []


@needs_node
def test_javascript_and_cedar_decide_as_native_does(tmp_path: Path) -> None:
    cases = golden()[::3]
    fleets = [(Fleet(policy), native.compile(policy), asked) for policy, asked in cases]
    lines: list[Json] = []
    for fleet, _, asked in fleets:
        lines += [{"hoisted": fleet.hoisted}, *({"value": {"action": a, "facts": f}} for a, f in asked)]
    answers = cedar_fleet.in_javascript(lines, tmp_path)
    for fleet, engine, asked in fleets:
        for action, facts in asked:
            assert fleet.agrees(next(answers), engine.decide(action, facts)), (action, facts)
    assert list(answers) == []


# --- what cannot be read ----------------------------------------------------------------------------------------------

GOOD = '{"version": 1, "tool": "t", "payload": {"n": 1}}'
ODD_NUMBERS = ["3.0", "3e0", "-0", "0e99999999999999999999", "-0.0e-5", "1.50", "12e-1", "9007199254740991", "5e-324"]
BAD_NUMBERS = [
    "9007199254740992",
    "1e16",
    "1e400",
    "-1e999",
    "1e-400",
    "0.1000000000000000055",
    "1.00000000000000000001",
]
BAD_NUMBERS += ["01", "+1", ".5", "1.", "0x1", "NaN", "Infinity", "-Infinity", "1_0", "9" * 5000, "--1", "1e"]
BAD_ACTIONS = [
    "",
    "null",
    "[]",
    "{}",
    '{"version": 1}',
    '{"version": 2, "tool": "t"}',
    '{"version": true, "tool": "t"}',
    '{"version": "1", "tool": "t"}',
    '{"version": 1, "tool": ""}',
    '{"version": 1, "tool": null}',
    '{"version": 1, "tool": "t", "tool": "u"}',
    '{"version": 1, "tool": "t", "facts": {}}',
    '{"version": 1, "tool": "t", "__proto__": {}}',
    '{"version": 1, "tool": "t", "payload": []}',
    '{"version": 1, "tool": "t", "payload": null}',
    '{"version": 1, "tool": "t", "actor": {"agent": 1}}',
    '{"version": 1, "tool": "t", "actor": {"role": "x"}}',
    '{"version": 1, "tool": "t", "actor": "x"}',
    '{"version": 1, "tool": "t", "intent": {"task": null}}',
    '{"version": 1, "tool": "t", "payload": {"a": 1, "a": 1}}',
    '{"version": 1, "tool": "t", "payload": {"a": "\\ud800"}}',
    '{"version": 1, "tool": "t", "payload": {"\\udc00": 1}}',
    '{"version": 1, "tool": "t", "payload": {"a": "\n"}}',
    '{"version": 1, "tool": "t", "payload": {"a": "\\x41"}}',
    '{"version": 1, "tool": "t",}',
    '{"version": 1, "tool": "t"} 1',
    "{'version': 1, 'tool': 't'}",
    "\ufeff" + GOOD,
    '{"version": 1, "tool": "t", "payload": {"a": ' + "[" * 63 + "]" * 63 + "}}",
    "[" * 100_000,
]


def _numbered(literal: str) -> str:
    return GOOD.replace('"n": 1', f'"n": {literal}')


def _asked(action: str) -> str:
    return f'{{"action": {action}}}'


@pytest.mark.parametrize("action", [*BAD_ACTIONS, *map(_numbered, BAD_NUMBERS)], ids=lambda text: ascii(text[:60]))
def test_what_the_door_refuses_is_refused(python: ModuleType, action: str) -> None:
    with pytest.raises(DoorError):
        parse_action(action.encode())
    with pytest.raises(python.InputError):
        _requests(python).request_of(_asked(action).encode())


@pytest.mark.parametrize("literal", ODD_NUMBERS)
def test_an_odd_number_is_the_number_that_the_door_reads(python: ModuleType, literal: str) -> None:
    assert python.parse(literal) == loads(literal.encode())
    assert _requests(python).request_of(_asked(_numbered(literal)))["context"]["tool"] == "t"


@needs_node
def test_javascript_refuses_the_same(tmp_path: Path) -> None:
    good = [
        GOOD,
        *map(_numbered, ODD_NUMBERS),
        GOOD.replace('{"n": 1}', '{"__proto__": {"a": 1}, "\\u0061": "\\ud83d\\ude00"}'),
    ]
    bad = [*BAD_ACTIONS, *map(_numbered, BAD_NUMBERS)]
    texts = [*map(_asked, good), *map(_asked, bad), *BAD_FACTS]
    lines = [{"hoisted": _hoisted()}, *({"text": text} for text in texts)]
    found = ["error" in answer for answer in cedar_fleet.in_javascript(lines, tmp_path)]
    assert found == [False] * len(good) + [True] * (len(bad) + len(BAD_FACTS))


BAD_FACTS = [f'{{"action": {GOOD}, "facts": {facts}}}' for facts in ("null", "[]", '{"usage": {"a": 1, "a": 2}}')]
BAD_FACTS += [f'{{"action": {GOOD}, "more": 1}}', '{"facts": {}}', "[]", "1"]


@pytest.mark.parametrize("text", BAD_FACTS)
def test_what_is_no_question_is_refused(python: ModuleType, text: str) -> None:
    with pytest.raises(python.InputError):
        _requests(python).request_of(text)


@pytest.mark.parametrize(
    "value", [float("nan"), 2**53, (1,), {1: 2}, "\ud800", {1}, object()], ids=lambda v: str(type(v))
)
def test_a_value_that_is_not_json_is_refused(python: ModuleType, value: Json) -> None:
    with pytest.raises(python.InputError):
        _requests(python).request({"action": {"version": 1, "tool": "t", "payload": {"a": value}}})


def test_a_file_of_another_format_is_refused(python: ModuleType) -> None:
    unknown = {**_hoisted(), "attributes": [{"name": "x", "as": "field", "how": {"do": "guess"}}]}
    wrong: list[Json] = [
        [],
        {},
        {"format": _hoisted()["format"]},
        {**_hoisted(), "attributes": [1]},
        {**_hoisted(), "format": "axtary-cedar-request/2"},
        unknown,
    ]
    for hoisted in wrong:
        with pytest.raises(python.InputError):
            python.Requests(hoisted)


LONG_IDS = [
    ("agent", "r"),
    ("a" * 612, "\U0001f600" * 612),
    ("", "r"),
    ("agent", ""),
    ("a" * 613, "r"),
    ("a", "r" * 613),
]


def _for_avp(agent: str, resource: str) -> Json:
    named = {
        "principal": {"type": "Axtary::Agent", "id": agent},
        "resource": {"type": "Axtary::Resource", "id": resource},
    }
    return {**named, "action": {"type": "Axtary::Action", "id": "t"}, "context": {"n": 2**40}}


def test_ids_that_verified_permissions_has_no_request_for_are_refused(python: ModuleType) -> None:
    good, bad = LONG_IDS[:2], LONG_IDS[2:]
    for ids in good:
        asked = python.verified_permissions(_for_avp(*ids))
        assert asked["principal"] == {"entityType": "Axtary::Agent", "entityId": ids[0]}
        assert asked["action"] == {"actionType": "Axtary::Action", "actionId": "t"}
        assert json.loads(asked["context"]["cedarJson"]) == {"n": 2**40}
    for ids in bad:
        with pytest.raises(python.InputError):
            python.verified_permissions(_for_avp(*ids))


@needs_node
def test_javascript_asks_verified_permissions_alike(python: ModuleType, tmp_path: Path) -> None:
    found = list(cedar_fleet.in_javascript(({"avp": _for_avp(*ids)} for ids in LONG_IDS), tmp_path))
    assert [("error" in answer) for answer in found] == [False] * 2 + [True] * 4
    for ids, answer in zip(LONG_IDS[:2], found, strict=False):
        context = answer["context"]["cedarJson"]
        assert {**python.verified_permissions(_for_avp(*ids)), "context": {"cedarJson": context}} == answer
        assert json.loads(context) == {"n": 2**40}


def _hoisted() -> Json:
    return Fleet(golden()[0][0]).hoisted


def _requests(python: ModuleType) -> Any:
    return python.Requests(_hoisted())


# --- the files themselves ---------------------------------------------------------------------------------------------


def test_the_python_helper_runs_without_axtary(tmp_path: Path) -> None:
    """As a command, with the standard library alone; one line that is refused does not stop the others."""
    policy, asked = next((policy, asked) for policy, asked in golden() if len(asked) > 2)
    fleet = Fleet(policy)
    for name, text in fleet.files.items():
        (tmp_path / name).write_text(text)
    lines = [json.dumps({"action": action, "facts": facts}) for action, facts in asked]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "axtary_cedar.py", "hoisted.json"],
        cwd=tmp_path,
        input="\n".join([*lines, "{", ""]),
        capture_output=True,
        text=True,
    )
    *answers, last = map(json.loads, done.stdout.splitlines())
    engine = native.compile(policy)
    assert (done.returncode, list(last)) == (1, ["error"])
    for (action, facts), answer in zip(asked, answers, strict=True):
        assert fleet.agrees(answer, engine.decide(action, facts))


@pytest.mark.parametrize("arguments", [[], ["nothing.json"], ["axtary_cedar.py"], ["a", "b"]])
def test_the_command_refuses_bad_arguments(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "axtary_cedar.py").write_text(helper("axtary_cedar.py"))
    command = [sys.executable, "-I", "-S", "axtary_cedar.py", *arguments]
    done = subprocess.run(command, cwd=tmp_path, input="", capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr and "Traceback" not in done.stderr


def test_the_helpers_depend_on_nothing() -> None:
    tree = ast.parse(helper("axtary_cedar.py"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names
    code = [line for line in helper("axtary_cedar.ts").splitlines() if not line.startswith("//")]
    assert not [line for line in code if line.startswith("import ") or "import(" in line or "require(" in line]
    assert all(helper(name).isascii() for name in HELPERS)
