"""Reading a located tree by the shape that is expected there; every mismatch is reported, nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from axtary.compiler.diagnostics import MAX_ERRORS, Fix, Reporter, quoted, surely_meant
from axtary.compiler.fixes import renamed, rewrite
from axtary.compiler.hints import key_hint, word_hint
from axtary.compiler.ir import Pattern, Span
from axtary.compiler.patterns import Dialect, parse
from axtary.compiler.source import Mapping, Node, Sequence, Text
from axtary.compiler.syntax import SyntaxProblem

T = TypeVar("T")

_MAX_WORK = 1_000_000  # patterns that groups stand for in all rules together
_BRACE_COST = 10  # a pattern from braces is parsed, one from a group only copied

_COMMENT = re.compile(r"[ \t]+(#[^\r\n]*)")
_KINDS = {Text: "text", Sequence: "a list", Mapping: "a mapping"}


def comment_behind(text: Text) -> str:
    """The comment that ends the line of a plain scalar, or "": YAML takes ` #` for one wherever it stands."""
    found = _COMMENT.match(text.source.text, text.end) if not text.style else None
    return found[1].rstrip() if found else ""


class Reader:
    """Typed access to nodes; `None` means that the problem is already reported."""

    def __init__(self, report: Reporter) -> None:
        self.report = report
        self.secrets: list[Text] = []  # what stands in a file and must not be shown with an error
        self._work = 0

    def mapping(self, node: Node, what: str, allowed: Iterable[str] | None, example: str) -> Mapping | None:
        """A mapping whose keys are all in `allowed` (None: any)."""
        if not isinstance(node, Mapping):
            self._kind(node, what, "a mapping", example)
            return None
        if allowed is not None:
            self._unknown_keys(node, what, list(allowed))
        return node

    def _unknown_keys(self, node: Mapping, what: str, names: list[str]) -> None:
        strange = ((key, value) for key, value in node.entries if key.value not in names)
        unknown = list(islice(strange, MAX_ERRORS + 1))  # no more are reported, and to guess what each meant takes time
        meant = [surely_meant(key.value, names) for key, _ in unknown]
        for (key, value), name in zip(unknown, meant, strict=True):
            free = meant.count(name) == 1 and name is not None and node.get(name) is None
            hint = key_hint(key.value, names)
            if not hint and isinstance(value, Text) and value.start == value.end:
                hint = "several values stand in brackets, as in `[a, b]`; "
            help_text, message = (
                f"{hint}allowed here: {', '.join(names)}",
                f"{quoted(key.value)} is not a key of {what}",
            )
            self.report.error("AX0201", key.span, message, help_text, fix=renamed(key, name) if free else None)

    def sequence(self, node: Node, what: str, example: str) -> Sequence | None:
        if isinstance(node, Sequence):
            return node
        self._kind(node, what, "a list", example)
        return None

    def text(self, node: Node, what: str, example: str) -> Text | None:
        """Text that is not empty."""
        if not isinstance(node, Text):
            self._kind(node, what, "text", example)
            return None
        if not node.value and not node.style:
            help_text = f"write for example {example}"
            if cut := comment_behind(node):
                help_text = f"{quoted(cut)} is a comment in YAML: put it in quotes if it is the value"
            self.report.error("AX0203", node.span, f"{what} has no value", help_text)
            return None
        return node

    def texts(self, node: Node, what: str, example: str) -> list[Text]:
        """One text or a list of texts, not empty."""
        if not isinstance(node, Sequence):
            single = self.text(node, what, example)
            return [single] if single is not None else []
        if not node.items:
            self.report.error("AX0401", node.span, f"{what} is an empty list", f"write for example {example}")
        found = [self.text(item, f"an item of {what}", example) for item in node.items]
        return [text for text in found if text is not None]

    def choice(self, node: Node, what: str, allowed: Iterable[str]) -> str | None:
        """Text that is one of `allowed`."""
        names = list(allowed)
        text = self.text(node, what, f"`{names[0]}`")
        if text is None or text.value in names:
            return text.value if text is not None else None
        help_text = f"{word_hint(text.value, names)}write one of: {', '.join(names)}"
        fix = renamed(text, surely_meant(text.value, names))
        self.report.error("AX0204", text.span, f"{quoted(text.value)} is not {what}", help_text, fix=fix)
        return None

    def required(
        self, mapping: Mapping, key: str, where: Span, what: str, example: str, fix: Fix | None = None
    ) -> Node | None:
        """The value of a key that must be there."""
        node = mapping.get(key)
        if node is None:
            self.report.error("AX0202", where, f"{what} has no `{key}`", f"add `{key}: {example}`", fix=fix)
        return node

    def parsed(self, text: Text, parse: Callable[[str], T]) -> T | None:
        """`parse(text)`, its SyntaxProblem reported at the place in the file."""
        try:
            return parse(text.value)
        except SyntaxProblem as problem:
            self.problem(text, problem)
            return None

    def patterns(self, text: str, dialect: Dialect, span: Span) -> tuple[Pattern, ...]:
        """The alternatives of one pattern text. Raises SyntaxProblem."""
        found = parse(text, dialect, span)
        self.spend(len(found) * _BRACE_COST if len(found) > 1 else 0, text)
        return found

    def spend(self, work: int, text: str) -> None:
        """Count what braces and groups stand for: a short file must not grow into gigabytes. Raises SyntaxProblem."""
        self._work += work
        if self._work > _MAX_WORK:
            message = "the braces and groups of the policy stand for too many patterns"
            raise SyntaxProblem("AX0402", 0, len(text), message, "write wider patterns")

    def problem(self, text: Text, problem: SyntaxProblem) -> None:
        span, fix, help_text = text.part(problem.start, problem.end), rewrite(text, problem.mend), problem.help
        if problem.end >= len(text.value.rstrip()) and (cut := comment_behind(text)):
            help_text, fix = f"{quoted(cut)} is a comment in YAML: put the whole value in quotes", None
        self.report.error(problem.code, span, problem.message, help_text, fix=fix)

    def _kind(self, node: Node, what: str, wanted: str, example: str) -> None:
        found = "empty" if isinstance(node, Text) and not node.value else _KINDS[type(node)]
        message = f"{what} must be {wanted}, and is {found}"
        self.report.error("AX0203", node.span, message, f"write for example {example}")
