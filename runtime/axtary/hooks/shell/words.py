"""A command line as simple commands of literal words, if it is nothing more.

Read is only what every shell that Claude Code starts (bash, zsh, sh) reads alike: ASCII, words of harmless characters,
quotes without expansions, `|`, `&&`, `||`, `;`, line ends, and redirections to named files. This is no parser of shell
language but of that part of it: whatever else stands in a command, be it harmless, makes it one that is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST = 8192  # characters


class Unread(Exception):
    """The command is more than simple commands of literal words; the message says what was met."""


@dataclass
class Simple:
    """One simple command. `before`: the operator before it; `redirects`: operator (`<`, `>`, `>>`) and file."""

    before: str
    words: list[str] = field(default_factory=list)
    redirects: list[tuple[str, str]] = field(default_factory=list)


# A word begins with no `=`, nor with one behind empty quotes: zsh looks a command up for it.
_TOKEN = re.compile(
    r"""(?P<blank>[ \t]+)
    | (?P<copy>(?:1?>&2|2?>&1|>&1|2>&2)(?=[ \t\n;|]|\Z|&&))
    | (?P<redirect>[12]?>>|[12]?>(?![&|>])|<(?![<>&(]))
    | (?P<operator>&&|\|\||\||;|\n)
    | (?P<word>(?!(?:''|"")+=)(?:[A-Za-z0-9_./:,@%+\-]|'[^'\n\x00-\x1f\x7f]*'(?!')|"[^"$`\\!\x00-\x1f\x7f]*")
               (?:[A-Za-z0-9_./:,@%+=\-]|'[^'\n\x00-\x1f\x7f]*'(?!')|"[^"$`\\!\x00-\x1f\x7f]*")*)""",
    re.VERBOSE,
)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def read(command: str) -> list[Simple]:
    """The simple commands in their order. Raises Unread."""
    if len(command) > MOST or not command.isascii():
        raise Unread("too long, or characters that are no ASCII")
    found = [Simple("")]
    pending = ""  # a redirection that waits for its file
    for kind, text in _tokens(command.strip(" \t\n")):
        if kind == "blank":
            continue
        if kind == "word":
            word = _unquoted(text)
            if pending:
                found[-1].redirects.append((pending, word))
                pending = ""
            else:
                found[-1].words.append(word)
        elif pending:
            raise Unread("a redirection without a file")
        elif kind == "redirect":
            pending = text.lstrip("12")
        elif kind == "operator":
            found.append(Simple(text))
    if pending:
        raise Unread("a redirection without a file")
    if not found[-1].words and not found[-1].redirects and command.rstrip(" \t\n").endswith(";"):
        del found[-1:]
    if any(not simple.words or "=" in simple.words[0] for simple in found) or not found:
        raise Unread("an assignment, or no command")
    return found


def _tokens(command: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(command):
        token = _TOKEN.match(command, at)
        if token is None:
            raise Unread(f"`{command[at]}` is more than a literal word")
        kind = str(token.lastgroup)
        if kind in ("redirect", "copy") and found and found[-1][0] in ("word", "copy"):
            # `2 > f` and `2> f` differ, and so would `12> f` and `a2> f`: only with a blank between is it plain.
            raise Unread("a word right before a redirection")
        if kind == "word" and found and found[-1][0] in ("word", "copy"):
            raise Unread("two words without a blank between")
        found.append((kind, token.group()))
        at = token.end()
    return found


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda quoted: quoted[1] if quoted[1] is not None else quoted[2], text)
