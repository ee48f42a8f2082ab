"""Findings of the compiler as an editor shows them, file by file."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from lsprotocol import types

from axtary.compiler import Diagnostic
from axtary.compiler.diagnostics import Severity
from axtary.compiler.ir import Span
from axtary.grammars import pages
from axtary.lsp.checking import Found
from axtary.lsp.positions import DocumentText
from axtary.lsp.workspace import Project, Workspace

_SEVERITIES = {Severity.ERROR: types.DiagnosticSeverity.Error, Severity.WARNING: types.DiagnosticSeverity.Warning}
_UNUSED = {"AX0709", "AX0710", "AX0721", "AX0722", "AX0723"}  # shown faint: what could be deleted
SOURCE = "axtary"


class Placed:
    """The findings of one job with the texts that they are about."""

    def __init__(self, workspace: Workspace, project: Project, found: Found) -> None:
        self._workspace, self._project, self._found = workspace, project, found
        self._texts: dict[str, DocumentText] = {}

    def by_file(self) -> dict[Path, list[tuple[Diagnostic, types.Diagnostic]]]:
        """Every file that was read, also those without findings. What is built in is shown at the policy's begin."""
        found: dict[Path, list[tuple[Diagnostic, types.Diagnostic]]] = {
            self.path(name): [] for name in self._found.texts
        }
        for diagnostic in self._found.diagnostics:
            found.setdefault(self.path(diagnostic.span.file), []).append((diagnostic, self._shown(diagnostic)))
        return found

    def path(self, name: str) -> Path:
        return self._project.path(name) or self._project.root

    def text(self, name: str) -> DocumentText:
        """A text as it was compiled."""
        if name not in self._texts:
            self._texts[name] = DocumentText(self._found.texts.get(name, ""), self._workspace.encoding)
        return self._texts[name]

    def _shown(self, diagnostic: Diagnostic) -> types.Diagnostic:
        page = _page(diagnostic.code)
        related = [
            types.DiagnosticRelatedInformation(self._location(label.span), label.text)
            for label in diagnostic.labels
            if not label.span.file.startswith("preset:")
        ]
        return types.Diagnostic(
            range=self._range(diagnostic.span),
            message=f"{diagnostic.message}\nhelp: {diagnostic.help}" if diagnostic.help else diagnostic.message,
            severity=_SEVERITIES[diagnostic.severity],
            code=diagnostic.code,
            code_description=types.CodeDescription(page) if page else None,
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if diagnostic.code in _UNUSED else None,
            related_information=related or None,
        )

    def _range(self, span: Span) -> types.Range:
        return self.text(span.file).range_of(span)

    def _location(self, span: Span) -> types.Location:
        return types.Location(self._workspace.uri(self.path(span.file)), self._range(span))


@cache
def _page(code: str) -> str:
    """The page on a code, on this machine; "" if it has none, or stands in an archive."""
    if code not in pages():
        return ""
    path = resources.files("axtary.grammars").joinpath("codes", f"{code}.md")
    return path.as_uri() if isinstance(path, Path) else ""
