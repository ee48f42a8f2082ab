"""Strict JSON: what is refused, with which code, where; and that no hostile text crashes or stalls the door."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.runtime import errors, strictjson
from axtary.runtime.errors import DoorError, Problem

SUITE = Path(__file__).parents[1] / "vectors" / "json" / "test_parsing"
MIB = 1024 * 1024

# Well-formed JSON that is refused all the same, by suite file.
BEYOND_OUR_LIMITS = {
    "y_object_duplicated_key.json": "AX0803",  # two readers may take different values
    "y_object_duplicated_key_and_value.json": "AX0803",
    "y_number.json": "AX0804",  # 123e65: an integral value beyond 2^53-1
    "y_number_real_capital_e.json": "AX0804",  # 1E22
    "y_number_real_exponent.json": "AX0804",  # 123e45
    "y_number_real_fraction_exponent.json": "AX0804",  # 123.456e78
    "y_object_extreme_numbers.json": "AX0804",  # 1.0e+28
}


def refused(data: bytes) -> list[Problem]:
    with pytest.raises(DoorError) as caught:
        strictjson.loads(data)
    problems = list(caught.value.problems)
    assert problems
    for problem in problems:
        assert problem.code in errors.CODES
        assert problem.message and problem.help and not problem.message.endswith(".")
        assert (problem.message + problem.path).isprintable() and len(problem.message) < 200
    return problems


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in refused(data)]


# --- JSONTestSuite --------------------------------------------------------------------------------------------------


def test_the_suite_is_complete() -> None:
    assert len(list(SUITE.iterdir())) == 318


@pytest.mark.parametrize("path", sorted(SUITE.glob("n_*")), ids=lambda path: path.name)
def test_malformed_json_is_refused(path: Path) -> None:
    refused(path.read_bytes())


@pytest.mark.parametrize("path", sorted(SUITE.glob("y_*")), ids=lambda path: path.name)
def test_wellformed_json_is_read_as_the_standard_library_reads_it(path: Path) -> None:
    data = path.read_bytes()
    if path.name in BEYOND_OUR_LIMITS:
        assert set(codes(data)) == {BEYOND_OUR_LIMITS[path.name]}
    else:
        assert strictjson.loads(data) == json.loads(data)


@pytest.mark.parametrize("path", sorted(SUITE.glob("i_*")), ids=lambda path: path.name)
def test_disputed_json_is_read_or_refused(path: Path) -> None:
    try:
        strictjson.loads(path.read_bytes())
    except DoorError as error:
        assert error.problems


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("3", 3),
        ("3.0", 3),
        ("3e0", 3),
        ("30e-1", 3),
        ("-0", 0),
        ("-0.0", 0),
        ("0e99999999999", 0),
        ("-0.0e-99999999999999999999999", 0),
        ("9007199254740991", 2**53 - 1),
        ("-9007199254740991.0", -(2**53 - 1)),
        ("9007199254740.991e3", 2**53 - 1),
        ("1.5", 1.5),
        ("1.50000", 1.5),
        ("15e-1", 1.5),
        ("0.1", 0.1),
        ("5e-324", 5e-324),
        ("0." + "0" * 1000 + "1e1001", 1),
    ],
)
def test_numbers_go_by_value(literal: str, value: int | float) -> None:
    found = strictjson.loads(literal.encode())
    assert (type(found), repr(found)) == (type(value), repr(value))


@pytest.mark.parametrize(
    ("literal", "code"),
    [
        ("9007199254740992", "AX0804"),
        ("-9007199254740992", "AX0804"),
        ("9007199254740993.0", "AX0804"),
        ("9007199254740991.5", "AX0804"),
        ("1e400", "AX0804"),
        ("-1e400", "AX0804"),
        ("1e999999999", "AX0804"),
        ("1e" + "9" * 5000, "AX0804"),
        ("9" * 5000, "AX0804"),  # past the interpreter's limit on digits
        ("0.10000000000000000555", "AX0805"),
        ("333333333.33333329", "AX0805"),
        ("1.00000000000000000001", "AX0805"),
        ("4503599627370496.3", "AX0805"),
        ("4.9e-324", "AX0805"),
        ("1e-400", "AX0805"),
        ("1e-99999999999999999999999", "AX0805"),
    ],
)
def test_a_number_that_would_change_is_refused(literal: str, code: str) -> None:
    assert codes(b'{"a": [%s]}' % literal.encode()) == [code]


_DIGITS = st.text("0123456789", min_size=1, max_size=20)


@settings(max_examples=examples(200), deadline=None)
@given(st.sampled_from(["", "-"]), _DIGITS, st.none() | _DIGITS, st.none() | st.integers(-330, 320))
def test_a_number_is_read_exactly_or_refused(sign: str, whole: str, fraction: str | None, exponent: int | None) -> None:
    """read(literal) == literal as a rational number's shortest double, within the integers of I-JSON."""
    literal = sign + (whole.lstrip("0") or "0")
    literal += f".{fraction}" if fraction is not None else ""
    literal += f"e{exponent}" if exponent is not None else ""
    exact = Fraction(literal)
    limit = 2**53 - 1
    nearest = float(exact) if abs(exact) <= limit else 0.0
    if abs(exact) <= limit and Fraction(repr(nearest)) == exact:
        found = strictjson.loads(literal.encode())
        assert Fraction(repr(found)) == exact
        assert isinstance(found, int) == (exact.denominator == 1)
    else:
        assert codes(literal.encode())[0] in ("AX0804", "AX0805")


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "place", "path"),
    [
        (b"", "AX0802", (1, 1), ""),
        (b" \n ", "AX0802", (2, 2), ""),
        (b"\xef\xbb\xbf{}", "AX0801", (1, 1), ""),
        (b'["\xc3\xa9\xff"]', "AX0801", (1, 4), ""),
        ("{}".encode("utf-16"), "AX0801", (1, 1), ""),
        (b'{"a":\n {"b": [1, {"c": 1,\n   "c": 2}]}}', "AX0803", (3, 4), "a.b[1].c"),
        (b'{"a": 1, "\\u0061": 2}', "AX0803", (1, 10), "a"),
        (b'{"a": NaN}', "AX0802", (1, 7), "a"),
        (b'["\xc3\xa9", -Infinity]', "AX0802", (1, 7), "[1]"),
        (b'{"a": "\\ud800"}', "AX0806", (1, 7), "a"),
        (b'{"a": "\\udc00\\ud83d"}', "AX0806", (1, 7), "a"),
        (b'{"k": {"\\udFFF": 1}}', "AX0806", (1, 8), 'k["\\u{dfff}"]'),
        (b'{"a": [1, 2,]}', "AX0802", (1, 13), "a[2]"),
        (b'{"a": 1,}', "AX0802", (1, 9), ""),
        (b'{"a" 1}', "AX0802", (1, 6), "a"),
        (b'{"a": "x\ny"}', "AX0802", (1, 9), "a"),
        (b'{"a": "[{,\x00"}', "AX0802", (1, 11), "a"),
        (b'{"a": 1} {}', "AX0802", (1, 10), ""),
        (b'{"odd key": {"\\u202e": 01}}', "AX0802", (1, 25), '["odd key"]["\\u{202e}"]'),
        (b"[" * 65 + b"]" * 65, "AX0807", (1, 65), "[0]" * 64),
        (b"[1 " + b"[" * 65, "AX0802", (1, 4), "[0]"),
    ],
)
def test_a_refusal_says_what_and_where(data: bytes, code: str, place: tuple[int, int], path: str) -> None:
    (problem,) = refused(data)
    assert (problem.code, (problem.line, problem.column), problem.path) == (code, place, path)


