"""Positions: what an editor counts in its encoding is the character that the compiler counts in code points."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from tests.laws import examples

from axtary.compiler.ir import Span
from axtary.lsp.drift import Drift
from axtary.lsp.positions import UTF8, UTF16, UTF32, DocumentText, units

ENCODINGS = {UTF8: "utf-8", UTF16: "utf-16-le", UTF32: "utf-32-le"}
WIDTH = {UTF8: 1, UTF16: 2, UTF32: 4}
TEXTS = st.text(alphabet="aé😀\r\n\t\x85\u2028\x0b", max_size=30)
LAW = settings(derandomize=True, deadline=None, max_examples=examples(300))


def by_codec(text: str, index: int, encoding: str) -> tuple[int, int]:
    """Line and unit of an index: lines end as the protocol says, units are those of Python's own codec."""
    before = re.split(r"\r\n|\r|\n", text[:index])
    return len(before) - 1, len(before[-1].encode(ENCODINGS[encoding])) // WIDTH[encoding]


@LAW
@given(TEXTS, st.sampled_from(sorted(ENCODINGS)))
def test_positions_are_those_of_the_encoding(text: str, encoding: str) -> None:
    """position(i) is the line and the encoded length before i, and index undoes it; `\\r\\n` is never cut."""
    document = DocumentText(text, encoding)
    for index in range(len(text) + 1):
        if text[index - 1 : index + 1] == "\r\n":
            continue
        place = document.position(index)
        assert (place.line, place.character) == by_codec(text, index, encoding)
        assert document.index(place) == index


def test_what_lies_outside_means_the_nearest_place() -> None:
    document = DocumentText("ab\r\n😀x\n", UTF16)
    assert document.index(types.Position(0, 99)) == 2
    assert document.index(types.Position(9, 0)) == len(document.text)
    assert document.index(types.Position(1, 1)) == 4  # in the middle of the character
    assert document.index(types.Position(1, 2)) == 5
    assert document.range_of(Span("f", 1, 2, 1, 40)) == types.Range(types.Position(0, 1), types.Position(0, 2))
    assert document.range_of(Span("f", 9, 1, 9, 2)).start == types.Position(2, 0)


@pytest.mark.parametrize(("encoding", "length"), [(UTF8, 7), (UTF16, 4), (UTF32, 3)])
def test_units(encoding: str, length: int) -> None:
    assert units("é😀a", encoding) == length


LINES = st.lists(st.sampled_from(["a", "b", "\n", "ab\n", "😀\r\n"]), max_size=8).map("".join)


@LAW
@given(LINES, LINES)
def test_a_place_moves_with_what_stands_around_it(old: str, new: str) -> None:
    """forward(i) = j: old[i-1] = new[j-1] or old[i] = new[j], wherever there is such a character; j grows with i."""
    drift, last = Drift(old, new), 0
    for index in range(len(old) + 1):
        moved = drift.forward(index)
        if moved is not None:
            before = index == 0 or moved == 0 or old[index - 1] == new[moved - 1]
            behind = index == len(old) or moved == len(new) or old[index] == new[moved]
            assert before or behind
            assert moved >= last
            last = moved
    assert drift.back(0) is not None


def test_what_was_changed_has_no_counterpart() -> None:
    drift = Drift("when: abcd\nid: x", "when: aXYZd\nid: x")
    assert [drift.forward(index) for index in (6, 7, 8, 9, 13)] == [6, 7, None, 10, 14]
    assert [drift.back(index) for index in (7, 8, 9, 10, 14)] == [7, None, None, 9, 13]
    same = Drift("aa", "aa")
    assert [same.forward(index) for index in range(3)] == [0, 1, 2]


def test_lines_between_two_changes_move() -> None:
    old, new = "one: a\nkeep: x\ntwo: b\n", "one: aa\nmore: y\nkeep: x\ntwo: bb\n"
    drift = Drift(old, new)
    assert drift.forward(old.index("keep") + 2) == new.index("keep") + 2
    assert drift.back(new.index("more") + 1) is None
