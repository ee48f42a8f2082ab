"""What can be written at a place: keys and words of the language, and the names that the policy has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lsprotocol import types
from lsprotocol.types import CompletionItemKind

from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import path_text
from axtary.compiler.source import Text
from axtary.lsp import attributes, names
from axtary.lsp.names import Kind
from axtary.lsp.outlook import Outlook, outlook
from axtary.lsp.schemas import Schema
from axtary.lsp.workspace import Document, Project, Workspace

TRIGGERS = ["@", "."]
_WORDS = ("and", "or", "not", "in", "like", "matches", "contains", "has", "any", "all", "none", "count")
_PART = re.compile(r'[A-Za-z0-9_.\["\]-]*\Z')
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")
_MAX = 500  # items

Offer = tuple[str, CompletionItemKind, str]  # what to write, what it is, what it means


def completions(
    workspace: Workspace, project: Project, document: Document, position: types.Position
) -> list[types.CompletionItem]:
    """The items for a position, what begins like the word there; the editor orders them."""
    index = document.text.index(position)
    place = outlook(document.text.text, index)
    if document.text.text[:index].rpartition("\n")[2].lstrip().startswith("#"):
        return []
    schema = Schema("test" if document.is_test else "axtary")
    condition = _is_condition(place)
    word = _PART.search(place.word)[0] if condition else place.word  # type: ignore[index]
    offers = _offers(workspace, project, place, schema, document.is_test)
    where = document.text.range(index - len(word), index)
    found: dict[str, types.CompletionItem] = {}
    for text, kind, meaning in offers:
        if text.startswith(word) and text not in found and len(found) < _MAX:
            found[text] = _item(place, text, kind, meaning, where, condition)
    return list(found.values())


def _is_condition(place: Outlook) -> bool:
    return not place.is_key and place.steps[-1:] in (("when",), ("cost",))


def _item(
    place: Outlook, text: str, kind: CompletionItemKind, meaning: str, where: types.Range, condition: bool
) -> types.CompletionItem:
    written = text
    if kind is CompletionItemKind.Property:
        written = f"{text}: "
    elif not condition and not place.quote and not _PLAIN.match(text):
        written = json.dumps(text, ensure_ascii=False)
    said = types.MarkupContent(types.MarkupKind.Markdown, meaning) if meaning else None
    edit = types.TextEdit(where, written)
    return types.CompletionItem(printable(text), kind=kind, documentation=said, text_edit=edit, filter_text=text)


def _offers(workspace: Workspace, project: Project, place: Outlook, schema: Schema, test: bool) -> Iterator[Offer]:
    if place.is_key:
        for key, meaning in schema.keys(place.steps).items():
            yield key, CompletionItemKind.Property, meaning
        if place.steps[-1:] != (0,):
            return
    for value in schema.values(place.steps):
        yield value, CompletionItemKind.EnumMember, ""
    if test:
        yield from _of_tests(workspace, project, place)
        return
    match place.steps:
        case ("policies", 0, "when") | ("invariants", 0, "never", "when") | ("policies", 0, "obligations", _, "cost"):
            yield from _of_conditions(project)
        case ("policies", 0, "match", str(field), *_) | ("invariants", 0, "never", str(field), *_):
            yield from _of_match(workspace, project, field)
        case ("groups", *_):
            yield from _named(workspace, project, Kind.GROUP, "@")


def _of_match(workspace: Workspace, project: Project, field: str) -> Iterator[Offer]:
    if field in names.FIELDS:
        yield from _named(workspace, project, Kind.GROUP, "@")
    if field == "tool":
        for view in workspace.views(project):
            for tool, _ in names.entries(names.get(view.parsed.tree, "tools")):
                yield tool.value, CompletionItemKind.Function, ""
        if project.good is not None:
            for rule in project.good.policy.rules:
                for pattern in rule.match[0].patterns:
                    if pattern.literal is not None:
                        yield pattern.literal, CompletionItemKind.Function, ""


def _named(workspace: Workspace, project: Project, kind: Kind, sign: str) -> Iterator[Offer]:
    for view in workspace.views(project):
        for name in view.parsed.names:
            if name.kind is kind and name.whole is not None:
                yield sign + name.name, CompletionItemKind.Reference, ""


def _of_conditions(project: Project) -> Iterator[Offer]:
    for path, meaning in attributes.MEANINGS.items():
        yield path_text(path), CompletionItemKind.Variable, meaning
    if project.good is not None:
        for fields in project.good.vocabulary.declarations.tools.values():
            for path, declared in fields.items():
                meaning = declared.type.phrase if declared.type is not None else "of any type"
                yield path_text(path), CompletionItemKind.Field, meaning
    for word in _WORDS:
        yield word, CompletionItemKind.Keyword, ""


def _of_tests(workspace: Workspace, project: Project, place: Outlook) -> Iterator[Offer]:
    match place.steps:
        case ("cases", 0, "expect", "fired" | "not_fired", *_) | ("cases", 0, "expect", "reasons", *_):
            if project.good is not None:
                for rule in project.good.policy.rules:
                    yield rule.id, CompletionItemKind.Reference, ""
        case ("cases", 0, "action"):
            for view in workspace.test_views(project):
                for action, _ in names.entries(names.get(view.parsed.tree, "actions")):
                    if isinstance(action, Text):
                        yield action.value, CompletionItemKind.Reference, ""
