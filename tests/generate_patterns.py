"""Random pattern texts of both dialects, and texts that patterns match or just miss."""

from __future__ import annotations

from random import Random

from axtary.compiler.ir import Pattern, Wildcard

SEGMENTS = ["src", "a", "b", ".env", "x.md", ".git", "é", "\U0001f600", "@x", "@@home", "...", "a b", "@home", "@root"]
PIECES = ["*", "*", "**", "***", ".env*", "*.md", "a*", "*a*b", "a**b", "**b", "a**"]
PIECES += ["{a,b}", "a{,b}", "{a,b*}", "{src,.env}", r"\*", r"a\{b\}", r"a\,b", "?", "[ab]", "!a"]
BRACES = [
    "{src,a/b}/*",
    "{src/,}a",
    "a/{b,**}/*",
    "{a,b}{a,b}",
    "{**/,}a",
    "{@home,src}/*",
    "{/a,b}",
    "a{/,}",
    "{.env*,a/**/b}",
]
NASTY = ["**", "**/", "**/a", "**/*", "*/**", "a/**", "a/**/b", "**/a/**", "a/**/**/b", "*", "*/", "/*", "/**", "a/*/b"]
NASTY += [
    "@home/",
    "@home/**",
    "@root/*",
    "@home/**/a",
    "@home",
    "@*",
    "@root",
    "@home*",
    "@*/a",
    r"\@home/a",
    "*/a",
    "**a/b",
]
NAMES = [
    "*",
    "**",
    "a*",
    "*a",
    "*a*",
    "a*b*a",
    "a/b",
    "a**b",
    "{a,b}",
    "{a,b}*",
    "a{,b}",
    r"\*",
    r"a\\b",
    "*\n*",
    "é*",
    "*/*",
    "",
]

FILLS = ["", "a", "b", "ab", ".", ".env", "\n", "é", "\U0001f600", "\\", " "]
RUNS = ["", "/", "a/b", "a/", "/b", "@home/a", *FILLS]
DEEP = ["", "a/", "a/b/", "src/", "@home/", "/", "../"]


def path_pattern(rng: Random) -> str:
    """For `matches` and `blocked_paths`."""
    draw = rng.random()
    if draw < 0.3:
        return rng.choice(NASTY)
    if draw < 0.45:
        return rng.choice(BRACES)
    text = _segments(rng)
    if not text.startswith("@") and rng.random() < 0.2:
        text = "/" + text
    return text + rng.choice(["", "", "", "/"])


def resource_pattern(rng: Random) -> str:
    """For `match.resource`: no path, so anything goes."""
    draw = rng.random()
    if draw < 0.5:
        return "repo:" + rng.choice(["", "acme/"]) + _segments(rng)
    if draw < 0.8:
        return rng.choice(NASTY + BRACES).removeprefix("@")
    return rng.choice(["*", "**", "a//b", "../a", "./*", "/", "repo:*", "repo:acme/**", r"a\\b*"])


def name_pattern(rng: Random) -> str:
    """For `like`."""
    draw = rng.random()
    if draw < 0.5:
        return rng.choice(NAMES) or "*a"
    return "".join(rng.choice(PIECES + SEGMENTS) for _ in range(rng.randint(1, 3)))


def _segments(rng: Random) -> str:
    return "/".join(rng.choice(PIECES if rng.random() < 0.45 else SEGMENTS) for _ in range(rng.randint(1, 3)))


def matching_text(rng: Random, pattern: Pattern) -> str:
    """A text that the pattern matches, unless it is kept inside the workspace."""
    fills = {Wildcard.STAR: FILLS, Wildcard.ANY: RUNS, Wildcard.SEGMENTS: DEEP}
    return "".join(t if isinstance(t, str) else rng.choice(fills[t]) for t in pattern.tokens)


def near_text(rng: Random, pattern: Pattern) -> str:
    """A text that a pattern matches, or one that has been changed in one place."""
    if pattern.inside and rng.random() < 0.15:
        return rng.choice(["@home", "@root", "@home/a", "@root/.env", "@homes", "@@home/a"])
    text = matching_text(rng, pattern)
    at = rng.randint(0, len(text))
    change = rng.randrange(14)
    if change == 0:
        return text[:at] + text[at + 1 :]
    if change == 1:
        return text[:at] + rng.choice(["/", "a", "\n", "."]) + text[at:]
    if change == 2:
        return text + rng.choice(["/", "/a", "a", "\n"])
    if change == 3:
        return rng.choice(["@home/", "@root/", "@@home/", "a/", "/", "a"]) + text
    if change == 4:
        return text.swapcase()
    if change == 5:
        return rng.choice(["@home", "@root", "", "@homes/a", text.partition("/")[2]])
    return text