def test_all_problems_are_reported_in_order() -> None:
    found = refused(b'{"a": 1e400,\n "a": 0.10000000000000000555, "b": "\\ud800", "c": NaN, "d": tru}')
    assert [problem.code for problem in found] == ["AX0804", "AX0803", "AX0805", "AX0806", "AX0802", "AX0802"]


def test_text_of_the_input_is_cut_and_escaped() -> None:
    (problem,) = refused(json.dumps({"x" * 5000 + "\x1b": 10**400}).encode())
    assert len(problem.path) < 80
    (problem,) = refused(b'{"\xe2\x80\xae\x7f": 1, "\xe2\x80\xae\x7f": 2}')
    assert problem.message == r"the name `\u{202e}\u{7f}` stands twice in one object"


def test_the_error_names_source_place_and_path() -> None:
    with pytest.raises(DoorError) as caught:
        strictjson.loads(b'{"a": [NaN]}', source="in\x1b.json")
    assert str(caught.value) == r"in\u{1b}.json:1:8: AX0802 `NaN` is not JSON (at a[0])"


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\\\ud800"', "\\ud800"),
        (b'"e\xcc\x81 \x7f \\u0000"', "e\u0301 \x7f \x00"),
        (b' \t\r\n{"": [ ] }\n', {"": []}),
        (b'{"a": 1, "A": 2, "e\xcc\x81": 3, "\xc3\xa9": 4}', {"a": 1, "A": 2, "e\u0301": 3, "\u00e9": 4}),
    ],
)
def test_text_is_kept_as_it_is(data: bytes, value: Any) -> None:
    assert strictjson.loads(data) == value


