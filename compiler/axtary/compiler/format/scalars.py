"""How a text is written in YAML: plain where every reader takes it for that text, else quoted; long prose folded."""

from __future__ import annotations

import re

# What a reader of YAML 1.1 or 1.2 may take for something else than text.
_TYPED = re.compile(
    r"""~|=|<<|(?i:null|true|false|yes|no|on|off|y|n)
    |[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(?::[0-9]{1,2})*)(?:\.[0-9_]*)?
    |[-+]?(?:[0-9_]*\.[0-9_]*|[0-9_]+)(?:[eE][-+]?[0-9]+)?
    |[-+]?\.(?i:inf|nan)
    |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,14}|true|false")
_UNSAFE = re.compile(r"""\A(?:[?:,&!|>'"%@`\#]|-(?:\s|\Z)|---|\.\.\.)|:(?:\s|\Z)|\s\#|\A\s|\s\Z""")
_GLOB = re.compile(r"[*{}\[\]]")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_PROSE = "\u00a0\u202f\u3000\u200c\u200d"  # spaces and joiners that some languages are written with


def inline(text: str, place: str = "", *, flow: bool = False) -> str:
    """A text on one line. `flow`: inside brackets.

    `place`: "number" where the language wants one, "prose" for what only people read, "condition"; anything else is a
    name or a pattern. Patterns are quoted, so that they look alike wherever a `*` stands.
    """
    if place == "number" and _NUMBER.fullmatch(text):
        return text
    prose = place == "prose"
    pattern = place not in ("prose", "condition") and _GLOB.search(text)
    if pattern or _TYPED.fullmatch(text) or not _is_plain(text, flow, prose):
        return quoted(text, prose=prose)
    return text


def _is_plain(text: str, flow: bool, prose: bool) -> bool:
    if not text or not _is_visible(text, prose) or _UNSAFE.search(text) or text[0] in "{}[]*":
        return False
    return not (flow and re.search(r"[,:?{}\[\]]", text))


def quoted(text: str, *, prose: bool = False) -> str:
    """In double quotes; in single ones where that saves backslashes."""
    saved = text.count('"') + text.count("\\") - text.count("'")
    if saved > 0 and _is_visible(text, prose):
        return "'" + text.replace("'", "''") + "'"
    return '"' + escaped(text, prose=prose) + '"'


def escaped(text: str, *, prose: bool = False, json: bool = False) -> str:
    """The inside of a text in double quotes, of YAML or of JSON: what cannot be seen is written as an escape."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return "".join(
        _ESCAPES.get(c) or (c if _is_visible(c, prose) else _code_point(ord(c), surrogates=json)) for c in text
    )


def _code_point(number: int, *, surrogates: bool) -> str:
    if number <= 0xFFFF:
        return f"\\u{number:04x}"
    if not surrogates:
        return f"\\U{number:08x}"
    return f"\\u{0xD800 + (number - 0x10000 >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"


def _is_visible(text: str, prose: bool) -> bool:
    return text.isprintable() or (prose and all(c.isprintable() or c in _PROSE for c in text))


def block(text: str, width: int) -> list[str] | None:
    """Prose as a block scalar: its header, and its lines of at most `width` where words allow. None if it cannot be.

    Folded if a line is too long, else literal.
    """
    body = text.removesuffix("\n")
    lines = body.split("\n")
    if not lines[0] or not lines[-1] or any(line != line.strip() or not _is_visible(line, True) for line in lines):
        return None
    chomping = "" if text != body else "-"
    if all(len(line) <= width for line in lines):
        return [f"|{chomping}", *lines]
    folded: list[str] = []
    for number, line in enumerate(lines):
        folded += [""] if number else []  # a single line end would be read as a space
        folded += filled(re.split(r"(?<! ) (?! )", line), width) if line else []
    return [f">{chomping}", *folded]


def filled(words: list[str], width: int) -> list[str]:
    """Words on lines of at most `width`, if a single one is not longer."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
