"""Strict readers of formats of lines: each refuses what another reader could take otherwise."""

from __future__ import annotations

import csv
import io
import re

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_SYSLOG = re.compile(
    r"<([0-9]{1,3})>1 (\S+) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) "
    r'\[([^ =\]"]{1,32})((?: [^ =\]"]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] \ufeff(.*)\Z'
)
_PARAMETER = re.compile(r' ([^ =\]"]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"')


def unescaped(text: str, special: str) -> str:
    """Without the backslash before each of these characters; any other backslash is an error."""
    found, at = [], 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
            assert at < len(text) and text[at] in special, f"a lone backslash in {text!r}"
        found.append(text[at])
        at += 1
    return "".join(found)


def cef(line: str) -> tuple[list[str], dict[str, str]]:
    """The seven parts of the header of CEF, and the extension."""
    *head, extension = re.split(r"(?<!\\)\|", line, maxsplit=7)
    assert len(head) == 7 and head[0] == "CEF:0"
    ends = [match.start() for match in re.finditer(r"(?<!\\)(?:\\\\)*=", extension)]
    ends = [extension.index("=", end) for end in ends]
    found: dict[str, str] = {}
    for number, end in enumerate(ends):
        key = extension[:end].rpartition(" ")[2]
        after = extension[: ends[number + 1]].rpartition(" ")[0] if number + 1 < len(ends) else extension
        assert _KEY.match(key) and key not in found, key
        found[key] = unescaped(after[end + 1 :], "\\=")
    return [unescaped(part, "\\|") for part in head], found


def leef(line: str) -> tuple[list[str], dict[str, str]]:
    """The parts of the header of LEEF 2.0, and the attributes."""
    *head, attributes = line.split("|", 6)
    assert len(head) == 6 and head[0] == "LEEF:2.0" and head[5] == "0x09"
    found: dict[str, str] = {}
    for attribute in attributes.split("\t"):
        key, sign, value = attribute.partition("=")
        assert sign and _KEY.match(key) and key not in found, key
        found[key] = value
    return head, found


def syslog(line: str) -> tuple[dict[str, str], dict[str, str], str]:
    """The header of RFC 5424, the parameters of the one element, and the message."""
    match = _SYSLOG.match(line)
    assert match, line
    names = ("priority", "time", "host", "app", "process", "id", "element")
    found = {name: unescaped(value, '"\\]') for name, value in _PARAMETER.findall(match[8])}
    assert len(found) == len(_PARAMETER.findall(match[8]))
    return dict(zip(names, match.groups(), strict=False)), found, match[9]


def frames(data: bytes) -> list[bytes]:
    """Messages with their octets counted (RFC 6587, section 3.4.1)."""
    found = []
    while data:
        size, _, rest = data.partition(b" ")
        assert re.fullmatch(rb"[1-9][0-9]*", size)
        found.append(rest[: int(size)])
        assert len(found[-1]) == int(size)
        data = rest[int(size) :]
    return found


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, each as long as it, with the apostrophes of cells taken away."""
    header, *found = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [dict(zip(header, [cell.removeprefix("'") for cell in row], strict=True)) for row in found]
