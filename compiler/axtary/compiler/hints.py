"""What an author meant who wrote a condition, a key or a word in the manner of another language.

Phrases only: nothing here decides what is right. Each answer says what to write, for one known habit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from axtary.compiler.diagnostics import closest, quoted

# --- conditions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Habit:
    """A way to write a condition that this language does not have: what stands there, and what to write."""

    written: str  # a regular expression; group 1 is what is wrong
    message: str  # {} is what is wrong
    help: str  # \1 to \9 are groups


_WORD = r"[A-Za-z_][\w.]*"
_NO_ARITHMETIC = "there is no arithmetic: compare the attribute itself with a literal"
_TEXT = 'write `like "…*"` for the beginning of a text, `like "*…"` for its end, `like "*…*"` for what it contains'


# The first that stands where the parser stopped is taken.
_HABITS = tuple(
    Habit(*row)
    for row in (
        (r"(===)", "{} is not an operator", "write `==`"),
        (r"(!==)", "{} is not an operator", "write `!=`"),
        (r"(<>)", "{} is not an operator", "write `!=`"),
        (r"(=>)", "{} is not an operator", "write `>=`"),
        (r"(=<)", "{} is not an operator", "write `<=`"),
        (r"([=!]?~)", "{} is not an operator", 'there are no regular expressions: write `like "release/*"`'),
        (r"\b(is\s+not)\b\s*", "{} is not an operator", "write `!=`"),
        (r"\b(is|equals|eq)\b\s*", "{} is not an operator", "write `==`"),
        (r"\b(ne|neq)\b\s*", "{} is not an operator", "write `!=`"),
        (r"\b(not)\s+[=!<>]", "`not` stands before the whole comparison", "write `!=`, or `not payload.x == …`"),
        (
            r"\b(any|all|none)\s+" + f"({_WORD})" + r"\s+not\b",
            "`not` stands before the whole comparison",
            r"write `none \2 …`, or `not \1 \2 …`",
        ),
        (r"\b(NOT|Not)\b\s*", "{} is not a word of the language", "write keywords in lower case: `not`"),
        (
            r"\b(starts?[ _]?with|ends?[ _]?with|includes|begins[ _]with)\b\s*",
            "{} is not an operator",
            _TEXT,
        ),
        (
            rf"({_WORD})\.(?:startsWith|startswith|endsWith|endswith|contains|includes|matches|match|test)\s*\(",
            "there are no functions",
            _TEXT,
        ),
        (
            rf"({_WORD}\.(?:size|length|count|len)\s*\()",
            "there are no functions",
            "write `count(payload.labels) <= 3`",
        ),
        (
            r"\b((?:len|size|length)\s*\()",
            "there are no functions",
            "for a list, write `count(payload.labels) <= 3`",
        ),
        (
            r"\b((?:lower|upper|toLower|toUpper|tolower)\s*\()",
            "there are no functions",
            "texts are compared as they are: list the spellings",
        ),
        (
            r"\b((any|all|none)\s*\()",
            "{} is not a function",
            r'write it without parentheses: `\2 paths matches "src/**"`',
        ),
        (r"\b((?:has|exists)\s*\()", "{} is not a function", "write it without parentheses: `has payload.x`"),
        (
            r"(?:[<>=])\s*(count\s*\()",
            "{} stands on the right",
            "write `count(…)` on the left: `count(paths) <= 3`",
        ),
        (rf"\bcount\s+({_WORD})\s*", "{} stands without parentheses", r"write `count(\1)`"),
        (r"\b(between)\b\s*", "{} is not an operator", "write `payload.x >= 1 and payload.x <= 10`"),
        (r"\b(exists?|defined|isset|present)\b\s*", "{} is not a word of the language", "write `has payload.x`"),
        (r"\bhas\s+(not)\b\s*", "`not` stands before `has`", "write `not has payload.x`"),
        (r"\b(every|each|forall)\b\s*", "{} is not a word of the language", "write `all`"),
        (r"\b(some)\b\s*", "{} is not a word of the language", "write `any`"),
        (r"\b(?:any|all|none)\s+(of)\b\s*", "{} is too much", "write `any paths …`, without `of`"),
        (
            rf"\b(?:any|all|none)\s+({_WORD})\s*==?",
            "the elements of a list are not compared with `==`",
            r'write `any \1 in ["…"]`, or `\1 contains "…"` for a single one',
        ),
        (
            r"\b(?:any|all|none)\s+" + f"({_WORD})" + r'\s+["\[]',
            "a test is missing behind {}",
            r"write `matches`, `like` or `in` before the text",
        ),
        (r"\b(if|when|unless|return)\b\s*", "a condition has no {}", "write the test alone"),
        (r"\b(then|else)\b\s*", "a condition has no {}", "the rule's `effect` says what follows"),
        (r"\b(xor|nor|nand|implies)\b\s*", "{} is not an operator", "write it with `and`, `or` and `not`"),
        (r"\A\s*\b(and|or)\b\s*", "the condition begins with {}", "write a comparison before it, or delete it"),
        (r"\b(and|or)\s+(?:and|or)\b\s*", "two operators stand in a row", "delete one of them"),
        (r"\bcontains\s*(\[)", "`contains` takes one text", 'write `any payload.labels in ["…", "…"]` for several'),
        (
            r"(?:==|!=)\s*(\()",
            "a comparison has one value on its right",
            'write `payload.x in ["a", "b"]` for one of several',
        ),
        (r"\bin\s*(\(|\{)", "a list does not begin with {}", 'write a list in brackets: `in ["a", "b"]`'),
        (rf"({_WORD})\s*\[\s*-?\d+\s*\]?", "a list has no index", r'write `\1 contains "…"` or `any \1 like "…"`'),
        (rf"({_WORD})(?=\.\d)", "a list has no index", r'write `\1 contains "…"` or `any \1 like "…"`'),
        (r"(\[\s*'[^']*'?\s*\]?)", "a key stands in double quotes", 'write `payload["odd key"]`'),
        (
            rf"({_WORD}-\w[\w-]*)",
            "a key with a `-` stands in quotes",
            'write for example `payload["pull-request"]`',
        ),
        (rf"\b({_WORD}\s*\()", "there are no functions", "the only one is `count(path)`; see `like` and `matches`"),
        (r"(&+)", "{} is not an operator", "write `and`"),
        (r"(\|+)", "{} is not an operator", "write `or`"),
        (r"(;)", "{} does not join conditions", "write `and`"),
        (r"\d(,)\d{3}", "a number has no {}", "write the digits without it: `1000`"),
        (r"(,)", "{} does not join conditions", "write `and`, or one `has` for each attribute"),
        (r"(#)", "a condition has no comments", "write the comment above the rule"),
        (r"(\$)\d", "a number has no currency", "write the number alone: `50`"),
        (r"(\$|\{\{?|\}\}?)", "{} does not belong in a condition", "write the attribute as it is: `payload.x`"),
        (r"(?<!\d)(\.)\d", "a number does not begin with {}", "write a digit before it: `0.5`"),
        (r"\d\s*(%)", "a number has no {}", "write the number alone"),
        (r"([-+*/%])", "{} does not belong in a condition", _NO_ARITHMETIC),
        (
            r"(\?)",
            "{} does not belong in a condition",
            "write the test alone: the rule's `effect` says what follows",
        ),
        (r"(`)", "{} cannot quote a string", 'use double quotes: "…"'),
    )
)


def condition_habit(text: str, at: int) -> tuple[int, int, str, str] | None:
    """What is wrong where the parser stopped, as (start, end, message, help), if it is a known habit."""
    for habit in _HABITS:
        written = re.compile(habit.written)  # here, because few policies need one of them
        for found in written.finditer(text, max(0, at - 60), at + 60):
            last = found[0][-1:]
            behind = at == found.end() and (last.isspace() or last.isalnum())  # the word was taken for an attribute
            if found.start() <= at < found.end() or behind:
                return found.start(1), found.end(1), habit.message.format(quoted(found[1])), found.expand(habit.help)
    return None


# --- attributes -----------------------------------------------------------------------------------------------------

ROOTS = "payload, actor.agent|tenant|owner|roles, intent.task|summary, context, paths, time, tool, resource"
_ROOT_NAMES = ("payload", "actor", "intent", "context", "paths", "time", "tool", "resource")
_MEMBERS = {"actor": ("agent", "tenant", "owner", "roles"), "intent": ("task", "summary")}
_NOTHING = ("null", "none", "nil", "undefined", "empty")
_WRAPPERS = ("request", "action", "input", "event", "ctx", "args", "arguments", "params", "call", "body", "data")
_ALIASES = {
    "role": "actor.roles",
    "roles": "actor.roles",
    "owner": "actor.owner",
    "user": "actor.owner",
    "agent": "actor.agent",
    "tenant": "actor.tenant",
    "org": "actor.tenant",
    "task": "intent.task",
    "summary": "intent.summary",
    "title": "intent.summary",
    "name": "actor.agent",
    "id": "actor.agent",
    "path": "paths",
    "file": "paths",
    "files": "paths",
    "now": "time",
    "date": "time",
}


def attribute_hint(steps: tuple[str, ...]) -> str:
    """What to write in place of an attribute that actions do not have."""
    root, *rest = steps
    if root.lower() in _NOTHING:
        return "there is no null: write `not has payload.x` for an attribute that is missing"
    if root.lower() in ("true", "false") and not rest:
        return f"write `{root.lower()}`"
    if root == "paths" and rest in (["count"], ["length"], ["size"]):
        return "write `count(paths)`"
    if root == "time":
        return "a time of day is a matter of `hours` under `obligations`"
    if root in ("actor", "intent") and not rest:
        return "write one of its members: " + ", ".join(f"`{root}.{member}`" for member in _MEMBERS[root])
    return f"did you mean `{_meant(root, rest)}`? actions have: {ROOTS}"


def _meant(root: str, rest: list[str]) -> str:
    if root in ("tool", "resource"):
        return root
    if root in ("actor", "intent") and rest:
        return _member(root, rest[0])
    if root in _WRAPPERS and rest:
        return ".".join(rest) if rest[0] in _ROOT_NAMES else ".".join(("payload", *rest))
    if root in _ALIASES:
        return _ALIASES[root]
    near = closest(root, _ROOT_NAMES)
    return ".".join((near, *rest)) if near else ".".join(("payload", root, *rest))


def _member(root: str, name: str) -> str:
    alias = _ALIASES.get(name, "")
    if alias.startswith(f"{root}."):
        return alias
    return f"{root}.{closest(name, _MEMBERS[root]) or _MEMBERS[root][0]}"


def word_as_text_hint(word: str) -> str:
    """What to write for a word without quotes where a text or a second attribute may stand."""
    if word.lower() in (*_NOTHING, "true", "false"):
        return attribute_hint((word,))
    return f'write a text in double quotes: `"{word}"`; an attribute in full: `{_meant(word, [])}`'


# --- keys and words -------------------------------------------------------------------------------------------------

_OTHER_KEYS = {
    "rules": "policies",
    "statements": "policies",
    "extends": "preset",
    "import": "include",
    "if": "when",
    "condition": "when",
    "conditions": "when",
    "where": "when",
    "unless": "when",
    "name": "id",
    "rule": "id",
    "decision": "effect",
    "permission": "effect",
    "then": "effect",
    "on": "match",
    "target": "match",
    "agent": "actor",
    "principal": "actor",
    "user": "owner",
    "org": "tenant",
    "action": "tool",
    "channels": "allowedChannels",
    "paths": "blocked_paths",
    "denied_paths": "blocked_paths",
    "schedule": "hours",
    "expires": "ttl",
    "duration": "ttl",
    "timeout": "ttl",
    "limit": "rate",
    "reviewers": "approvers",
    "currency": "unit",
    "amount": "limit",
    "max": "limit",
    "period": "window",
    "scope": "per",
    "fields": "payload",
}
_PLACES = {
    "obligations": "the rule itself, beside `match`",
    "when": "the rule itself, beside `match`",
    "match": "the rule itself, beside `id`",
    "effect": "the rule itself, beside `id`",
    "tool": "`match`",
    "resource": "`match`",
    "actor": "`match`",
    "tenant": "`match`",
    "owner": "`match`",
    "blocked_paths": "`obligations`",
    "hours": "`obligations`",
    "rate": "`obligations`",
    "budget": "`obligations`",
    "approvers": "`obligations`",
    "ttl": "`obligations`",
    "policies": "the top of the file",
    "groups": "the top of the file",
    "tools": "the top of the file",
    "preset": "the top of the file",
    "invariants": "the top of the file",
    "runtime": "the top of the file",
    "ledger": "the top of the file",
    "may_approve_own": "an item of `approvers` at the top of the file",
    "audience": "`approvers` at the top of the file",
    "notify": "`approvers` at the top of the file",
    "never": "an item of `invariants`",
    "quorum": "`approvers`, beside `roles`",
    "payload": '`when`, as in `payload.base == "main"`',
    "roles": '`when`, as in `actor.roles contains "admin"`',
}
_OF_NEVER = ("when", "decision", "effect", "unapproved", "unapproved_by")
_OTHER_WORDS = {
    "permit": "allow",
    "grant": "allow",
    "forbid": "deny",
    "block": "deny",
    "reject": "deny",
    "approve": "step_up",
    "ask": "step_up",
    "review": "step_up",
    "require_approval": "step_up",
    "int": "integer",
    "float": "number",
    "double": "number",
    "money": "decimal",
    "str": "string",
    "text": "string",
    "date": "timestamp",
    "datetime": "timestamp",
    "time": "timestamp",
    "list": "[string]",
    "array": "[string]",
    "strings": "[string]",
    "yes": "true",
    "no": "false",
    "on": "true",
    "off": "false",
    "agent": "actor",
    "user": "owner",
    "org": "tenant",
}


def key_hint(key: str, allowed: Iterable[str]) -> str:
    """`did you mean …? ` or where the key belongs, or nothing. `allowed` are the keys of this place."""
    names = list(allowed)
    word, _, rest = key.partition(":")
    if rest and word in names:
        return f"write a space behind the colon: `{word}: {rest}`; "
    if "payload" in names and "complete" in names and not closest(key, names):
        return f"write `payload: {{{key}: …}}`; "
    if "never" in names and (key in _OF_NEVER or _PLACES.get(key) == "`match`"):
        return f"{quoted(key)} belongs to `never`; "
    if near := closest(key, names):
        return f"did you mean `{near}`? "
    if _OTHER_KEYS.get(key) in names:
        return f"did you mean `{_OTHER_KEYS[key]}`? "
    return f"{quoted(key)} belongs to {_PLACES[key]}; " if key in _PLACES else ""


def word_hint(word: str, allowed: Iterable[str]) -> str:
    """`did you mean …? ` for a value that is one of a few words, or nothing."""
    names = list(allowed)
    meant = _OTHER_WORDS.get(word.lower())
    near = meant if meant in names else closest(word, names)
    return f"did you mean `{near}`? " if near else ""
