"""What a conversion says: errors, notes and what was left out, each with its place in the source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

CODES: dict[str, str] = {
    "AX1301": "a policy in an unknown format",
    "AX1302": "a file that is not what its format says",
    "AX1303": "a grant that cannot be kept exactly",
    "AX1304": "a restriction that cannot be kept",
    "AX1305": "a language that cannot be converted",
    "AX1306": "a conversion that is no valid policy",
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a thing stands in a source file: line and column from 1, in code points; 0 for the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell. `code` is of CODES, or of the reader that refused the file; a note has none."""

    place: Place
    message: str
    help: str = ""
    code: str = ""

    def to_json(self) -> dict[str, Any]:
        """The finding, its place as file, line and column."""
        place = {"file": self.place.file, "line": self.place.line or None, "column": self.place.column or None}
        said = {"code": self.code} if self.code else {}
        return said | {"message": self.message} | ({"help": self.help} if self.help else {}) | place


class ConversionError(Exception):
    """A policy is not converted, and nothing is written. `findings` has every reason, in the order of the sources."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(dict.fromkeys(findings))
        super().__init__("; ".join(f"{found.place}: {found.code} {found.message}" for found in self.findings))