def test_depth_counts_containers_and_not_brackets_in_strings() -> None:
    assert strictjson.loads(b"[" * 64 + b"]" * 64)
    assert strictjson.loads(b"[" + b",".join([b"[[]]"] * 100) + b"]")
    assert strictjson.loads(json.dumps({"a": '["{' * 100}).encode())
    assert codes(b'{"a":' * 65 + b"1" + b"}" * 65) == ["AX0807"]


def test_size_is_checked_first() -> None:
    assert strictjson.loads(b'"' + b"a" * (MIB - 2) + b'"')
    assert codes(b"\xff" * (MIB + 1)) == ["AX0808"]


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 30_000,
        b"[" * MIB,
        b'{"a":' * (MIB // 5),
        b"]" * MIB,
        b"9" * MIB,
        b"-" * MIB,
        b"0." + b"1" * (MIB - 2),
        b"1e" + b"9" * (MIB - 2),
        b"1e-" + b"9" * (MIB - 3),
        b'"' + b'\\"' * (MIB // 2 - 1),
        b'\\"' * (MIB // 2),
        b'"' * (MIB - 1),
        b"\\" * MIB,
        b"[" + b"1," * (MIB // 2 - 1),
        b"[" + b"NaN," * (MIB // 4 - 1),
        b'{"' + b"a" * (MIB - 10) + b'":NaN}',
        b"{" + b'"a":1,' * (MIB // 6 - 1) + b"}",
        b"[" * 63 + b'{"a":1,"a":1},' * 1000,
    ],
    ids=lambda data: data[:8].decode("ascii") + "...",
)
def test_hostile_texts_are_refused_in_time(data: bytes) -> None:
    begin = time.perf_counter()
    refused(data)
    assert time.perf_counter() - begin < 20  # seconds: a quadratic reading of 1 MiB takes hours


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=examples(200), deadline=None)
@given(_JSON, st.booleans(), st.none() | st.integers(0, 3))
def test_every_json_value_survives_every_notation(value: Any, ascii_only: bool, indent: int | None) -> None:
    """loads(dumps(v)) == v, with escapes or without, indented or not."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert strictjson.loads(text.encode()) == value


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=200) | st.text('{}[]",:\\u0d8 \n1eE+-.truefalsn', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but DoorError leaves, and what is read is what the standard library reads."""
    try:
        value = strictjson.loads(data)
    except DoorError as error:
        assert error.problems
    else:
        assert value == json.loads(data)
