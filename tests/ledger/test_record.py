"""Records: what may stand in one, what is cut and removed, and that its bytes are read as they were written."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.ledger import Entry, LedgerError, entry, of
from axtary.ledger.record import MAX_LIST, MAX_RECORD, REQUIRED, SHAPES, read, time_text, written
from axtary.ledger.redact import MAX_VALUE, REMOVED, is_secret, sanitised, text
from axtary.runtime.decision import Decision, Ground
from tests.docs_pages import ROOT, code, table
from tests.laws import examples
from tests.ledger.entries import HASH, members, some

law = settings(derandomize=True, deadline=None, max_examples=examples(100))
TEXT = st.text(st.characters(), max_size=30)  # surrogates, too
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
PREV = bytes(range(32))


def outcome(**others: Any) -> dict[str, Any]:
    return {"outcome": "succeeded", "action_hash": HASH, **others}


def raw(content: dict[str, Any]) -> bytes:
    return rfc8785.dumps(content)


def content_of(n: int = 3) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(some(n), 7, 1_700_000_000_000_001, PREV))
    return found


def test_the_bytes_of_a_record_are_these() -> None:
    made = entry("policy", {"policy_version": HASH, "file": "axtary.yml"})
    body = (
        b'{"file":"axtary.yml","kind":"policy","policy_version":"' + HASH.encode() + b'","prev":"' + b"00" * 32 + b'",'
        b'"seq":0,"time":"2023-11-14T22:13:20.000001Z","version":1}'
    )
    assert written(made, 0, 1_700_000_000_000_001, bytes(32)) == body
    assert read(body).hash == hashlib.sha256(body).digest()


@law
@given(VALUE, TEXT, TEXT)
def test_what_is_written_is_read(result: Any, tool: str, message: str) -> None:
    """Law: whatever a provider or an agent says, its record is written, is its RFC 8785 form, and is read again."""
    made = entry("outcome", outcome(result=result, tool=tool, message=message))
    body = written(made, 3, 1, PREV)
    found = read(body)
    assert rfc8785.dumps(dict(found.content)) == found.raw == body
    assert {name: found.content[name] for name in made.members} == dict(made.members)


@law
@given(st.dictionaries(TEXT, TEXT, max_size=5), TEXT)
def test_the_quick_way_to_the_canonical_form_is_the_slow_one(costs: dict[str, str], task: str) -> None:
    """Law: a record without other people's values has the bytes that rfc8785 gives, whatever its texts and names."""
    body = written(entry("budget", {"event": "committed", "costs": costs, "task": task}), 3, 1, PREV)
    assert body == rfc8785.dumps(json.loads(body))


def test_fractions_and_names_are_written_as_rfc_8785_has_them() -> None:
    for result, text_ in (
        ({"small": 1e-7}, '{"small":1e-7}'),
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'),
    ):
        body = written(entry("outcome", outcome(result=result)), 0, 1, PREV)
        assert f'"result":{text_}'.encode() in body


@pytest.mark.parametrize("kind", SHAPES)
def test_each_kind_needs_its_members(kind: str) -> None:
    for name in REQUIRED[kind]:
        assert name in SHAPES[kind]
    with pytest.raises(LedgerError, match="is missing"):
        entry(kind, {})


@pytest.mark.parametrize(
    ("kind", "given_", "why"),
    [
        ("event", {}, "no record is of the kind"),
        ("outcome", outcome(colour="red"), "no member"),
        ("outcome", outcome(outcome="done"), "`outcome` has another form"),
        ("outcome", outcome(action_hash="sha256:" + "A" * 64), "`action_hash` has another form"),
        ("outcome", outcome(tool=3), "`tool` has another form"),
        ("outcome", outcome(costs={"r": 3}), "`costs` has another form"),
        ("outcome", outcome(seq=3), "no member"),
        ("decision", members(reasons=[{"code": "x"}]), "`reasons` has another form"),
        ("decision", members(reasons={"code": "x"}), "`reasons` has another form"),
        ("decision", members(fired="r"), "`fired` has another form"),
        ("decision", members(decision="maybe"), "`decision` has another form"),
    ],
)
def test_what_is_no_record_is_not_made(kind: str, given_: dict[str, Any], why: str) -> None:
    with pytest.raises(LedgerError, match=why):
        entry(kind, given_)


