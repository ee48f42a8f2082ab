"""Command rules of Claude Code as texts and patterns of the raw command.

Claude Code takes a command apart (`&&`, `|`, wrappers such as `timeout`) and compares each part. A pattern compares the
whole text. So an exact text can be allowed, a prefix cannot, and a denial looks for its words anywhere in the command.
"""

from __future__ import annotations

import re

from axtary.runtime.convert.draft import exactly

# What may stand right before a part of a command, and right behind it.
_BEFORE = "{,*\t,* ,*\n,*\r,*;,*&,*|,*(,*`,*\\{,*\",*'}"
_BEHIND = "{,\\\\*,\t*, *,\n*,\r*,;*,&*,|*,)*,`*,<*,>*,\"*,'*}"
_OPERATORS = re.compile(r"[;&|<>`$(){}\n\r\\\"'!#]")

# Commands in whose arguments Claude Code looks for files, or may, and commands that run others.
_FILE_COMMANDS = """
awk base64 bat cat chmod chown cmp comm command cp csplit cut dd df diff du egrep env exec expand fgrep
file find fmt fold grep gunzip gzip head hexdump install jq join less ln ls md5sum mkdir mktemp more mv
nice nl nohup od paste patch readlink realpath rg rm rmdir rsync scp sed sha1sum sha256sum shred sort
split stat stdbuf strings sudo tac tail tar tee time timeout touch tr tree truncate uniq unlink unzip vi
vim wc xargs xxd yq zcat zip
"""


def is_plain(command: str) -> bool:
    """Is this one command, without operators, quotes and expansions: compared by Claude Code as the text that it is?"""
    return not _OPERATORS.search(command) and command == command.strip() and bool(command)


def is_exact(specifier: str) -> bool:
    """Has the specifier no wildcard?"""
    return "*" not in specifier


def names_files(command: str) -> bool:
    """Might Claude Code hold this command to path rules too?"""
    return _program(command) in _FILE_COMMANDS.split()


def removes(command: str) -> bool:
    """Might the command remove what is critical?"""
    return any(word.rpartition("/")[2] in ("rm", "rmdir") for word in command.split())


def _program(command: str) -> str:
    return next((word for word in command.split() if "=" not in word), "").rpartition("/")[2]


def containing(specifier: str) -> list[str]:
    """Patterns that are all matched by every command of which a part can match the specifier, and by some more."""
    body, open_end = specifier, False
    if body.endswith((":*", " *")):
        body = body[:-2]
    elif body.endswith("*"):
        body, open_end = body.rstrip("*"), True
    words = "*".join(exactly(word) for word in re.split(r"[\s*]+", body) if word)
    if not words:
        return ["*"]
    start = [] if specifier[:1] == "*" else [f"{_BEFORE}{words}*"]
    end = [] if open_end else [f"*{words}{_BEHIND}"]
    return [*start, *end] or [f"*{words}*"]


def described(specifier: str) -> str:
    """The words that `containing` looks for."""
    return " … ".join(word for word in re.split(r"[\s*]+", specifier.removesuffix(":*")) if word)
