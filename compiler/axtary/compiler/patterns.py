"""Pattern text -> `Pattern`, in the three places where patterns stand.

name      `match` fields but resource, and `like`: `*` and `**` are any run of characters.
resource  `match.resource`: `*` stops at `/`, `**` does not; always anchored; not a path, so nothing is canonical.
path      `matches` and `blocked_paths`: like resource, and as in .gitignore a pattern without `/` floats (it matches
          the last segment at any depth), a trailing `/` means everything below, a leading `/` anchors.
"""

from __future__ import annotations

import re
from enum import Enum

from axtary.compiler.diagnostics import quoted
from axtary.compiler.edits import Mend, replaced
from axtary.compiler.ir import NOWHERE, Pattern, Span, Token, Wildcard
from axtary.compiler.syntax import Piece, Stars, SyntaxProblem, parse_pattern

OUTSIDE = ("@home", "@root")  # first segments by which a path says that it lies outside the workspace

Segment = tuple[Piece, ...]
_SPECIAL = re.compile(r"[*{}\\]")


class Dialect(Enum):
    NAME = "name"
    RESOURCE = "resource"
    PATH = "path"


def parse(text: str, dialect: Dialect, span: Span = NOWHERE) -> tuple[Pattern, ...]:
    """The alternatives of one pattern text. Raises SyntaxProblem (AX0401 empty, AX0402, AX0403 impossible)."""
    lower = {Dialect.NAME: _name, Dialect.RESOURCE: _resource, Dialect.PATH: _path}[dialect]
    found = []
    for pieces in parse_pattern(text):
        shown = "".join("*" * p.count if isinstance(p, Stars) else _SPECIAL.sub(r"\\\g<0>", p) for p in pieces)
        if not pieces:
            help_text = "delete it, or write `*` for any text"
            raise SyntaxProblem("AX0401", 0, len(text), "an empty pattern matches nothing useful", help_text)
        tokens, inside = lower(pieces, text)
        found.append(Pattern(_merged(tokens), inside, shown, span))
    return tuple(found)


def is_floating(text: str) -> bool:
    """Has this path pattern (one alternative at least) no inner slash, so that it matches at any depth?"""
    return any(_floats(_segments(_strip_trailing(pieces)[0]), pieces) for pieces in parse_pattern(text) if pieces)


def exactly(text: str) -> Pattern:
    """The pattern that matches just this text."""
    return Pattern((text,), text=text)


def _name(pieces: tuple[Piece, ...], _text: str) -> tuple[list[Token], bool]:
    return [Wildcard.ANY if isinstance(piece, Stars) else piece for piece in pieces], False


def _resource(pieces: tuple[Piece, ...], _text: str) -> tuple[list[Token], bool]:
    return _anchored(_segments(pieces)), False


def _path(pieces: tuple[Piece, ...], text: str) -> tuple[list[Token], bool]:
    body, below = _strip_trailing(pieces)
    rooted = bool(body) and isinstance(body[0], str) and body[0].startswith("/")
    outside = isinstance(pieces[0], str) and pieces[0].startswith(tuple(f"{name}/" for name in OUTSIDE))
    segments = _segments(body)
    if rooted:
        segments = segments[1:]
    _check_possible(segments, rooted, text)
    floating = not outside and _floats(segments, pieces)
    if floating:
        tokens: list[Token] = [Wildcard.SEGMENTS]
        tokens += [Wildcard.STAR if isinstance(piece, Stars) else piece for piece in segments[0]]
    else:
        tokens = _anchored(segments)
    tokens += ["/", Wildcard.ANY] if below else []
    return tokens, not floating and not outside and _may_begin_outside(tokens[0])


def _floats(segments: list[Segment], pieces: tuple[Piece, ...]) -> bool:
    """No slash but a trailing one, and not `**` alone."""
    if isinstance(pieces[0], str) and pieces[0].startswith("/"):
        return False
    return len(segments) == 1 and not _is_globstar(segments[0])


