"""Hashes of actions: RFC 8785 by its published vectors, and what is and what is not in the hash."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.runtime.errors import DoorError
from axtary.runtime.hashing import action_hash, canonical, payload_hash

VECTORS = Path(__file__).parents[1] / "vectors" / "rfc8785"
NUMBER_FILE = {
    1_000: "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
    10_000: "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
    100_000: "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
    1_000_000: "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16",
}


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_documents_of_the_rfc(name: str) -> None:
    value = json.loads((VECTORS / "input" / f"{name}.json").read_bytes())
    expected = bytes.fromhex((VECTORS / "outhex" / f"{name}.txt").read_text())
    assert expected == (VECTORS / "output" / f"{name}.json").read_bytes()
    # What is under test is the hash, so it is asked through an action; a payload may hold any value.
    assert payload_hash({"payload": {"v": value}}) == sha256(b'{"v":' + expected + b"}")


def patterns() -> Iterator[int]:
    """The 64-bit patterns of the published number file."""
    yield from (int(line, 16) for line in (VECTORS / "es6_static.txt").read_text().split())
    yield from range(0x0010_0000_0000_0000, 0x0010_0000_0000_0000 + 2000)
    link = bytes(32)
    while True:
        link = hashlib.sha256(link).digest()
        for bits in struct.unpack("<4Q", link):
            (number,) = struct.unpack("<d", struct.pack("<Q", bits))
            if number and math.isfinite(number):
                yield bits


def test_numbers_of_the_rfc() -> None:
    running, found = hashlib.sha256(), {}
    for count, bits in enumerate(islice(patterns(), max(NUMBER_FILE)), 1):
        (number,) = struct.unpack("<d", struct.pack("<Q", bits))
        running.update(b"%x,%s\n" % (bits, canonical(number)))
        if count in NUMBER_FILE:
            found[count] = running.hexdigest()
    assert found == NUMBER_FILE


NUMBERS = st.one_of(
    st.integers(-(2**54), 2**54),
    st.floats(),
    st.sampled_from([1e-4, 9.999999e-5, 1e16, 1e15 + 0.5, 9007199254740991.5, 1e21, -0.0, 1e-6, 1e-7, 0.1 + 0.2]),
)
TEXTS = st.one_of(st.text(), st.sampled_from(["\x7f\x00\u2028</", "\ue000", "\U0001f600", "\ud800", "a", '"\\']))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
)


@given(VALUES)
@settings(max_examples=examples(700), deadline=None, derandomize=True)
def test_the_fast_way_writes_the_canonical_form(value: Any) -> None:
    """Law: canonical(v) == rfc8785.dumps(v), or neither has a form."""
    try:
        expected = rfc8785.dumps(value)
    except ValueError:
        with pytest.raises(ValueError):
            canonical(value)
    else:
        assert canonical(value) == expected


def test_every_character_is_escaped_as_the_rfc_does() -> None:
    for code in [*range(0x300), 0x2028, 0x2029, 0xFEFF, 0xFFFF, 0x1F600]:
        assert canonical(chr(code)) == rfc8785.dumps(chr(code)), hex(code)


@pytest.mark.parametrize(
    "value", [{"\ue000": 1, "\U0001f600": 2}, {"b": 1, "B": 2, "a\u0301": 3}, (1, 2), [(1,)], {1: 2}]
)
def test_what_is_not_plain_is_left_to_the_library(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except ValueError:
        with pytest.raises(ValueError):
            canonical(value)
    else:
        assert canonical(value) == expected


ACTION: dict[str, Any] = {
    "version": 1,
    "id": "act_1",
    "time": "2026-11-22T10:00:00Z",
    "actor": {"agent": "agent:a"},
    "tool": "fs.read",
    "payload": {"path": "a", "n": 3, "id": "x", "time": "y"},
    "context": {"source": "proxy", "trace_id": "t"},
}


def test_the_hash_is_that_of_the_canonical_text() -> None:
    expected = (
        b'{"actor":{"agent":"agent:a"},"context":{"source":"proxy"},'
        b'"payload":{"id":"x","n":3,"path":"a","time":"y"},"tool":"fs.read","version":1}'
    )
    assert action_hash(ACTION) == sha256(expected)
    assert payload_hash(ACTION) == sha256(b'{"id":"x","n":3,"path":"a","time":"y"}')


@pytest.mark.parametrize(
    "change",
    [
        {"id": "act_2"},
        {"time": "2027-01-01T00:00:00Z"},
        {"context": {"source": "proxy", "trace_id": "other"}},
        {"context": {"source": "proxy"}},
        {"payload": {"time": "y", "id": "x", "n": 3.0, "path": "a"}},
    ],
)
def test_what_differs_between_two_calls_for_the_same_thing_is_not_hashed(change: dict[str, Any]) -> None:
    assert action_hash(ACTION | change) == action_hash(ACTION)


@pytest.mark.parametrize(
    "change",
    [
        {"tool": "fs.write"},
        {"actor": {"agent": "agent:b"}},
        {"resource": ""},
        {"paths": []},
        {"payload": {}},
        {"payload": {"path": "a", "n": 3, "id": "z", "time": "y"}},
        {"payload": {"path": "a", "n": "3", "id": "x", "time": "y"}},
        {"payload": {"path": "a", "n": 3, "id": "x", "time": "y", "null": None}},
        {"context": {"source": "hook", "trace_id": "t"}},
        {"context": {"source": "proxy", "id": "i"}},
        {"context": {}},
    ],
)
def test_all_other_content_is_hashed(change: dict[str, Any]) -> None:
    assert action_hash(ACTION | change) != action_hash(ACTION)


def test_absence_is_content() -> None:
    bare = {"version": 1, "tool": "t"}
    hashes = {payload_hash(bare), payload_hash(bare | {"payload": {}}), payload_hash(ACTION)}
    assert len(hashes) == 3
    assert payload_hash(bare) == sha256(b"null")
    assert action_hash(bare | {"context": {"trace_id": "t"}}) == action_hash(bare | {"context": {}})
    assert action_hash(bare | {"context": {}}) != action_hash(bare)


def test_text_is_not_normalized() -> None:
    assert payload_hash({"payload": {"a": "\u00e9"}}) != payload_hash({"payload": {"a": "e\u0301"}})


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        pytest.param(10**5000, id="an integer too long to print"),
        math.nan,
        math.inf,
        "\ud800",
        {"\ud800": 1},
        {1: 2},
        object(),
        b"x",
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(DoorError):
        payload_hash({"payload": {"v": value}})


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(DoorError):
        action_hash(ACTION | {"payload": {"v": loop}})
