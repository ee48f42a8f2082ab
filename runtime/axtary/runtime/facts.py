"""The door for facts: what only the runtime knows (counters, approvals), beside the action and never in it.

Strict JSON with the limits of an action. Only the document itself has to be an object: unknown members are ignored,
and an ill-typed fact counts as absent in every engine, which never helps the caller (a rate or an approval is then
not met).
"""

from __future__ import annotations

from typing import Any

from axtary.runtime import jsonvalue, strictjson
from axtary.runtime.errors import DoorError
from axtary.runtime.locate import Finding, Origin

Facts = dict[str, Any]


def parse_facts(data: bytes, source: str = "facts") -> Facts:
    """The facts that `data` holds. Raises DoorError."""
    return _object(strictjson.loads(data, source=source), source)


def check_facts(value: object, source: str = "facts") -> Facts:
    """A copy of facts that are already parsed, held to the same rules as text. Raises DoorError."""
    return _object(jsonvalue.check(value, source=source), source)


def _object(value: Any, source: str) -> Facts:
    if type(value) is dict:
        return value
    finding = Finding("AX0813", "the facts are not an object", "write an object, `{}` for none")
    raise DoorError([finding.at("", 0, Origin(source))], source)
