"""Positions: what an editor counts in its encoding is the character that the compiler counts in code points."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from axtary.compiler.ir import Span
from axtary.lsp.drift import Drift
from axtary.lsp.positions import UTF8, UTF16, UTF32, DocumentText, units

ENCODINGS = {UTF8: "utf-8", UTF16: "utf-16-le", UTF32: "utf-32-le"}
WIDTH = {UTF8: 1, UTF16: 2, UTF32: 4}
TEXTS = st.text(alphabet="aé😀\r\n\t\x85\u2028\x0b", max_size=30)
LAW = settings(derandomize=True, deadline=None, max_examples=300)


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


@LAW
@given(st.text(alphabet="ab", max_size=8), st.text(alphabet="ab", max_size=8), st.text(alphabet="ab", max_size=8))
def test_what_is_beside_a_change_only_moves(before: str, middle: str, behind: str) -> None:
    """A place that has a counterpart stands before or behind the same characters in both texts, and back undoes it."""
    old, new = before + behind, before + middle + behind
    drift = Drift(old, new)
    for index in range(len(old) + 1):
        moved = drift.forward(index)
        if moved is not None:
            assert old[:index] == new[:moved] or old[index:] == new[moved:]
            assert drift.back(moved) in (index, len(before))
    assert drift.forward(0) == 0 and drift.back(0) == 0


def test_what_was_changed_has_no_counterpart() -> None:
    drift = Drift("when: abcd\nid: x", "when: aXYZd\nid: x")
    assert [drift.forward(index) for index in (6, 7, 8, 9, 13)] == [6, 7, None, 10, 14]
    assert [drift.back(index) for index in (7, 8, 9, 10, 14)] == [7, None, None, 9, 13]
    same = Drift("aa", "aa")
    assert [same.forward(index) for index in range(3)] == [0, 1, 2]
