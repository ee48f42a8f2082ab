"""`axtary ledger stats`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from rich.cells import cell_len, set_cell_size

from axtary.cli.bars import Ink, ink
from axtary.cli.ledger import opened
from axtary.cli.ledger_chosen import chosen
from axtary.cli.output import EFFECT_COLOURS, OK, colour, invalid_input, leave, print_json
from axtary.cli.progress import progress
from axtary.compiler.diagnostics import printable
from axtary.ledger.record import DECISIONS
from axtary.ledger.stats import Stats, Tally, stats

_MIN_WIDTH = 40
_UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def run(since: str | None, until: str | None, top: int, policy: Path, where: str | None, as_json: bool) -> NoReturn:
    """Count, and draw or print."""
    with invalid_input(as_json):
        wanted = chosen((since, until, None, None, None, None))
        with opened(policy, where) as rows, progress("records") as step:
            found = stats(rows, wanted, lambda done, whole: step("counting", done, whole))
    if as_json:
        print_json(_json(found, top))
    else:
        width = max(_MIN_WIDTH, shutil.get_terminal_size().columns)
        sys.stdout.write("".join(f"{line}\n" for line in _text(found, top, width, ink())))
    leave(OK)


def _json(found: Stats, top: int) -> dict[str, Any]:
    spans = [
        {"begin": _begin(found, number, "seconds") + "Z", **_decisions(span)} for number, span in enumerate(found.spans)
    ]
    return {
        "records": found.records,
        "decisions": _decisions(found.decisions),
        "span_seconds": int(found.scale.length.total_seconds()),
        "spans": spans,
        "denied": {
            name: {"top": [{"name": each, "count": n} for each, n in tally.top(top)], "missing": tally.missing}
            for name, tally in (("tools", found.tools), ("rules", found.rules))
        },
    }


def _decisions(counted: Any) -> dict[str, int]:
    return {word: counted[word] for word in DECISIONS}


def _begin(found: Stats, number: int, precision: str) -> str:
    return found.scale.begin(number).replace(tzinfo=None).isoformat("T", precision)


# --- for people -------------------------------------------------------------------------------------------------------


def _text(found: Stats, top: int, width: int, drawn: Ink) -> Iterator[str]:
    decisions = found.decisions
    total = sum(decisions.values())
    yield f"{found.records} record{'' if found.records == 1 else 's'}, {total} decision{'' if total == 1 else 's'}"
    if not total:
        return
    for mark, word in zip(drawn.parts, DECISIONS, strict=True):
        share = f"{100 * decisions[word] / total:.1f}%"
        yield f"  {colour(mark, EFFECT_COLOURS[word])} {word:7} {decisions[word]:>{len(str(total))}}  {share:>6}"
    yield ""
    yield colour(f"decisions by {_length(found.scale.length)} (UTC)", "bold")
    yield from _over_time(found, width, drawn)
    yield from _most("tools", found.tools, top, width, drawn)
    yield from _most("rules", found.rules, top, width, drawn)


def _length(length: timedelta) -> str:
    unit, name = next((unit, name) for unit, name in _UNITS if not length % unit)
    return name if length == unit else f"{length // unit} {name}s"


def _over_time(found: Stats, width: int, drawn: Ink) -> Iterator[str]:
    totals = [sum(span.values()) for span in found.spans]
    whole, digits = max(totals), len(str(max(totals)))
    by_day = not found.scale.length % timedelta(days=1)
    for number, (span, total) in enumerate(zip(found.spans, totals, strict=True)):
        when = _begin(found, number, "minutes").replace("T", " ")[: 10 if by_day else 16]
        parts = drawn.stack([span[word] for word in DECISIONS], whole, width - len(when) - digits - 6)
        bar = "".join(colour(part, EFFECT_COLOURS[word]) for word, part in zip(DECISIONS, parts, strict=True) if part)
        yield f"  {when}  {total:>{digits}}  {bar}".rstrip()


def _most(what: str, tally: Tally, top: int, width: int, drawn: Ink) -> Iterator[str]:
    found = [(printable(name), count) for name, count in tally.top(top)]
    if not found:
        return
    yield ""
    yield colour(f"most denied {what}", "bold")
    digits, room = len(str(found[0][1])), width // 2 - 4
    column = min(room, max(cell_len(name) for name, _ in found))
    for name, count in found:
        shown = name if cell_len(name) <= column else set_cell_size(name, column - cell_len(drawn.rest)) + drawn.rest
        bar = colour(drawn.bar(count, found[0][1], width - column - digits - 6), EFFECT_COLOURS["deny"])
        yield f"  {set_cell_size(shown, column)}  {count:>{digits}}  {bar}"
    if tally.missing:
        yield f"  there are too many names: each count may be too low by {tally.missing}"
