"""The mutants of a policy: one rule of it changed in one place.

Each is a mistake that an author could make: a rule forgotten, an effect or a comparison mistaken, a boundary off by
one, a pattern too wide, an obligation too loose. Rules of built-in presets are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from axtary.compiler.analysis.mutation.conditions import condition_edits
from axtary.compiler.analysis.mutation.edits import Edit, replaced
from axtary.compiler.analysis.mutation.obligations import approver_edits, obligation_edits
from axtary.compiler.analysis.mutation.patterns import pattern_edits
from axtary.compiler.ir import Approvers, Effect, Field, Policy, Rule, Span
from axtary.compiler.patterns import Dialect
from axtary.compiler.text import duration_text, match_text


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule, and what it is in the mutant: None if it is dropped.

    kind: `rule`, `effect`, `match`, `pattern`, `literal`, `condition`, `comparison`, `boundary`, `obligation`, `ttl`
    or `approvers`. before, after: the part as its author wrote it and as it becomes, None if it is dropped.
    """

    rule: Rule
    changed: Rule | None
    kind: str
    span: Span
    before: str
    after: str | None

    @property
    def what(self) -> str:
        """The change in a sentence."""
        if self.changed is None:
            return "the rule is dropped"
        return f"`{self.before}` is dropped" if self.after is None else f"`{self.before}` becomes `{self.after}`"

    def of(self, policy: Policy) -> Policy:
        """The mutant of a policy that has the rule."""
        rules = (self.changed if rule.id == self.rule.id else rule for rule in policy.rules)
        return replace(policy, rules=tuple(rule for rule in rules if rule is not None))


def mutants(policy: Policy) -> Iterator[Mutant]:
    """All mutants, in the order of the source, no two of a rule alike."""
    own = [rule for rule in policy.rules if not rule.span.file.startswith("preset:")]
    for rule in sorted(own, key=lambda rule: (rule.span.file, rule.span.line, rule.span.column, rule.id)):
        seen: set[Rule | None] = {rule}
        for edit in _edits(rule):
            if edit.node not in seen:
                seen.add(edit.node)
                span = edit.span if edit.span.line else rule.span
                yield Mutant(rule, edit.node, edit.kind, span, edit.before, edit.after)


def _edits(rule: Rule) -> Iterator[Edit[Rule]]:
    yield Edit("rule", None, rule.id, None, rule.span)
    yield from _effects(rule)
    yield from _matches(rule)
    if rule.when is not None:
        for condition in condition_edits(rule.when):
            yield condition.within(lambda when: replace(rule, when=when))
    for index, obligation in enumerate(rule.obligations):
        for edit in obligation_edits(obligation):
            kept = (edit.node,) if edit.node is not None else ()
            obligations = (*rule.obligations[:index], *kept, *rule.obligations[index + 1 :])
            yield edit.within(lambda _, all_of_them=obligations: replace(rule, obligations=all_of_them))  # type: ignore[misc]
    yield from _ttls(rule)
    if rule.approvers is not None:
        for needed in approver_edits(rule.approvers):
            yield needed.within(lambda approvers: replace(rule, approvers=approvers), rule.span)


def _effects(rule: Rule) -> Iterator[Edit[Rule]]:
    for effect in Effect:
        if effect is not rule.effect:
            after = f"effect: {effect.value}"
            yield Edit("effect", _of_effect(rule, effect), f"effect: {rule.effect.value}", after, rule.span)


def _of_effect(rule: Rule, effect: Effect) -> Rule:
    """The rule with what an effect can have: a deny obliges to nothing, a step_up needs an approval."""
    if effect is Effect.DENY:
        return replace(rule, effect=effect, obligations=(), approvers=None, ttl=None)
    return replace(rule, effect=effect, approvers=Approvers() if effect is Effect.STEP_UP else None)


def _matches(rule: Rule) -> Iterator[Edit[Rule]]:
    for index, test in enumerate(rule.match):
        if test.field is not Field.TOOL:
            rest = (*rule.match[:index], *rule.match[index + 1 :])
            yield Edit("match", replace(rule, match=rest), match_text(test), None, test.span)
        dialect = Dialect.RESOURCE if test.field is Field.RESOURCE else Dialect.NAME
        shown = lambda patterns, test=test: match_text(replace(test, patterns=patterns))  # noqa: E731
        for edit in pattern_edits(test.patterns, dialect, shown, test.span):
            changed = replace(test, patterns=edit.node or ())
            match = replaced(rule.match, index, changed)
            yield edit.within(lambda _, match=match: replace(rule, match=match))  # type: ignore[misc]


def _ttls(rule: Rule) -> Iterator[Edit[Rule]]:
    if rule.ttl is not None:
        before = f"ttl: {duration_text(rule.ttl)}"
        yield Edit("ttl", replace(rule, ttl=None), before, None, rule.span)
        longer = 2 * rule.ttl
        yield Edit("ttl", replace(rule, ttl=longer), before, f"ttl: {duration_text(longer)}", rule.span)
