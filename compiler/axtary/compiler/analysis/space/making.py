"""The classes of one path: every kind of value that an action may hold there, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from axtary.compiler.analysis.actions import ABSENT, Edit, Json, admitted
from axtary.compiler.analysis.actions import number as json_number
from axtary.compiler.analysis.languages import is_path, matches
from axtary.compiler.analysis.space import numbers, texts
from axtary.compiler.analysis.space.automaton import Group
from axtary.compiler.analysis.space.limits import Exhausted, Limits
from axtary.compiler.analysis.space.moments import Moment, moments
from axtary.compiler.analysis.space.numbers import RANGES, Cell
from axtary.compiler.analysis.space.survey import LISTS, TEXTS, Path, Uses
from axtary.compiler.analysis.space.variables import Class, Kind
from axtary.compiler.analysis.times import timestamp_text as timestamp
from axtary.compiler.ir import NUMERIC, SCALE, Hours, Instant, Type
from axtary.compiler.literals import parse_number, parse_timestamp

OBJECTS = frozenset({("actor",), ("intent",), ("payload",), ("context",)})  # that are objects, if they are there
LONGEST = 2**20 // 3  # elements of a list in an action of 1 MiB
_SAMPLES = 8
_EDGE_SAMPLES = 4
_NOT_A_TIME = "not a time"
_PRESENT: dict[Path, Json] = {
    ("time",): "2026-01-07T10:00:00Z",
    ("paths",): ["src/x"],
    ("actor", "roles"): ["developer"],
}


@dataclass(frozen=True)
class Lines:
    """What is shared by all paths that are compared with this one, or its own."""

    number: tuple[Cell, ...]
    time: tuple[Cell, ...]
    groups: tuple[Group, ...]
    paths: bool
    distinct: int  # so many values of a class are to be had, or it is a single one
    hours: tuple[Hours, ...]


def path_classes(path: Path, uses: Uses, lines: Lines, children: bool, limits: Limits) -> Iterator[Class]:
    """The classes of a path, the preferred first. Raises Exhausted."""
    if Type.BOOLEAN in uses.types:
        yield from (_value(truth, Type.BOOLEAN, truth=truth) for truth in (True, False))
    yield from _json_numbers(uses, lines)
    yield from _texts(path, uses, lines, limits)
    if uses.types & LISTS:
        yield from _lists(uses)
    if not uses.types and not uses.matched and not children and path not in OBJECTS:
        yield Class(Kind.VALUE, (_PRESENT.get(path, "x"),))
    if children or path in OBJECTS:
        yield Class(Kind.OBJECT)
    if admitted(Edit(path, ABSENT)):
        yield Class(Kind.MISSING)
    if uses.types or children:
        undefined = _NOT_A_TIME if path == ("time",) else None
        if admitted(Edit(path, undefined)):
            yield Class(Kind.OTHER, (undefined,))


def _value(value: object, kind: Type, **what: object) -> Class:
    return replace(Class(Kind.VALUE, (value,), frozenset({kind})), **what)  # type: ignore[arg-type]


# --- numbers --------------------------------------------------------------------------------------------------------


def number_cells(types: set[Type], cuts: set[int], compared: int) -> tuple[Cell, ...]:
    """The cells of the number line for values of these types, of which `compared` are compared with each other."""
    ranges = [RANGES[kind] for kind in types & NUMERIC]
    if not ranges:
        return ()
    start, end = min(low for low, _ in ranges), max(high for _, high in ranges)
    bounds = cuts | {low for low, _ in ranges} | {high + 1 for _, high in ranges}
    found = numbers.cells(bounds, start, end)
    if compared > 1:
        for step in (SCALE, 1) if Type.INTEGER in types else (1,):
            bounds |= set(numbers.small_cells_split(found, compared + 1, step))
            found = numbers.cells(bounds, start, end)
    return tuple(found)


def _json_numbers(uses: Uses, lines: Lines) -> Iterator[Class]:
    types = uses.types & NUMERIC
    fine = types - {Type.INTEGER}
    found = []
    for index, cell in enumerate(lines.number):
        reads = frozenset(kind for kind in types if _within(cell, kind))
        whole, parts = list(numbers.integral(cell)), []
        if reads & fine:
            parts = [value for value, _ in zip(numbers.fractional(cell), range(_SAMPLES), strict=False)]
        if Type.INTEGER in types and fine:
            found += [_number(index, whole, reads, whole=True), _number(index, parts, reads & fine, whole=False)]
        elif fine == {Type.DECIMAL} and not _reads_texts(uses):
            found.append(_decimal(index, cell, [*whole, *parts], reads))
        else:
            found.append(_number(index, [*whole, *parts], reads))
    kept = [each for each in found if each.values and each.reads]
    yield from sorted(kept, key=lambda each: _plainness(each.values[0]))


def _within(cell: Cell, kind: Type) -> bool:
    low, high = RANGES[kind]
    return low <= cell.start and cell.end <= high


def _number(index: int, scaled: list[int], reads: frozenset[Type], whole: bool | None = None) -> Class:
    values = tuple(value for each in scaled[: 2 * _SAMPLES] if (value := json_number(each)) is not None)
    return Class(Kind.VALUE, values, reads, cell=index, whole=whole)


def _decimal(index: int, cell: Cell, scaled: list[int], reads: frozenset[Type]) -> Class:
    """Of a path that is read as decimals only: a number where JSON has it, else a string."""
    plain = _number(index, scaled, reads).values
    return Class(Kind.VALUE, (*plain, *_decimal_strings(cell)), reads, cell=index)


def _decimal_strings(cell: Cell) -> Iterator[str]:
    low, high = max(cell.start, RANGES[Type.DECIMAL][0]), min(cell.end, RANGES[Type.DECIMAL][1])
    whole = [value for value in numbers.integral(cell) if low <= value <= high]
    tries = [*whole[:3], low, high, low + 1, high - 1, low + 2, (low + high) // 2]
    yield from (numbers.decimal_text(each) for each in dict.fromkeys(tries) if low <= each <= high)


def _plainness(value: object) -> tuple[object, ...]:
    size = float(value) if isinstance(value, int | float | str) else 0.0
    return abs(size), size < 0, isinstance(value, str), len(str(value)), str(value)


def _reads_texts(uses: Uses) -> bool:
    return bool(uses.matched or uses.types & (TEXTS | {Type.TIMESTAMP}))


# --- texts, and numbers and timestamps that are texts ---------------------------------------------------------------


def _texts(path: Path, uses: Uses, lines: Lines, limits: Limits) -> Iterator[Class]:
    plain = bool(uses.matched or uses.types & TEXTS)
    spelled = [*_spelled_numbers(uses, lines, plain), *_spelled_times(uses, lines)]
    if not plain:
        yield from spelled
        return
    distinct = max(lines.distinct, 2 if spelled else 1)
    asked = texts.Asked(lines.groups, paths=lines.paths, distinct=distinct, empty=path != ("tool",))
    found = texts.classes(asked, limits)
    if len(found) * (len(spelled) + 1) > limits.classes:
        raise Exhausted(f"its texts and numbers combine in more than {limits.classes} ways")
    reads = uses.types & TEXTS
    for each in found:
        shown = Class(Kind.VALUE, each.texts, frozenset(reads if each.path else reads - {Type.PATH}), each)
        if not spelled:
            yield shown
            continue
        unspelled = tuple(text for text in each.texts if not _is_spelled(text, uses))
        if unspelled or not each.complete:
            yield replace(shown, values=unspelled, sure=bool(unspelled))
        yield from _both(shown, each, spelled, lines)


def _both(shown: Class, each: texts.TextClass, spelled: list[Class], lines: Lines) -> Iterator[Class]:
    """The texts of a class that are numbers or timestamps as well: of a single text that is known, of others it is
    looked for, not proved."""
    listed = each.complete and any(each.text in other.values for other in spelled)
    for other in spelled:
        tries = [value for value in other.values if isinstance(value, str) and _is_text_of(value, each, lines.groups)]
        if each.complete and not tries:
            if listed or not _spells(each.text, other, lines):
                continue
            tries = [] if lines.hours else [each.text]  # of an instant, hours tell more than its place on the line
        yield replace(other, values=tuple(tries), reads=shown.reads | other.reads, text=each, sure=bool(tries))


def _spells(text: str, other: Class, lines: Lines) -> bool:
    """Does the text lie on the line where the values of a class do?"""
    try:
        if other.moment is not None:
            cell, value = lines.time[other.moment.cell], parse_timestamp(text).ns
        elif other.cell is not None:
            cell, value = lines.number[other.cell], parse_decimal(text)
        else:
            return False
    except ValueError:
        return False
    return cell.start <= value <= cell.end


def _is_text_of(text: str, each: texts.TextClass, groups: tuple[Group, ...]) -> bool:
    if each.complete:
        return text == each.text
    return is_path(text) == each.path and all(
        matches(group, text) == each.matches(index) for index, group in enumerate(groups)
    )


def _is_spelled(text: str, uses: Uses) -> bool:
    return (Type.DECIMAL in uses.types and _parses(parse_decimal, text)) or (
        Type.TIMESTAMP in uses.types and _parses(parse_timestamp, text)
    )


def parse_decimal(text: str) -> int:
    """The value of a decimal string, in ten-thousandths. Raises ValueError."""
    whole, point, fraction = text.partition(".")
    kept = fraction.rstrip("0")
    if point and not (fraction.isascii() and fraction.isdigit()):
        raise ValueError(text)
    return parse_number(f"{whole}.{kept}" if kept else whole, Type.DECIMAL).scaled


def _parses(parse: object, text: str) -> bool:
    try:
        parse(text)  # type: ignore[operator]
    except ValueError:
        return False
    return True


def _spelled_numbers(uses: Uses, lines: Lines, plain: bool) -> Iterator[Class]:
    """Decimal strings, where they differ from the JSON numbers of the same value."""
    if Type.DECIMAL not in uses.types or (uses.types & NUMERIC == {Type.DECIMAL} and not _reads_texts(uses)):
        return
    for index, cell in enumerate(lines.number):
        if _within(cell, Type.DECIMAL):
            strings = list(_decimal_strings(cell))
            padded = [f"{text}{'' if '.' in text else '.'}{zeros}" for text in strings[:3] for zeros in ("0", "00")]
            values = tuple([*strings, *padded] if plain else strings)
            yield Class(Kind.VALUE, values, frozenset({Type.DECIMAL}), cell=index)


def _spelled_times(uses: Uses, lines: Lines) -> Iterator[Class]:
    if Type.TIMESTAMP in uses.types:
        for each in _moments(lines):
            values = tuple(timestamp(Instant(ns)) for ns in each.samples)
            yield Class(Kind.VALUE, values, frozenset({Type.TIMESTAMP}), moment=each)


def _moments(lines: Lines) -> list[Moment]:
    found = moments(lines.hours, list(lines.time))
    return sorted(found, key=lambda each: (_unreadable(each.samples[0]), each.samples[0]))


def _unreadable(ns: int) -> tuple[bool, int]:
    text = timestamp(Instant(ns))
    return not text.startswith("2026-01-07T10:00:00"), len(text)


# --- lists ----------------------------------------------------------------------------------------------------------


def _lists(uses: Uses) -> Iterator[Class]:
    """By length: the elements are said apart. Longer lists than an action can hold are left out."""
    reads = frozenset(uses.types & LISTS)
    for cell in numbers.cells(uses.sizes, 1, LONGEST):
        yield Class(Kind.LIST, (), reads, sizes=(cell.start, cell.end))
    yield Class(Kind.EMPTY, ([],), reads)
