"""Frames of JSON-RPC 2.0 as MCP uses it: one value per line, read strictly and once, and written anew.

What is forwarded is always a serialisation of the value that was read, so a text that two parsers read as two values
means one thing on both sides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.runtime.errors import DoorError
from axtary.runtime.locate import Origin
from axtary.runtime.strictjson import MAX_BYTES, loads, read

MAX_ANSWER = 16 * MAX_BYTES  # bytes of a frame from a server: images and files come in them

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND = -32700, -32600, -32601
INVALID_PARAMS, INTERNAL_ERROR, UNSUPPORTED_VERSION = -32602, -32603, -32022
# New codes lie outside the range that JSON-RPC and MCP keep for themselves.
DENIED, NO_ANSWER, BUSY, NOT_SENT = -33001, -33002, -33003, -33004

Id = str | int
_MEMBERS = {"jsonrpc", "id", "method", "params", "result", "error"}
_INEXACT = {"AX0804", "AX0805"}  # numbers that a double cannot hold


@dataclass(frozen=True)
class Request:
    """Wants an answer with its id."""

    id: Id
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Notification:
    """Wants no answer."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """`error` is None if there is a `result`. Without an id it answers to a frame that nobody could read."""

    id: Id | None
    result: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None


Frame = Request | Notification | Response


class FrameError(Exception):
    """What came in is no frame. `id` is that of the request, if it could be told."""

    def __init__(self, code: int, message: str, id: Id | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.id = code, message, id

    def response(self) -> Response:
        """For whoever sent it."""
        return refusal(self.id, self.code, self.message)


def refusal(id: Id | None, code: int, message: str, data: Mapping[str, Any] | None = None) -> Response:
    """An answer that is an error."""
    return Response(id, error={"code": code, "message": message} | ({"data": dict(data)} if data else {}))


def parse(line: bytes, limit: int = MAX_BYTES) -> Frame:
    """The frame that a line holds. Raises FrameError."""
    try:
        value = loads(line, source="frame", limit=limit)
    except DoorError as error:
        problem = error.problems[0]
        place = f" at {problem.path}" if problem.path else ""
        raise FrameError(PARSE_ERROR, f"the frame is not strict JSON{place}: {problem.message}") from None
    return _frame(value)


def inexact_answer(line: bytes, limit: int = MAX_ANSWER) -> Id | None:
    """The request that a line answers which is refused for its numbers alone; None for any other line.

    So one answer is lost, and not the session with it.
    """
    try:
        loads(line, source="frame", limit=limit)
    except DoorError as error:
        if any(problem.code not in _INEXACT for problem in error.problems):
            return None
    try:
        frame = _frame(_with_exact_id(read(line, Origin("frame"), limit, rounded=True)))
    except (DoorError, FrameError):
        return None
    return frame.id if isinstance(frame, Response) else None


def _with_exact_id(value: Any) -> Any:
    found = value.get("id") if isinstance(value, dict) else None
    return {**value, "id": int(found)} if isinstance(found, float) and found.is_integer() else value


def line(frame: Frame) -> bytes:
    """The frame as a line. ASCII, so that no reader finds the end of a line in a text."""
    return json.dumps(to_json(frame), ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def to_json(frame: Frame) -> dict[str, Any]:
    """The frame as a JSON value."""
    head: dict[str, Any] = {"jsonrpc": "2.0"}
    if isinstance(frame, Response):
        answer = {"result": frame.result} if frame.error is None else {"error": frame.error}
        return head | {"id": frame.id} | answer
    if isinstance(frame, Request):
        head["id"] = frame.id
    return head | {"method": frame.method} | ({"params": frame.params} if frame.params else {})


# --- shape ----------------------------------------------------------------------------------------------------------


def _frame(value: Any) -> Frame:
    if isinstance(value, list):
        raise FrameError(INVALID_REQUEST, "a batch is not passed on: send one message per line")
    if not isinstance(value, dict):
        raise FrameError(INVALID_REQUEST, "a message is an object")
    id = value.get("id")
    known = id if isinstance(id, str) or (isinstance(id, int) and not isinstance(id, bool)) else None
    if value.get("jsonrpc") != "2.0":
        raise FrameError(INVALID_REQUEST, '`jsonrpc` is not "2.0"', known)
    if unknown := sorted(value.keys() - _MEMBERS):
        raise FrameError(INVALID_REQUEST, f"unknown member {quoted(unknown[0])} of a message", known)
    if "id" in value and known is None and not ("error" in value and id is None):
        raise FrameError(INVALID_REQUEST, "`id` is neither a string nor an integer")
    return _call(value, known) if "method" in value else _response(value, known)


def _call(value: dict[str, Any], id: Id | None) -> Request | Notification:
    method, params = value["method"], value.get("params", {})
    if not isinstance(method, str) or {"result", "error"} & value.keys():
        raise FrameError(INVALID_REQUEST, "a message has a `method` that is a string, or it has an answer", id)
    if not isinstance(params, dict):
        raise FrameError(INVALID_REQUEST, "`params` is not an object", id)
    if "id" not in value:
        return Notification(method, params)
    if id is None:
        raise FrameError(INVALID_REQUEST, "`id` is neither a string nor an integer")
    return Request(id, method, params)


def _response(value: dict[str, Any], id: Id | None) -> Response:
    if ("result" in value) == ("error" in value) or "id" not in value or "params" in value:
        raise FrameError(INVALID_REQUEST, "a message has a `method`, or an `id` and one of `result` and `error`", id)
    found = value["result"] if "result" in value else value["error"]
    if not isinstance(found, dict):
        raise FrameError(INVALID_REQUEST, "an answer is an object", id)
    if "result" in value:
        return Response(id, found)
    code, text = found.get("code"), found.get("message")
    if not isinstance(code, int) or isinstance(code, bool) or not isinstance(text, str):
        raise FrameError(INVALID_REQUEST, "an error has a `code` and a `message`", id)
    return Response(id, error=found)
