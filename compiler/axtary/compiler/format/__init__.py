"""The formatter: policy text -> the same policy in the canonical layout. Pure; docs/formatting.md has the rules.

document (tree with comments) -> layout, which asks scalars and conditions for the spelling of values
"""

from __future__ import annotations

from contextlib import suppress

from axtary.compiler.diagnostics import CompileError, Diagnostic, Reporter, Severity, TooManyErrors
from axtary.compiler.format.document import Document
from axtary.compiler.format.layout import layout
from axtary.compiler.source import MAX_BYTES, Source, read

__all__ = ["format_policy"]


def format_policy(name: str, data: bytes) -> str:
    """The canonical text of one policy file: comments kept, meaning kept, and it formats to itself.

    What the compiler would say about the content does not matter, but the file must be YAML that it reads: raises
    CompileError with the diagnostics if not, or if the layout would make the file larger than a policy may be.
    """
    report = Reporter()
    source, tree = Source(name, ""), None
    with suppress(TooManyErrors):
        source, tree = read(name, data, report)
    if tree is None or report.failed:
        raise CompileError(report.diagnostics, {name: source.text})
    text = layout(Document(source, tree))
    if (size := len(text.encode("utf-8"))) > MAX_BYTES:
        message = f"the formatted file would have {size} bytes, the limit is {MAX_BYTES}"
        help_text = "split the policy over several files with `include: [files]`"
        too_large = Diagnostic("AX0102", Severity.ERROR, message, source.span(0, 0), help_text)
        raise CompileError([too_large], {name: source.text})
    return text
