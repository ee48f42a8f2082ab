"""Computes the Cedar request of an action for a policy that axtary exported. Needs Python 3.9, and nothing else.

    from axtary_cedar import Requests

    requests = Requests.load("hoisted.json")
    request = requests.request({"action": {...}, "facts": {...}})      # values that are already parsed
    request = requests.request_of(b'{"action": ..., "facts": ...}')    # JSON text, read strictly

A request is `{"principal", "action", "resource", "context"}`; a principal is `{"type", "id"}`. Ask Cedar with it and
with no entities, or those of `entities`; allow only if Cedar allows and reports no error. Whatever cannot be read
raises InputError: that is a deny. The facts (usage, approval) are the service's own, never what an agent claims.

As a command it reads JSON Lines, and writes a request, or `{"error": ...}`, for each:

    python axtary_cedar.py hoisted.json < asked.jsonl
"""

from __future__ import annotations

import json
import math
import operator
import re
import sys
from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

FORMAT = "axtary-cedar-request/1"
INT_MAX = 2**53 - 1
LONG_MAX = 2**63 - 1
MAX_DEPTH = 64  # nested lists and objects, of an action or of facts
SCALE = 10_000  # a Cedar decimal is whole ten-thousandths

_MISSING = object()


class InputError(ValueError):
    """What was given cannot be read as an action with its facts: deny."""


class Requests:
    """Makes requests for one exported policy. Immutable; safe to share between threads."""

    def __init__(self, hoisted: dict[str, Any]) -> None:
        if not isinstance(hoisted, dict) or hoisted.get("format") != FORMAT:
            raise InputError(f"no hoisted.json of the format {FORMAT}")
        try:
            self.policy_version: str = hoisted["policy_version"]
            self._hoisted = hoisted
            unknown = [entry["name"] for entry in hoisted["attributes"] if not _is_known(entry)]
        except (KeyError, TypeError) as error:
            raise InputError(f"hoisted.json is damaged: {error}") from None
        if unknown:
            raise InputError(f"{unknown[0]} is computed in a way that is not known here")

    @classmethod
    def load(cls, path: Any) -> Requests:
        """Of a `hoisted.json`."""
        return cls(json.loads(Path(path).read_text(encoding="utf-8")))

    def request_of(self, text: Any) -> dict[str, Any]:
        """The request for a JSON text (str, or bytes in UTF-8). Raises InputError."""
        return self.request(parse(text))

    def request(self, asked: Any) -> dict[str, Any]:
        """The request for `{"action": ..., "facts": ...}`; the facts may be left out. Raises InputError."""
        action, facts = checked(asked)
        hoisted = self._hoisted
        context: dict[str, Any] = {name: {} for name in hoisted["records"]}
        context.update((name, []) for name in hoisted["sets"])
        for entry in hoisted["attributes"]:
            how = entry["how"]
            value = _HOW[how["do"]](how, action, facts, hoisted["zones"])
            if entry["as"] == "field":
                context[entry["key"]] = value
            elif entry["as"] == "member" and value is not None:
                context[entry["in"]][entry["key"]] = value
            elif entry["as"] == "element" and value is True:
                context[entry["in"]].append(entry["key"])
        types, actions, tool = hoisted["types"], hoisted["actions"], action["tool"]
        return {
            "principal": {"type": types["principal"], "id": _text(action, ("actor", "agent"))},
            "action": {"type": types["action"], "id": tool if tool in actions["named"] else actions["other"]},
            "resource": {"type": types["resource"], "id": _text(action, ("resource",))},
            "context": context,
        }


def _is_known(entry: Any) -> bool:
    return entry["how"]["do"] in _HOW and entry["as"] in ("field", "member", "element")


