"""Every value of a policy is found by its place, and has the path by which an author would name it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.golden_files import GOLDEN, behaviours

from axtary.compiler import CompileError, Diagnostic, compile_policy
from axtary.compiler.places import Places
from axtary.compiler.source import Mapping, Node, Sequence, Text, read
from axtary.compiler.steps import Steps, steps_text
from axtary.grammars import preset


def nodes(node: Node, steps: Steps = ()) -> Iterator[tuple[Steps, Node]]:
    """Each value with its path, walked from above."""
    yield steps, node
    children = node.items if isinstance(node, Sequence) else ()
    for index, item in enumerate(children):
        yield from nodes(item, (*steps, index))
    for key, value in node.entries if isinstance(node, Mapping) else ():
        yield (*steps, key.value), key
        yield from nodes(value, (*steps, key.value))


POLICIES = {name: (GOLDEN / name / "policy.yml").read_bytes() for name in behaviours()} | {
    "preset": preset("coding-agent")
}


@pytest.mark.parametrize("name", POLICIES)
def test_each_value_is_found_by_its_place(name: str) -> None:
    """find(span(node)) is node, for every node of a tree; and so for each character of a text."""
    _, tree = read("p.yml", POLICIES[name], lambda _: None)
    assert tree is not None
    places = Places()
    places.add("p.yml", tree)
    for steps, node in nodes(tree):
        found = places.find(node.span)
        assert found is not None
        assert (found.steps, found.node) == (steps, node), steps
        if isinstance(node, Text) and node.value:
            assert places.path(node.part(len(node.value) - 1, len(node.value))) == steps_text(steps)


def paths(text: str) -> list[tuple[str, str]]:
    """Code and path of each finding."""
    found: tuple[Diagnostic, ...]
    try:
        found = compile_policy("axtary.yml", text.encode()).warnings
    except CompileError as error:
        found = error.diagnostics
    return [(diagnostic.code, diagnostic.path) for diagnostic in found]


RULE = "{id: it, effect: allow, match: {tool: t}"


RULES = "version: 1\npolicies:\n"


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("policies: []\n", "AX0202", ""),
        ("version: 1\na: *b\n", "AX0106", ""),
        ("version: 1\npolicies: [{id: it, match: {tool: t}}]\n", "AX0202", "policies[0]"),
        (RULES + "  - id: it\n    match: {tool: t}\n", "AX0202", "policies[0]"),
        (RULES + f"  - {RULE}, obligations: {{ttl: 0s}}}}\n", "AX0604", "policies[0].obligations.ttl"),
        (RULES + f"  - {RULE}}}\n  - {RULE}}}\n", "AX0206", "policies[1].id"),
        (RULES + "  - id: it\n    id: it\n", "AX0107", "policies[0].id"),
        (RULES + f"  - {RULE}, when: }}\n", "AX0203", "policies[0].when"),
        (RULES + f"  - {RULE}, when: payload.x ==}}\n", "AX0301", "policies[0].when"),
        ('version: 1\ntools: {"a b": {payload: {x: y}}}\n', "AX0504", 'tools["a b"].payload.x'),
        ("version: 1\ntools: {a.b: {payload: {x: y}}}\n", "AX0504", 'tools["a.b"].payload.x'),
        ("version: 1\npolicy: {slack: {message: {}}}\n", "AX0201", "policy.slack.message"),
        ("version: 1\nx: 1\n", "AX0201", "x"),
        ('version: 1\n"\\u001b[31m": 1\n', "AX0201", '["\\u001b[31m"]'),
    ],
)
def test_the_path_of_a_finding(text: str, code: str, path: str) -> None:
    assert (code, path) in paths(text)


def test_a_finding_on_generated_text_has_the_path_of_its_key() -> None:
    text = (
        "version: 1\ntools: {github.pull_requests.create: {payload: {base: number}}}\n"
        "policy: {github: {pullRequests: {requiredBaseBranch: main}}}\n"
    )
    assert paths(text) == [("AX0503", "policy.github.pullRequests.requiredBaseBranch")]
