"""The outline of a file: rules, groups, tools and invariants; of a test file its cases."""

from __future__ import annotations

from lsprotocol import types
from lsprotocol.types import SymbolKind

from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Span
from axtary.compiler.source import Node, Text
from axtary.lsp import names
from axtary.lsp.workspace import View


def symbols(view: View) -> list[types.DocumentSymbol]:
    """The sections of a file with what they declare, in the order of the text."""
    found = []
    for key, value in names.entries(view.parsed.tree):
        inner = list(_inner(view, key.value, value))
        if inner:
            section = _symbol(view, key, key.span, value, SymbolKind.Namespace)
            if section is not None:
                section.children = inner
                found.append(section)
    return found


def _inner(view: View, key: str, value: Node) -> list[types.DocumentSymbol]:
    found: list[types.DocumentSymbol | None] = []
    if key in ("groups", "tools", "actions"):
        kind = {"groups": SymbolKind.Array, "tools": SymbolKind.Function}.get(key, SymbolKind.Object)
        found = [_symbol(view, name, name.span, inner, kind) for name, inner in names.entries(value)]
    elif key in ("policies", "invariants", "cases"):
        kind = {"policies": SymbolKind.Class, "invariants": SymbolKind.Interface}.get(key, SymbolKind.Method)
        for item in names.items(value):
            name = names.get(item, "name" if key == "cases" else "id")
            detail = names.get(item, "effect")
            if isinstance(name, Text):
                begin = item.span
                said = detail.value if isinstance(detail, Text) else ""
                found.append(_symbol(view, name, begin, item, kind, said))
    return [each for each in found if each is not None]


def _symbol(
    view: View, name: Text, begin: Span, whole: Node, kind: SymbolKind, detail: str = ""
) -> types.DocumentSymbol | None:
    selection = view.text_range(name)
    source = view.parsed.source
    start = source.index(begin.line, begin.column)
    end = source.index(whole.span.end_line, whole.span.end_column)
    end = start + len(source.text[start:end].rstrip())  # a block ends where the next one begins
    around = view.range(min(start, name.start), max(end, name.end))
    if selection is None or around is None:
        return None
    return types.DocumentSymbol(printable(name.value) or "-", kind, around, selection, printable(detail) or None)
