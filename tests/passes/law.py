"""What one scope admits beyond another, against trying: `python -m tests.passes.law --pairs 200000 --seed 1`.

Law: if `text_outside` or `action_outside` shows something, then the one admits it and the other does not; if it shows
nothing, then nothing that was tried is so. Texts are all short ones over a few characters, payloads are made of a few
values; each is judged by the language's own matcher, and what is shown also by the slow reference.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from random import Random
from typing import Any

from axtary.backends.native.patterns import any_of
from axtary.compiler.analysis.inclusion import Exhausted, action_outside, admits_some, text_outside
from axtary.compiler.clauses import Literal, Rail
from axtary.compiler.ir import Pattern
from axtary.compiler.patterns import Dialect, parse
from axtary.compiler.syntax import SyntaxProblem
from axtary.passes.errors import RefusedError
from axtary.passes.scope import Scope
from tests import reference

LETTERS = "ab/.*@"
PIECES = ["*", "*", "**", "**/", "/", "/", "a", "b", "ab", ".", r"\*", r"\@", "{a,b}", "{a,}", "{*,b/}", "{a/**,b}"]
DIALECTS = (Dialect.NAME, Dialect.RESOURCE)
VALUES: list[Any] = [
    None,
    True,
    False,
    "",
    "a",
    "b",
    "ab",
    "a/b",
    "../a",
    "5",
    "5.0",
    "4.9999",
    "-1",
    "x5",
    0,
    -1,
    4.9999,
]
VALUES += [5, 5.0001, 7, 1e15, 2**53 - 1, 1e-7, 0.25, [], ["a"], {}, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"]
VALUES += ["2026-01-01T01:00:00+01:00", "T", "@home/a", "a/b/c", {"b": "a"}, {"b": 5}, {"b": None}]
ABSENT = object()
_TEXTS = ["a", "b", "5", "a*", "*", "*b", "a/b", "{a,b}", "*5*", "5*"]
_PATHS = ["a", "*", "**", "a/**", "/a", "a/", "**/b"]
_ORDER = ["<", "<=", ">", ">="]
KINDS: dict[str, tuple[list[str], list[Any]]] = {
    "text": (["==", "!=", "in", "like", "matches"], ["a", "ab", "5", "", "a/b"]),
    "number": (["==", "!=", "in", *_ORDER], [0, 5, 4.9999, -1, 0.25, "5", "4.9999", "0"]),
    "boolean": (["==", "!=", "in"], [True, False]),
    "time": (_ORDER, ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T01:00:00.5+01:00"]),
}


@lru_cache(maxsize=1)
def texts(length: int) -> list[str]:
    """All texts of at most so many letters."""
    return ["".join(each) for size in range(length + 1) for each in product(LETTERS, repeat=size)]


def some_patterns(rng: Random, dialect: Dialect) -> list[Pattern]:
    """One to three patterns of a dialect, as an author may write them."""
    found: list[Pattern] = []
    while not found or rng.random() < 0.4:
        try:
            found += parse("".join(rng.choice(PIECES) for _ in range(rng.randint(1, 4))), dialect)
        except SyntaxProblem:
            continue
    return found


def check_patterns(some: Sequence[Pattern], others: Sequence[Pattern], *, empty: bool, length: int = 4) -> str | None:
    """What is wrong about the answer, or None."""
    admits, refuses = any_of(some), any_of(others)
    found = text_outside(some, others, empty=empty)
    if found is None:
        missed = next((t for t in texts(length) if (t or empty) and admits(t) and not refuses(t)), None)
        return None if missed is None else f"{some} in {others}: {missed!r} is not seen"
    shows = any(reference.matches(each, found) for each in some) and admits(found)
    fails = refuses(found) or any(reference.matches(each, found) for each in others)
    return None if shows and not fails and (found or empty) else f"{some} in {others}: {found!r} shows nothing"


def some_conditions(rng: Random, kind: str, most: int = 3) -> list[dict[str, Any]]:
    """Up to so many conditions of one kind on `a` and `a.b`."""
    return [_condition(rng, kind) for _ in range(rng.randint(0, most))]


def _condition(rng: Random, kind: str) -> dict[str, Any]:
    ops, values = KINDS[kind]
    op = rng.choice(ops)
    if op in ("like", "matches"):
        values = _TEXTS if op == "like" else _PATHS
    if op in ("==", "!=", "in"):
        values = [each for each in values if kind == "text" or type(each) is not str] or [0]
    value = [each for each in values if rng.random() < 0.5] or values[:1] if op == "in" else rng.choice(values)
    return {"path": rng.choice([["a"], ["a"], ["a"], ["a", "b"]]), "op": op, "value": value}


def payloads() -> Iterator[dict[str, Any]]:
    """A payload for each value, and one without any."""
    yield {}
    yield from ({"a": value} for value in VALUES)
    yield from ({"a": {"b": value}} for value in VALUES)


def meets(literals: Sequence[Literal], payload: Any) -> bool:
    """Do all conditions definitely hold, by the reference?"""
    action = {"version": 1, "tool": "t", "payload": payload}
    return all(
        reference.truth(each.test, action) is (each.rail is Rail.TRUE)  # type: ignore[arg-type]
        for each in literals
    )


def check_conditions(some: Any, others: Any) -> tuple[str | None, str]:
    """What is wrong about the answer, or None; and what the answer was."""
    try:
        child, parent = Scope.read({"payload": some}).payload, Scope.read({"payload": others}).payload
    except RefusedError:
        return None, "ill-formed"
    try:
        found, any_at_all = action_outside(child, parent), admits_some(child)
    except Exhausted:
        return None, "undecided"
    for payload in payloads():
        if meets(child, payload) and not any_at_all:
            return f"{some}: {payload} meets it, and nothing is said to", ""
        if found is None and meets(child, payload) and not meets(parent, payload):
            return f"{some} in {others}: {payload} is not seen", ""
    if found is None:
        return None, "included"
    payload = found[1].get("payload", {})
    # Conditions on values that have nothing to do with it are not looked at; here are none of those.
    shows = meets(child, payload) and not meets([found[0]], payload)
    return (None, "beyond") if shows else (f"{some} in {others}: {payload} shows nothing", "")


def check_seed(seed: int, length: int = 4) -> tuple[str | None, str]:
    """One pair of each kind."""
    rng = Random(seed)
    dialect = rng.choice(DIALECTS)
    some, others = some_patterns(rng, dialect), some_patterns(rng, dialect)
    others += rng.sample(some, rng.randint(0, len(some) - 1)) if rng.random() < 0.5 else []
    wrong = check_patterns(some, others, empty=rng.random() < 0.5, length=length)
    if wrong is not None:
        return f"seed {seed}: {wrong}", ""
    kind = rng.choice([*KINDS])
    other = kind if rng.random() < 0.8 else rng.choice([*KINDS])
    conditions = some_conditions(rng, kind)
    wrong, what = check_conditions(conditions + some_conditions(rng, kind, 1), some_conditions(rng, other, 2))
    return None if wrong is None else f"seed {seed}: {wrong}", what


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.passes.law", description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--length", type=int, default=5, help="of the texts that are tried")
    options = parser.parse_args()
    seen: dict[str, int] = {}
    for seed in range(options.seed, options.seed + options.pairs):
        wrong, what = check_seed(seed, options.length)
        if wrong is not None:
            print(wrong)
            return 1
        seen[what] = seen.get(what, 0) + 1
    print(f"{options.pairs} pairs from seed {options.seed} on; conditions: {seen}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
