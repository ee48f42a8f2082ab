"""Policies gone wrong: inputs for the fuzzer, each made of its number alone."""

from __future__ import annotations

import json
import re
from functools import cache
from random import Random
from typing import Any

from axtary.grammars import preset, presets
from tests.golden_files import GOLDEN, MISTAKES

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[A-Za-z0-9_.-]+|\s+|[^\sA-Za-z0-9_]')
_VOCABULARY = (
    "version preset include groups tools policy policies id description effect match when obligations payload",
    "tool resource actor tenant owner task allow deny step_up blocked_paths hours rate budget approvers ttl",
    "roles quorum limit unit per window cost and or not in like matches contains has any all none count true",
    "false string integer decimal boolean number timestamp coding-agent paths time context intent actor.roles",
    "intent.task payload.a 1 0 -1 12.5 1.00005 922337203685477.5808 9007199254740993 1e9 007 5m 1h30m 0s 20",
    r"2026-11-22T10:00:00Z 2026-02-30T10:00:00Z Mon-Fri 08:00-19:00 24:00 Europe/Berlin UTC @coders @@ \@ \* **",
    "*** a/**/b ../x /a/ {a,b} {a,{b}} .env* @home/ @root/** no ~ null <<",
)
_WORDS = " ".join(_VOCABULARY).split(" ")
_PIECES = [
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ",",
    ":",
    ": ",
    "- ",
    "? ",
    "#",
    " # c",
    "'",
    '"',
    "\\",
    "|",
    ">-",
    "|+2",
    "&a ",
    "*a",
]
_PIECES += [
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "<<: ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "  ",
    "==",
    "!=",
    "<=",
    "&&",
    "||",
]
_ODD = [
    "\ufeff",
    "\u202e",
    "\u2028",
    "\u200b",
    "\u00a0",
    "\x00",
    "\x1b[31m",
    "\x85",
    "é",
    "e\u0301",
    "\U0001f600",
    "\ufffe",
]
_ODD += ["\U000e0041", "\\ud800", "\\u0000", "\\x00", "\\U00110000"]
_FLOODED = [
    "[",
    "{",
    "(",
    "- ",
    "? ",
    "not ",
    "{a: ",
    "[{",
    "{a,b}",
    "*a",
    "@a ",
    "has ",
    "'",
    '"',
    "\\",
    " and ",
    "\n ",
    "#",
]


@cache
def _corpus() -> list[str]:
    """Golden policies, mistakes, and pieces of the presets, which are too long to be tried whole each time."""
    files = [*sorted(GOLDEN.glob("*/policy.yml")), *sorted(MISTAKES.glob("*.yml")), *sorted(MISTAKES.glob("*/*.yml"))]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in files]
    for name in presets():
        head, *rules = re.split(r"(?m)^(?=  - id: )", preset(name).decode())
        texts += [head.partition("policies:")[0] + "policies:\n" + rule for rule in rules]
    return texts


@cache
def actions() -> list[dict[str, Any]]:
    """The actions of the golden cases."""
    cases = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(GOLDEN.glob("*/cases.json")))
    return [case["action"] for found in cases for case in found]


def included(name: str) -> bytes:
    """What an input gets that includes this name."""
    return Random(f"include {name}").choice(_corpus()).encode()


def make(seed: int, number: int) -> bytes:
    """The input with this number."""
    rng = Random(f"fuzz {seed} {number}")
    text = rng.choice(_corpus())
    for _ in range(rng.choice([1, 1, 1, 1, 2, 4])):
        text = rng.choice(_MUTATIONS)(rng, text)
    return _bytes(rng, text[:200_000])


def _bytes(rng: Random, text: str) -> bytes:
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    if rng.random() < 0.05:
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data) + 1)
            data[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(4))
    if rng.random() < 0.03:
        return bytes(data[: rng.randrange(len(data) + 1)])  # perhaps in the middle of a character
    return bytes(data)


