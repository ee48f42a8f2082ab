"""Patterns as Rego tests: a builtin where one says exactly the same, else an anchored RE2 expression.

`glob.match` is never used: it treats `[]?!{}` as syntax, its `**` and `*` differ from ours, and in some versions of
OPA it lets the two ends of a pattern overlap (`a*a` matches `a`).
"""

from __future__ import annotations

from axtary.backends.rego.tree import Call, Infix, Regex, Term, Text
from axtary.compiler.ir import Pattern, Token, Wildcard

_WILDCARDS = {Wildcard.STAR: "[^/]*", Wildcard.ANY: ".*", Wildcard.SEGMENTS: "(?:.*/)?"}
_SPECIAL = frozenset("\\.+*?()|[]{}^$")


def pattern_tests(pattern: Pattern, text: Term) -> tuple[Term, ...]:
    """Terms that hold together exactly if the text, a defined string, matches."""
    tests = _text_tests(pattern.tokens, text)
    if pattern.inside and _may_leave(pattern.tokens):
        tests += (Call("inside_workspace", (text,)),)
    return tests


def matches_all(pattern: Pattern) -> bool:
    """Whether every text matches."""
    return pattern.tokens == (Wildcard.ANY,) and not pattern.inside


def regex(tokens: tuple[Token, ...]) -> Regex:
    """The tokens as one expression that matches a whole text, newlines included."""
    body = "".join(_WILDCARDS[token] if isinstance(token, Wildcard) else quote(token) for token in tokens)
    return Regex(rf"(?s)\A{body}\z")


def quote(text: str) -> str:
    """Literal text in RE2: specials escaped, and whatever is not printable ASCII by its code point."""
    return "".join(_quoted(char) for char in text)


def _quoted(char: str) -> str:
    if char in _SPECIAL:
        return "\\" + char
    return char if " " <= char <= "~" and char != "`" else f"\\x{{{ord(char):x}}}"


def _text_tests(tokens: tuple[Token, ...], text: Term) -> tuple[Term, ...]:
    match tokens:
        case ():
            return (Infix(text, "==", Text("")),)
        case (str(literal),):
            return (Infix(text, "==", Text(literal)),)
        case (Wildcard.ANY,):
            return (Call("is_string", (text,)),)
        case (str(prefix), Wildcard.ANY):
            return (Call("startswith", (text, Text(prefix))),)
        case (Wildcard.ANY, str(suffix)):
            return (Call("endswith", (text, Text(suffix))),)
        case (Wildcard.ANY, str(part), Wildcard.ANY):
            return (Call("contains", (text, Text(part))),)
        case _:
            return (Call("regex.match", (regex(tokens), text)),)


def _may_leave(tokens: tuple[Token, ...]) -> bool:
    """Whether the pattern's own text leaves room for `@home` or `@root` at the beginning."""
    return not tokens or isinstance(tokens[0], Wildcard) or tokens[0].startswith("@")