def _strip_trailing(pieces: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], bool]:
    """The pattern without its trailing slash, and whether it had one."""
    last = pieces[-1]
    if isinstance(last, str) and last.endswith("/"):
        return (*pieces[:-1], last[:-1]) if last != "/" else pieces[:-1], True
    return pieces, False


def _segments(pieces: tuple[Piece, ...]) -> list[Segment]:
    found: list[list[Piece]] = [[]]
    for piece in pieces:
        if isinstance(piece, Stars):
            found[-1].append(piece)
            continue
        head, *rest = piece.split("/")
        found[-1] += [head] if head else []
        found += [[part] if part else [] for part in rest]
    return [tuple(segment) for segment in found]


def _is_globstar(segment: Segment) -> bool:
    return len(segment) == 1 and isinstance(segment[0], Stars) and segment[0].count > 1


def _anchored(segments: list[Segment]) -> list[Token]:
    tokens: list[Token] = []
    for number, segment in enumerate(segments, 1):
        last = number == len(segments)
        if _is_globstar(segment):
            tokens.append(Wildcard.ANY if last else Wildcard.SEGMENTS)
            continue
        for piece in segment:
            star = Wildcard.ANY if isinstance(piece, Stars) and piece.count > 1 else Wildcard.STAR
            tokens.append(star if isinstance(piece, Stars) else piece)
        tokens += [] if last else ["/"]
    return tokens


def _check_possible(segments: list[Segment], rooted: bool, text: str) -> None:
    """A canonical path has no empty, `.` or `..` segment, no backslash and no NUL."""
    for segment in segments:
        plain = all(isinstance(piece, str) for piece in segment)
        literal = "".join(piece for piece in segment if isinstance(piece, str))
        if plain and literal in ("", ".", ".."):
            what = f"the segment {quoted(literal)}" if literal else "an empty segment"
            message = f"{quoted(text)} has {what}, which no path has"
            help_text = "write the path from the workspace: `src/login.py`"
            raise SyntaxProblem("AX0403", 0, len(text), message, help_text, _without_empty_segments(text))
        if "\\" in literal or "\0" in literal:
            message = f"{quoted(text)} has a backslash or NUL, which no path has"
            raise SyntaxProblem("AX0403", 0, len(text), message, "separate segments with `/`")
    if rooted and "".join(str(piece) for piece in segments[0]) in OUTSIDE:
        message = f"{quoted(text)} is anchored in the workspace, where no path begins so"
        mend = replaced(text, text[1:]) if not _SPECIAL.search(text) else None
        raise SyntaxProblem("AX0403", 0, len(text), message, f"write {quoted(text[1:])} for a path outside it", mend)


def _without_empty_segments(text: str) -> Mend | None:
    """`./a` -> `/a`, `a//b` -> `a/b`: what is left stays anchored, if it is a plain path at all."""
    if re.search(r"[{}\\]", text) or ".." in text.split("/"):
        return None
    kept = [segment for segment in text.split("/") if segment not in ("", ".")]
    anchor = "/" if text.startswith("/") or len(kept) == 1 else ""
    below = "/" if text.endswith("/") else ""
    return replaced(text, anchor + "/".join(kept) + below) if kept else None


def _may_begin_outside(first: Token) -> bool:
    """Could a text that the pattern matches lie outside? If not, the guard is left out."""
    if isinstance(first, Wildcard):
        return True
    return any(f"{name}/".startswith(first) or first.startswith(f"{name}/") or first == name for name in OUTSIDE)


def _merged(tokens: list[Token]) -> tuple[Token, ...]:
    """No two neighbours that are one: `a` `b` is `ab`, and of two wildcards the wider one swallows the other."""
    merged: list[Token] = []
    for token in tokens:
        last = merged[-1] if merged else None
        if isinstance(token, str) and isinstance(last, str):
            merged[-1] = last + token
        elif isinstance(token, Wildcard) and isinstance(last, Wildcard):
            merged[-1] = last if token is last else Wildcard.ANY  # (.*/)? then [^/]* is any run
        else:
            merged.append(token)
    return tuple(merged)
