"""Files that are written part by part: whole or not at all, and without keeping what was written."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from axtary.runtime.policyfile import UnreadableError, writing

PART = 256 * 1024


def write_parts(path: Path, parts: Iterable[bytes]) -> None:
    with writing(path) as file:
        file.writelines(parts)


def test_parts_are_written_in_their_order(tmp_path: Path) -> None:
    write_parts(tmp_path / "x", (b"%d" % n for n in range(5)))
    assert (tmp_path / "x").read_bytes() == b"01234"
    assert list(tmp_path.iterdir()) == [tmp_path / "x"]


def test_nothing_is_left_of_parts_that_end_early(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"new"
        raise KeyError("k")

    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(KeyError):
        write_parts(tmp_path / "x", parts())
    with pytest.raises(UnreadableError):
        write_parts(tmp_path / "missing" / "x", parts())
    assert (tmp_path / "x").read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [tmp_path / "x"]


@pytest.mark.parametrize("name", ["x", "/dev/null"])
def test_parts_are_not_kept(tmp_path: Path, name: str) -> None:
    tracemalloc.start()
    try:
        write_parts(tmp_path / name, (bytes(PART) for _ in range(40)))
        assert tracemalloc.get_traced_memory()[1] < 4 * PART
    finally:
        tracemalloc.stop()
