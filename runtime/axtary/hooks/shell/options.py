"""Options of a command, by a closed list: what is not on it makes the command one that is not taken apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from axtary.hooks.shell.words import Unread


@dataclass(frozen=True)
class Options:
    """What a command may be called with.

    `flags`: letters without a value; `valued`: letters with one, attached or behind; `long`: whole words without one.
    """

    flags: str = ""
    valued: str = ""
    long: tuple[str, ...] = ()
    number: bool = False  # `-5`, as head and tail have it

    def split(self, arguments: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
        """Options with their values, and operands. Raises Unread.

        GNU's tools look for options behind operands too and others do not: there may be none.
        """
        options: list[tuple[str, str]] = []
        left = list(arguments)
        while left and left[0].startswith("-") and left[0] != "-":
            word = left.pop(0)
            if word == "--":
                return options, left
            if word in self.long or (self.number and re.fullmatch(r"-[0-9]+", word)):
                options.append((word, ""))
            else:
                self._letters(word, left, options)
        if any(word.startswith("-") for word in left):
            raise Unread("an option behind an operand")
        return options, left

    def _letters(self, word: str, left: list[str], options: list[tuple[str, str]]) -> None:
        for index, letter in enumerate(word[1:], 1):
            if letter in self.valued:
                attached = word[index + 1 :]
                if not attached and not left:
                    raise Unread(f"`-{letter}` without a value")
                options.append((letter, attached or left.pop(0)))
                return
            if letter not in self.flags:
                raise Unread(f"`{word}` is no option of which the effects are known")
            options.append((letter, ""))
