"""Lines and messages: one line means one thing on both sides, or nothing goes on."""

from __future__ import annotations

import io
import json
import threading
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.mcp.exchange import GoneError
from axtary.mcp.frames import (
    INVALID_REQUEST,
    MAX_ANSWER,
    PARSE_ERROR,
    Frame,
    FrameError,
    Notification,
    Request,
    Response,
    inexact_answer,
    line,
    parse,
)
from axtary.mcp.lines import ROOM, Outbox, lines

IDS = st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=5), VALUES, max_size=4)
ERRORS = st.builds(
    lambda code, text, rest: {**rest, "code": code, "message": text}, st.integers(-9, 9), st.text(), OBJECTS
)
FRAMES = (
    st.builds(Request, IDS, st.text(), OBJECTS)
    | st.builds(Notification, st.text(), OBJECTS)
    | st.builds(Response, IDS, OBJECTS)
    | st.builds(lambda id, error: Response(id, error=error), IDS | st.none(), ERRORS)
)


@given(FRAMES)
@settings(derandomize=True)
def test_a_frame_is_one_line_and_comes_back_as_it_was(frame: Frame) -> None:
    """For every frame: parse(line(frame)) == frame, and the line has one end, at its end, and is ASCII."""
    written = line(frame)
    assert parse(written) == frame
    assert written.isascii() and written.index(b"\n") == len(written) - 1 and b"\r" not in written


def message(**members: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **members}).encode()


@pytest.mark.parametrize(
    ("text", "code", "id"),
    [
        (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1,"a":2}}', PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1,"\\u0061":2}}', PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":NaN}}', PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":9007199254740993}}', PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"m"} {}', PARSE_ERROR, None),
        (b"\xff", PARSE_ERROR, None),
        (b"[" + message(id=1, method="ping") + b"]", INVALID_REQUEST, None),
        (b'"ping"', INVALID_REQUEST, None),
        (b'{"id":1,"method":"ping"}', INVALID_REQUEST, 1),
        (message(id=1, method="ping", extra=1), INVALID_REQUEST, 1),
        (message(id=None, method="ping"), INVALID_REQUEST, None),
        (message(id=True, method="ping"), INVALID_REQUEST, None),
        (message(id=1.5, method="ping"), INVALID_REQUEST, None),
        (message(id=1, method=7), INVALID_REQUEST, 1),
        (message(id=1, method="ping", params=[1]), INVALID_REQUEST, 1),
        (message(id=1, method="ping", result={}), INVALID_REQUEST, 1),
        (message(id=1), INVALID_REQUEST, 1),
        (message(id=1, result={}, error={"code": 1, "message": ""}), INVALID_REQUEST, 1),
        (message(id=1, result=7), INVALID_REQUEST, 1),
        (message(id=1, error={"code": "1", "message": ""}), INVALID_REQUEST, 1),
        (message(result={}), INVALID_REQUEST, None),
        (message(id=None, result={}), INVALID_REQUEST, None),
    ],
)
def test_what_is_no_message_is_refused(text: bytes, code: int, id: Any) -> None:
    with pytest.raises(FrameError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.id) == (code, id)


def test_a_message_has_a_size() -> None:
    with pytest.raises(FrameError, match="limit"):
        parse(message(id=1, method="m", params={"a": "x" * 2**20}))
    assert isinstance(parse(message(id=1, method="m", params={"a": "x" * 2**20}), MAX_ANSWER), Request)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (b'{"jsonrpc":"2.0","id":7,"result":{"n":12345678901234567890}}', 7),
        (b'{"jsonrpc":"2.0","id":7,"result":{"n":0.1234567890123456789}}', 7),
        (b'{"jsonrpc":"2.0","id":"a","result":{"n":1e400}}', "a"),
        (b'{"jsonrpc":"2.0","id":7,"result":{"n":12345678901234567890,"n":1}}', None),
        (b'{"jsonrpc":"2.0","id":7,"method":"m","params":{"n":12345678901234567890}}', None),
        (b'{"jsonrpc":"2.0","id":7.5,"result":{"n":12345678901234567890}}', None),
    ],
)
def test_of_an_answer_that_is_refused_for_its_numbers_alone_the_request_is_known(text: bytes, id: Any) -> None:
    assert inexact_answer(text) == id


def test_lines_are_bounded_and_whole() -> None:
    given = io.BytesIO(b"one\r\n\n  \n" + b"x" * 30 + b"\ntwo\n" + b"y" * 10 + b"\nno end")
    assert list(lines(given, 10)) == [b"one", b"x" * 12, b"two", b"y" * 10]


class Blocked(io.RawIOBase):
    """A pipe that nobody reads."""

    def __init__(self) -> None:
        self.freed = threading.Event()

    def write(self, _data: Any) -> int:
        self.freed.wait(60)
        return 0


def test_who_does_not_read_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axtary.mcp.lines.PATIENCE", 0.05)
    pipe, gone = Blocked(), threading.Event()
    outbox = Outbox(cast(BinaryIO, pipe), "nobody", gone.set)
    with pytest.raises(GoneError, match="takes no messages"):
        for _ in range(ROOM + 2):
            outbox.send(Request(1, "ping"))
    assert gone.is_set()
    with pytest.raises(GoneError, match="nobody reads"):
        outbox.send(Request(1, "ping"))
    pipe.freed.set()
    outbox.close()
