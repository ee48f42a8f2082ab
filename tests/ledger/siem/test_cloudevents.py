"""CloudEvents: every event is one of the published schema, and `data` is the record."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime

import pytest
from jsonschema import Draft7Validator

from tests.docs_pages import ROOT
from tests.ledger.siem.events import HOSTILE, event, every, hostile, parsed

SCHEMA = Draft7Validator(json.loads((ROOT / "tests" / "vectors" / "cloudevents" / "cloudevents-1.0.json").read_text()))
REFERENCE = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+\Z")  # RFC 3986, relative, without a query
NAME = re.compile(r"[a-z0-9]+\Z")


def test_the_schema_refuses() -> None:
    (sound,) = parsed("cloudevents", iter([event("policy")]))
    assert SCHEMA.is_valid(sound)
    assert not SCHEMA.is_valid({**sound, "id": ""})
    assert not SCHEMA.is_valid({name: value for name, value in sound.items() if name != "source"})


def test_every_event_is_one_of_the_schema() -> None:
    for each, found in zip(every(), parsed("cloudevents", every()), strict=True):
        SCHEMA.validate(found)
        assert found["specversion"] == "1.0" and all(NAME.match(name) for name in found)
        assert datetime.fromisoformat(found["time"]).tzinfo is not None
        assert REFERENCE.match(found["source"])
        assert (found["id"], found["type"]) == (each.hash, f"axtary.ledger.{each.kind}")
        assert found["data"] == each.content


@pytest.mark.parametrize("text", HOSTILE[-3:])
def test_no_text_makes_it_another(text: str) -> None:
    for each, found in zip(hostile(text), parsed("cloudevents", hostile(text)), strict=True):
        SCHEMA.validate(found)
        assert found["data"] == each.content


@pytest.mark.parametrize("origin", ["example.com/a", "urn:a", "a?b#c", 'a"<b>', "100%", "[::1]", "a\\b"])
def test_any_origin_is_a_reference(origin: str) -> None:
    (found,) = parsed("cloudevents", iter([replace(event("policy"), origin=origin)]))
    assert REFERENCE.match(found["source"])
    assert not re.match(r"[^/]*:", found["source"])


def test_numbers_sort_as_texts_do() -> None:
    sequences = [found["sequence"] for found in parsed("cloudevents", (numbered(n) for n in (2, 10, 2**53 - 1)))]
    assert sequences == sorted(sequences)


def numbered(seq: int):  # type: ignore[no-untyped-def]
    made = event("policy")
    return replace(made, content={**made.content, "seq": seq})
