"""Warnings that take a proof: rules, conditions and obligations that cannot do what they seem to do.

Each claim is about all actions and all facts, and is proved before it is made; what would take too much work is said to
be undecided. Too slow for every compilation: the user asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from axtary.compiler import suppressions
from axtary.compiler.analysis.diff import Verdict, diff
from axtary.compiler.analysis.diff.rules import Parts, parts
from axtary.compiler.analysis.space import Exhausted
from axtary.compiler.compile import Compiled
from axtary.compiler.diagnostics import Label, Reporter, quoted
from axtary.compiler.ir import Span, atoms
from axtary.compiler.lint.exact import breadth, conditions, windows
from axtary.compiler.lint.exact.alone import Alone, is_plain
from axtary.compiler.lint.exact.needed import Findings, Needed, Progress

_PRESET = "preset:"
_NAMED = 3  # rules that a message names


@dataclass(frozen=True)
class Undecided:
    """Rules of which some lints do not know, and the limit that was reached."""

    rules: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Linted:
    """The policy with all warnings on it, and what stays open."""

    compiled: Compiled
    undecided: tuple[Undecided, ...] = ()


def check(compiled: Compiled, progress: Progress = lambda _done, _all: None) -> Linted:
    """Every exact warning, with those that the compiler has found. Presets are never at fault."""
    lint = _Lint(compiled)
    lint.run(progress)
    report = lint.report
    found = [replace(each, path=compiled.places.path(each.span)) for each in report.diagnostics]
    kept, silenced = suppressions.split(found, compiled.suppressions)
    every = (*compiled.suppressed, *silenced)
    unused = Reporter()
    suppressions.report_unused(compiled.suppressions, every, suppressions.EXACT, unused)
    kept += [replace(each, path=compiled.places.path(each.span)) for each in unused.diagnostics]
    warnings = sorted({each.sort_key: each for each in (*kept, *compiled.warnings)}.items())
    made = replace(compiled, warnings=tuple(each for _, each in warnings), suppressed=every)
    open_questions: dict[str, list[str]] = {}
    for rule, why in sorted(lint.undecided.items()):
        open_questions.setdefault(why, []).append(rule)
    return Linted(made, tuple(Undecided(tuple(rules), why) for why, rules in sorted(open_questions.items())))


class _Lint:
    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._policy = compiled.policy
        self.report = Reporter()
        self.undecided: dict[str, str] = {}
        files = {name: index for index, name in enumerate(compiled.sources)}
        order = sorted(compiled.policy.rules, key=lambda rule: (files.get(rule.span.file, 0), rule.span.line))
        made = parts(compiled.policy)
        self._rules = {rule.id: made[rule.id] for rule in order}
        self._spared = {rule.id for rule in order if rule.span.file.startswith(_PRESET)}
        self._own = [each for rule, each in self._rules.items() if rule not in self._spared]

    def run(self, progress: Progress) -> None:
        """All lints, each rule by itself first."""
        settled = {each.rule.id for each in self._own if self._is_settled(each)}
        found = Needed(self._rules, self._spared).run(progress)
        self._open({rule: why for rule, why in found.undecided.items() if rule not in settled})
        told = settled | {each.rule.id for each in self._own if self._is_told(each.rule.span, "AX0709")}
        self._decide_nothing(found, told)
        self._presets(found)
        self._open(
            dict.fromkeys(windows.check(self._own, self.report), "more pairs of rules have hours than are compared")
        )
        breadth.check([each.rule for each in self._own], self._policy, self._compiled.tools, self.report)

    def _open(self, found: Mapping[str, str]) -> None:
        for rule, why in found.items():
            if rule not in self._spared:
                self.undecided.setdefault(rule, why)

    def _is_told(self, span: Span, code: str) -> bool:
        every = (*self._compiled.warnings, *(each.finding for each in self._compiled.suppressed))
        return any(each.code == code and each.span == span for each in every)

    # --- one rule ---------------------------------------------------------------------------------------------------

    def _is_settled(self, each: Parts) -> bool:
        """Report what is settled inside a rule. Is that all there is to say about it?"""
        rule = each.rule
        if is_plain(rule):
            return any(map(conditions.is_out_of_budget, rule.obligations))
        told = {atom.span for atom in atoms(rule.when) if self._is_told(atom.span, "AX0720")}
        try:
            return conditions.check(self._policy, rule, Alone.of(each), told, self.report)
        except Exhausted as limit:
            self._open({rule.id: str(limit)})
            return False

    # --- rules among others -----------------------------------------------------------------------------------------

    def _decide_nothing(self, found: Findings, told: Collection[str]) -> None:
        for rule, reasons in found.overruled.items():
            what = f"the rule {quoted(rule)} never decides: {_listed(reasons)} wherever it fires"
            self._tell("AX0722", rule, reasons, what, "delete the rule, or limit those that overrule it", told)
        for rule, reasons in found.unneeded.items():
            what = f"every decision is the same without the rule {quoted(rule)}: {_listed(reasons)} alike"
            self._tell(
                "AX0723", rule, reasons, what, "delete the rule, or write what it should decide differently", told
            )
        for rule, reasons in found.unliftable.items():
            why = f": {_listed(reasons)} wherever it fires" if reasons else ": no rule grants what it holds"
            what = f"no approval lifts the step_up {quoted(rule)}{why}"
            help_text = "write a deny rule if nobody may do it, or let a rule allow what is approved"
            self._tell("AX0727", rule, reasons, what, help_text, told)

    def _tell(
        self, code: str, rule: str, reasons: Sequence[str], what: str, help_text: str, told: Collection[str]
    ) -> None:
        if rule in told or rule in self._spared:
            return
        labels = [Label(self._rules[each].rule.span, f"{quoted(each)} decides") for each in reasons[:_NAMED]]
        self.report.warning(code, self._rules[rule].rule.span, what, help_text, *labels)

    def _presets(self, found: Findings) -> None:
        """Presets of which no rule is needed: proved once more for all of their rules together."""
        kept = self._policy
        for name, span in reversed(self._compiled.presets.items()):
            mine = {rule.id for rule in kept.rules if rule.span.file == f"{_PRESET}{name}"}
            if not mine or not mine <= found.idle or span.file.startswith(_PRESET):
                continue
            without = replace(kept, rules=tuple(rule for rule in kept.rules if rule.id not in mine))
            if diff(kept, without).verdict is Verdict.EQUIVALENT:
                kept = without
                message = f"every decision is the same without the preset {quoted(name)}"
                self.report.warning("AX0730", span, message, "delete the preset, or the rules that overrule it")


def _listed(rules: Sequence[str]) -> str:
    """`` `a` and `b` decide ``."""
    shown = [quoted(rule) for rule in rules[:_NAMED]]
    more = len(rules) - len(shown)
    if more:
        shown.append(f"{more} more")
    names = " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
    return f"{names} {'decides' if len(rules) == 1 else 'decide'}"


__all__ = ["Linted", "Progress", "Undecided", "check"]
