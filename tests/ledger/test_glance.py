"""The quick look at records: it takes nothing that `read` refuses, and it is quick for what is usually written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.ledger import Entry, LedgerError, entry, glance
from axtary.ledger.glance import Frame, frame
from axtary.ledger.record import MAX_LIST, MAX_RECORD, SHAPES, read, written
from axtary.ledger.redact import MAX_TEXT, MAX_VALUE
from tests.laws import examples
from tests.ledger.entries import HASH, members, some

law = settings(derandomize=True, deadline=None, max_examples=examples(300))
PREV = bytes(range(32))
TEXT = st.text(max_size=12) | st.text('ab"\\/\n\x7fé\u2028\U0001f600', max_size=5)
NUMBER = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, width=16)
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
APPROVAL = {"approval": "ap_1", "approver": "ann", "verdict": "approved", "roles": ["cfo"], "expires": "2026"}
APPROVAL |= {"action_hash": HASH, "payload_hash": HASH}
RESULT: dict[str, Any] = {"paid": 20, "id": "tx_1", "ok": True, "none": None, "zero": 0}


def outcome(**others: Any) -> Entry:
    return entry("outcome", {"outcome": "succeeded", "action_hash": HASH, "payload_hash": HASH, **others})


IMPORTED = {"system": "opa", "source": "s", "action_hash": HASH, "payload_hash": HASH, "tool": "t", "answer": "deny"}
FACTS = {"approval": {"approvers": [{"id": "user:a", "roles": ["cfo", "lead"]}]}}
AT = "2026-11-25T23:48:26.262Z"


def usual() -> list[Entry]:
    """What nearly all records are like, one of each kind at least."""
    return [
        some(1, resource="repo:acme/web", owner="é", tenant="t", trace="4b", reservation="rsv_1"),
        some(2, payload={"amount": 3, "to": {"iban": ["DE1", "DE2"]}}),
        some(3, reasons=[], fired=[]),
        some(4, reasons=[{"code": "a", "rule": "b", "message": "c"}] * MAX_LIST, fired=["r"] * MAX_LIST),
        some(5, resource="x" * 5000),
        outcome(result=RESULT, task="T"),
        outcome(result={}),
        outcome(result="done"),
        outcome(result={"items": [RESULT, {"deep": {}}]}, message="m"),
        entry("approval", APPROVAL),
        entry("revocation", {"revoked": "ap_1", "what": "agent"}),
        entry("budget", {"event": "committed", "rule": "r"}),
        entry("policy", {"policy_version": HASH, "previous": HASH, "file": "axtary.yml"}),
        entry("incident", {"code": "c", "message": "m", "detail": {"n": -3}}),
        entry("imported", {**IMPORTED, "facts": {"usage": {"r": 1}}, "withheld": ["payload"]}),
        some(6, actor_roles=["dev"], paths=["a\\b"], context={"a": "b"}, facts=FACTS, withheld=[], action_time=AT),
    ]


BODIES = [written(each, n, 1_700_000_000_000_000 + n, PREV) for n, each in enumerate(usual())]


def same(raw: bytes) -> bool:
    """The law: `frame` and `read` say the same, or refuse the same with the same words. Was it read?"""
    try:
        content = read(raw).content
    except LedgerError as error:
        with pytest.raises(LedgerError, match=f"^{re.escape(str(error))}$"):
            frame(raw)
        return False
    assert frame(raw) == Frame(content["seq"], content["prev"], content["time"])
    return True


@pytest.mark.parametrize("body", BODIES)
def test_usual_records_are_not_read_the_slow_way(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert same(body)
    monkeypatch.setattr(glance, "read", None)
    frame(body)


def test_each_kind_is_among_them() -> None:
    assert {json.loads(body)["kind"] for body in BODIES} == set(SHAPES)


@law
@given(st.data())
def test_changed_bytes(data: st.DataObject) -> None:
    """Law: replace, insert or remove any bytes anywhere, and both say the same."""
    body = data.draw(st.sampled_from(BODIES))
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(start + 3, len(body))))
    other = data.draw(st.binary(max_size=3) | st.sampled_from(PIECES))
    same(body[:start] + other + body[end:])


PIECES = [
    b'"',
    b"\\",
    b",",
    b"}",
    b"{}",
    b"[]",
    b"0",
    b" ",
    b"\n",
    b"1.5",
    b"-",
    b"e1",
    b"\xc3\xa9",
    b"\x7f",
    b"\\u0041",
]
PIECES += [b'"tool":"x",', b'"agent":"x",', b',"seq":1', b'"version":1', b'"kind":"outcome",', b'"cut":{"fired":70},']


@law
@given(st.data())
def test_changed_members(data: st.DataObject) -> None:
    """Law: replace, add or take away any members by others of any form, in any order, and both say the same."""
    content = json.loads(data.draw(st.sampled_from(BODIES)))
    names = st.sampled_from(sorted({name for shape in SHAPES.values() for name in shape} | {"seq", "time", "prev"}))
    values = st.sampled_from([HASH, "x", 3, ["r"], {"r": "3"}, {"r": 3}, "allow", [{"code": "c"}]]) | VALUE
    content |= data.draw(st.dictionaries(names, values, max_size=2))
    for name in data.draw(st.sets(st.sampled_from(sorted(content)), max_size=1)):
        del content[name]
    if data.draw(st.booleans()):
        same(rfc8785.dumps(content) if _has_form(content) else json.dumps(content).encode())
    else:
        shuffled = data.draw(st.permutations(list(content.items())))
        same(json.dumps(dict(shuffled), separators=(",", ":"), ensure_ascii=False).encode())


def _has_form(content: Any) -> bool:
    try:
        return bool(rfc8785.dumps(content))
    except ValueError:
        return False


@law
@given(VALUE, st.booleans(), st.booleans())
def test_values_as_other_writers_would_write_them(result: Any, ascii_: bool, sort: bool) -> None:
    """Law: whatever value stands in a record, spelled as RFC 8785 or by `json`, both say the same."""
    before, after = BODIES[7].split(b'"done"')
    text = json.dumps(result, ensure_ascii=ascii_, sort_keys=sort, separators=(",", ":"))
    same(before + text.encode() + after)


@pytest.mark.parametrize(
    ("value", "fine"),
    [
        ('{"a":1,"b":2}', True),
        ('{"b":2,"a":1}', False),
        ('{"a":1,"a":1}', False),
        ('{"a":1,"a":2}', False),
        ('{"a":[1],"a":[1]}', False),
        ('{"A":1,"a":2,"~":3}', True),
        ('{",":"v",":":1}', True),
        ('{"x":"v",":x":1}', False),
        ('{"é":1,"z":2}', False),
        ('{"z":1,"é":2}', True),
        ('{"\U0001f600":1,"\ufb33":2}', True),
        ('{"\ufb33":1,"\U0001f600":2}', False),
        ('{"a":{"c":1,"b":2}}', False),
        ('{"a":-0}', False),
        ("[-0]", False),
        ('{"a":01}', False),
        ('{"a":1.0}', False),
        ('{"a":0.5}', True),
        ("[1e-05]", False),
        ("[0.00001]", True),
        ('{"a":9007199254740991}', True),
        ('{"a":9007199254740992}', False),
        ("[9007199254740993]", False),
        ("[NaN]", False),
        ("Infinity", False),
        ('"\\u0061"', False),
        ('"\\n"', True),
        ('"\\u000a"', False),
        ('"\\/"', False),
        ('"\\ud800"', False),
        ('{"a":1 }', False),
        ('{"a":1},"result":{"a":1}', False),
        ('{"a":1},"seq":7,"time":"x"', False),
        ("[" * 63 + "]" * 63, True),
        ("[" * 64 + "]" * 64, False),
        ("[" * 5000 + "]" * 5000, False),
        (f'"{"x" * (MAX_VALUE - 2)}"', True),
        (f'"{"x" * (MAX_VALUE - 1)}"', False),
        (f'{{"a":"{"x" * (MAX_VALUE - 8)}"}}', True),
        (f'{{"a":"{"x" * (MAX_VALUE - 7)}"}}', False),
        (f'{{"a":"{"é" * (MAX_VALUE // 2 - 4)}"}}', True),
        (f'{{"a":"{"é" * (MAX_VALUE // 2 - 3)}"}}', False),
    ],
)
def test_values(value: str, fine: bool) -> None:
    before, after = BODIES[7].split(b'"done"')
    assert same(before + value.encode() + after) is fine


@pytest.mark.parametrize(
    ("old", "new", "fine"),
    [
        ("2023-11-14T22:13:20", "2024-02-29T23:59:59", True),
        ("2023-11-14T22:13:20", "2023-02-29T23:59:59", False),
        ("2023-11-14T22:13:20", "0000-01-01T00:00:00", False),
        ("2023-11-14T22:13:20", "2023-11-31T00:00:00", False),
        ("2023-11-14T22:13:20", "2023-11-14T22:13:60", False),
        ("2023-11-14T22:13:20", "2023-11-14T22:60:20", False),
        ('"seq":0', '"seq":00', False),
        ('"seq":0', '"seq":9007199254740991', True),
        ('"seq":0', '"seq":9007199254740992', False),
        ('"seq":0', '"seq":-1', False),
        ('"seq":0', '"seq":٣', False),
        ("2023-11-14", "2023-11-1٤", False),
        ('"version":1', '"version":2', False),
        ('"é"', f'"{"é" * MAX_TEXT}"', True),
        ('"é"', f'"{"é" * 5000}"', False),
        ('"decision":"deny"', '"decision":"denied"', False),
        ('"kind":"decision"', '"kind":"outcome"', False),
        ('"fired":["r"]', '"fired":["r",]', False),
        ('"fired":["r"]', '"fired":"r"', False),
        ('"fired":["r"]', '"fired":[1]', False),
        ('"fired":["r"]', '"fired":["r"' + ',"r"' * MAX_LIST + "]", False),
        ('"task":"T-1"', '"task":"kind\\":\\""', True),
    ],
)
def test_members(old: str, new: str, fine: bool) -> None:
    text = BODIES[0].decode()
    assert text.count(old) == 1
    assert same(text.replace(old, new).encode()) is fine


def test_records_that_are_too_large_or_no_text() -> None:
    long = dict.fromkeys(("code", "rule", "message"), "\U0001f600" * MAX_TEXT)
    made = members(reasons=[long] * MAX_LIST, fired=[])
    large = rfc8785.dumps({**json.loads(BODIES[0]), "reasons": made["reasons"], "fired": [long["code"]] * MAX_LIST})
    assert len(large) > MAX_RECORD
    assert not same(large)
    assert not same(b"\xff" + BODIES[0]) and not same(b"") and not same(b"\xef\xbb\xbf" + BODIES[0])
