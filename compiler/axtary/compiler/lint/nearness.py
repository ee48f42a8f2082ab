"""Names that differ by one slip of the finger.

For warnings, where a false alarm costs trust: much stricter than `did_you_mean`, which helps with what is wrong anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_NAMES = 2000  # of more names, or of longer ones, none is near: the search is only ever a courtesy
MAX_LENGTH = 100

_SEPARATORS = re.compile(r"[-_. /:]+")


class NearNames:
    """Finds among `names` those that one slip turns into a given one.

    Two names within one edit of each other share a text of which at most one character was deleted, so looking up
    takes as many steps as the name has characters, however many names there are.
    """

    def __init__(self, names: Iterable[str], shortest: int = 4) -> None:
        """`shortest`: length of the word in which the slip may be."""
        self._shortest = shortest
        self._names: dict[str, list[str]] = {}
        distinct = list(dict.fromkeys(name for name in names if len(name) <= MAX_LENGTH))
        for name in distinct if len(distinct) <= MAX_NAMES else ():
            for variant in _variants(name):
                self._names.setdefault(variant, []).append(name)

    def of(self, name: str) -> list[str]:
        """The names near to `name`, never itself, in the order in which they were given."""
        if len(name) > MAX_LENGTH or not self._names:
            return []
        found = dict.fromkeys(near for variant in _variants(name) for near in self._names.get(variant, ()))
        return [near for near in found if is_slip(name, near, self._shortest)]


def is_slip(one: str, two: str, shortest: int = 4) -> bool:
    """Do the names differ by case and separators only, or by one letter that is missing, added, wrong or swapped?

    The letter must stand in a word of at least `shortest` letters, and digits are never slips: `team-a` and `team-b`,
    `tier1` and `tier2` are names of their own.
    """
    if one == two:
        return False
    if _plain(one) == _plain(two):
        return True
    start = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    rest_one, rest_two = one[start:], two[start:]
    while rest_one and rest_two and rest_one[-1] == rest_two[-1]:
        rest_one, rest_two = rest_one[:-1], rest_two[:-1]
    edited = rest_one + rest_two
    swapped = len(rest_one) == 2 and rest_one == rest_two[::-1]
    if not (swapped or max(len(rest_one), len(rest_two)) == 1) or any(c.isdigit() for c in edited):
        return False
    return min(_word(one, start), _word(two, start)) >= shortest - (len(one) != len(two))


def _plain(name: str) -> str:
    return _SEPARATORS.sub("", name).casefold()


def _word(name: str, at: int) -> int:
    """Length of the word of the name around an index."""
    before, after = _SEPARATORS.split(name[:at])[-1], _SEPARATORS.split(name[at:])[0]
    return len(before) + len(after)


def _variants(name: str) -> set[str]:
    """The name, the name with one character deleted, and the name without case and separators."""
    return {name, _plain(name), *(name[:i] + name[i + 1 :] for i in range(len(name)))}
