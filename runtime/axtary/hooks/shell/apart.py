"""A whole command line taken apart into its effects, or not at all.

Sound means: whatever the command does to named files and hosts is among the effects, if the shell and the tools are
the ones of the system and nobody else changes links or directories at the same time. What may change where a later
command of the line goes is refused: links are neither made, moved nor deleted by any command that is known, and
directories are made but not next to commands that look whether one is there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from axtary.hooks.paths import Unresolvable, resolved
from axtary.hooks.shell.commands import COMMANDS
from axtary.hooks.shell.effects import Effect, Place
from axtary.hooks.shell.words import Simple, Unread, read

MOST = 32  # effects
_NOWHERE = "/dev/null"


def taken_apart(command: str, base: str, home: str) -> list[Effect]:
    """The effects of a command that runs in the directory `base`, each once, at least one. Raises Unread."""
    simples = read(command)
    place = Place(base, home, gnu=sys.platform.startswith("linux"))
    if simples[0].words[0] == "cd":
        place = replace(place, base=_changed(simples, place))
        simples = simples[1:]
    names = {simple.words[0] for simple in simples}
    if "mkdir" in names and names & {"cp", "mv"}:
        raise Unread("a directory is made where others look for one")
    effects = list(dict.fromkeys(effect for simple in simples for effect in _effects(simple, place)))
    if not 1 <= len(effects) <= MOST:
        raise Unread("no effect that has a name, or too many")
    return effects


def _changed(simples: Sequence[Simple], place: Place) -> str:
    """Where `cd FOLDER && …` leads. `..` goes back by names there, and CDPATH holds for what begins with no `.`."""
    first, *others = simples
    if first.redirects or len(first.words) != 2 or any(simple.before not in ("&&", "|") for simple in others):
        raise Unread("a change of directory that is more than `cd FOLDER && …`")
    folder = first.words[1]
    if not others or others[0].before != "&&" or folder.split("/")[0] not in ("", ".") or not folder:
        raise Unread("a change of directory that is more than `cd FOLDER && …`")
    if ".." in folder.split("/") or not place.is_folder(folder):
        raise Unread("a directory that is not there, or not for certain")
    try:
        found = resolved(folder, place.base)
    except Unresolvable as error:
        raise Unread(str(error)) from None
    if not os.access(found, os.X_OK):
        raise Unread("a directory that cannot be entered")
    return found


def _effects(simple: Simple, place: Place) -> Iterator[Effect]:
    name, *arguments = simple.words
    if name not in COMMANDS:
        raise Unread(f"`{name}` is no command of which the effects are known")
    yield from COMMANDS[name](arguments, place)
    for operator, file in simple.redirects:
        if file == _NOWHERE:
            continue
        yield Effect("read" if operator == "<" else "write", place.file(file))
