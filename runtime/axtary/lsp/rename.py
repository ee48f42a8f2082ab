"""Another name for a group or a rule, everywhere: in the policy, in what it includes, in its test files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from axtary.compiler.declarations import is_group_name
from axtary.compiler.diagnostics import Edit, quoted
from axtary.compiler.fixes import renamed
from axtary.compiler.rules import MAX_ID, is_id
from axtary.compiler.source import Text
from axtary.lsp.edits import made
from axtary.lsp.names import Kind, Name
from axtary.lsp.spots import spot_at
from axtary.lsp.workspace import View, Workspace, real
from axtary.runtime.testing.files import find

_REQUEST_FAILED = -32803  # of the protocol: the text of the error is shown to the user


class RefusedError(JsonRpcException):
    """A request that cannot be met; the message says why, and what to do."""

    CODE = _REQUEST_FAILED


def placeholder(view: View, position: types.Position) -> types.PrepareRenamePlaceholder | None:
    """What is to be renamed at a position, and its old name; None if nothing there has a name of its own."""
    spot = spot_at(view, position)
    name = spot.name if spot is not None else None
    where = _extent(view, name) if name is not None else None
    return types.PrepareRenamePlaceholder(where, name.name) if where is not None and name is not None else None


def _extent(view: View, name: Name) -> types.Range | None:
    """The name alone, without quotes and `@`."""
    found = name.text.extent(len(name.text.value) - len(name.name), len(name.text.value))
    return view.range(*found) if found is not None else None


def rename(
    workspace: Workspace, view: View, position: types.Position, new: str
) -> dict[Path, list[types.TextEdit]] | None:
    """The edits by file. Raises RefusedError."""
    spot = spot_at(view, position)
    name = spot.name if spot is not None else None
    if name is None:
        return None
    new = new.removeprefix("@") if name.kind is Kind.GROUP else new
    _check_name(name.kind, new)
    if new == name.name:
        return {}
    views = _whole_policy(workspace, view)
    _check_free(workspace, views, name, new)
    if name.kind is Kind.RULE:
        views += _tests(workspace, view)
    edits = {}
    for there in views:
        found = [each.text for each in there.parsed.names if (each.kind, each.name) == (name.kind, name.name)]
        if found:
            edits[there.parsed.path] = made(there.now, _edits(found, name.name, new))
    return edits


def _check_name(kind: Kind, new: str) -> None:
    if kind is Kind.GROUP and not is_group_name(new):
        raise RefusedError(f"{quoted(new)} is not a group name: use letters, digits, `.`, `_` and `-`")
    if kind is Kind.RULE and not is_id(new):
        help_text = f"use at most {MAX_ID} lower-case letters, digits, `.`, `_` and `-`"
        raise RefusedError(f"{quoted(new)} is not a rule id: {help_text}")


def _whole_policy(workspace: Workspace, view: View) -> list[View]:
    """Every file of the policy, as it is now."""
    found = []
    for path in dict.fromkeys(view.project.files.values()):
        there = workspace.fresh(path, view.project)
        if there is None:
            name = quoted(view.project.name(path))
            raise RefusedError(f"{name} cannot be read as YAML now: mend it first, then rename")
        found.append(there)
    return found


def _check_free(workspace: Workspace, views: list[View], name: Name, new: str) -> None:
    if next(workspace.declared(views[0].project, name.kind, name.name), None) is None:
        raise RefusedError(f"{quoted(name.name)} is not declared in a file of this policy")
    good = views[0].project.good
    built_in = good is not None and name.kind is Kind.RULE and new in good.policy.by_id
    if built_in or next(workspace.declared(views[0].project, name.kind, new), None) is not None:
        raise RefusedError(f"there is a {name.kind.value} {quoted(new)} already: choose another name")


def _tests(workspace: Workspace, view: View) -> list[View]:
    """The test files of the policy, open or on disk."""
    project = view.project
    opened = [document.path for document in workspace.members(project) if document.is_test]
    found = []
    for path in sorted({*opened, *map(real, find(project.root))}):
        there = workspace.fresh(path, project)
        if there is None and path in opened:
            raise RefusedError(f"{quoted(path.name)} cannot be read as YAML now: mend it first, then rename")
        if there is not None and workspace.policy_of_test(path, there.parsed) == project.root:
            found.append(there)
    return found


def _edits(texts: Iterable[Text], old: str, new: str) -> list[Edit]:
    """Each text with the new name, in its own quotes where that can be done."""
    found: list[Edit] = []
    for text in texts:
        wanted = text.value.removesuffix(old) + new  # the sign of a group stays
        fix = renamed(text, wanted)
        found += fix.edits if fix is not None else [Edit(text.span, json.dumps(wanted, ensure_ascii=False))]
    return found
