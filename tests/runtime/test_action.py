"""The door for actions: what is refused, what is left undefined, and how many actions are told apart."""

from __future__ import annotations

import enum
import json
import math
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.runtime.action import check_action, parse_action, parse_actions
from axtary.runtime.errors import CODES, DoorError

BARE = {"version": 1, "tool": "fs.read"}
FULL = {
    "version": 1,
    "id": "act_1",
    "time": "2026-11-22T10:00:00.000Z",
    "actor": {"agent": "agent:codex", "tenant": "org:acme", "owner": "user:ana@acme.com", "roles": ["developer"]},
    "intent": {"task": "AXT-418", "summary": "Open a PR"},
    "tool": "github.pull_requests.create",
    "resource": "repo:acme/web-app",
    "payload": {"base": "main", "files_changed": 3, "tests_passed": True, "amount": 1.5, "none": None},
    "paths": ["src/login.py"],
    "context": {"source": "proxy", "trace_id": "t"},
}
WRONG = [
    ({"version": 2}, "AX0814", "version"),
    ({"version": 0}, "AX0814", "version"),
    ({"version": True}, "AX0813", "version"),
    ({"version": "1"}, "AX0813", "version"),
    ({"version": 1.5}, "AX0813", "version"),
    ({"version": None}, "AX0813", "version"),
    ({"tool": ""}, "AX0814", "tool"),
    ({"tool": None}, "AX0813", "tool"),
    ({"tool": ["fs.read"]}, "AX0813", "tool"),
    ({"resource": 1}, "AX0813", "resource"),
    ({"id": None}, "AX0813", "id"),
    ({"time": 1700000000}, "AX0813", "time"),
    ({"actor": "agent:a"}, "AX0813", "actor"),
    ({"actor": None}, "AX0813", "actor"),
    ({"actor": {"agent": 1}}, "AX0813", "actor.agent"),
    ({"actor": {"tenant": None}}, "AX0813", "actor.tenant"),
    ({"actor": {"owner": ["x"]}}, "AX0813", "actor.owner"),
    ({"actor": {"role": "x"}}, "AX0811", "actor.role"),
    ({"intent": []}, "AX0813", "intent"),
    ({"intent": {"task": 418}}, "AX0813", "intent.task"),
    ({"intent": {"summary": False}}, "AX0813", "intent.summary"),
    ({"intent": {"goal": "x"}}, "AX0811", "intent.goal"),
    ({"payload": []}, "AX0813", "payload"),
    ({"payload": None}, "AX0813", "payload"),
    ({"context": "x"}, "AX0813", "context"),
    ({"facts": {}}, "AX0811", "facts"),
    ({"Tool": "x"}, "AX0811", "Tool"),
    ({"": 1}, "AX0811", '[""]'),
]


def text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# --- one action -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [BARE, FULL], ids=["bare", "full"])
def test_a_good_action_comes_through_unchanged(action: dict[str, Any]) -> None:
    assert parse_action(text(action)) == action
    assert check_action(action) == action


