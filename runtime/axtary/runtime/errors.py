"""What the door says when it refuses an input: problems, each with code, place and help, in one exception.

Text style is that of compiler diagnostics: lower case, no full stop, the input's own words in backticks, printable and
cut. `AX080x` is about JSON, `AX081x` about the shape of an action or of facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from axtary.compiler.diagnostics import printable

CODES: dict[str, str] = {
    "AX0801": "the input is not UTF-8 text",
    "AX0802": "the input is not well-formed JSON",
    "AX0803": "a name stands twice in one object",
    "AX0804": "a number is out of range",
    "AX0805": "a number would be rounded",
    "AX0806": "half of a surrogate pair",
    "AX0807": "lists and objects nest too deep",
    "AX0808": "the input is too large",
    "AX0809": "a value that JSON does not have",
    "AX0811": "an unknown member",
    "AX0812": "a required member is missing",
    "AX0813": "the wrong kind of value",
    "AX0814": "a value that is not allowed",
}

MAX_PROBLEMS = 50  # after that many, more of them help nobody


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse. `line` and `column` are 1-based, in code points, and None for a value without a text."""

    code: str
    message: str
    help: str
    path: str = ""  # `payload.a[3]`; empty for the whole input
    line: int | None = None
    column: int | None = None

    @property
    def sort_key(self) -> tuple[int, int, str, str, str]:
        return (self.line or 0, self.column or 0, self.path, self.code, self.message)


class DoorError(Exception):
    """The input is refused and nothing is decided. `problems` holds what was found, sorted; it is never empty."""

    def __init__(self, problems: Iterable[Problem], source: str) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.sort_key)[:MAX_PROBLEMS])
        self.source = source
        super().__init__("; ".join(self._line(problem) for problem in self.problems))

    def _line(self, problem: Problem) -> str:
        place = printable(self.source) + (f":{problem.line}:{problem.column}" if problem.line else "")
        return f"{place}: {problem.code} {problem.message}" + (f" (at {problem.path})" if problem.path else "")