def test_an_entry_takes_nothing_that_is_not_capped() -> None:
    for bad in ({"tool": "x" * 5000}, {"fired": ["r"] * (MAX_LIST + 1)}, {"payload": 2**70}, {"payload": "x" * 20_000}):
        with pytest.raises(LedgerError, match="has another form"):
            Entry("decision", members(**bad))


def test_long_texts_and_lists_are_cut_and_named() -> None:
    many = [f"rule-{n}" for n in range(MAX_LIST + 5)]
    found = some(fired=many, resource="x" * 5000, reasons=[], task=None).members
    assert found["fired"] == many[:MAX_LIST]
    assert found["cut"] == {"fired": MAX_LIST + 5}
    whole = hashlib.sha256(b"x" * 5000).hexdigest()
    assert found["resource"] == "x" * 1024 + f"… sha256:{whole}"
    assert "task" not in found
    assert text("x" * 1024) == "x" * 1024


def test_the_largest_record_has_room() -> None:
    long, item = "\0" * 5000, dict.fromkeys(("code", "rule", "message"), "\x00" * 5000)
    texts: dict[str, Any] = dict.fromkeys(
        ("agent", "owner", "tenant", "task", "tool", "resource", "pass", "trace", "message"), long
    )
    value = {"a": ["\0" * 400] * 6}  # six bytes for each character: close to the limit
    values: dict[str, Any] = dict.fromkeys(("payload", "actor_roles", "paths", "context", "facts", "meters"), value)
    values |= {"summary": long, "action_time": long, "withheld": [long] * 99}
    made = some(**texts, reservation=long, reasons=[item] * 99, fired=[long] * 99, **values)
    assert len(written(made, 0, 1, PREV)) < MAX_RECORD


def test_the_page_names_the_members_of_each_kind() -> None:
    named: dict[str, set[str]] = {kind: set() for kind in SHAPES}
    for members_, kinds, _what in table(ROOT / "docs" / "ledger.md", "members"):
        for kind in SHAPES if kinds == "all" else kinds.split(", "):
            named[kind] |= set(code(members_))
    every = {"version", "seq", "time", "kind", "prev"}
    assert named == {kind: every | set(shape) for kind, shape in SHAPES.items()}


# --- bytes that are no record ---------------------------------------------------------------------------------------


def test_bytes_that_are_not_what_is_written_are_refused() -> None:
    content = content_of()
    body = raw(content)
    read(body)
    for bad, why in (
        (b" " + body, "RFC 8785"),
        (body.replace(b'"seq":7', b'"seq":7.0'), "RFC 8785"),
        (body.replace(b'"tool":', b'"tool":"x","tool":'), "strict JSON"),
        (body[:-1], "strict JSON"),
        (b"[]", "no JSON object"),
        (raw({**content, "version": 2}), "another version"),
        (raw({**content, "version": True}), "another version"),
        (raw({**content, "kind": "event"}), "`kind`"),
        (raw({**content, "kind": []}), "`kind`"),
        (raw({**content, "seq": -1}), "`seq`"),
        (raw({**content, "prev": "0" * 63}), "`prev`"),
        (raw({**content, "time": "2023-11-14T22:13:20Z"}), "`time`"),
        (raw({**content, "time": "2023-13-14T22:13:20.000000Z"}), "`time`"),
        (raw({**content, "extra": 1}), "no member"),
        (raw({**content, "result": 1}), "no member"),
        (raw({**content, "task": "x" * 2000}), "`task`"),
        (raw({name: value for name, value in content.items() if name != "tool"}), "`tool` is missing"),
        (raw({name: value for name, value in content.items() if name != "prev"}), "`prev` is missing"),
    ):
        with pytest.raises(LedgerError, match=why):
            read(bad)


def test_times_sort_as_texts() -> None:
    assert time_text(0) == "1970-01-01T00:00:00.000000Z"
    assert time_text(1_000_000) > time_text(999_999) == "1970-01-01T00:00:00.999999Z"


# --- secrets and hostile values -------------------------------------------------------------------------------------

