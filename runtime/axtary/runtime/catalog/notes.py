"""What an import says: the refusal of a catalog, and notes on what the declarations leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from axtary.compiler.diagnostics import printable
from axtary.runtime.errors import DoorError, Problem

CODES: dict[str, str] = {  # the first three refuse a whole import, the others are of notes
    "AX1201": "a tool catalog that is too large",
    "AX1202": "not a tool catalog",
    "AX1203": "two tools have one name",
    "AX1204": "a tool that is not imported",
    "AX1205": "a field that is imported without a type",
    "AX1206": "a tool that may have more fields than are imported",
    "AX1207": "a list of tools that goes on",
    "AX1208": "fields that may be null",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What an import left out or could not say. `pointer` is a JSON Pointer into the source."""

    code: str
    message: str
    source: str
    pointer: str
    tool: str = ""  # as declared; empty if it is not


def refuse(code: str, message: str, help_text: str, source: str, pointer: str = "") -> NoReturn:
    """Raise DoorError: nothing of this import is written."""
    raise DoorError([Problem(code, printable(message), printable(help_text), printable(pointer))], source)


def step(pointer: str, key: str | int) -> str:
    """The JSON Pointer of a member or an element."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
