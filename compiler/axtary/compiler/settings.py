"""`runtime:`: where a runtime keeps its state. It decides nothing, so it is no part of the policy or its version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from axtary.compiler.diagnostics import Label
from axtary.compiler.ir import NOWHERE, Span
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Text
from axtary.compiler.syntax import parse_duration

KEYS = ("state", "durability", "reservation")
DURABILITIES = ("full", "normal")
URLS = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands under `runtime:`; `state` is a path or the URL of a PostgreSQL database, `reservation` in seconds."""

    state: str | None = None
    durability: str = "full"
    reservation: int | None = None
    span: Span = NOWHERE


def read_settings(documents: Sequence[Mapping], reader: Reader) -> Settings:
    """The settings of the file that the runtime opens: `documents` begin with it."""
    first = documents[0].get("runtime") if documents else None
    for document in documents[1:]:
        if (node := document.get("runtime")) is not None:
            label = (Label(first.span, "these are the settings"),) if first is not None else ()
            message = "`runtime` stands in a file that another includes"
            reader.report.error("AX0210", node.span, message, "move it to the file that is opened", *label)
    return _settings(first, reader) if first is not None else Settings()


def _settings(node: Node, reader: Reader) -> Settings:
    found = reader.mapping(node, "`runtime`", KEYS, "`{state: state.db}`")
    if found is None:
        return Settings(span=node.span)
    state = _text(found, "state", "`.axtary/state.db`", reader)
    reservation = _text(found, "reservation", "`10m`", reader)
    durability = found.get("durability")
    chosen = reader.choice(durability, "a durability", DURABILITIES) if durability is not None else None
    if state is not None:
        _check_state(state, reader)
    seconds = reader.parsed(reservation, parse_duration) if reservation is not None else None
    return Settings(state.value if state is not None else None, chosen or "full", seconds, node.span)


def _text(found: Mapping, key: str, example: str, reader: Reader) -> Text | None:
    node = found.get(key)
    return reader.text(node, f"`{key}`", example) if node is not None else None


def _check_state(state: Text, reader: Reader) -> None:
    scheme, colon, _ = state.value.partition("://")
    if not colon:
        if "\0" in state.value or not state.value.strip():
            reader.report.error("AX0210", state.span, "`state` is no path", "write for example `.axtary/state.db`")
        return
    if scheme not in URLS:
        help_text = "write a path, or `postgresql://user@host/database`"
        reader.report.error("AX0210", state.span, "`state` is on no database that is known", help_text)
    elif _has_password(state.value):
        help_text = "leave it out, and set PGPASSWORD, PGPASSFILE or AXTARY_STATE where the runtime runs"
        reader.report.error("AX0210", state.span, "a password stands in the policy", help_text)


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.password) or "password=" in parts.query.lower()
    except ValueError:
        return ":" in url.partition("://")[2].partition("@")[0]
