"""Warnings: policies that are well-formed and mean something else than they seem to."""

from axtary.compiler.approvers import ApproverList
from axtary.compiler.diagnostics import Reporter
from axtary.compiler.drafts import Declarations, RuleDraft
from axtary.compiler.ir import Policy
from axtary.compiler.lint import names, paths, people, rules, texts
from axtary.compiler.places import Places
from axtary.compiler.source import Mapping


def check(
    policy: Policy,
    drafts: list[RuleDraft],
    declarations: Declarations,
    documents: list[Mapping],
    places: Places,
    approvers: ApproverList,
    report: Reporter,
) -> None:
    """Report every warning on a policy that has no errors. `documents` are its files, the one that was given first."""
    main = documents[0].span.file if documents else ""
    paths.check(policy, declarations, report, places)
    names.check(policy, drafts, declarations, main, report)
    rules.check(policy, drafts, report)
    people.check(policy, approvers, report)
    texts.check(policy, drafts, declarations, documents, report)


__all__ = ["check"]
