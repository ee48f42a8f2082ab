"""`runtime:` and `ledger:`: where a runtime keeps its state and its records.

They decide nothing, so they are no part of the policy or its version.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from axtary.compiler.diagnostics import Label
from axtary.compiler.ir import NOWHERE, Span
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Text
from axtary.compiler.syntax import parse_duration

KEYS = ("state", "durability", "reservation")
LEDGER_KEYS = ("store", "durability", "payloads", "origin", "checkpoint")
CHECKPOINT_KEYS = ("key", "records", "every")
DURABILITIES = ("full", "normal")
PAYLOADS = ("hashed", "kept")
URLS = ("postgresql", "postgres")
ORIGIN = re.compile(r"[!-*,-~]{1,255}\Z")  # printable ASCII without spaces and plus signs, as names of keys are
_COUNT = re.compile(r"[1-9][0-9]{0,8}\Z")


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """What stands under `ledger:`; what is None is not said.

    `store` is a path or the URL of a PostgreSQL database. `key` is a file or folder with the private key that signs
    checkpoints: one after so many `records`, or so many `seconds`.
    """

    store: str | None = None
    durability: str = "full"
    payloads: bool = False
    origin: str | None = None
    key: str | None = None
    records: int | None = None
    seconds: int | None = None
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands under `runtime:`; `state` is a path or the URL of a PostgreSQL database, `reservation` in seconds."""

    state: str | None = None
    durability: str = "full"
    reservation: int | None = None
    span: Span = NOWHERE
    ledger: LedgerSettings = LedgerSettings()


def read_settings(documents: Sequence[Mapping], reader: Reader) -> Settings:
    """The settings of the file that the runtime opens: `documents` begin with it."""
    runtime, ledger = (_first(documents, key, reader) for key in ("runtime", "ledger"))
    records = _ledger(ledger, reader) if ledger is not None else LedgerSettings()
    return _settings(runtime, records, reader) if runtime is not None else Settings(ledger=records)


def _first(documents: Sequence[Mapping], key: str, reader: Reader) -> Node | None:
    first = documents[0].get(key) if documents else None
    for document in documents[1:]:
        if (node := document.get(key)) is not None:
            label = (Label(first.span, "these are the settings"),) if first is not None else ()
            message = f"`{key}` stands in a file that another includes"
            reader.report.error("AX0210", node.span, message, "move it to the file that is opened", *label)
    return first


def _settings(node: Node, ledger: LedgerSettings, reader: Reader) -> Settings:
    found = reader.mapping(node, "`runtime`", KEYS, "`{state: state.db}`")
    if found is None:
        return Settings(span=node.span, ledger=ledger)
    state = _text(found, "state", "`.axtary/state.db`", reader)
    if state is not None:
        _check_place(state, "state", reader)
    seconds = _duration(found, "reservation", "`10m`", reader)
    return Settings(_value(state), _durability(found, reader), seconds, node.span, ledger)


def _ledger(node: Node, reader: Reader) -> LedgerSettings:
    found = reader.mapping(node, "`ledger`", LEDGER_KEYS, "`{store: ledger.db}`")
    if found is None:
        return LedgerSettings(span=node.span)
    store = _text(found, "store", "`.axtary/ledger.db`", reader)
    if store is not None:
        _check_place(store, "store", reader)
    payloads = found.get("payloads")
    kept = reader.choice(payloads, "what becomes of payloads", PAYLOADS) if payloads is not None else None
    origin = _text(found, "origin", "`example.com/payments`", reader)
    if origin is not None and not ORIGIN.match(origin.value):
        help_text = "write 1 to 255 printable ASCII characters without spaces and plus signs"
        reader.report.error("AX0210", origin.span, "`origin` is no name of a ledger", help_text)
    key, records, seconds = _checkpoint(found, reader)
    return LedgerSettings(
        _value(store), _durability(found, reader), kept == "kept", _value(origin), key, records, seconds, node.span
    )


def _checkpoint(found: Mapping, reader: Reader) -> tuple[str | None, int | None, int | None]:
    """Key, records and seconds."""
    node = found.get("checkpoint")
    inner = reader.mapping(node, "`checkpoint`", CHECKPOINT_KEYS, "`{key: keys}`") if node is not None else None
    if node is None or inner is None:
        return None, None, None
    key = _text(inner, "key", "`.axtary/keys`", reader)
    if key is None and inner.get("key") is None:
        help_text = "add `key:` with the file or folder of the private key"
        reader.report.error("AX0210", node.span, "nothing says what signs checkpoints", help_text)
    elif key is not None and not _is_path(key.value):
        reader.report.error("AX0210", key.span, "`key` is no path", "write for example `.axtary/keys`")
    records = _text(inner, "records", "`1000`", reader)
    if records is not None and not _COUNT.match(records.value):
        help_text = "write a whole number from 1 to 999999999"
        reader.report.error("AX0210", records.span, "`records` is no number of records", help_text)
        records = None
    seconds = _duration(inner, "every", "`60s`", reader)
    return _value(key), int(records.value) if records is not None else None, seconds


# --- parts ----------------------------------------------------------------------------------------------------------


def _text(found: Mapping, key: str, example: str, reader: Reader) -> Text | None:
    node = found.get(key)
    return reader.text(node, f"`{key}`", example) if node is not None else None


def _value(text: Text | None) -> str | None:
    return text.value if text is not None else None


def _durability(found: Mapping, reader: Reader) -> str:
    node = found.get("durability")
    return (reader.choice(node, "a durability", DURABILITIES) if node is not None else None) or "full"


def _duration(found: Mapping, key: str, example: str, reader: Reader) -> int | None:
    text = _text(found, key, example, reader)
    return reader.parsed(text, parse_duration) if text is not None else None


_PLACES = {"state": ("AXTARY_STATE", "state.db"), "store": ("AXTARY_LEDGER", "ledger.db")}


def _check_place(place: Text, key: str, reader: Reader) -> None:
    scheme, colon, _ = place.value.partition("://")
    variable, example = _PLACES[key]
    if not colon:
        if not _is_path(place.value):
            reader.report.error("AX0210", place.span, f"`{key}` is no path", f"write for example `.axtary/{example}`")
    elif scheme not in URLS:
        help_text = "write a path, or `postgresql://user@host/database`"
        reader.report.error("AX0210", place.span, f"`{key}` is on no database that is known", help_text)
    elif _has_password(place.value):
        help_text = f"leave it out, and set PGPASSWORD, PGPASSFILE or {variable} where the runtime runs"
        reader.report.error("AX0210", place.span, "a password stands in the policy", help_text)


def _is_path(text: str) -> bool:
    return "\0" not in text and bool(text.strip())


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.password) or "password=" in parts.query.lower()
    except ValueError:
        return ":" in url.partition("://")[2].partition("@")[0]
