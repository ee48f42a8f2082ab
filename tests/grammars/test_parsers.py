"""The parser tables that are kept ahead are those of the grammars."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import lark
import pytest

from axtary.grammars import parsers

TABLES = Path(parsers.__file__).with_name("tables.json")
TEXTS = {
    ("condition", "start"): [
        'payload.base == "main" and not payload.draft == true',
        'any payload["a b"].c in ["x", "y"] or count(paths) <= 5 and (has(context.x) or 1.5 < payload.n)',
        'none paths matches ["src/**", "doc/*"] and payload.l contains "x" and tool not in ["a"]',
    ],
    ("pattern", "start"): [r"a/{b,c*,**}/\{x\}*", "{a,b}{c,d}"],
    ("schedule", "window"): ["Mon-Fri 08:00-19:00 Europe/Berlin", "Sat,Sun 00:00-24:00 UTC"],
    ("schedule", "rate"): ["20 per 1h30m per actor"],
    ("schedule", "duration"): ["1d2h", "15m"],
}


def test_the_tables_are_made_of_these_grammars_with_the_lark_that_runs() -> None:
    """If this fails: `python -m axtary.grammars.parsers`."""
    kept = json.loads(TABLES.read_text(encoding="utf-8"))
    assert {key: kept[key] for key in ("lark", "grammars")} == parsers.sources()


@pytest.mark.parametrize(("name", "start"), TEXTS)
def test_kept_tables_and_a_grammar_read_anew_parse_alike(
    name: str, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law: tree or error, whatever the text, with what was expected where."""
    kept = parsers.parser(name)
    monkeypatch.setattr(lark, "__version__", "another")
    anew = parsers.parser(name)
    assert kept.source_path != anew.source_path  # one was loaded, one was built
    rng = Random(20261125)
    for text in TEXTS[name, start]:
        for changed in [text, *(_broken(text, rng) for _ in range(300))]:
            assert _outcome(kept, changed, start) == _outcome(anew, changed, start)


def _broken(text: str, rng: Random) -> str:
    """The text with a part left out, moved or doubled."""
    start, end = sorted(rng.choices(range(len(text) + 1), k=2))
    at = rng.randrange(len(text) + 1)
    return rng.choice([text[:start] + text[end:], text[:at] + text[start:end] + text[at:]])


def _outcome(parser: lark.Lark, text: str, start: str) -> Any:
    try:
        return parser.parse(text, start)
    except lark.UnexpectedInput as error:
        expected = error.expected if isinstance(error, lark.UnexpectedToken) else error.allowed  # type: ignore[attr-defined]
        return type(error), error.pos_in_stream, sorted(expected or ())
