"""Warnings about rules that nobody could approve. A policy without approvers of its own is silent: they come later."""

from __future__ import annotations

from axtary.compiler.approvers import ApproverList
from axtary.compiler.diagnostics import Label, Reporter, quoted
from axtary.compiler.ir import Approvers, Policy


def check(policy: Policy, approvers: ApproverList, report: Reporter) -> None:
    """Report each rule that asks for more people than the approvers are who have one of its roles."""
    for rule in policy.rules if approvers.people else ():
        needed = rule.approvers
        if needed is None or (able := _able(needed, approvers)) >= needed.quorum:
            continue
        from axtary.compiler.text import approvers_text  # with the analyses, which a check that finds nothing needs not

        built_in = needed.span.file.startswith("preset:")
        span, other = (approvers.span, needed.span) if built_in else (needed.span, approvers.span)
        label = Label(other, "this is what it asks for" if built_in else "these are the approvers")
        message = f"nobody can approve what {quoted(rule.id)} holds: it asks for {needed.quorum}, and {able} can"
        help_text = f"give the role to more approvers, or ask for less; it says `{approvers_text(needed)}`"
        report.warning("AX0733", span, message, help_text, label)


def _able(needed: Approvers, approvers: ApproverList) -> int:
    return sum(not needed.roles or not set(needed.roles).isdisjoint(each.roles) for each in approvers.people)
