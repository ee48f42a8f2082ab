"""Rules that reach further, or less far, than they read: an allow without any limit, a deny that forgets a tool."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from axtary.compiler.analysis.diff import Change, diff
from axtary.compiler.analysis.languages import Undecided, Wanted, witness
from axtary.compiler.analysis.space import Limits
from axtary.compiler.diagnostics import Label, Reporter, quoted
from axtary.compiler.ir import Effect, Field, Match, Pattern, Policy, Rule
from axtary.compiler.matching import covers

LIMITS = Limits(states=4_000, classes=800, clauses=40_000, conflicts=400)
_LOOKS = 40  # tools that may have been forgotten: so many are compared
_SAYS_SO = re.compile(r"(?i)\b(any|anything|every|everything|everyone|all|whatever|unrestricted|unlimited)\b")

# Words for the same doing. A tool that does as its twin under another word is easily forgotten.
_SAME = (
    {"delete", "remove", "destroy", "erase", "purge", "drop", "unlink", "wipe", "rm"},
    {"exec", "execute", "run", "spawn"},
    {"write", "overwrite", "put"},
    {"pay", "transfer"},
    {"merge"},
    {"push"},
    {"deploy", "rollout"},
    {"publish", "release"},
    {"approve"},
    {"grant"},
    {"revoke"},
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def check(rules: Sequence[Rule], policy: Policy, tools: Collection[str], report: Reporter) -> None:
    """Report both for some rules of a policy. `tools` are the declared ones."""
    for rule in rules:
        if rule.effect is Effect.ALLOW and is_unlimited(rule) and not _SAYS_SO.search(rule.description):
            message = f"the rule {quoted(rule.id)} allows every tool on every resource to every agent"
            if rule.description:
                message += ", which its description does not say"
            help_text = "name tools, resources or agents; if all are meant, say `every` in the description"
            report.warning("AX0728", rule.span, message, help_text)
    _forgotten(rules, policy, tools, report)


def is_unlimited(rule: Rule) -> bool:
    """Does the rule fire for every action?"""
    return rule.when is None and all(_is_any(match) for match in rule.match)


def _is_any(match: Match) -> bool:
    try:
        wanted = Wanted(reject=match.patterns, empty=match.field is not Field.TOOL)
        return witness(wanted) is None
    except Undecided:
        return False


# --- tools that a deny leaves out -----------------------------------------------------------------------------------


def _forgotten(rules: Sequence[Rule], policy: Policy, declared: Collection[str], report: Reporter) -> None:
    """A tool that does the same as one that a deny rule names, and that is allowed where the rule would forbid it."""
    known = _known(policy, declared)
    looks = _LOOKS
    for rule in rules:
        named = {p.literal for p in rule.match[0].patterns if p.literal is not None}
        if rule.effect is not Effect.DENY or not named:
            continue
        for name in sorted(named):
            for twin in known:
                if not is_twin(name, twin) or any(covers(pattern, twin) for pattern in rule.match[0].patterns):
                    continue
                looks -= 1
                shown = _allowed(policy, rule, twin) if looks >= 0 else None
                if shown is not None:
                    _report(rule, name, twin, shown, policy, report)


def _known(policy: Policy, declared: Collection[str]) -> list[str]:
    """The tools that the policy names, each once, sorted."""
    named = (p.literal for rule in policy.rules for p in rule.match[0].patterns)
    return sorted({*declared, *(name for name in named if name)})


def is_twin(one: str, other: str) -> bool:
    """Do two tools have the same place, and does the last step of the other do what the one of the first does?

    `fs.delete` and `fs.remove`, `fs.delete_file`, `fs.deleteAll`; also `github.pull_request.merge` and
    `github.pullRequests.merge`.
    """
    first, second = (_steps(name) for name in (one, other))
    if one == other or len(first) != len(second) or [*map(_plain, first[:-1])] != [*map(_plain, second[:-1])]:
        return False
    mine, theirs = _words(first[-1]), _words(second[-1])
    return any(mine and theirs and mine[0] in same and theirs[0] in same for same in _SAME) and (
        len(mine) == 1 or mine[1:] == theirs[1:]
    )


def _steps(name: str) -> list[str]:
    return re.split(r"[./:]+", name)


def _words(step: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(step)]


def _plain(step: str) -> str:
    return "".join(_words(step)).removesuffix("s")


def _allowed(policy: Policy, rule: Rule, twin: str) -> Change | None:
    """An action with this tool that is allowed, and would not be if the rule named the tool too."""
    wider = replace(rule.match[0], patterns=(*rule.match[0].patterns, Pattern((twin,), text=twin)))
    changed = replace(rule, match=(wider, *rule.match[1:]))
    rules = tuple(changed if each is rule else each for each in policy.rules)
    found = diff(policy, replace(policy, rules=rules), LIMITS)
    lost = (change for change in found.changes if (change.old, change.new) == ("allow", "deny"))
    return next((change for change in lost if "approval" not in change.facts), None)  # what a human approves may differ


def _report(rule: Rule, name: str, twin: str, shown: Change, policy: Policy, report: Reporter) -> None:
    pattern = next(pattern for pattern in rule.match[0].patterns if pattern.literal == name)
    span = pattern.span if pattern.span.line else rule.match[0].span
    allowing = policy.by_id[shown.old_rules[0]]
    message = f"{quoted(rule.id)} denies {quoted(name)} but not {quoted(twin)}, which {quoted(allowing.id)} allows"
    label = Label(allowing.span, f"{quoted(twin)} is allowed here")
    report.warning("AX0729", span, message, f"name {quoted(twin)} too, if it is not left out on purpose", label)