@pytest.mark.parametrize(("change", "code", "path"), WRONG, ids=lambda part: str(part))
def test_a_wrong_shape_is_refused(change: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(DoorError) as from_text:
        parse_action(text(FULL | change))
    with pytest.raises(DoorError) as from_value:
        check_action(FULL | change)
    for caught in (from_text, from_value):
        (problem,) = caught.value.problems
        assert (problem.code, problem.path) == (code, path)
        assert problem.code in CODES and problem.help


@pytest.mark.parametrize("missing", ["version", "tool"])
def test_version_and_tool_are_required(missing: str) -> None:
    with pytest.raises(DoorError) as caught:
        parse_action(text({name: value for name, value in FULL.items() if name != missing}))
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == ("AX0812", f"`{missing}` is missing")


@pytest.mark.parametrize("value", [[], [BARE], "x", 1, None, True])
def test_an_action_is_an_object(value: Any) -> None:
    with pytest.raises(DoorError) as caught:
        parse_action(text(value))
    assert [problem.code for problem in caught.value.problems] == ["AX0813"]


@pytest.mark.parametrize(
    "change",
    [
        {"time": "yesterday"},
        {"time": ""},
        {"actor": {"roles": "developer"}},
        {"actor": {"roles": [1]}},
        {"actor": {"roles": None}},
        {"paths": "src"},
        {"paths": [1, "../x"]},
        {"paths": None},
        {"context": {"trace_id": 7}},
        {"resource": "", "id": "", "actor": {"agent": ""}},
        {"actor": {}, "intent": {}, "payload": {}, "context": {}},
    ],
)
def test_what_conditions_find_undefined_is_not_refused(change: dict[str, Any]) -> None:
    assert parse_action(text(FULL | change)) == FULL | change
    assert check_action(FULL | change) == FULL | change


def test_all_problems_are_reported_with_their_places() -> None:
    data = b'{\n  "version": 2,\n  "actr": {},\n  "intent": {"task": 1},\n  "resource": null\n}'
    with pytest.raises(DoorError) as caught:
        parse_action(data)
    found = [(p.line, p.column, p.code, p.path) for p in caught.value.problems]
    assert found == [
        (1, 1, "AX0812", ""),
        (2, 3, "AX0814", "version"),
        (3, 3, "AX0811", "actr"),
        (4, 14, "AX0813", "intent.task"),
        (5, 3, "AX0813", "resource"),
    ]
    assert caught.value.problems[2].help.startswith("did you mean `actor`? ")


def test_integral_numbers_become_integers() -> None:
    action = parse_action(b'{"version": 1.0, "tool": "t", "payload": {"a": [3e0, -0.0, 2.50]}}')
    assert repr(action["payload"]["a"]) == "[3, 0, 2.5]"
    assert type(action["version"]) is int


def test_depth_counts_the_action_as_one() -> None:
    head, tail = b'{"version": 1, "tool": "t", "payload": {"a": ', b"}}"
    assert parse_action(head + b"[" * 62 + b"]" * 62 + tail)
    with pytest.raises(DoorError) as caught:
        parse_action(head + b"[" * 63 + b"]" * 63 + tail)
    assert [problem.code for problem in caught.value.problems] == ["AX0807"]


# --- a value that is already parsed ---------------------------------------------------------------------------------


class _Text(str):
    __slots__ = ()


class _Color(enum.IntEnum):
    RED = 1


def _nested(depth: int) -> Any:
    return [_nested(depth - 1)] if depth > 1 else []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (math.nan, "AX0809"),
        (math.inf, "AX0809"),
        (-math.inf, "AX0809"),
        (2**53, "AX0804"),
        (-(2.0**53), "AX0804"),
        (1e300, "AX0804"),
        pytest.param(10**5000, "AX0804", id="an integer too long to print"),
        ("\ud800", "AX0806"),
        ({"\udc00": 1}, "AX0806"),
        ({1: "x"}, "AX0809"),
        ({None: "x"}, "AX0809"),
        ((1, 2), "AX0809"),
        ({1, 2}, "AX0809"),
        (b"x", "AX0809"),
        (Decimal(1), "AX0809"),
        (_Text("x"), "AX0809"),
        (_Color.RED, "AX0809"),
        (OrderedDict(), "AX0809"),
        (object(), "AX0809"),
        (_nested(63), "AX0807"),
        ("x" * 1024 * 1024, "AX0808"),
        (["x" * 1024] * 1024, "AX0808"),
        ([0] * (1024 * 1024), "AX0808"),
    ],
)
def test_a_value_that_no_text_could_say_is_refused(value: Any, code: str) -> None:
    with pytest.raises(DoorError) as caught:
        check_action(BARE | {"payload": {"v": value}})
    (problem,) = caught.value.problems
    assert problem.code == code


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(DoorError):
        check_action(BARE | {"payload": {"v": loop}})


def test_a_small_value_that_is_huge_as_text_is_refused_in_time() -> None:
    bomb: list[Any] = []
    for _ in range(60):
        bomb = [bomb, bomb]
    with pytest.raises(DoorError) as caught:
        check_action(BARE | {"payload": {"v": bomb}})
    assert [problem.code for problem in caught.value.problems] == ["AX0808"]


def test_the_checked_action_is_a_copy() -> None:
    payload = {"a": [1.0, -0.0]}
    action = check_action(BARE | {"payload": payload})
    payload["a"].append(2)
    assert repr(action["payload"]) == "{'a': [1, 0]}"


_PAYLOAD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-9e15, 9e15) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=examples(40), deadline=None)
@given(st.dictionaries(st.text(), _PAYLOAD))
def test_text_and_value_come_to_the_same(payload: dict[str, Any]) -> None:
    """parse(dumps(a)) == check(a), down to the type of each number; and check is idempotent."""
    action = BARE | {"payload": payload}
    checked = check_action(action)
    assert repr(parse_action(text(action))) == repr(checked) == repr(check_action(checked))


# --- many actions ---------------------------------------------------------------------------------------------------

OTHER = {"version": 1, "tool": "fs.write", "payload": {"odd": '}],{"\\'}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (text(BARE), [(BARE, 1)]),
        (b"\n\n " + json.dumps(OTHER, indent=2).encode() + b"\n\n", [(OTHER, 3)]),
        (text(BARE) + b"\n" + text(OTHER), [(BARE, 1), (OTHER, 2)]),
        (b"\n" + text(BARE) + b"\r\n\r\n \n" + text(OTHER) + b"\n", [(BARE, 2), (OTHER, 5)]),
        (b"[]", []),
        (b" [ \n ] \n", []),
        (b"[" + text(BARE) + b"]", [(BARE, 1)]),
        (
            b"[" + text(BARE) + b",\n\n" + text(OTHER) + b"\n,  " + text(BARE) + b"\n]\n",
            [(BARE, 1), (OTHER, 3), (BARE, 4)],
        ),
        (json.dumps([BARE, OTHER], indent=2).encode(), [(BARE, 2), (OTHER, 6)]),
    ],
)
def test_one_action_or_an_array_or_lines(data: bytes, expected: list[tuple[dict[str, Any], int]]) -> None:
    assert parse_actions(data) == expected


