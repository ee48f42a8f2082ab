"""The commands whose effects are known, each with the options that change nothing about them.

A command that is not here, or that is called with anything else, is not taken apart. So are commands that follow what
files, configuration or answers say: git (aliases, hooks, filters), wget, make, find -exec, redirects of curl.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from axtary.hooks.shell.effects import Effect, Place
from axtary.hooks.shell.options import Options
from axtary.hooks.shell.words import Unread

Command = Callable[[Sequence[str], Place], Iterator[Effect]]


def _reader(options: Options, pattern: str = "", most: int = 1000) -> Command:
    """Reads its operands. `pattern`: options that hold what otherwise is the first operand, and is no file."""

    def command(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
        found, operands = options.split(arguments)
        if pattern and not any(name in pattern for name, _ in found):
            operands = operands[1:]
        if len(operands) > most:
            raise Unread("an operand that is not read but written")
        for operand in operands:
            yield Effect("read", place.file(operand))

    return command


def _writer(options: Options) -> Command:
    def command(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
        for operand in options.split(arguments)[1]:
            yield Effect("write", place.file(operand))

    return command


def _says(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    return iter(())


def _printf(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    # `-v` and `%n` assign to variables of the shell, and `PATH` is one. For zsh the argument of a number is arithmetic,
    # which assigns too, and runs commands.
    if not arguments or arguments[0].startswith("-") or not re.fullmatch(r"(?:[^%]|%[s%])*", arguments[0]):
        raise Unread("a format that may assign or run commands")
    return iter(())


def _pwd(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    if arguments:
        raise Unread("`pwd` with arguments")
    return iter(())


def _ls(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    for operand in Options("aAlh1trSdFpin").split(arguments)[1] or ["."]:
        yield Effect("read", place.place(operand.rstrip("/") or "/."))


def _diff(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    operands = Options("uqwbBis").split(arguments)[1]
    if len(operands) != 2:
        raise Unread("not two files")
    for operand in operands:
        yield Effect("read", place.file(operand))


def _mkdir(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    for operand in Options("pv").split(arguments)[1]:
        if ".." in operand.split("/"):
            raise Unread("`..` in a directory that is to be made")
        real = place.place(operand.rstrip("/") or "/.")
        yield Effect("write", real)
        while not os.path.lexists(parent := os.path.dirname(real)):  # noqa: PTH120  # texts
            yield Effect("write", parent)
            real = parent


def _rm(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    for operand in Options("fv").split(arguments)[1]:
        yield Effect("delete", place.file(operand, link=False))


def _cp(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    for source, target in _pairs(Options("fnpv").split(arguments)[1], place):
        yield Effect("read", place.file(source))
        yield Effect("write", place.file(target, link=False))


def _mv(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    for source, target in _pairs(Options("fnv").split(arguments)[1], place):
        real = place.file(source, link=False)
        yield Effect("read", real)
        yield Effect("delete", real)
        yield Effect("write", place.file(target, link=False))


def _pairs(operands: Sequence[str], place: Place) -> Iterator[tuple[str, str]]:
    """Each source with the file that it goes to: into a directory that is there, by its own name."""
    if len(operands) < 2:
        raise Unread("no source and target")
    *sources, target = operands
    if place.is_folder(target):
        for source in sources:
            yield source, f"{target.rstrip('/')}/{source.rpartition('/')[2]}"
    elif len(sources) == 1:
        yield sources[0], target
    else:
        raise Unread("many sources, and the target is no directory")


# Printing lines and plain substitutions: no `e`, which runs a command, and no `w` and `r`, which name files.
_LINE = r"(?:[0-9]+|\$)"
_SCRIPT = re.compile(
    rf"(?:{_LINE}(?:,{_LINE})?)?(?:[pdq]|s(?P<mark>[/|,#:])(?:(?!(?P=mark))[^\\\n])*(?P=mark)"
    r"(?:(?!(?P=mark))[^\\\n])*(?P=mark)[gpI0-9]*)"
)


def _sed(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    in_place = "-i" in arguments[:2] and place.gnu  # elsewhere the word behind `-i` ends the name of a copy
    given = [word for index, word in enumerate(arguments) if not (in_place and index < 2 and word == "-i")]
    found, operands = Options("nEr", valued="e").split(given)
    scripts = [value for name, value in found if name == "e"]
    if not scripts:
        scripts, operands = list(operands[:1]), operands[1:]
    if not scripts or not all(_SCRIPT.fullmatch(script) for script in scripts):
        raise Unread("a script that may run commands or name files")
    for operand in operands:
        real = place.file(operand, link=not in_place)
        yield Effect("read", real)
        if in_place:
            yield Effect("write", real)


_URL = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9/._~:?&=%+,;@-]*)?")
_CONFIGURATION = (".curlrc", "curlrc", ".config/.curlrc", ".config/curlrc")
_HOMES = ("CURL_HOME", "XDG_CONFIG_HOME")  # in the environment: where else curl looks for its configuration


def _curl(arguments: Sequence[str], place: Place) -> Iterator[Effect]:
    """One plain GET or HEAD: a body, other headers and redirects would be another request than a fetch is."""
    homes = [place.home, *(os.environ[name] for name in _HOMES if name in os.environ)]
    if any(os.path.lexists(f"{home}/{name}") for home in homes for name in _CONFIGURATION):
        raise Unread("curl is configured by a file")
    options = Options("sSfiI", valued="omX", long=("--silent", "--show-error", "--fail", "--include", "--head"))
    found, operands = options.split(arguments)
    if len(operands) != 1 or not _URL.fullmatch(operands[0]):
        raise Unread("not one plain URL")
    asked = [value for name, value in found if name == "X"]
    if any(method not in ("GET", "HEAD") for method in asked):
        raise Unread("a method that changes something")
    head = any(name in ("I", "--head") for name, _ in found)
    yield Effect("fetch", operands[0], (asked or ["HEAD" if head else "GET"])[-1])
    for name, value in found:
        if name == "o":
            yield Effect("write", place.file(value))


COMMANDS: Mapping[str, Command] = {
    "cat": _reader(Options("nbsETAvet")),
    "head": _reader(Options("qv", valued="nc", number=True)),
    "tail": _reader(Options("qv", valued="nc", number=True)),
    "wc": _reader(Options("lwcmL")),
    "sort": _reader(Options("nrufhbV", valued="kt")),
    "uniq": _reader(Options("cdui"), most=1),
    "cut": _reader(Options("s", valued="dfcb")),
    "grep": _reader(Options("invclLwxohHsqEFG", valued="eABCm"), pattern="e"),
    "diff": _diff,
    "cmp": _diff,
    "ls": _ls,
    "echo": _says,
    "printf": _printf,
    "tr": _says,
    "true": _says,
    "pwd": _pwd,
    "touch": _writer(Options("acm")),
    "tee": _writer(Options("a")),
    "mkdir": _mkdir,
    "rm": _rm,
    "cp": _cp,
    "mv": _mv,
    "sed": _sed,
    "curl": _curl,
}
