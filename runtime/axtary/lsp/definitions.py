"""Where a group or a rule is declared, and which file an include names."""

from __future__ import annotations

from lsprotocol import types

from axtary.compiler.source import Text
from axtary.lsp.names import Kind, Name
from axtary.lsp.spots import Spot, spot_at
from axtary.lsp.workspace import Project, View, Workspace, included_path
from axtary.runtime.testing.files import is_test_file


def definitions(workspace: Workspace, view: View, position: types.Position) -> list[types.Location]:
    """The places to go to from a position; none for what is no reference."""
    spot = spot_at(view, position)
    if spot is None or not isinstance(spot.place.node, Text):
        return []
    if (name := spot.name) is not None and name.text is spot.place.node:
        found = [_location(workspace, there, each.text) for there, each in _declared(workspace, view.project, name)]
        return [each for each in found if each is not None] or _preset(workspace, view.project, name)
    return _file(workspace, spot, spot.place.node)


def references(workspace: Workspace, view: View, position: types.Position, declaration: bool) -> list[types.Location]:
    """Every place in the policy and its open tests that has the name at a position."""
    spot = spot_at(view, position)
    name = spot.name if spot is not None else None
    if name is None:
        return []
    views = [*workspace.views(view.project), *workspace.test_views(view.project)]
    found = [
        _location(workspace, there, each.text)
        for there in views
        for each in there.parsed.names
        if (each.kind, each.name) == (name.kind, name.name) and (declaration or each.whole is None)
    ]
    return [each for each in found if each is not None]


def _declared(workspace: Workspace, project: Project, name: Name) -> list[tuple[View, Name]]:
    return list(workspace.declared(project, name.kind, name.name))


def _preset(workspace: Workspace, project: Project, name: Name) -> list[types.Location]:
    """A rule that is built in stands in no file: what is shown is where its preset is named."""
    good = project.good
    rule = good.policy.by_id.get(name.name) if good is not None and name.kind is Kind.RULE else None
    if good is None or rule is None or not rule.span.file.startswith("preset:"):
        return []
    span = good.presets.get(rule.span.file.removeprefix("preset:"))
    path = project.path(span.file) if span is not None else None
    view = workspace.view(path, project) if path is not None else None
    where = view.span_range(span) if view is not None and span is not None else None
    return [types.Location(workspace.uri(view.parsed.path), where)] if view is not None and where is not None else []


def _file(workspace: Workspace, spot: Spot, text: Text) -> list[types.Location]:
    path = None
    if is_test_file(spot.view.parsed.path):
        if spot.steps == ("policy",) and not spot.place.is_key:
            path = spot.view.project.root
    elif spot.steps[:1] == ("include",) and not spot.place.is_key:
        path = included_path(spot.view, text.value)
    if path is None or not (path in workspace.documents or path.is_file()):
        return []
    start = types.Position(0, 0)
    return [types.Location(workspace.uri(path), types.Range(start, start))]


def _location(workspace: Workspace, view: View, text: Text) -> types.Location | None:
    where = view.text_range(text)
    return types.Location(workspace.uri(view.parsed.path), where) if where is not None else None
