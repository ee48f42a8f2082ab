"""Changes of texts as an editor makes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import Path

from lsprotocol import types

from axtary.compiler.diagnostics import Edit
from axtary.lsp.positions import DocumentText
from axtary.lsp.workspace import Workspace

_MAX_LINES = 2000  # of what differs, to be compared line by line


def made(text: DocumentText, edits: Iterable[Edit]) -> list[types.TextEdit]:
    """Edits of the compiler, which were made for this very text."""
    return [types.TextEdit(text.range_of(edit.span), edit.text) for edit in edits]


def between(old: DocumentText, new: str) -> list[types.TextEdit]:
    """What makes the new text of the old one, line by line, so that the editor keeps its place."""
    before, after = old.text.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    if max(len(before), len(after)) > _MAX_LINES:
        blocks = [_middle(before, after)]
    else:
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        blocks = [block[1:] for block in matcher.get_opcodes() if block[0] != "equal"]
    return [
        types.TextEdit(old.range(starts[i], starts[j]), "".join(after[k:m]))
        for i, j, k, m in blocks
        if (i, k) != (j, m)
    ]


def _middle(before: list[str], after: list[str]) -> tuple[int, int, int, int]:
    """The lines that are left between a common beginning and a common end."""
    start, limit = 0, min(len(before), len(after))
    while start < limit and before[start] == after[start]:
        start += 1
    end = 0
    while end < limit - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, len(before) - end, start, len(after) - end


def workspace_edit(
    workspace: Workspace, edits: Mapping[Path, list[types.TextEdit]], *, versioned: bool
) -> types.WorkspaceEdit:
    """Edits of several files; `versioned`: the editor refuses them if a text has changed meanwhile."""
    if not versioned:
        return types.WorkspaceEdit(changes={workspace.uri(path): made_here for path, made_here in edits.items()})
    changes = []
    for path, made_here in edits.items():
        document = workspace.documents.get(path)
        version = document.version if document is not None else None
        identifier = types.OptionalVersionedTextDocumentIdentifier(workspace.uri(path), version)
        changes.append(types.TextDocumentEdit(identifier, made_here))
    return types.WorkspaceEdit(document_changes=changes)
