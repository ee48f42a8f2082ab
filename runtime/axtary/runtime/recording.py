"""Recorded actions kept as columns, in a Parquet file: a policy is tried on a million of them in seconds.

One row an action. The column `action` is its JSON text; the others, named by JSON pointers (RFC 6901), hold the values
at the places that actions have in common, as JSON texts with a dictionary, null where there is none. They save reading
the texts again; a place without a column is read from them. A file is written from actions that came through the door,
and is trusted as far as the policy is: nothing holds its columns to its texts. Needs pyarrow (`axtary[replay]`).
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from axtary.backends.native.replay import Coded, Columns, Path
from axtary.backends.native.values import MISSING
from axtary.runtime import strictjson
from axtary.runtime.action import Action, parse_action
from axtary.runtime.errors import DoorError, Problem
from axtary.runtime.replay import RecordingError

_FORMAT = {b"axtary.actions": b"1"}
_DEEP = 3  # steps
_MOST = 256  # columns
_LONG = 256  # characters of a value, on average: those are read from the action where a policy asks for them
_MAX_BYTES = 8 * 2**30  # unpacked
_ACTION = pa.field("action", pa.string(), nullable=False)
_VALUES = pa.dictionary(pa.int32(), pa.string())


def dump(actions: Sequence[Mapping[str, Any]]) -> bytes:
    """A recording of actions that came through the door. The same actions give the same bytes."""
    columns, places = Columns(actions), _places(actions)
    columns.prepare(places)
    schema = pa.schema([_ACTION, *(pa.field(_pointer(path), _VALUES) for path in places)], _FORMAT)
    texts = pa.array([_text(action) for action in actions], pa.string())
    table = pa.Table.from_arrays([texts, *(_column(columns.coded(path)) for path in places)], schema=schema)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def load(data: bytes) -> Columns:
    """The actions of a recording. Raises RecordingError; a text that is no action raises DoorError once it is read."""
    try:
        file = pq.ParquetFile(io.BytesIO(data), pre_buffer=False)
        groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
        if sum(group.total_byte_size for group in groups) > _MAX_BYTES:
            raise RecordingError(f"holds more than {_MAX_BYTES} bytes")
        if not _is_recording(file.schema_arrow):
            raise RecordingError("is no recording of actions, or of another version")
        table = file.read(use_threads=False)  # a pool of threads that is not joined aborts the process at its end
    except (pa.ArrowException, OSError) as error:
        raise RecordingError("is no whole Parquet file") from error
    return Columns(_Texts(table["action"]), _Store(table))


def _is_recording(schema: Any) -> bool:
    fields = list(schema)
    return (
        (schema.metadata or {}).items() >= _FORMAT.items()
        and fields[:1] == [_ACTION]
        and all(field.type == _VALUES for field in fields[1:])
        and len({*schema.names}) == len(schema.names)
    )


def _places(actions: Sequence[Mapping[str, Any]]) -> list[Path]:
    """Where actions have values that are worth a column; the most common ones, if there are too many."""
    common, lengths = Counter[Path](), Counter[Path]()
    for action in actions:
        for path, value in _leaves(action, ()):
            common[path] += 1
            lengths[path] += len(value) if isinstance(value, str | list) else 1
    short = [path for path in common if lengths[path] <= _LONG * common[path]]
    return sorted(sorted(short, key=lambda path: (-common[path], path))[:_MOST])


def _leaves(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for key, inner in value.items():
        if not isinstance(inner, dict):
            yield (*path, key), inner
        elif len(path) + 1 < _DEEP:
            yield from _leaves(inner, (*path, key))


def _column(coded: Coded) -> Any:
    """A column that is null where a place is missing: dictionaries have no null of their own in Parquet."""
    missing = [value is MISSING for value in coded.values]
    texts = ["null" if gap else _text(value) for gap, value in zip(missing, coded.values, strict=True)]
    indices = pa.array(coded.codes, pa.int32(), mask=np.array(missing, dtype=np.bool_)[coded.codes])
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _pointer(path: Path) -> str:
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


class _Texts(Sequence[Action]):
    """Actions that are parsed when somebody asks for one."""

    def __init__(self, texts: Any) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> Action: ...
    @overload
    def __getitem__(self, index: slice) -> list[Action]: ...
    def __getitem__(self, index: int | slice) -> Action | list[Action]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        return parse_action(self._texts[index].as_py().encode(), "recording")


class _Store:
    """The columns of a table, for `Columns`."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._names = frozenset(table.schema.names)

    def __call__(self, path: Path) -> Coded | None:
        name = _pointer(path)
        if name not in self._names:
            return None
        chunks = self._table[name].unify_dictionaries().chunks  # one dictionary for all of them
        texts = chunks[0].dictionary.to_pylist() if chunks else []
        codes = [chunk.indices.fill_null(len(texts)).to_numpy() for chunk in chunks]
        return Coded(np.concatenate([np.zeros(0, np.int64), *codes]), [*_values(texts), MISSING])


def _values(texts: Sequence[str]) -> list[Any]:
    """What JSON texts say, parsed all at once."""
    array = "[" + ",".join(texts) + "]"
    values: list[Any] = strictjson.loads(array.encode(), source="recording", limit=_MAX_BYTES)
    if len(values) != len(texts):
        raise DoorError([Problem("AX0802", "a text that is not one JSON value", "pack the actions again")], "recording")
    return values
