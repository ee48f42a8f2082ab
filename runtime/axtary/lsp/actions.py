"""What an editor offers to do about findings: the fixes that the compiler knows, one by one or all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types
from lsprotocol.types import CodeActionKind

from axtary.compiler import Diagnostic
from axtary.lsp.edits import between, made, workspace_edit
from axtary.lsp.workspace import Document, Workspace
from axtary.runtime.policyfile import UnreadableError
from axtary.runtime.policyfix import mend

FIX_ALL = f"{CodeActionKind.SourceFixAll.value}.axtary"
KINDS = [CodeActionKind.QuickFix.value, FIX_ALL]

Shown = tuple[Diagnostic, types.Diagnostic]


def wanted(kind: str, only: Iterable[str] | None) -> bool:
    """Does the editor ask for actions of this kind, or of one that includes it?"""
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


def quick_fixes(
    workspace: Workspace, document: Document, shown: Iterable[Shown], where: types.Range, *, versioned: bool
) -> list[types.CodeAction]:
    """The fixes of findings in a range. `shown` are the findings on the document's present text."""
    found = []
    for diagnostic, seen in shown:
        if diagnostic.fix is None or not _touches(seen.range, where):
            continue
        edits = {document.path: made(document.text, diagnostic.fix.edits)}
        found.append(
            types.CodeAction(
                title=_title(diagnostic.fix.title),
                kind=CodeActionKind.QuickFix,
                diagnostics=[seen],
                is_preferred=True,
                edit=workspace_edit(workspace, edits, versioned=versioned),
            )
        )
    return found


def fix_all(uri: str) -> types.CodeAction:
    """Everything that can be mended safely; the edits are worked out when it is chosen."""
    return types.CodeAction(title="Fix all that axtary can mend safely", kind=FIX_ALL, data=uri)


def mended(root: Path, unsaved: dict[Path, bytes], names: dict[Path, str]) -> dict[Path, str]:
    """The new texts of the files of a policy, rules proved as on the command line. Slow: not for the loop's thread."""
    try:
        changed = mend(root, unsaved=unsaved).changed
    except UnreadableError:
        return {}
    return {path: changed[name] for path, name in names.items() if name in changed}


def all_edits(workspace: Workspace, texts: dict[Path, str], *, versioned: bool) -> types.WorkspaceEdit:
    """Edits that bring open documents to these texts. Files that are not open are left alone."""
    edits = {
        path: between(workspace.documents[path].text, text)
        for path, text in texts.items()
        if path in workspace.documents
    }
    return workspace_edit(workspace, edits, versioned=versioned)


def _touches(one: types.Range, other: types.Range) -> bool:
    def place(position: types.Position) -> tuple[int, int]:
        return position.line, position.character

    return place(one.start) <= place(other.end) and place(other.start) <= place(one.end)


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]