@pytest.mark.parametrize(
    ("data", "place", "path"),
    [
        (b"", (1, 1), ""),
        (b" \n\n", (3, 1), ""),
        (b"\xef\xbb\xbf" + text(BARE), (1, 1), ""),
        (text(BARE) + b"\n{\n", (2, 2), ""),
        (text(BARE) + b"\n" + text(BARE)[:-1], (2, len(text(BARE))), "tool"),
        (text(BARE) + text(BARE), (1, 1 + len(text(BARE))), ""),
        (text(BARE) + b"\nx", (2, 1), ""),
        (b"{\n}{\n}", (2, 2), ""),
        (b"1\n2", (1, 1), ""),
        (b"[" + text(BARE) + b",]", (1, 3 + len(text(BARE))), "[1]"),
        (b"[," + text(BARE) + b"]", (1, 2), "[0]"),
        (b"[" + text(BARE), (1, 2), ""),
        (b"[" + text(BARE) + b"}", (1, 3 + len(text(BARE))), ""),
        (b"[" + text(BARE) + b"]x", (1, 3 + len(text(BARE))), ""),
        (b"[" + text(BARE) + b"]\n[]", (1, 3 + len(text(BARE))), ""),
        (b"[" + text(BARE) + b" " + text(BARE) + b"]", (1, 3 + len(text(BARE))), "[0]"),
        (b"[{},\n " + b'{"version": 1,\n "tool": "\xc3\xa9", "\xc3\xa9": 1}]', (3, 15), '[1]["é"]'),
        (b'["\xc3\xa9"' + b", " + text(BARE | {"time": 1}) + b"]", (1, 41), "[1].time"),
        (b"[[]]", (1, 2), "[0]"),
        (b"[" + b"[" * 65 + b"]" * 66, (1, 66), "[0]" * 65),
    ],
)
def test_errors_of_many_actions_name_line_and_index(data: bytes, place: tuple[int, int], path: str) -> None:
    with pytest.raises(DoorError) as caught:
        parse_actions(data)
    assert (*place, path) in {(p.line, p.column, p.path) for p in caught.value.problems}


def test_every_bad_action_is_reported_up_to_a_limit() -> None:
    lines = [text(BARE), b"{", text(BARE | {"version": 2}), text(BARE)]
    with pytest.raises(DoorError) as caught:
        parse_actions(b"\n".join(lines))
    assert [problem.line for problem in caught.value.problems] == [2, 3]
    with pytest.raises(DoorError) as caught:
        parse_actions(b"{}\n" * 1000)
    assert len(caught.value.problems) == 50


def test_limits_hold_for_each_action() -> None:
    large = text(BARE | {"payload": {"v": "x" * 600_000}})
    assert len(parse_actions(b"[" + large + b"," + large + b"]")) == 2
    assert len(parse_actions(large + b"\n" + large)) == 2
    too_large = text(BARE | {"payload": {"v": "x" * 1024 * 1024}})
    for data in (too_large, b"[" + too_large + b"]", text(BARE) + b"\n" + too_large, too_large + b"\n" + text(BARE)):
        with pytest.raises(DoorError) as caught:
            parse_actions(data)
        assert [problem.code for problem in caught.value.problems] == ["AX0808"]
    deep = b'{"version": 1, "tool": "t", "payload": {"a": ' + b"[" * 62 + b"]" * 62 + b"}}"
    assert len(parse_actions(b"[" + deep + b"]")) == 1


@pytest.mark.parametrize("data", [b"[" * 3_000_000, b"[" + b"," * 100_000, b"{" * 3_000_000, b'["' * 1_000_000])
def test_hostile_inputs_are_refused(data: bytes) -> None:
    with pytest.raises(DoorError):
        parse_actions(data)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.dictionaries(st.text(), _PAYLOAD), min_size=1, max_size=4), st.none() | st.integers(0, 2))
def test_the_three_forms_hold_the_same_actions(payloads: list[dict[str, Any]], indent: int | None) -> None:
    """actions(array) == actions(lines) == each action alone, whatever their payloads contain."""
    actions = [BARE | {"payload": payload} for payload in payloads]
    array = [action for action, _ in parse_actions(json.dumps(actions, indent=indent).encode())]
    lines = [action for action, _ in parse_actions(b"\n".join(map(text, actions)))]
    alone = [parse_actions(json.dumps(action, indent=indent).encode())[0][0] for action in actions]
    assert array == lines == alone


@settings(max_examples=examples(40), deadline=None)
@given(st.binary(max_size=80) | st.text('{}[]",:\\ \n1eversiontoofact', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but DoorError leaves."""
    try:
        parse_actions(data)
    except DoorError as error:
        assert error.problems
