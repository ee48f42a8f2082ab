"""Text for hovers: Markdown, or plain text for editors that have none.

Words are axtary's own; whatever a policy says stands as code, where nothing is a link, an image or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lsprotocol import types

from axtary.compiler.diagnostics import printable

_MAX_CODE = 200  # characters of one piece


class Prose:
    """Paragraphs, lists and code, added one after the other."""

    def __init__(self, *, markdown: bool) -> None:
        self._markdown = markdown
        self._blocks: list[str] = []

    def code(self, text: str) -> str:
        """A piece of a policy for use in a line: in backticks, more of them than any run in it."""
        shown = printable(" ".join(text[: _MAX_CODE + 1].split()))
        shown = shown if len(shown) <= _MAX_CODE else shown[: _MAX_CODE - 1] + "…"
        if not self._markdown:
            return shown
        fence = _fence(shown, 1)
        pad = " " if shown[:1] in ("`", "") or shown[-1:] == "`" else ""
        return f"{fence}{pad}{shown}{pad}{fence}"

    def line(self, text: str) -> None:
        """A paragraph. What is not axtary's own in it went through `code`."""
        self._blocks.append(text)

    def head(self, text: str) -> None:
        self.line(f"**{text}**" if self._markdown else text)

    def list(self, lines: Iterable[str]) -> None:
        listed = "\n".join(f"- {line}" for line in lines)
        if listed:
            self._blocks.append(listed)

    def own(self, markdown: str) -> None:
        """Markdown that axtary itself brings."""
        self._blocks.append(markdown)

    def __bool__(self) -> bool:
        return bool(self._blocks)

    def content(self) -> types.MarkupContent:
        kind = types.MarkupKind.Markdown if self._markdown else types.MarkupKind.PlainText
        return types.MarkupContent(kind, "\n\n".join(self._blocks))


def _fence(text: str, least: int) -> str:
    return "`" * max([least, *(len(run) + 1 for run in re.findall("`+", text))])
