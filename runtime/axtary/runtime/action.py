"""The door for actions: bytes in, one normalized action out, or every reason why not. Nothing is repaired.

An action that came through here has the members below and no others; what a policy finds *undefined* rather than
refused (a `time` that is no RFC 3339 time, `paths` or `actor.roles` that are no lists of strings) is left as it is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from axtary.compiler.diagnostics import did_you_mean
from axtary.compiler.steps import Steps, steps_text
from axtary.runtime import jsonvalue, strictjson
from axtary.runtime.errors import MAX_PROBLEMS, DoorError, Problem
from axtary.runtime.locate import Finding, Origin, places

MAX_INPUT_BYTES = 256 * 1024 * 1024  # of many actions together

Action = dict[str, Any]

# `object` stands for any type: what is wrong there is for the conditions to find.
_MEMBERS: dict[str, type] = {
    "version": int,
    "id": str,
    "time": str,
    "actor": dict,
    "intent": dict,
    "tool": str,
    "resource": str,
    "payload": dict,
    "paths": object,
    "context": dict,
}
_PARTS: dict[str, dict[str, type]] = {
    "actor": {"agent": str, "tenant": str, "owner": str, "roles": object},
    "intent": {"task": str, "summary": str},
}


def parse_action(data: bytes, source: str = "action") -> Action:
    """The action that `data` holds. Raises DoorError with every problem found."""
    return _parse(data, Origin(source))


def check_action(value: object, source: str = "action") -> Action:
    """A copy of an action that is already parsed, held to the same rules as text. Raises DoorError."""
    action = jsonvalue.check(value, source=source)
    wrong = list(islice(_shape(action), MAX_PROBLEMS))
    if wrong:
        raise DoorError((Problem(f.code, f.message, f.help, steps_text(steps)) for steps, f in wrong), source)
    return action  # type: ignore[no-any-return]  # _shape refused all but objects


def time_text(seconds: float) -> str:
    """An instant, from seconds since 1970, as an action has its `time`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_actions(data: bytes, source: str = "actions") -> list[tuple[Action, int]]:
    """The actions of one JSON object, of a JSON array or of JSON Lines, each with the line on which it begins.

    JSON Lines is what begins with a line that is complete by itself and goes on after it. Blank lines are ignored, and
    an empty array has no actions; an empty input is refused. Each action has the limits of `parse_action`. Raises
    DoorError with the problems of every action, up to a limit.
    """
    if len(data) > MAX_INPUT_BYTES:
        finding = Finding("AX0808", f"{len(data)} bytes, the limit is {MAX_INPUT_BYTES}", "split the input")
        raise DoorError([finding.at("", 0, Origin(source))], source)
    start = len(data) - len(data.lstrip(_WHITE))
    if data[start : start + 1] == b"[":
        parts = _elements(data, start, source)
    elif _is_lines(data, start):
        parts = _lines(data, source)
    else:
        parts = iter([(data, Origin(source))])
    actions: list[tuple[Action, int]] = []
    problems: list[Problem] = []
    while len(problems) < MAX_PROBLEMS:
        try:
            part, origin = next(parts)
            actions.append((_parse(part, origin), origin.line + _leading_lines(part)))
        except StopIteration:
            break
        except DoorError as error:
            problems += error.problems
    if problems:
        raise DoorError(problems, source)
    return actions


def _parse(data: bytes, origin: Origin) -> Action:
    action = strictjson.read(data, origin)
    wrong = list(islice(_shape(action), MAX_PROBLEMS))
    if not wrong:
        return action  # type: ignore[no-any-return]  # _shape refused all but objects
    text = data.decode("utf-8")
    where = places(text, 2)
    raise DoorError(
        (finding.at(text, where.get(steps, where.get((), 0)), origin, steps) for steps, finding in wrong),
        origin.source,
    )


# --- shape ----------------------------------------------------------------------------------------------------------


def _shape(action: Any) -> Iterator[tuple[Steps, Finding]]:
    """Everything by which a JSON value fails to be an action."""
    if type(action) is not dict:
        yield (), _kind("the action", action, dict)
        return
    yield from _members(action, (), _MEMBERS)
    for name, types in _PARTS.items():
        part = action.get(name)
        if type(part) is dict:
            yield from _members(part, (name,), types)
    if "version" not in action:
        yield (), Finding("AX0812", "`version` is missing", 'write `"version": 1`')
    elif type(action["version"]) is int and action["version"] != 1:
        yield ("version",), Finding("AX0814", f"`version` is {action['version']}", "this axtary reads version 1")
    if "tool" not in action:
        yield (), Finding("AX0812", "`tool` is missing", 'name the tool: `"tool": "fs.read"`')
    elif action["tool"] == "":
        yield ("tool",), Finding("AX0814", "`tool` is empty", 'name the tool: `"tool": "fs.read"`')


