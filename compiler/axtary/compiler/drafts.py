"""What stands between the located tree and the IR: a rule whose conditions are parsed but not typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from axtary.compiler.ir import Approvers, Effect, Hours, Match, Per, Rate, Span, Type
from axtary.compiler.source import Source, Text
from axtary.compiler.syntax import Comparison, Expression, HasTest, Logic, Path


class GeneratedText(Text):
    """Condition text that the compiler wrote for the author: every part of it points at the key that it came from."""

    def part(self, start: int, end: int) -> Span:
        return self.span

    def extent(self, start: int, end: int) -> None:
        """Nothing of it can be changed: it is not in the source."""


def generated(value: str, source: Source, start: int, end: int) -> GeneratedText:
    return GeneratedText(value, source, start, end)


@dataclass(frozen=True, slots=True)
class PatternsDraft:
    """`blocked_paths`: texts, parsed where the dialect is known."""

    texts: tuple[Text, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class BudgetDraft:
    """`budget`; `cost` is the text of a number or an attribute path, or None for 1."""

    limit: Text
    unit: Text
    per: Per
    seconds: int
    cost: Text | None
    span: Span


ObligationDraft = PatternsDraft | Hours | Rate | BudgetDraft


@dataclass(frozen=True, slots=True)
class RuleDraft:
    id: Text
    effect: Effect
    match: tuple[Match, ...]
    when_text: Text | None
    when: Expression | None
    obligations: tuple[ObligationDraft, ...]
    approvers: Approvers | None
    ttl: int | None
    description: str
    span: Span
    roles: tuple[Text, ...] = ()  # of `approvers`, as written


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """A payload field that `tools` declares. `type` is None for `any`: it is there, and its uses tell its type."""

    type: Type | None
    span: Span


Fields = Mapping[tuple[str, ...], FieldDeclaration]


def is_declared(path: tuple[str, ...], fields: Fields) -> bool:
    """Is an attribute path declared, or a part of what is declared as `any`?"""
    return path in fields or any(
        path[:end] in fields and fields[path[:end]].type is None for end in range(2, len(path))
    )


@dataclass
class Declarations:
    """Groups and tools over all files."""

    groups: dict[str, tuple[Text, tuple[Text, ...]]] = field(default_factory=dict)
    used_groups: set[str] = field(default_factory=set)  # named by a rule
    tools: dict[str, dict[tuple[str, ...], FieldDeclaration]] = field(default_factory=dict)
    complete: dict[str, Span] = field(default_factory=dict)  # the tools that have no other fields, and who says so

    def tells_fields(self, tool: str) -> bool:
        """Does the declaration of a tool say which fields there are? A name alone does not, unless it is complete."""
        return bool(self.tools[tool]) or tool in self.complete


def leaves(expression: Expression | None) -> Iterator[Expression]:
    """The leaves of a condition in source order."""
    if isinstance(expression, Logic):
        for item in expression.items:
            yield from leaves(item)
    elif expression is not None:
        yield expression


def guarded_paths(expression: Expression | None) -> set[tuple[str, ...]]:
    """Paths that the condition tests with `has`."""
    return {
        leaf.subject.steps
        for leaf in leaves(expression)
        if isinstance(leaf, HasTest) and isinstance(leaf.subject, Path)
    }


def paths_of(leaf: Expression) -> list[Path]:
    """The attribute paths that a leaf reads by type (`has` reads none)."""
    if isinstance(leaf, HasTest | Logic):
        return []
    operands = leaf.operands if isinstance(leaf, Comparison) else (leaf.operand if hasattr(leaf, "operand") else None,)
    found = [operand for operand in operands if isinstance(operand, Path)]
    subject = getattr(leaf, "subject", None)
    return found + ([subject] if isinstance(subject, Path) else [])
