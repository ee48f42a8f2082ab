"""What handlers get and give, and how a request is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from axtary.proxy.callers import Caller
from axtary.runtime.errors import DoorError
from axtary.runtime.strictjson import loads

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Call:
    """A request that was let in, with its body whole. `parts` are those of the path, `headers` have small names.

    `caller` is None where nobody has to say who they are.
    """

    caller: Caller | None
    body: bytes = b""
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> Caller:
        """The caller, where there must be one."""
        if self.caller is None:
            raise HttpError(401, "not_authenticated", "this needs a caller")
        return self.caller

    def json(self, what: str) -> dict[str, Any]:
        """The body as an object. Raises HttpError."""
        try:
            value = loads(self.body, source=what)
        except DoorError as error:
            raise refused(error) from None
        if type(value) is not dict:
            raise HttpError(400, "AX0813", f"the {what} is not an object", "send a JSON object")
        return value


@dataclass(frozen=True)
class Reply:
    """`content` is a JSON value, or text of another type."""

    status: int
    content: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = JSON


class HttpError(Exception):
    """The request is refused. The texts quote nothing that could be a secret."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        help_text: str = "",
        headers: Mapping[str, str] | None = None,
        problems: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.help = help_text
        self.headers = headers or {}
        self.problems = problems

    def reply(self) -> Reply:
        """As the commands print errors with `--json`."""
        errors = self.problems or [{"code": self.code, "message": self.message, "help": self.help}]
        return Reply(self.status, {"errors": list(errors)}, self.headers)


def refused(error: DoorError) -> HttpError:
    """Input that the door does not let in, with every problem and its place."""
    problems = [
        {"code": p.code, "message": p.message, "help": p.help, "path": p.path, "line": p.line, "column": p.column}
        for p in error.problems
    ]
    first = error.problems[0]
    return HttpError(413 if first.code == "AX0808" else 400, first.code, first.message, first.help, problems=problems)


def unavailable(error: Exception) -> HttpError:
    """The state or the ledger cannot be used: nothing was decided, nothing ran."""
    return HttpError(503, "unavailable", str(error), "try again", {"Retry-After": "1"})
