"""The Lark grammars as EBNF for readers: keywords in place of terminals, without what is only there for messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from axtary.grammars import grammar

# Alternatives and words that the parser takes so that the compiler can say what to write instead: all of them refused.
REFUSED = {
    "bare": "payload.done",
    "not_in": 'payload.s not in ["a"]',
    "AND_SIGN": "payload.n == 1 && payload.m == 1",
    "OR_SIGN": "payload.n == 1 || payload.m == 1",
    "NOT_SIGN": "! payload.n == 1",
    '"="': "payload.n = 1",
}
ONCE = {"compare": "1 < payload.n < 3"}  # repetitions that the parser takes, of which one is accepted

PROSE: dict[str, dict[str, str]] = {
    "condition": {
        "start": "the text of `when`",
        "disjunction": "binds weakest",
        "conjunction": "binds tighter than `or`",
        "negation": "binds tighter than `and`",
        "predicate": "one test, or a condition in parentheses",
        "operands": "a list of literals; of patterns, also a single one",
        "operand": "an attribute or a literal",
        "path": "an attribute: a root and its keys",
        "string": "a text, as in JSON",
        "number": "digits with an optional `-` and at most 4 fraction digits; what else it takes is refused by name",
        "boolean": "a truth value",
        "COMPARE": "equality, and the order of numbers and timestamps",
        "NAME": "the root: `payload`, `context`, `actor`, `intent`, `tool`, `resource`, `paths` or `time`",
        "FIELD": "a plain key",
        "KEY": "any other key, as a JSON string",
        "STRING": "JSON escapes; no line breaks",
        "NUMBER": "read as a whole, so that `1.2.3` is one mistake",
    },
    "pattern": {
        "start": "a pattern of either dialect",
        "braces": "any of the alternatives; they do not nest",
        "alternative": "part of a pattern; may be empty",
        "TEXT": "plain text, `/` among it",
        "ESCAPE": "the sign itself",
        "STARS": "`*` and `**`; more stars are `**`",
        "COMMA": "plain outside braces",
    },
    "schedule": {
        "window": "a value of `hours`",
        "days": "any of the ranges",
        "day_range": "several days, or one",
        "range": "inclusive; may go over the end of the week",
        "single": "one day",
        "rate": "a value of `rate`",
        "duration": "a value of `ttl` and of `window`, and the middle of a rate",
        "DAY": "a weekday",
        "CLOCK": "00:00 to 23:59, and 24:00 as an end",
        "ZONE": "an IANA name",
        "COUNT": "1 or more",
        "PART": "days, hours, minutes, seconds: each once, the longest first",
        "SCOPE": "whose calls are counted",
    },
    "question": {
        "start": "a question for `axtary policy ask`",
        "actor": "patterns for `actor.agent`",
        "tool": "patterns for the tool",
        "resource": "resource patterns",
        "decisions": "how it is decided; without it: allowed",
        "approval": "while nobody, or nobody with such a role, has approved",
        "when": "on actions for which this is true",
        "patterns": "any of them",
        "WORD": "a pattern without spaces",
        "STRING": "a pattern in quotes",
        "CONDITION": "the rest of the line, by the grammar of conditions",
    },
}

WIDTH = 110  # of a definition; a longer one has a line for each alternative

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|/(?:\\.|[^/\\\n])+/[imslux]*|->|\w+|[()|\[\]*+?]')
_KEYWORD = re.compile(r"/\(?([a-z|]+(?:\\s\+[a-z]+)?)\)?\(\?!.*\)/\Z")  # `/can(?!\S)/`, `/(like|matches)(?!…)/`


@dataclass
class Item:
    """A name, a literal or a group, with `?`, `*`, `+` or nothing behind it."""

    what: str | list[Sequence]
    times: str = ""


@dataclass
class Sequence:
    """One alternative; `tree` is the name that Lark gives to what it matches."""

    items: list[Item]
    tree: str = ""


def ebnf(name: str) -> list[str]:
    """Lines of EBNF, in the notation of the XML recommendation: of each rule a comment, then its definition."""
    rules = definitions(name)
    keywords = {rule: words for rule in rules.keys() - PROSE[name].keys() if (words := _words(rules[rule]))}
    kept = {rule: body for rule, body in rules.items() if rule not in keywords}
    lines: list[str] = []
    for rule, body in kept.items():
        lines += ["", f"/* {PROSE[name][rule.lstrip('_')]} */", *_definition(rule.lstrip("_"), body, keywords)]
    return lines[1:]


def definitions(name: str) -> dict[str, list[Sequence]]:
    """Rule or terminal -> its alternatives, without what is only for messages."""
    text = re.sub(r"^(//|%ignore).*$", "", grammar(name), flags=re.MULTILINE)
    found = re.findall(r"^\??(\w+)(?:\.\d+)?:((?:.*\n)(?:[ \t]+.*\n)*)", text, re.MULTILINE)
    return {rule: _alternatives(_TOKEN.findall(body)[::-1]) for rule, body in found if rule not in REFUSED}


def _alternatives(rest: list[str]) -> list[Sequence]:
    """Reads the symbols, which are in reverse, up to a closing bracket."""
    found = [Sequence([])]
    while rest and rest[-1] not in ")]":
        symbol = rest.pop()
        if symbol == "|":
            found.append(Sequence([]))
        elif symbol == "->":
            found[-1].tree = rest.pop()
        elif symbol in "([":
            inner = _alternatives(rest)
            found[-1].items.append(Item(inner, "?" if rest.pop() == "]" else ""))
        elif symbol in "?*+":
            found[-1].items[-1].times = symbol
        else:
            found[-1].items.append(Item(symbol))
    return [_once(each) if each.tree in ONCE else each for each in found if not _is_refused(each)]


def _is_refused(sequence: Sequence) -> bool:
    whole = sequence.items[0].what if len(sequence.items) == 1 else ""
    return sequence.tree in REFUSED or (isinstance(whole, str) and whole in REFUSED)


def _once(sequence: Sequence) -> Sequence:
    """`a (b c)+` -> `a b c`."""
    items: list[Item] = []
    for item in sequence.items:
        items += item.what[0].items if isinstance(item.what, list) and item.times == "+" else [item]
    return Sequence(items)


def _words(body: list[Sequence]) -> list[str]:
    """The words that a terminal stands for, if it is one of keywords."""
    items = [item for sequence in body for item in sequence.items]
    if len(items) == 1 and isinstance(items[0].what, str) and (found := _KEYWORD.match(items[0].what)):
        return [f'"{word}"' for word in found[1].replace(r"\s+", " ").split("|")]
    words = [item.what for item in items if isinstance(item.what, str) and item.what.startswith('"') and not item.times]
    return words if len(words) == len(items) == len(body) else []


def _definition(rule: str, body: list[Sequence], keywords: Mapping[str, list[str]]) -> list[str]:
    said = [_sequence(each, keywords) for each in body]
    if len(rule) + 5 + len(line := " | ".join(said)) <= WIDTH:
        return [f"{rule} ::= {line}"]
    return [f"{rule} ::= {said[0]}", *(" " * (len(rule) + 3) + f"| {each}" for each in said[1:])]


def _sequence(sequence: Sequence, keywords: Mapping[str, list[str]]) -> str:
    if len(sequence.items) == 1 and isinstance(word := sequence.items[0].what, str) and word in keywords:
        return " | ".join(keywords[word])
    return " ".join(_item(item, keywords) for item in sequence.items)


def _item(item: Item, keywords: Mapping[str, list[str]]) -> str:
    if isinstance(item.what, list):
        inner = " | ".join(_sequence(each, keywords) for each in item.what)
        several = len(item.what) > 1 or len(item.what[0].items) > 1
        return f"({inner}){item.times}" if several else f"{inner}{item.times}"
    words = keywords.get(item.what, [item.what.lstrip("_")])
    return (words[0] if len(words) == 1 else f"({' | '.join(words)})") + item.times