def _members(value: Action, steps: Steps, types: dict[str, type]) -> Iterator[tuple[Steps, Finding]]:
    """Unknown members, and members of the wrong type. A boolean is no number: types are compared exactly."""
    for name, item in value.items():
        wanted = types.get(name)
        if wanted is None:
            yield (*steps, name), _unknown(name, steps, types)
        elif wanted is not object and type(item) is not wanted:
            yield (*steps, name), _kind(f"`{steps_text((*steps, name))}`", item, wanted)


def _unknown(name: str, steps: Steps, types: dict[str, type]) -> Finding:
    hint = did_you_mean(name[:100], types)
    help_text = f"{hint}known are {', '.join(types)}"
    if name == "facts" and not steps:
        help_text = "an action never carries facts: pass them beside it"
    elif not steps and not hint:
        help_text = f"what the call itself says belongs into `payload`; {help_text}"
    place = f" of `{steps_text(steps)}`" if steps else ""
    return Finding("AX0811", f"unknown member {Finding.quote(name)}{place}", help_text)


def _kind(what: str, value: Any, wanted: type) -> Finding:
    help_text = f"write {_KINDS[wanted]}" + (", or leave it out" if value is None else "")
    return Finding("AX0813", f"{what} is {_KINDS[type(value)]}, not {_KINDS[wanted]}", help_text)


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number with a fraction",
    str: "a string",
    list: "a list",
    dict: "an object",
}


# --- many actions ---------------------------------------------------------------------------------------------------

_WHITE = b" \t\r\n"
# A string that is never closed runs to the end, so that each byte is looked at once.
_MARK = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?|[\[\]{},]', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"


def _leading_lines(part: bytes) -> int:
    return part[: len(part) - len(part.lstrip(_WHITE))].count(b"\n")


def _is_lines(data: bytes, start: int) -> bool:
    """Is the first line with content complete by itself, and followed by another?"""
    end = data.find(b"\n", start)
    if not 0 <= end <= start + strictjson.MAX_BYTES or not data[end:].strip(_WHITE):
        return False
    depth = 0
    for mark in _MARK.finditer(data, start, end):
        bracket = data[mark.start() : mark.start() + 1]
        depth += (bracket in _OPENING) - (bracket in _CLOSING)
    return depth == 0


def _lines(data: bytes, source: str) -> Iterator[tuple[bytes, Origin]]:
    for number, line in enumerate(io.BytesIO(data), 1):
        if line.strip(_WHITE):
            yield line.removesuffix(b"\n"), Origin(source, number)


def _elements(data: bytes, start: int, source: str) -> Iterator[tuple[bytes, Origin]]:
    """The slices between the commas of the outermost array; what breaks the array itself is raised at the end."""
    origin = _behind(Origin(source), data[: start + 1])
    begin, index, depth = start + 1, 0, 0
    for mark in _MARK.finditer(data, start):
        at = mark.start()
        bracket = data[at : at + 1]
        depth += (bracket in _OPENING) - (bracket in _CLOSING)
        if depth == 0 or (depth == 1 and bracket == b",") or at - begin > strictjson.MAX_BYTES:
            part = data[begin:at]
            if index or depth or part.strip(_WHITE):
                yield part, replace(origin, path=(index,))
            if depth > 1 or (depth == 1 and bracket != b","):
                return  # refused for its size: what comes behind is not worth the time
            origin = _behind(origin, data[begin : at + 1])
            begin, index = at + 1, index + 1
        if depth == 0:
            _end(data[begin:], bracket, origin)
            return
    finding = Finding("AX0802", "the outermost list is not closed", "close it with `]`")
    raise DoorError([finding.at("", 0, origin)], source)


def _behind(origin: Origin, text: bytes) -> Origin:
    """The place behind `text`, which begins at `origin`."""
    *lines, last = text.decode("utf-8", "replace").split("\n")
    column = len(last) + (1 if lines else origin.column)
    return replace(origin, line=origin.line + len(lines), column=column)


def _end(rest: bytes, bracket: bytes, origin: Origin) -> None:
    if bracket == b"]" and not rest.strip(_WHITE):
        return
    message = "`}` closes the outermost list" if bracket == b"}" else "text behind the outermost list"
    finding = Finding("AX0802", message, "write one array of actions")
    raise DoorError([finding.at("", 0, origin)], origin.source)
