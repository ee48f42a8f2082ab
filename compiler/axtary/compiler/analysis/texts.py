"""Texts worth trying for patterns: some that match, and near misses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from axtary.compiler.analysis.languages import Form, Undecided, Wanted, is_path, witness
from axtary.compiler.ir import Pattern, Wildcard

Group = tuple[Pattern, ...]  # matched if one of the patterns is

_FILLINGS: tuple[dict[Wildcard, str], ...] = (
    {Wildcard.STAR: "x", Wildcard.ANY: "x", Wildcard.SEGMENTS: ""},
    {Wildcard.STAR: "", Wildcard.ANY: "", Wildcard.SEGMENTS: "x/"},
    {Wildcard.STAR: ".x", Wildcard.ANY: "x/.y", Wildcard.SEGMENTS: "x/.y/"},
    {Wildcard.STAR: "x\n\U0001f600", Wildcard.ANY: "x\n/y", Wildcard.SEGMENTS: "x\n/"},
)
_PATTERNS = 8  # of a long list, so many are tried one by one
_GROUPS = 5  # and so many are combined with each other


def literal(text: str) -> Pattern:
    """The pattern of one text."""
    return Pattern((text,) if text else ())


def filled(group: Group) -> Iterator[str]:
    """Texts made by filling the wildcards in; nearly all match."""
    for pattern in group[:_PATTERNS]:
        for filling in _FILLINGS[: 1 if pattern.literal is not None else None]:
            yield "".join(filling[t] if isinstance(t, Wildcard) else t for t in pattern.tokens)


def near(text: str) -> Iterator[str]:
    """Texts that differ from one in what a careless matcher overlooks."""
    yield from (text + "x", text[:-1], text[1:], "x" + text, text.swapcase(), text + "\n", text + "/x", text + "/")
    yield from ("x/" + text, "." + text, "@home/" + text, "@root/" + text, text.replace("/", "", 1))
    folder, slash, name = text.rpartition("/")
    yield from (f"{folder}{slash}.{name}", f"{folder}{slash}x/{name}", f"{folder}{slash}../{name}", "")


def own(group: Group) -> list[str]:
    """Texts for one list of patterns, matching ones first."""
    found = list(filled(group))
    return list(dict.fromkeys((*found, *(miss for text in found[:2] for miss in near(text)))))


def joint(groups: Sequence[Group], form: Form, work: int | None = None) -> tuple[list[str], bool]:
    """Texts that match all groups, all but one, only one, or none: as far as there are any.

    And whether that is known of each; `work` bounds the search for one text, as in `languages.witness`.
    """
    distinct = list(dict.fromkeys(groups))[:_GROUPS]
    found: list[str | None] = []
    is_known = True
    for chosen in _choices(distinct):
        rejected = tuple(pattern for group in distinct if group not in chosen for pattern in group)
        try:
            found.append(witness(Wanted(tuple(chosen), rejected, form), work))
        except Undecided:
            is_known = False
    return list(dict.fromkeys(text for text in found if text is not None)), is_known


def _choices(groups: Sequence[Group]) -> Iterable[Sequence[Group]]:
    sizes = {len(groups), len(groups) - 1, 2, 1, 0} & set(range(len(groups) + 1))
    return [chosen for size in sorted(sizes, reverse=True) for chosen in combinations(groups, size)]


def paths_first(texts: Iterable[str]) -> list[str]:
    """Canonical paths before the others."""
    return sorted(texts, key=lambda text: not is_path(text))
