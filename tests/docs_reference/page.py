"""`docs/reference.md`, made from the grammars, the schemas, the compiler and the codes.

`python -m tests.docs_reference --update` writes it; a test compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tests.docs_pages import ROOT
from tests.docs_reference import keys
from tests.docs_reference.ebnf import ebnf

from axtary.compiler import CompileError, compile_text
from axtary.grammars import schema, schemas
from axtary.runtime.codes import MEANINGS

PAGE = ROOT / "docs" / "reference.md"

HEAD = """\
<!-- Made by `python -m tests.docs_reference --update`. Change what it is made from, not this page. -->
# Reference

Grammar, operators, keys and codes as tables, made from what the compiler uses.
The [language](language.md) explains them, and [semantics](semantics.md) says what they mean.
"""

GRAMMARS = {
    "condition": ("Conditions", "of `when`. White space is free outside texts."),
    "pattern": ("Patterns", "of both [dialects](patterns.md): what a star may cross depends on the place of use."),
    "schedule": ("Windows, rates, durations", "the small texts of obligations. Spaces are free."),
    "question": ("Questions", "for [`axtary policy ask`](ask.md). A keyword ends where its word does."),
}

# An operator, and a condition that uses it on the attribute `a` with a literal `x` of its type.
OPERATORS = {
    "`==` `!=`": "{a} == {x}",
    "`<` `<=` `>` `>=`": "{a} < {x}",
    "`in`": "{a} in [{x}]",
    "`like`": '{a} like "p*"',
    "`matches`": '{a} matches "p/*"',
    "`contains`": '{a} contains "p"',
    "`any` `all` `none` … `in`": 'any {a} in ["p"]',
    "`any` `all` `none` … `like`": 'any {a} like "p*"',
    "`any` `all` `none` … `matches`": 'any {a} matches "p/*"',
    "`count`": "count({a}) <= 1",
    "`has`": "has {a}",
}
LITERALS = {
    "string": '"p"',
    "boolean": "true",
    "number": "1.5",
    "integer": "1",
    "decimal": "1.5",
    "timestamp": '"2026-11-22T10:00:00Z"',
    "[string]": '"p"',
}

GROUPS = {
    "01": "The file and its YAML",
    "02": "Structure",
    "03": "Conditions",
    "04": "Patterns and groups",
    "05": "Types",
    "06": "Obligations",
    "07": "Warnings",
    "08": "Actions and facts",
    "09": "Test files",
    "10": "Invariants",
    "11": "Bundles",
    "12": "Tool catalogs",
    "13": "Conversions",
}


def made() -> str:
    """The text of the page."""
    parts = [HEAD, "## Grammar\n", *_grammars(), "## Operators\n", *_operators(), "## Keys\n", *_keys(), "## Codes\n"]
    return "\n".join([*parts, *_codes()])


def _grammars() -> Iterator[str]:
    yield (
        "In the notation of the XML recommendation; `/…/` are regular expressions. Left out is what the parsers take\n"
        "only to say what to write instead: `&&`, `=`, `not in`, chained comparisons, an attribute alone.\n"
    )
    for name, (title, about) in GRAMMARS.items():
        source = f"[{name}.lark](../grammars/axtary/grammars/{name}.lark)"
        yield f"### {title}\n\n{source}, {about}\n\n```text"
        yield from ebnf(name)
        yield "```\n"


def _operators() -> Iterator[str]:
    yield (
        "Which operator takes an attribute of which declared type, as the compiler decides it.\n"
        "`paths` and `actor.roles` are lists of strings.\n"
    )
    yield from _table(["operator", *(f"`{kind}`" for kind in LITERALS)], (_row(said) for said in OPERATORS))
    yield (
        "An attribute is also compared (`==`, `!=`, `<` …) with another attribute of its type, and numbers of all\n"
        "three types with each other.\n"
        "[Every operator](language.md#every-operator-with-its-three-values) has examples of its three values.\n"
    )


def _row(said: str) -> list[str]:
    return [said, *("yes" if accepted(OPERATORS[said], kind) else "" for kind in LITERALS)]


def accepted(condition: str, kind: str) -> bool:
    """Does the condition compile on an attribute that is declared with the type?"""
    declared: str | list[str] = ["string"] if kind == "[string]" else kind
    rule = {"id": "r", "effect": "allow", "match": {"tool": "t"}}
    rule["when"] = condition.format(a="payload.a", x=LITERALS[kind])
    tools = {"t": {"payload": {"a": declared}}}
    try:
        compile_text(json.dumps({"version": "1", "tools": tools, "policies": [rule]}))
    except CompileError:
        return False
    return True


def _keys() -> Iterator[str]:
    yield (
        "From the JSON Schemas, which [`axtary schema`](cli.md#axtary-schema) prints. A star marks what is required;\n"
        "`[]` is each element of a list, `NAME` each name. *Text* is any scalar in a policy, taken as it is written,\n"
        "and a string in actions.\n"
    )
    for name in sorted(schemas(), key=["axtary", "test", "action", "facts"].index):
        document = json.loads(schema(name))
        yield f"### {document['title'].removeprefix('axtary ').capitalize()}\n\n{document['description']}\n"
        rows = ([f"`{where}`", f"`{key}`", takes, use] for where, key, takes, use in keys.rows(name))
        yield from _table(["where", "key", "takes", "for"], rows)


def _codes() -> Iterator[str]:
    yield (
        "Each links to its page, which [`axtary explain`](cli.md#axtary-explain) prints. What to write instead is in\n"
        "[errors](errors.md).\n"
    )
    for group, title in GROUPS.items():
        yield f"### AX{group}: {title}\n"
        found = {code: meaning for code, meaning in MEANINGS.items() if code[2:4] == group}
        yield from _table(
            ["code", "meaning"],
            ([f"[{code}](../grammars/axtary/grammars/codes/{code}.md)", meaning] for code, meaning in found.items()),
        )


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |\n|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""
