"""Warnings on path patterns that reach less or more than they seem to, and on rules that fire where nothing is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from axtary.compiler.diagnostics import Reporter, quoted
from axtary.compiler.drafts import Declarations, is_declared
from axtary.compiler.ir import (
    And,
    BlockedPaths,
    Condition,
    Effect,
    Has,
    Like,
    Not,
    Or,
    Pattern,
    Policy,
    Quantified,
    Rule,
    Span,
    Type,
    Wildcard,
    atoms,
    attributes,
    path_text,
)
from axtary.compiler.lint.names import undeclared_reads
from axtary.compiler.matching import covered
from axtary.compiler.patternfixes import PatternFixes
from axtary.compiler.places import Places


def check(policy: Policy, declarations: Declarations, report: Reporter, places: Places) -> None:
    """Report every warning on path patterns and on reads of what is missing."""
    fixes = PatternFixes(places)
    for rule in policy.rules:
        negated = _negated(rule.when)
        for patterns, restricts in _path_patterns(rule):
            safe = fixes if negated.isdisjoint(pattern.span for pattern in patterns) else None
            (_too_narrow if restricts else _too_wide)(patterns, report, safe)
        if rule.effect is not Effect.ALLOW:
            _fires_when_missing(rule, declarations, report)


def _path_patterns(rule: Rule) -> Iterable[tuple[tuple[Pattern, ...], bool]]:
    """Each list of path patterns, and whether it restricts (a deny rule's condition, `blocked_paths`)."""
    for obligation in rule.obligations:
        if isinstance(obligation, BlockedPaths):
            yield obligation.patterns, True
    for atom in atoms(rule.when):
        if isinstance(atom, Like | Quantified) and atom.attribute.type in (Type.PATH, Type.PATHS) and atom.patterns:
            if rule.effect is Effect.DENY:
                yield atom.patterns, True
            elif rule.effect is Effect.ALLOW:
                yield atom.patterns, False


def _floating(pattern: Pattern) -> bool:
    return "/" not in pattern.text.rstrip("/") and set(pattern.text.rstrip("/")) != {"*"}


def _negated(condition: Condition | None, positive: bool = True) -> set[Span]:
    """Where the patterns stand that a rule turns round: one that matches more lets the rule fire for less."""
    match condition:
        case Not(item):
            return _negated(item, not positive)
        case And(items) | Or(items):
            return set().union(*(_negated(item, positive) for item in items))
        case Like(_, patterns) | Quantified(_, _, _, patterns) if not positive:
            return {pattern.span for pattern in patterns}
        case _:
            return set()


def _too_narrow(patterns: tuple[Pattern, ...], report: Reporter, fixes: PatternFixes | None) -> None:
    """`.env*` does not match `.env.d/key`: say so, unless `.env*/` is there too."""
    texts = {pattern.text for pattern in patterns}
    for pattern in patterns:
        text = pattern.text
        if _floating(pattern) and text.endswith("*") and f"{text}/" not in texts:
            message = f"{quoted(text)} matches names, not what lies in a directory of such a name"
            fix = fixes.beside(pattern.span, f"{text}/") if fixes is not None else None
            report.warning("AX0701", pattern.span, message, f'add `"{text}/"` beside it', fix=fix)


def _too_wide(patterns: tuple[Pattern, ...], report: Reporter, fixes: PatternFixes | None) -> None:
    """A floating pattern also matches below `@home` and `@root`: rarely meant in a rule that allows."""
    for pattern in patterns:
        if _floating(pattern) and not pattern.text.startswith("@"):
            message = f"{quoted(pattern.text)} also matches paths outside the workspace"
            fix = fixes.replaced(pattern.span, pattern.text, f"**/{pattern.text}") if fixes is not None else None
            report.warning("AX0702", pattern.span, message, f'write `"**/{pattern.text}"` to stay inside', fix=fix)


def _fires_when_missing(rule: Rule, declarations: Declarations, report: Reporter) -> None:
    """A deny or step_up rule fires for each tool that lacks the attribute that it reads."""
    present = {atom.path for atom in atoms(rule.when) if isinstance(atom, Has)}
    lacking = _lacking(rule, declarations)
    undeclared = undeclared_reads(rule, declarations)
    for atom in atoms(rule.when):
        for attribute in attributes(atom):
            path = attribute.path
            guarded = any(path[: len(step)] == step for step in present)
            if attribute.root != "payload" or guarded or path in undeclared or not (what := lacking(path)):
                continue
            message = f"{quoted(path_text(path))} is missing from {what}, so the rule fires there"
            help_text = f"if that is not meant, write `has {path_text(path)} and …`"
            report.warning("AX0703", _at(attribute.span, atom.span), message, help_text)


def _lacking(rule: Rule, declarations: Declarations) -> Callable[[tuple[str, ...]], str]:
    """path -> the tools that the rule covers and that lack it, in words; "" if there are none."""
    patterns = rule.match[0].patterns
    tools = [tool for tool in covered(patterns, declarations.tools) if declarations.tells_fields(tool)]
    wide = next((p.text for p in patterns if any(isinstance(token, Wildcard) for token in p.tokens)), None)

    def answer(path: tuple[str, ...]) -> str:
        without = [tool for tool in tools if not is_declared(path, declarations.tools[tool])]
        if without:
            return f"the declared tool {quoted(without[0])}"
        return f"tools that {quoted(wide)} covers and `tools` does not declare" if wide is not None else ""

    return answer


def _at(first: Span, second: Span) -> Span:
    return first if first.line else second