SECRET = ["token", "accessToken", "PASSWORD", "db_passwd", "Authorization", "api_key", "X-API-Key", "apiKey", "cookie"]
SECRET += ["client-secret", "private_key", "ｔｏｋｅｎ", "set-cookie", "sessionId", "credentials", "totp_otp", "pin"]


@pytest.mark.parametrize("name", SECRET)
def test_values_of_names_that_look_secret_are_removed(name: str) -> None:
    assert is_secret(name)
    assert sanitised({"a": [{name: {"deep": "hunter2"}}]}) == {"a": [{text(name): REMOVED}]}


@pytest.mark.parametrize("name", ["amount", "author", "key", "pinned", "title", "id"])
def test_other_values_stay(name: str) -> None:
    assert sanitised({name: "v"}) == {name: "v"}


@pytest.mark.parametrize(
    "value",
    [
        "Bearer abcdefghijkl",
        "ghp_0123456789abcdef",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIi.c2ln",
        "-----BEGIN EC PRIVATE KEY-----\nMHc",
        "postgresql://axtary:hunter2@db/x",
    ],
)
def test_values_that_look_secret_are_removed(value: str) -> None:
    assert sanitised([f"said: {value}"]) == [REMOVED]


@law
@given(VALUE)
def test_whatever_a_provider_says_becomes_json(value: Any) -> None:
    """Law: `sanitised` is total; what it gives has a canonical form, is small, and is a fixed point."""
    found = sanitised(value)
    assert len(rfc8785.dumps(found)) <= MAX_VALUE
    assert sanitised(found) == found


def test_hostile_values_end() -> None:
    circle: list[Any] = []
    circle.append(circle)
    doubling: list[Any] = []
    for _ in range(60):
        doubling = [doubling, doubling]
    assert "nested too deep" in json.dumps(sanitised(circle))
    assert len(json.dumps(sanitised(doubling))) < MAX_VALUE * 2
    assert sanitised([float("nan"), float("inf"), 2**60, -(2**60), 1e300, 1.0, object(), b"x", {3: 1}]) == [
        *("nan", "inf", "[integer beyond ±9007199254740991]", "[integer beyond ±9007199254740991]"),
        *("[number beyond ±9007199254740991]", 1, "[object]", "[bytes]", {"[int]": 1}),
    ]
    large = sanitised(["x" * 900] * 100)
    assert large["omitted"]["bytes"] > MAX_VALUE and len(large["omitted"]["sha256"]) == 64


# --- from decisions -------------------------------------------------------------------------------------------------

ACTION = {
    "version": 1,
    "tool": "pay",
    "resource": "r",
    "actor": {"agent": "a", "owner": "o", "tenant": "t"},
    "intent": {"task": "T"},
    "context": {"trace_id": "4bf9"},
    "payload": {"amount": 3, "token": "hunter2"},
}
ALLOWED = Decision("allow", (Ground("granted", "r", "m"),), ("r",), {}, HASH, ACTION, {}, "rsv_1")


def test_a_decision_is_recorded_without_its_payload() -> None:
    found = of.decision(ALLOWED, jti="ap_1").members
    assert found == {
        "agent": "a",
        "owner": "o",
        "tenant": "t",
        "task": "T",
        "tool": "pay",
        "resource": "r",
        "trace": "4bf9",
        "reservation": "rsv_1",
        "pass": "ap_1",
        "decision": "allow",
        "fired": ["r"],
        "policy_version": HASH,
        "reasons": [{"code": "granted", "rule": "r", "message": "m"}],
        "action_hash": ALLOWED.action_hash,
        "payload_hash": ALLOWED.payload_hash,
        "facts": {},
        "withheld": ["payload"],
    }
    assert of.decision(ALLOWED, payloads=True).members["payload"] == {"amount": 3, "token": REMOVED}


def test_an_outcome_names_the_action() -> None:
    found = of.outcome(ALLOWED, "failed", result={"status": 500}, costs={"r": "2.5"}, message="timed out").members
    assert found["result"] == {"status": 500} and found["costs"] == {"r": "2.5"} and found["outcome"] == "failed"
    assert found["action_hash"] == ALLOWED.action_hash and found["reservation"] == "rsv_1"
    with pytest.raises(LedgerError, match="outcome"):
        of.outcome(ALLOWED, "fine")
