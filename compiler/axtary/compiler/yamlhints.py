"""What an author did whose file is no YAML: libyaml says where it stopped, seldom what went wrong."""

from __future__ import annotations

import re

from axtary.compiler.diagnostics import quoted

_QUOTE = "put the whole value in single quotes"
_SHOWN = 60
_NEAR = "check the indentation, the colons and the quotes near here"


def explain(text: str, at: int, problem: str) -> tuple[int, int, str, str]:
    """(start, end, message, help) for the problem that libyaml found at an index."""
    char = text[at : at + 1]
    if char == "\t":
        return at, at + 1, "a tab cannot indent", "indent with spaces"
    if char and char in "@`%*&!":
        word = re.split(r"[\s,\]}]", text[at : at + _SHOWN], maxsplit=1)[0]
        return at, at + 1, f"text cannot begin with `{char}` here", f'put it in quotes: "{word}"'
    for guess in (_colon, _line, _behind_quote, _flow, _escape):
        if found := guess(text, at, problem):
            return found
    return at, at + 1, f"not well-formed YAML: {problem.strip()}", _NEAR


def _lines(text: str, at: int) -> tuple[int, str, int, str]:
    """Start and text of the line of an index, and of the last line before it that has content."""
    start = text.rfind("\n", 0, at) + 1
    line = re.split(r"[\r\n]", text[start:], maxsplit=1)[0]
    above = text[:start].rstrip()
    before = above.rfind("\n") + 1
    return start, line, before, above[before:]


def _in_quotes(line: str) -> str:
    """The value of a line `key: value` in single quotes, or an example."""
    value = re.match(r"[^:]*:\s+(\S.*)", line)
    fits = value is not None and len(value[1]) <= _SHOWN and "'" not in value[1]
    return quoted(f"'{value[1].rstrip()}'", _SHOWN + 2) if value is not None and fits else "`'fix: login'`"


def _colon(text: str, at: int, problem: str) -> tuple[int, int, str, str] | None:
    """`mapping values are not allowed`: a second `: ` in a line, or a line before it that lacks the space."""
    if "mapping values are not allowed" not in problem:
        return None
    start, line, before, above = _lines(text, at)
    if re.search(r":(?=\s)", line[: at - start].split("#")[0]):
        return at, at + 1, "a colon with a space behind it stands inside a text", f"{_QUOTE}: {_in_quotes(line)}"
    if missing := re.match(r"\s*(?:-\s*)?([\w.-]+):(?=\S)", above):
        colon = before + missing.end() - 1
        return colon, colon + 1, "a space is missing behind the colon", f"write `{missing[1]}: …`"
    if dash := re.match(r"\s*-(?=\w)", above):
        place = before + dash.end() - 1
        return place, place + 1, "a space is missing behind the `-`", "write `- id: …`"
    return at, at + 1, "a key stands where none can stand", "indent it like the keys that it belongs to"


def _line(text: str, at: int, problem: str) -> tuple[int, int, str, str] | None:
    """`could not find expected ':'`: the line before is neither a key with a value nor a list item."""
    if "could not find expected ':'" not in problem:
        return None
    _, _, before, above = _lines(text, at if text[at - 1 : at] == "\n" else len(text))
    words = above.strip()
    place = before + len(above) - len(above.lstrip())
    message = f"{quoted(words)} is no key with a value"
    if missing := re.match(r"([\w.-]+):(?=\S)", words):
        colon = place + missing.end() - 1
        return colon, colon + 1, "a space is missing behind the colon", f"write `{missing[1]}: …`"
    if re.match(r"(and|or|not)\b", words):
        return place, place + len(words), message, "indent it deeper than `when`, so that it goes on with the condition"
    return place, place + len(words), message, "write `key: value`, or `- ` before an item of a list"


def _behind_quote(text: str, at: int, problem: str) -> tuple[int, int, str, str] | None:
    """`did not find expected key`: text goes on behind a quoted value, or behind a comment line."""
    if "did not find expected" not in problem:
        return None
    start, line, _, above = _lines(text, at)
    if text[:at].rstrip(" \t")[-1:] in ('"', "'") and line[: at - start].strip():
        return at, at + 1, "text goes on behind the closing quote", f"{_QUOTE}: {_in_quotes(line)}"
    if above.lstrip().startswith("#"):
        return at, at + 1, "a comment ends the value above it", "write the comment above the key"
    return None


def _flow(text: str, at: int, problem: str) -> tuple[int, int, str, str] | None:
    """Inside `[…]` and `{…}`: braces of a pattern without quotes, or a `#` that makes the rest a comment."""
    if "did not find expected" not in problem:
        return None
    start, line, before, above = _lines(text, at)
    for place, words in ((start, line), (before, above)):
        if comment := re.search(r"[\[{,][^\"'#]*(#[^\s#]+.*)", words):
            help_text = 'put it in quotes if it is no comment: "#agents"'
            message = f"{quoted(comment[1])} is a comment, and the list is never closed"
            return place + comment.start(1), place + comment.end(1), message, help_text
    if text[at : at + 1] == "{" or text[:at].rstrip()[-1:] == "}":
        return (
            at,
            at + 1,
            "a `{` inside of a list or mapping stands in quotes",
            'write for example ["secrets.{json,yml}"]',
        )
    return None


def _escape(text: str, at: int, problem: str) -> tuple[int, int, str, str] | None:
    if "escape" in problem:
        help_text = r"write the backslash twice, or the text in single quotes: '\*'"
        return at, at + 1, "this escape does not exist in double quotes", help_text
    if "end of stream" in problem or "document indicator" in problem:
        return at, at + 1, "a quote is never closed", "close it with the same sign that opens the text"
    return None
