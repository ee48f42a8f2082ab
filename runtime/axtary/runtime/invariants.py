"""The invariants of a policy, checked: one that does not hold, is not decided or says nothing is an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from axtary.compiler import Compiled, CompileError, Diagnostic
from axtary.compiler.diagnostics import Label, Reporter, quoted
from axtary.compiler.ir import Policy
from axtary.compiler.questions import Invariant

if TYPE_CHECKING:
    from axtary.runtime.asking import Answer, Witness

Json = Any
Progress = Callable[[str, int, int], None]
_LABELS = {"allow": "allows it", "deny": "denies it", "step_up": "asks for an approval"}


def checked(compiled: Compiled, progress: Progress = lambda _phase, _done, _all: None) -> Compiled:
    """The same, if every invariant holds; costs nothing without any.

    Raises CompileError, with the warnings too; EngineError, EngineMissing if an action is to be shown.
    """
    if not compiled.invariants:
        return compiled
    from axtary.runtime.asking import ask  # only where there is something to ask: it takes a while to load

    report, paths = Reporter(), {each.span: each.path for each in compiled.invariants}
    for done, invariant in enumerate(compiled.invariants):
        progress("checking invariants", done, len(compiled.invariants))
        answer = ask(compiled.policy, invariant.question)
        if answer.witnesses:
            _broken(compiled.policy, invariant, answer.witnesses[0], report)
        elif answer.undecided:
            _open(invariant, answer, report)
        elif not answer.fits:
            message = f"no action fits the invariant {quoted(invariant.id)}, whatever the rules say"
            report.error("AX1003", invariant.span, message, "look for what contradicts itself under `never`")
    if not report.failed:
        return compiled
    errors = [replace(each, path=paths[each.span]) for each in report.diagnostics]
    found: list[Diagnostic] = [*compiled.warnings, *errors]
    raise CompileError(sorted(found, key=lambda each: each.sort_key), compiled.sources)


def _broken(policy: Policy, invariant: Invariant, witness: Witness, report: Reporter) -> None:
    message = f"the invariant {quoted(invariant.id)} does not hold: {witness.sentence}"
    shown = f"action {_json(witness.action)}" + (f" with facts {_json(witness.facts)}" if witness.facts else "")
    help_text = f"change the rules, or the invariant, for this {shown}"
    label = _LABELS[witness.verdict.decision]
    labels = [Label(policy.by_id[rule].span, f"{quoted(rule)} {label}") for rule in witness.rules]
    report.error("AX1001", invariant.span, message, help_text, *labels)


def _open(invariant: Invariant, answer: Answer, report: Reporter) -> None:
    first = answer.undecided[0]
    about = f" for {quoted(first.tools[0])}" if first.tools else ""
    message = f"the invariant {quoted(invariant.id)} is not decided{about}: {first.why}"
    help_text = "ask less at once: name the tool, or write one invariant for each part of the condition"
    report.error("AX1002", invariant.span, message, help_text)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=True)
