"""Log injection: whatever a text is, a record is one line, and a strict reader of the format finds the text again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.compiler.diagnostics import printable
from axtary.ledger.siem import FORMATS, Event, csv
from axtary.ledger.siem.cef import OWN as CEF_OWN
from axtary.ledger.siem.event import MAX_MESSAGE
from axtary.ledger.siem.leef import OWN as LEEF_OWN
from axtary.ledger.siem.syslog import MAX_MESSAGE as MAX_SYSLOG
from axtary.ledger.siem.syslog import MEMBERS, counted
from tests.laws import examples
from tests.ledger.entries import HASH
from tests.ledger.siem import parsers
from tests.ledger.siem.events import HOSTILE, KINDS, LONG, OWN, TEXTS, event, every, everything, hostile, lines

law = settings(derandomize=True, deadline=None, max_examples=examples(60))
LINES = ("cef", "leef", "syslog", "csv")
TEXT = st.text(
    st.one_of(
        st.sampled_from("\r\n\t\0\x1b\x85\u2028\u2029\u202e\u2066\ufeff=|\\]\"',;^+-@ <>%:[{}＝é\U0001f600"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


def assert_one_line(line: str) -> None:
    """By every idea that there is of a line; and nothing that a terminal obeys, or that a reader does not see."""
    assert line.splitlines() == [line]
    assert not any(c in line for c in "\r\n\0\x1b\x85\u2028\u2029\u202e\u2066")
    plain = line.replace("\t", "").replace("\ufeff", "", 1)  # between attributes of LEEF; before the message of syslog
    assert printable(plain) == plain


def told(found: Event, names: Mapping[str, str], limit: int) -> dict[str, str]:
    """What a line has of the members by its own names for them: escaped, and cut."""
    return {key: short(found.text(name) or "", limit) for key, name in names.items() if found.text(name)}


@cache
def short(text: str, limit: int) -> str:
    shown = printable(text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


CEF_NAMES = {
    "suser": "agent", "suid": "owner", "duser": "approver", "requestMethod": "tool", "request": "resource",
    "msg": "message", "cs6": "task", "flexString1": "tenant", "flexString2": "trace",
    **{f"axtary{name.title()}": name for name in CEF_OWN},
}  # fmt: skip
LEEF_NAMES = {"usrName": "agent", "tool": "tool", "resource": "resource", "msg": "message"} | {n: n for n in LEEF_OWN}
SYSLOG_NAMES = {name: name for name in MEMBERS}


def read_cef(line: str, record: Event) -> None:
    head, found = parsers.cef(line)
    assert head[4:6] == [record.id, record.meaning.name]
    expected = told(record, CEF_NAMES, 1023)
    # what has no text of its own says so: no key more, and no key less
    assert {key: found.get(key) for key in expected} == expected
    assert {key for key in found if key in CEF_NAMES} - {"msg"} == set(expected) - {"msg"}
    assert found.get("act", "") == record.word and found["externalId"] == str(record.seq)


def read_leef(line: str, record: Event) -> None:
    head, found = parsers.leef(line)
    assert head[4] == record.id
    expected = told(record, LEEF_NAMES, MAX_MESSAGE)
    assert {key: found.get(key) for key in expected} == expected
    assert {key for key in found if key in LEEF_NAMES} - {"msg"} == set(expected) - {"msg"}
    assert found.get("action", "") == record.word and found["seq"] == str(record.seq)


def read_syslog(line: str, record: Event) -> None:
    head, found, message = parsers.syslog(line)
    assert (head["id"], head["element"], head["host"]) == (record.kind, "axtary@32473", "-")
    limit = 255 if len(line.encode()) <= MAX_SYSLOG and shorter(line, record) else 79
    expected = told(record, SYSLOG_NAMES, limit)
    assert {key: found[key] for key in found if key in SYSLOG_NAMES} == expected
    assert message == short(record.message, limit)
    assert (found["event"], found["seq"]) == (record.id, str(record.seq))


def shorter(line: str, record: Event) -> bool:
    """Was it written with the longer of the two limits?"""
    _, found, _ = parsers.syslog(line)
    return all(found[key] == value for key, value in told(record, SYSLOG_NAMES, 255).items())


def read_csv(line: str, record: Event) -> None:
    (found,) = parsers.rows(f"{csv.header()}\n{line}\n")
    assert set(record.content) <= set(found)
    for name, cell in found.items():
        value = record.content.get(name, "") if name != "hash" else record.hash
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, separators=(",", ":"))
        assert cell == short(text, csv.MAX_CELL), name


READERS: Mapping[str, Callable[[str, Event], None]] = {
    "cef": read_cef,
    "leef": read_leef,
    "syslog": read_syslog,
    "csv": read_csv,
}


def check(events: Iterator[Event]) -> None:
    for each in events:
        for name, form in FORMATS.items():
            line = form.line(each)
            assert_one_line(line)
            if name in READERS:
                READERS[name](line, each)
            else:
                assert line.isascii()
                json.loads(line)


def test_every_format_has_a_reader() -> None:
    assert set(LINES) == set(READERS)
    assert set(FORMATS) == {*LINES, "ocsf", "ecs", "cloudevents", "jsonl"}


def test_plain_records() -> None:
    check(every())


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_texts_that_nobody_would_like_to_find(number: int) -> None:
    check(hostile(HOSTILE[number]))


@pytest.mark.parametrize("kind", ["decision", "incident"])
def test_texts_of_100_kilobytes(kind: str) -> None:
    check(hostile(LONG, [kind]))
    for name in ("cef", "leef", "syslog"):
        (line,) = lines(name, hostile(LONG, [kind]))
        assert len(line) < 40_000


@law
@given(TEXT, st.sampled_from(list(KINDS)))
def test_any_text(text: str, kind: str) -> None:
    """Law: a record with any text in all of its members is one line, in which a strict reader finds the text again."""
    check(iter([event(kind, **{**KINDS[kind][0], **everything(kind, text)})]))


@law
@given(st.data(), st.sampled_from(list(KINDS)))
def test_any_text_in_any_one_member(data: st.DataObject, kind: str) -> None:
    """Law: the same where the text is in one member, and other members are other texts."""
    texts = {name: data.draw(TEXT) for name in (*TEXTS, *OWN.get(kind, ()))}
    check(iter([event(kind, **{**KINDS[kind][0], **everything(kind, "t"), **texts})]))


@law
@given(TEXT)
def test_the_records_of_json_lines_are_those_that_were_hashed(text: str) -> None:
    """Law: the RFC 8785 form of a line is that of the record."""
    for each in hostile(text):
        assert rfc8785.dumps(json.loads(FORMATS["jsonl"].line(each))) == rfc8785.dumps(dict(each.content))


@law
@given(TEXT)
def test_no_cell_is_a_formula(text: str) -> None:
    """Law: no cell begins as a formula does, also after blanks, and one apostrophe away it is the text."""
    cell = csv.cell_text(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert cell.removeprefix("'") == printable(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "'=1", "\xa0=1"])
def test_cells_that_are_no_formulas(text: str) -> None:
    cell = csv.cell_text(text)
    assert cell == ("'" + printable(text) if not text.startswith("\r") else printable(text))


def test_messages_of_syslog_fit_and_keep_their_hashes() -> None:
    for text in ("\U0001f600" * 2000, '"' * 2000, "\\" * 2000, LONG):
        for each in hostile(text):
            line = FORMATS["syslog"].line(each)
            assert len(line.encode()) <= MAX_SYSLOG
            _, found, _ = parsers.syslog(line)
            assert found["hash"] == each.hash and found.get("action_hash", HASH) == HASH


def test_octets_are_counted() -> None:
    messages = lines("syslog", hostile("é\U0001f600\n9 <110>1 x"))
    assert parsers.frames(b"".join(map(counted, messages))) == [each.encode() for each in messages]
    assert sum(line.count("\n") for line in messages) == 0
