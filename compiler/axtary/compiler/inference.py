"""One type per attribute path and rule.

The type is the built-in one; else the one that `tools` declares for the tools that the rule can match (they must
agree); else the one inferred from use over the whole policy. A use in a rule that has a declared type infers nothing
for other rules, and `has` is no use. Every clash is an error that shows both places.
"""

from __future__ import annotations

from collections import deque
from copy import copy
from dataclasses import dataclass

from axtary.compiler.diagnostics import Label, Reporter, quoted
from axtary.compiler.drafts import BudgetDraft, Declarations, RuleDraft, leaves
from axtary.compiler.fields import cost_path, refused
from axtary.compiler.ir import NUMERIC, Field, Pattern, Span, Type, Wildcard, path_text
from axtary.compiler.matching import covered
from axtary.compiler.source import Text
from axtary.compiler.syntax import (
    Comparison,
    Constant,
    CountTest,
    Expression,
    ListTest,
    Path,
)

BUILT_IN: dict[tuple[str, ...], Type] = {
    ("actor", "agent"): Type.STRING,
    ("actor", "tenant"): Type.STRING,
    ("actor", "owner"): Type.STRING,
    ("actor", "roles"): Type.STRINGS,
    ("intent", "task"): Type.STRING,
    ("intent", "summary"): Type.STRING,
    ("paths",): Type.PATHS,
    ("time",): Type.TIMESTAMP,
    ("tool",): Type.STRING,
    ("resource",): Type.STRING,
}
TRACE_ID = ("context", "trace_id")  # outside the action's hash: no decision may depend on it


def named(kind: Type) -> str:
    """A type in a message."""
    return {Type.STRINGS: "list of strings", Type.PATHS: "list of paths"}.get(kind, kind.value)


@dataclass(frozen=True, slots=True)
class Known:
    """A type and why it is known: built in (no span), declared, or inferred from the use at `span`."""

    type: Type
    origin: str
    span: Span | None = None

    def label(self) -> tuple[Label, ...]:
        return (Label(self.span, f"{self.origin} as {named(self.type)} here"),) if self.span else ()