# --- tokens ---


def _swap(rng: Random, text: str) -> str:
    tokens = _TOKEN.findall(text)
    if len(tokens) > 1:
        i, j = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        tokens[i], tokens[j] = tokens[j], tokens[i]
    return "".join(tokens)


def _drop(rng: Random, text: str) -> str:
    tokens = _TOKEN.findall(text)
    at = rng.randrange(len(tokens) + 1)
    del tokens[at : at + rng.choice([1, 1, 2, 6])]
    return "".join(tokens)


def _double(rng: Random, text: str) -> str:
    tokens = _TOKEN.findall(text)
    at = rng.randrange(len(tokens) + 1)
    tokens[at:at] = tokens[at : at + rng.choice([1, 2, 10, 40])] * rng.choice([1, 1, 3])
    return "".join(tokens)


def _replace(rng: Random, text: str) -> str:
    tokens = _TOKEN.findall(text)
    words = [at for at, token in enumerate(tokens) if not token.isspace()]
    if words:
        tokens[rng.choice(words)] = rng.choice(_WORDS)
    return "".join(tokens)


def _insert(rng: Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(rng.choice([_PIECES, _PIECES, _WORDS, _ODD])) + text[at:]


def _flood(rng: Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(_FLOODED) * rng.choice([2, 17, 33, 300]) + text[at:]


# --- lines ---


def _truncate(rng: Random, text: str) -> str:
    ends = [m.end() for m in _TOKEN.finditer(text)] if rng.random() < 0.5 else range(len(text) + 1)
    at = rng.choice(ends) if ends else 0
    return text[:at] if rng.random() < 0.8 else text[at:]


def _splice(rng: Random, text: str) -> str:
    head, tail = text.splitlines(keepends=True), rng.choice(_corpus()).splitlines(keepends=True)
    return "".join(head[: rng.randrange(len(head) + 1)] + tail[rng.randrange(len(tail) + 1) :])


def _indent(rng: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        at = rng.randrange(len(lines))
        margin = rng.choice(["", " ", "   ", "\t", "        "])
        for line in range(at, min(len(lines), at + rng.choice([1, 1, 3]))):
            lines[line] = margin + (lines[line].lstrip(" ") if rng.random() < 0.5 else lines[line])
    return "".join(lines)


def _move(rng: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))
    return "".join(lines)


def _unquote(rng: Random, text: str) -> str:
    quotes = [m.start() for m in re.finditer("[\"']", text)]
    for at in sorted(rng.sample(quotes, min(len(quotes), rng.choice([1, 2]))), reverse=True):
        text = text[:at] + rng.choice(["", "", "'", '"']) + text[at + 1 :]
    return text


def _comment(rng: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines) + 1)
    own = rng.random() < 0.5 or at == len(lines)
    if own:
        lines.insert(at, " " * rng.randrange(8) + "# a comment\n")
    else:
        lines[at] = lines[at].rstrip("\n") + " # beside\n"
    return "".join(lines)


def _line_ends(rng: Random, text: str) -> str:
    return text.replace("\n", rng.choice(["\r\n", "\r", "\n\n", "\n\t", " \n"]), rng.choice([-1, 1, 5]))


def _requote(rng: Random, text: str) -> str:
    words = list(re.finditer(r"(?<=[ \[,])[a-z][a-z._-]*(?=[ ,}\]\n])", text))
    if not words:
        return text
    found = rng.choice(words)
    around = rng.choice(['"%s"', "'%s'", "(%s)", "[%s]", " %s "])
    return text[: found.start()] + around % found[0] + text[found.end() :]


_GENTLE = [_comment, _comment, _requote, _move, _line_ends]
_MUTATIONS = [_swap, _drop, _double, _replace, _replace, _insert, _insert, _flood, _truncate, _splice, _indent]
_MUTATIONS += [_unquote, *_GENTLE, *_GENTLE]