def entities(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The entities of a request. The policies read none of their attributes: an empty list decides alike."""
    return [{"uid": request[name], "attrs": {}, "parents": []} for name in ("principal", "resource")]


def verified_permissions(request: dict[str, Any]) -> dict[str, Any]:
    """The request as IsAuthorized of Amazon Verified Permissions takes it, but for the id of the policy store.

    Raises InputError where the service has no request for it: without an agent or a resource, or with a long one.
    """
    for name, most in (("principal", 612), ("action", 512), ("resource", 612)):
        if not 1 <= len(request[name]["id"]) <= most:
            raise InputError(f"the id of the {name} has {len(request[name]['id'])} characters, not 1 to {most}")
    found: dict[str, Any] = {
        name: {"entityType": request[name]["type"], "entityId": request[name]["id"]}
        for name in ("principal", "resource")
    }
    found["action"] = {"actionType": request["action"]["type"], "actionId": request["action"]["id"]}
    found["context"] = {"cedarJson": json.dumps(request["context"], ensure_ascii=False)}
    return found


# --- reading ----------------------------------------------------------------------------------------------------------

_STRING, _OBJECT, _ANY = str, dict, object
_MEMBERS: dict[str, Any] = {
    "version": int,
    "id": _STRING,
    "time": _STRING,
    "actor": _OBJECT,
    "intent": _OBJECT,
    "tool": _STRING,
    "resource": _STRING,
    "payload": _OBJECT,
    "paths": _ANY,
    "context": _OBJECT,
}
_PARTS: dict[str, dict[str, Any]] = {
    "actor": {"agent": _STRING, "tenant": _STRING, "owner": _STRING, "roles": _ANY},
    "intent": {"task": _STRING, "summary": _STRING},
}


def parse(text: Any) -> Any:
    """Strict JSON: no name twice, no NaN, no number that a double would round. Raises InputError."""
    try:
        source = text.decode("utf-8") if isinstance(text, bytes) else text
        return _DECODER.decode(source)
    except InputError:
        raise
    except (ValueError, RecursionError, TypeError, AttributeError) as error:
        raise InputError(f"not strict JSON: {error}") from None


def checked(asked: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The action and the facts, if they are what a policy is asked about. Raises InputError."""
    if type(asked) is not dict or not {"action"} <= asked.keys() <= {"action", "facts"}:
        raise InputError("ask with an object of `action` and perhaps `facts`")
    action, facts = asked["action"], asked.get("facts", {})
    _check_value(action, 1)
    _check_value(facts, 1)
    if type(facts) is not dict:
        raise InputError("the facts are not an object")
    _check_members("the action", action, _MEMBERS)
    for name, members in _PARTS.items():
        if name in action:
            _check_members(f"`{name}`", action[name], members)
    if action.get("version") != 1 or not action.get("tool"):
        raise InputError("an action has `version` 1 and a `tool`")
    return action, facts


def _check_members(what: str, value: Any, members: dict[str, Any]) -> None:
    if type(value) is not dict:
        raise InputError(f"{what} is not an object")
    for name, item in value.items():
        wanted = members.get(name)
        if wanted is None:
            raise InputError(f"{what} has an unknown member {name!r}")
        whole = wanted is int and type(item) is float and item.is_integer()
        if wanted is not object and type(item) is not wanted and not whole:
            raise InputError(f"{name!r} of {what} is of the wrong type")


def _check_value(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is str:
        _check_text(value)
    elif kind is dict or kind is list:
        if depth > MAX_DEPTH:
            raise InputError(f"more than {MAX_DEPTH} nested lists and objects")
        if kind is dict:
            for name in value:
                if type(name) is not str:
                    raise InputError("a name that is no string")
                _check_text(name)
        for item in value.values() if kind is dict else value:
            _check_value(item, depth + 1)
    elif kind is int or kind is float:
        if not math.isfinite(value) or abs(value) > INT_MAX:
            raise InputError("a number beyond 2^53-1")
    elif kind is not bool and value is not None:
        raise InputError(f"a value of the type {kind.__name__}")


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("half of a surrogate pair") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InputError("a name stands twice in an object")
    return members


def _integer(literal: str) -> int:
    if len(literal) > 17 or abs(int(literal)) > INT_MAX:
        raise InputError("a number beyond 2^53-1")
    return int(literal)


def _fraction(literal: str) -> Any:
    number = float(literal)
    if not number and not literal.lower().partition("e")[0].strip("-0."):
        return 0  # a zero, whatever its exponent
    try:
        exact = math.isfinite(number) and Decimal(literal) == Decimal(repr(number))
    except InvalidOperation:
        exact = False
    if not exact:
        raise InputError("a number that a double would round")
    return int(number) if number.is_integer() else number


def _constant(name: str) -> Any:
    raise InputError(f"`{name}` is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)


# --- typed values -----------------------------------------------------------------------------------------------------

_DECIMAL = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017  # datetime.UTC needs Python 3.11
_SCALED = ("number", "decimal")


def _value(action: Any, path: Any) -> Any:
    value = action
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return _MISSING
        value = value[key]
    return value


def _text(action: Any, path: Any) -> str:
    value = _value(action, path)
    return value if isinstance(value, str) else ""


def _typed(how: Any, action: Any) -> Any:
    """The attribute by its type: str, bool, list, or int (decimals in ten-thousandths, timestamps in ns); or None."""
    return _TYPES[how["type"]](_value(action, how["path"]))


def _exact(value: Any) -> Fraction | None:
    """A JSON number by its shortest decimal form: 0.1 is one tenth, not the double beside it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Fraction(repr(value))


def _whole(value: Any) -> int | None:
    exact = _exact(value)
    return exact.numerator if exact is not None and exact.denominator == 1 else None


def _ten_thousandths(value: Any) -> int | None:
    exact = _exact(value)
    scaled = None if exact is None else exact * SCALE
    return None if scaled is None or scaled.denominator != 1 else _in_range(scaled.numerator)


def _in_range(scaled: int) -> int | None:
    return scaled if -LONG_MAX - 1 <= scaled <= LONG_MAX else None


def _decimal(value: Any) -> int | None:
    if not isinstance(value, str):
        return _ten_thousandths(value)
    found = _DECIMAL.fullmatch(value)
    if found is None or len(found[2]) > 15:
        return None
    digits = (found[3] or "").rstrip("0")
    if len(digits) > 4:
        return None
    scaled = int(found[2]) * SCALE + int(digits.ljust(4, "0"))
    return _in_range(-scaled if found[1] else scaled)


def _timestamp(value: Any) -> int | None:
    found = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None or not 1678 <= int(found[1]) <= 2261:
        return None
    hours, minutes = int(found[9] or 0), int(found[10] or 0)
    if hours > 23 or minutes > 59:
        return None
    try:
        local = datetime(*(int(found[n]) for n in range(1, 7)), tzinfo=timezone.utc)  # type: ignore  # noqa: UP017
    except ValueError:
        return None
    since = local - _EPOCH
    offset = (hours * 60 + minutes) * (-60 if found[8] == "-" else 60)
    return (since.days * 86_400 + since.seconds - offset) * 10**9 + int((found[7] or "").ljust(9, "0"))


def _is_canonical(value: Any) -> bool:
    if not isinstance(value, str) or "\\" in value or "\0" in value:
        return False
    return not any(segment in ("", ".", "..") for segment in value.split("/"))


def _list_of(accept: Callable[[Any], bool]) -> Callable[[Any], Any]:
    return lambda value: value if isinstance(value, list) and all(map(accept, value)) else None


_TYPES: dict[str, Callable[[Any], Any]] = {
    "string": lambda value: value if isinstance(value, str) else None,
    "path": lambda value: value if _is_canonical(value) else None,
    "boolean": lambda value: value if isinstance(value, bool) else None,
    "integer": _whole,  # its range is that of every number that is let in
    "number": _ten_thousandths,
    "decimal": _decimal,
    "timestamp": _timestamp,
    "strings": _list_of(lambda item: isinstance(item, str)),
    "paths": _list_of(_is_canonical),
}


# --- patterns ---------------------------------------------------------------------------------------------------------


def _matches_any(patterns: Any, text: str) -> bool:
    return any(_matches(pattern, text) for pattern in patterns)


def _matches(pattern: Any, text: str) -> bool:
    if pattern["inside"] and (text in ("@home", "@root") or text.startswith(("@home/", "@root/"))):
        return False
    at = [0]  # the places in the text, ascending, that the tokens so far can reach
    for token in pattern["tokens"]:
        at = _step(token, text, at)
        if not at:
            return False
    return at[-1] == len(text)


def _step(token: Any, text: str, at: list[int]) -> list[int]:
    if isinstance(token, str):
        return [place + len(token) for place in at if text.startswith(token, place)]
    if token["wildcard"] == "any":
        return list(range(at[0], len(text) + 1))
    if token["wildcard"] == "segments":
        return sorted({place + 1 for place in range(at[0], len(text)) if text[place] == "/"}.union(at))
    if token["wildcard"] == "star":
        return _star(text, at)
    raise InputError("a wildcard that is not known here")


def _star(text: str, at: list[int]) -> list[int]:
    reached: list[int] = []
    for place in at:
        if not reached or place > reached[-1]:
            slash = text.find("/", place)
            reached.extend(range(place, (len(text) if slash < 0 else slash) + 1))
    return reached


# --- how each attribute is computed -----------------------------------------------------------------------------------

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _read(how: Any, action: Any, _facts: Any, _zones: Any) -> Any:
    value = _typed(how, action)
    if how["type"] not in _SCALED or value is None:
        return value
    whole, part = divmod(abs(value), SCALE)
    digits = f"{part:04d}".rstrip("0") or "0"
    return {"__extn": {"fn": "decimal", "arg": f"{'-' if value < 0 else ''}{whole}.{digits}"}}


def _usage(how: Any, _action: Any, facts: Any, _zones: Any) -> Any:
    count = _whole(_value(facts, ("usage", how["rule"])))
    return count if count is not None and count >= 0 else None


def _approved(how: Any, _action: Any, facts: Any, _zones: Any) -> bool:
    listed = _value(facts, ("approval", "approvers"))
    able = set()
    for entry in listed if isinstance(listed, list) else ():
        name, roles = _value(entry, ("id",)), _TYPES["strings"](_value(entry, ("roles",)))
        if not isinstance(name, str) or roles is None:
            return False  # one ill-typed entry makes the whole list count as empty; a quorum is at least 1
        if not how["roles"] or set(how["roles"]) & set(roles):
            able.add(name)
    return len(able) >= int(how["quorum"])


def _like(how: Any, action: Any, _facts: Any, _zones: Any) -> Any:
    value = _typed(how, action)
    return None if value is None else _matches_any(how["patterns"], value)


def _quantified(how: Any, action: Any, _facts: Any, _zones: Any) -> Any:
    items = _typed(how, action)
    if items is None:
        return None
    found = [item in how["values"] or _matches_any(how["patterns"], item) for item in items]
    return any(found) if how["quantifier"] == "any" else bool(found) and all(found)


def _count(how: Any, action: Any, _facts: Any, _zones: Any) -> Any:
    items = _typed(how, action)
    return None if items is None else _COMPARE[how["op"]](len(items), how["n"])


def _compare(how: Any, action: Any, _facts: Any, _zones: Any) -> Any:
    left, right = _by_value(how["left"], action), _by_value(how["right"], action)
    return None if left is None or right is None else _COMPARE[how["op"]](left, right)


def _by_value(attribute: Any, action: Any) -> Any:
    """Integers in ten-thousandths too, so that they compare with numbers and decimals."""
    value = _typed(attribute, action)
    return value * SCALE if attribute["type"] == "integer" and value is not None else value


def _blocked_paths(how: Any, action: Any, _facts: Any, _zones: Any) -> bool:
    paths = _typed(how, action)
    return paths is not None and not any(_matches_any(how["patterns"], path) for path in paths)


def _hours(how: Any, action: Any, _facts: Any, zones: Any) -> bool:
    ns = _typed(how, action)
    return ns is not None and any(_is_inside(window, ns // 10**9, zones) for window in how["windows"])


def _is_inside(window: Any, second: int, zones: Any) -> bool:
    table = zones[window["zone"]]
    at = bisect_right([start for start, _ in table], second) - 1
    if at < 0:
        raise InputError("a time before the table of its zone")
    days, rest = divmod(second + table[at][1], 86_400)
    day, minute = (days + 3) % 7, rest // 60  # 1970-01-01 was a Thursday
    if window["from"] <= window["to"]:
        return day in window["days"] and window["from"] <= minute < window["to"]
    starts = day in window["days"] and minute >= window["from"]
    return starts or ((day - 1) % 7 in window["days"] and minute < window["to"])


_HOW: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "text": lambda how, action, _facts, _zones: _text(action, how["path"]),
    "read": _read,
    "present": lambda how, action, _facts, _zones: _value(action, how["path"]) is not _MISSING,
    "usage": _usage,
    "approved": _approved,
    "match": lambda how, action, _facts, _zones: _matches_any(how["patterns"], _text(action, how["path"])),
    "like": _like,
    "quantified": _quantified,
    "count": _count,
    "compare": _compare,
    "blocked_paths": _blocked_paths,
    "hours": _hours,
}


def main(arguments: list[str]) -> int:
    """JSON Lines from standard input to standard output. 0: each was read; 1: one was not; 2: no such hoisted.json."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python axtary_cedar.py hoisted.json < asked.jsonl\n")
        return 2
    try:
        requests = Requests.load(arguments[0])
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: {arguments[0]!r} cannot be read: {error}\n")
        return 2
    refused = 0
    for line in sys.stdin.buffer:
        try:
            answer: dict[str, Any] = requests.request_of(line)
        except InputError as error:
            refused, answer = 1, {"error": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
    return refused


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
