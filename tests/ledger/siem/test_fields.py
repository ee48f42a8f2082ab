"""The shared mapping: what an event is called, how serious it is, and the sentence about it; as the page says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from axtary.ledger.record import SHAPES
from axtary.ledger.siem import FORMATS, Event
from axtary.ledger.siem.event import MEANINGS, Level
from tests.docs_pages import ROOT, code, table
from tests.ledger.entries import HASH, members
from tests.ledger.siem import parsers
from tests.ledger.siem.events import KINDS, event, every

PAGE = ROOT / "docs" / "siem.md"
EVENTS: dict[str, Event] = {each.id: each for each in every()}


def test_every_kind_and_word_of_a_record_has_a_meaning() -> None:
    assert {kind for kind, _ in MEANINGS} == set(SHAPES) == set(KINDS)
    assert len(EVENTS) == len(MEANINGS)


@pytest.mark.parametrize("row", table(PAGE, "events"), ids=lambda row: row[0])
def test_an_event_is_what_the_page_says(row: list[str]) -> None:
    (name,), title, level, ocsf, ecs = code(row[0]), *row[1:]
    each = EVENTS[name]
    assert (each.meaning.name, each.meaning.level) == (title, Level[level.upper()])
    told: dict[str, Any] = json.loads(FORMATS["ocsf"].line(each))
    assert f"{told['action']}, {told['disposition']}" == ocsf
    assert ", ".join(json.loads(FORMATS["ecs"].line(each))["event"]["type"]) == ecs


def test_the_page_has_all_events() -> None:
    assert [code(row[0])[0] for row in table(PAGE, "events")] == [".".join(filter(None, key)) for key in MEANINGS]


@pytest.mark.parametrize("row", table(PAGE, "levels"), ids=lambda row: row[0])
def test_a_level_is_what_the_page_says(row: list[str]) -> None:
    level, ocsf, ecs, line, syslog = row
    found = [each for each in every() if each.meaning.level is Level[level.upper()]]
    assert found
    for each in found:
        assert json.loads(FORMATS["ocsf"].line(each))["severity_id"] == int(ocsf)
        assert json.loads(FORMATS["ecs"].line(each))["event"]["severity"] == int(ecs)
        assert parsers.cef(FORMATS["cef"].line(each))[0][6] == line
        assert parsers.leef(FORMATS["leef"].line(each))[1]["sev"] == line
        assert int(parsers.syslog(FORMATS["syslog"].line(each))[0]["priority"]) == 13 * 8 + int(syslog)


def test_the_sentence() -> None:
    said = "action denied: tool.1 by agent:1 (granted r)"
    assert event("decision", **members(1)).message == said
    assert event("decision", **members(1, message="told\nso")).message == "told\\u{a}so"
    assert event("policy", policy_version=HASH).message == "policy loaded"
    assert event("outcome", outcome="failed", action_hash=HASH, tool="pay").message == "action failed: pay"


def test_grounds_and_rules() -> None:
    reasons = [{"code": c, "rule": r, "message": ""} for c, r in (("rate", "a"), ("default_deny", ""), ("hours", "a"))]
    found = event("decision", **members(1, reasons=reasons))
    assert (found.reason, found.rules) == ("rate a, default_deny, hours a", ["a"])
    assert event("budget", event="overrun", rule="b").rules == ["b"]
    assert event("incident", code="c", message="m").reason == "c"