class Types:
    """Answers `of(rule, path)` once all rules have been read."""

    def __init__(self, rules: list[RuleDraft], declarations: Declarations, report: Reporter) -> None:
        self._report = report
        self._declarations = declarations
        self._declared: dict[int, dict[tuple[str, ...], list[Known]]] = {}
        self._inferred: dict[tuple[str, ...], Known] = {}
        self._refused: dict[int, set[tuple[str, ...]]] = {}
        self.clashed: set[tuple[str, ...]] = set()
        self._add(rules)

    def extended(self, rule: RuleDraft, report: Reporter) -> Types:
        """The types in one more rule, that reads what the others say and infers nothing for them."""
        found = copy(self)
        found._report = report
        found._declared, found._inferred = dict(self._declared), dict(self._inferred)
        found._refused = dict(self._refused)
        found.clashed = set(self.clashed)
        found._add([rule])
        return found

    def _add(self, rules: list[RuleDraft]) -> None:
        self._declared |= {id(rule): _declared(rule, self._declarations) for rule in rules}
        self._refused |= {id(rule): refused(rule, self._declarations, self._report) for rule in rules}
        pairs = []
        for rule in rules:
            for leaf in leaves(rule.when):
                pairs += self._use(rule, leaf)
            self._use_costs(rule)
        self._spread(pairs)

    def is_refused(self, rule: RuleDraft, path: tuple[str, ...]) -> bool:
        """Is it reported that the tools of a rule do not have this field?"""
        return path in self._refused[id(rule)]

    def of(self, rule: RuleDraft, path: tuple[str, ...]) -> Known | None:
        """The type of a path in a rule, or None if nothing tells."""
        if path in BUILT_IN:
            return Known(BUILT_IN[path], "built in")
        declared = self._declared[id(rule)].get(path)
        if declared is None:
            return self._inferred.get(path)
        first = declared[0]
        for other in declared[1:] if any(match.field is Field.TOOL for match in rule.match) else ():
            if other.type is not first.type and other.span:
                one, two = first.type.value, other.type.value
                message = f"{quoted(path_text(path))} is {one} in one of these tools and {two} in another"
                help_text = "write one for each tool, or declare the same type"
                self._report.error("AX0501", rule.id.span, message, help_text, *first.label(), *other.label())
        return first

    def _use(self, rule: RuleDraft, leaf: Expression) -> list[tuple[RuleDraft, Text, Path, Path]]:
        """Infer from one leaf; attribute against attribute is left for `_spread`."""
        text = rule.when_text
        if text is None:
            return []
        if isinstance(leaf, Comparison) and len(leaf.operands) == 2:
            left, right = leaf.operands
            if isinstance(left, Path) and isinstance(right, Path):
                return [(rule, text, left, right)]
            path, constant = (left, right) if isinstance(left, Path) else (right, left)
            if isinstance(path, Path) and isinstance(constant, Constant):
                self._infer(rule, path, _TYPES[constant.kind], text.part(leaf.start, leaf.end))
        elif isinstance(leaf, CountTest) and isinstance(leaf.subject, Path):
            self._infer(rule, leaf.subject, Type.STRINGS, text.part(leaf.start, leaf.end))
        elif isinstance(leaf, ListTest) and isinstance(leaf.subject, Path):
            kind = _list_test_type(leaf)
            if kind is not None:
                self._infer(rule, leaf.subject, kind, text.part(leaf.start, leaf.end))
        return []

    def _use_costs(self, rule: RuleDraft) -> None:
        for obligation in rule.obligations:
            if isinstance(obligation, BudgetDraft) and obligation.cost is not None:
                path = cost_path(obligation.cost)
                if path is not None:
                    self._infer(rule, path, Type.NUMBER, obligation.cost.span)

    def _infer(self, rule: RuleDraft, path: Path, kind: Type, span: Span) -> None:
        steps = path.steps
        if steps in BUILT_IN or steps in self._declared[id(rule)] or self.is_refused(rule, steps):
            return
        first = self._inferred.setdefault(steps, Known(kind, "used", span))
        if first.type is not kind:
            self.clashed.add(steps)
            message = f"{quoted(path_text(steps))} is used as {named(kind)} here and as {named(first.type)} elsewhere"
            help_text = "write the same type in both places, or declare the types under `tools`"
            if Type.STRINGS in (kind, first.type):
                help_text = 'a text is searched with `like "*…*"`, a list with `contains`; use it in one way only'
            self._report.error("AX0501", span, message, help_text, *first.label())

    def _spread(self, pairs: list[tuple[RuleDraft, Text, Path, Path]]) -> None:
        """A known side of `a == b` types the other, until nothing changes; the lowering reports what stays unknown."""
        readers: dict[tuple[str, ...], list[tuple[RuleDraft, Text, Path, Path]]] = {}
        for pair in pairs:
            for path in pair[2:]:
                readers.setdefault(path.steps, []).append(pair)
        waiting = deque(pairs)
        while waiting:
            rule, text, left, right = waiting.popleft()
            known = self.of(rule, left.steps), self.of(rule, right.steps)
            source = known[0] or known[1]
            if source is None or None not in known or source.type is Type.TIMESTAMP:
                continue
            kind = Type.NUMBER if source.type in NUMERIC else source.type
            unknown = left if known[0] is None else right
            self._infer(rule, unknown, kind, text.part(left.start, right.end))
            waiting += readers[unknown.steps]  # each path becomes known once


_TYPES = {"string": Type.STRING, "boolean": Type.BOOLEAN, "number": Type.NUMBER}


def _list_test_type(leaf: ListTest) -> Type | None:
    if leaf.quantifier or leaf.operator == "contains":
        return Type.STRINGS
    if leaf.operator in ("like", "matches"):
        return Type.STRING
    kinds = {operand.kind for operand in leaf.operands if isinstance(operand, Constant)}
    return _TYPES[kinds.pop()] if len(kinds) == 1 else None


_ANY_TOOL = Pattern((Wildcard.ANY,))  # for a rule whose tools are wrong: that is reported, its condition is checked


def _declared(rule: RuleDraft, declarations: Declarations) -> dict[tuple[str, ...], list[Known]]:
    """path -> the types that declared tools which the rule can match give it."""
    patterns = next((match.patterns for match in rule.match if match.field is Field.TOOL), (_ANY_TOOL,))
    found: dict[tuple[str, ...], list[Known]] = {}
    for tool in covered(patterns, declarations.tools):
        for path, declaration in declarations.tools[tool].items():
            if declaration.type is None:
                continue
            found.setdefault(path, []).append(Known(declaration.type, "declared", declaration.span))
    return found
