"""Attributes in conditions: which one stands at a place, of what type it is, and how that is known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from axtary.compiler import Compiled
from axtary.compiler.declarations import Groups
from axtary.compiler.diagnostics import Reporter
from axtary.compiler.drafts import RuleDraft, leaves, paths_of
from axtary.compiler.inference import Known
from axtary.compiler.ir import Effect, Field, Match
from axtary.compiler.places import Place
from axtary.compiler.reading import Reader
from axtary.compiler.rules import field_match
from axtary.compiler.source import Node, Text
from axtary.compiler.syntax import Expression, HasTest, Path, SyntaxProblem, parse_condition
from axtary.lsp import names

MEANINGS = {
    ("actor", "agent"): "who acts",
    ("actor", "tenant"): "for which organization",
    ("actor", "owner"): "whose agent it is",
    ("actor", "roles"): "the roles of the actor",
    ("intent", "task"): "the task that the agent works on",
    ("intent", "summary"): "what the agent says that it wants",
    ("paths",): "the files that the action touches",
    ("time",): "when the action is decided",
    ("tool",): "the tool's name",
    ("resource",): "what the call is about",
}
_WORD = re.compile(r'[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\s*"(?:[^"\\\n]|\\.)*"\s*\])*')
_KEY = re.compile(r'\.([A-Za-z_][A-Za-z0-9_]*)|\[\s*("(?:[^"\\\n]|\\.)*")\s*\]')
_ROOTS = ("payload", "context", "actor", "intent", "paths", "time", "tool", "resource")


@dataclass(frozen=True, slots=True)
class Reference:
    """An attribute path in the content of a condition, from `start` to `end`; `whole`: the condition, if it parses."""

    steps: tuple[str, ...]
    start: int
    end: int
    whole: Expression | None


def at(text: Text, index: int) -> Reference | None:
    """The attribute at an index of the source, in a scalar that is a condition or a cost."""
    offset = _offset(text, index)
    try:
        expression = parse_condition(text.value)
    except SyntaxProblem:
        return _by_its_looks(text.value, offset)
    for path in _paths(expression):
        if path.start <= offset <= path.end:
            return Reference(path.steps, path.start, path.end, expression)
    return None


def _offset(text: Text, index: int) -> int:
    """The index in the content of a scalar."""
    places = text.source.places(text)
    return next((offset for offset, place in enumerate(places) if place >= index), len(places))


def _paths(expression: Expression) -> Iterator[Path]:
    for leaf in leaves(expression):
        yield from paths_of(leaf)
        if isinstance(leaf, HasTest) and isinstance(leaf.subject, Path):
            yield leaf.subject


def _by_its_looks(content: str, offset: int) -> Reference | None:
    for found in _WORD.finditer(content):
        if found.start() <= offset <= found.end() and re.match(r"\w+", found[0])[0] in _ROOTS:  # type: ignore[index]
            return Reference(_steps(found[0]), found.start(), found.end(), None)
    return None


def _steps(written: str) -> tuple[str, ...]:
    root = written[: len(written) if (key := _KEY.search(written)) is None else key.start()]
    steps = [root]
    for plain, quoted_key in _KEY.findall(written):
        try:
            steps.append(plain or str(json.loads(quoted_key)))
        except ValueError:  # half-typed
            break
    return tuple(steps)


def known(compiled: Compiled, place: Place, owner: Node | None, reference: Reference) -> Known | None:
    """The type of an attribute in a rule or an invariant as it is now; None if nothing tells."""
    if not isinstance(place.node, Text):
        return None
    never = names.get(owner, "never")
    matches = _matches(compiled, names.get(owner, "match") if never is None else never)
    text = place.node
    draft = RuleDraft(text, Effect.ALLOW, matches, text, reference.whole, (), None, None, "", text.span)
    types = compiled.vocabulary.types.extended(draft, Reporter())
    return types.of(draft, reference.steps)


def _matches(compiled: Compiled, fields: Node | None) -> tuple[Match, ...]:
    """The tools of a rule, groups expanded by what the last compilation knows of them."""
    tools = [item for item in names.items(names.get(fields, "tool")) if isinstance(item, Text)]
    if not tools:
        return ()
    reader = Reader(Reporter())
    declarations = replace(compiled.vocabulary.declarations, used_groups=set())
    match = field_match(Field.TOOL, tools, tools[0].span, Groups(declarations, reader))
    return (match,) if match is not None else ()
