"""A pattern matches a text in Rego exactly if Python's `re` says so of the same wildcards."""

from __future__ import annotations

import random
import re
from itertools import product

from tests.backends.rego_engines import action, policy, rule

from axtary.backends import rego
from axtary.compiler.ir import Attribute, Field, Like, Match, Pattern, Token, Type, Wildcard

PYTHON = {Wildcard.STAR: "[^/]*", Wildcard.ANY: ".*", Wildcard.SEGMENTS: "(.*/)?"}
HOSTILE = [
    "a",
    "/",
    ".",
    "\\",
    "*",
    "[",
    "{",
    "$",
    "^",
    "\n",
    "\r",
    "\x00",
    "\x7f",
    "`",
    '"',
    "\u0301",
    "\u2028",
    "\U0001f600",
]


def by_python(pattern: Pattern, text: str) -> bool:
    body = "".join(PYTHON[token] if isinstance(token, Wildcard) else re.escape(token) for token in pattern.tokens)
    outside = pattern.inside and re.match(r"@(home|root)(/|\Z)", text)
    return re.fullmatch(body, text, re.DOTALL) is not None and not outside


def fired(patterns: list[Pattern], texts: list[str]) -> list[dict[str, list[bool]]]:
    """Per engine: text -> which of the patterns match."""
    read = Attribute("payload", ("x",), Type.STRING)
    rules = policy(*(rule(f"p{n:04}", when=Like(read, (pattern,))) for n, pattern in enumerate(patterns)))
    found = []
    for name in rego.available():
        engine = rego.compile(rules, name)
        answers = {text: set(engine.decide(action(payload={"x": text}), {}).fired) for text in texts}
        found.append({text: [f"p{n:04}" in ids for n in range(len(patterns))] for text, ids in answers.items()})
    return found


def check(patterns: list[Pattern], texts: list[str]) -> int:
    wanted = {text: [by_python(pattern, text) for pattern in patterns] for text in texts}
    for answer in fired(patterns, texts):
        assert answer == wanted
    return sum(map(sum, wanted.values()))


def test_random_patterns_over_hostile_texts() -> None:
    pick = random.Random(3)

    def text(most: int) -> str:
        return "".join(pick.choice(HOSTILE) for _ in range(pick.randint(0, most)))

    def pattern() -> Pattern:
        tokens: list[Token] = []
        for _ in range(pick.randint(0, 4)):
            last = tokens[-1] if tokens else None
            tokens.append(text(2) + "a" if isinstance(last, Wildcard) else pick.choice([*Wildcard, "a", "/"]))
            if isinstance(last, str) and isinstance(tokens[-1], str):
                tokens.pop()
        return Pattern(tuple(tokens))

    patterns = [pattern() for _ in range(60)]
    matching = [
        "".join(token if isinstance(token, str) else pick.choice(["", "a/", "\n"]) for token in p.tokens)
        for p in patterns
    ]
    assert check(patterns, [*matching, *(text(5) for _ in range(150))]) > 200


def test_every_short_token_sequence_over_every_short_text() -> None:
    parts: list[Token] = [*Wildcard, "a", "/", "aa"]
    sequences = [tokens for size in (0, 1, 2, 3) for tokens in product(parts, repeat=size)]
    patterns = [Pattern(tokens) for tokens in sequences]
    texts = ["".join(chars) for size in range(5) for chars in product("a/\n", repeat=size)]
    assert check(patterns, texts) > 1000


def test_inside_patterns_never_reach_outside_the_workspace() -> None:
    tokens: list[tuple[Token, ...]] = [
        (Wildcard.ANY,),
        (Wildcard.SEGMENTS, "x"),
        ("@", Wildcard.ANY),
        ("@home",),
        ("a", Wildcard.ANY),
        (),
    ]
    texts = [
        "@home",
        "@root",
        "@home/x",
        "@root/x",
        "@homes",
        "@home2/x",
        "@homes/x",
        "@Home/x",
        "a/@home/x",
        "x",
        "@@home",
        "@root\n",
        "",
    ]
    assert check([Pattern(t, inside=True) for t in tokens], texts) > 10


def test_every_special_character_is_taken_literally() -> None:
    chars = [chr(n) for n in range(128)]
    patterns = [Pattern((Wildcard.ANY, char, Wildcard.STAR, "z")) for char in chars]
    check(patterns, [f"{char}z" for char in chars])


def test_match_reads_an_absent_field_as_the_empty_text() -> None:
    fields = (Field.RESOURCE, Field.ACTOR, Field.TENANT, Field.OWNER, Field.TASK)
    kinds: dict[str, tuple[Token, ...]] = {
        "star": (Wildcard.STAR,),
        "any": (Wildcard.ANY,),
        "empty": (),
        "x": ("x",),
        "prefix": ("x", Wildcard.ANY),
    }
    rules = [
        rule(f"{field}-{name}", match=(Match(field, (Pattern(tokens),)),))
        for field in fields
        for name, tokens in kinds.items()
    ]
    rules.append(rule("either", match=(Match(Field.TASK, (Pattern(("x",)), Pattern(()))),)))
    full = {"resource": "x", "actor": {"agent": "x", "tenant": "x", "owner": "x"}, "intent": {"task": "x"}}
    for name in rego.available():
        engine = rego.compile(policy(*rules), name)
        matching = {rule_id.rpartition("-")[2] for rule_id in engine.decide(action(), {}).fired}
        assert matching == {"star", "any", "empty", "either"}
        assert len(engine.decide(action(), {}).fired) == 5 * 3 + 1
        assert len(engine.decide(action(**full), {}).fired) == 5 * 4 + 1
