"""Warnings about names: tools, payload fields, roles, units and groups that are perhaps misspelt.

A policy may name tools and roles that nothing declares, so a wrong name is no error. It is reported only where it is
one slip away from a name that is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from axtary.compiler.diagnostics import Label, Reporter, quoted
from axtary.compiler.drafts import BudgetDraft, Declarations, Fields, RuleDraft, is_declared, leaves
from axtary.compiler.fields import Known, named, unknown
from axtary.compiler.ir import Attribute, Budget, Field, Has, Pattern, Policy, Rule, Span, atoms, attributes
from axtary.compiler.lint.nearness import NearNames
from axtary.compiler.source import Text
from axtary.compiler.syntax import Constant, ListTest, Path

_PRESET = "preset:"

# ISO 4217: two codes that differ by one letter (AUD, AED) are two currencies.
_CURRENCIES = frozenset(
    re.findall(
        r"\w+",
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
        CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
        GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
        LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
        PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
        TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
        ZWG
        """,
    )
)


@dataclass
class _Uses:
    """Where each name stands, in the order of the sources."""

    spans: dict[str, list[Span]] = field(default_factory=dict)

    def add(self, name: str, span: Span) -> None:
        self.spans.setdefault(name, []).append(span)

    def is_suspect(self, name: str, near: str) -> bool:
        """Is it `name` that is wrong, rather than `near`? The rarer is, of two that are as rare the later one."""
        if self.spans[name][0].file.startswith(_PRESET):
            return False
        mine, other = len(self.spans[name]), len(self.spans[near])
        order = list(self.spans)
        return mine < other or (mine == other and order.index(name) > order.index(near))


def check(policy: Policy, drafts: list[RuleDraft], declarations: Declarations, main: str, report: Reporter) -> None:
    """Report every warning on names. `main` is the file that was given: groups of included files may be a library."""
    _tools(policy, declarations, report)
    for rule in policy.rules:
        _fields(rule, declarations, report)
    _roles(drafts, report)
    _units(drafts, report)
    if policy.rules:
        _groups(declarations, main, report)


# --- tools and fields -----------------------------------------------------------------------------------------------


def _tools(policy: Policy, declarations: Declarations, report: Reporter) -> None:
    near = NearNames(declarations.tools)
    for pattern in _tool_patterns(policy) if declarations.tools else ():
        name = pattern.literal
        if name is None or name in declarations.tools or pattern.span.file.startswith(_PRESET):
            continue
        for known in near.of(name)[:1]:
            help_text = f"did you mean {quoted(known)}? if not, declare {quoted(name)} under `tools` too"
            report.warning("AX0705", pattern.span, f"no declared tool is called {quoted(name)}", help_text)


def _tool_patterns(policy: Policy) -> Iterator[Pattern]:
    for rule in policy.rules:
        for match in rule.match:
            if match.field is Field.TOOL:
                yield from match.patterns


def undeclared_reads(rule: Rule, declarations: Declarations) -> set[tuple[str, ...]]:
    """The payload attributes that a rule reads and that AX0706 is about."""
    known = named(rule.match[0].patterns, declarations)
    return {attribute.path for attribute, _ in _missing(rule, known.fields)} if known is not None else set()


def _fields(rule: Rule, declarations: Declarations, report: Reporter) -> None:
    known = named(rule.match[0].patterns, declarations)
    if known is None:
        return
    for attribute, span in _missing(rule, known.fields):
        _undeclared(attribute.path, known, span, report)
    for atom in atoms(rule.when):
        if isinstance(atom, Has) and atom.root == "payload" and _is_misspelt(atom.path, known.fields):
            _undeclared(atom.path, known, atom.span, report)


def _undeclared(path: tuple[str, ...], known: Known, span: Span, report: Reporter) -> None:
    what = unknown(path, known)
    report.warning("AX0706", span, what.message, what.help, *what.labels)


def _missing(rule: Rule, fields: Fields) -> Iterator[tuple[Attribute, Span]]:
    """The payload attributes that the rule reads and that are not among the declared fields, with their places.

    Not those below a `has` of something that is not declared either: whoever writes `has` knows that it may be absent.
    """
    guarded = {
        atom.path
        for atom in atoms(rule.when)
        if isinstance(atom, Has) and not any(path[: len(atom.path)] == atom.path for path in fields)
    }
    for attribute, span in _reads(rule):
        path = attribute.path
        known = is_declared(path, fields) or any(path[: len(step)] == step for step in guarded)
        if attribute.root == "payload" and not known:
            yield attribute, attribute.span if attribute.span.line else span


def _reads(rule: Rule) -> Iterator[tuple[Attribute, Span]]:
    for atom in atoms(rule.when):
        for attribute in attributes(atom):
            yield attribute, atom.span
    for obligation in rule.obligations:
        if isinstance(obligation, Budget) and isinstance(obligation.cost, Attribute):
            yield obligation.cost, obligation.span


def _is_misspelt(path: tuple[str, ...], fields: Fields) -> bool:
    """Is an object or field that is only asked for with `has` one slip away from a declared one?"""
    beside = {
        known[len(path) - 1] for known in fields if len(known) >= len(path) and known[: len(path) - 1] == path[:-1]
    }
    return path[-1] not in beside and bool(NearNames(beside).of(path[-1]))


# --- roles, units, groups -------------------------------------------------------------------------------------------


def _roles(drafts: list[RuleDraft], report: Reporter) -> None:
    uses = _Uses()
    for draft in drafts:
        for role in draft.roles:
            uses.add(role.value, role.span)
        for constant, span in _compared_roles(draft):
            uses.add(constant, span)
    near = NearNames(uses.spans)
    for name, spans in uses.spans.items():
        if len(spans) > 1 or name != name.strip():  # spaces have a warning of their own
            continue
        for other in near.of(name):
            if uses.is_suspect(name, other):
                label = Label(uses.spans[other][0], f"{quoted(other)} stands here")
                message = f"the role {quoted(name)} stands only here, and is nearly {quoted(other)}"
                report.warning("AX0707", spans[0], message, f"did you mean {quoted(other)}?", label)
                break


def _compared_roles(draft: RuleDraft) -> Iterator[tuple[str, Span]]:
    """The literals that a rule looks for in `actor.roles`."""
    for leaf in leaves(draft.when):
        if isinstance(leaf, ListTest) and leaf.operator in ("contains", "in") and isinstance(leaf.subject, Path):
            if leaf.subject.steps != ("actor", "roles") or draft.when_text is None:
                continue
            for operand in leaf.operands:
                if isinstance(operand, Constant):
                    yield str(operand.value), draft.when_text.part(operand.start, operand.end)


def _units(drafts: list[RuleDraft], report: Reporter) -> None:
    uses = _Uses()
    for draft in drafts:
        for obligation in draft.obligations:
            if isinstance(obligation, BudgetDraft):
                uses.add(obligation.unit.value, obligation.unit.span)
    near = NearNames(uses.spans, shortest=3)
    for name, spans in uses.spans.items():
        if name != name.strip():
            continue
        for other in near.of(name):
            if _is_wrong_unit(name, other, uses):
                label = Label(uses.spans[other][0], f"{quoted(other)} stands here")
                message = f"the unit {quoted(name)} is not {quoted(other)}: each is counted for itself"
                report.warning("AX0708", spans[0], message, f"did you mean {quoted(other)}?", label)
                break


def _is_wrong_unit(name: str, other: str, uses: _Uses) -> bool:
    if (name in _CURRENCIES) != (other in _CURRENCIES):
        return other in _CURRENCIES
    return uses.is_suspect(name, other) and name not in _CURRENCIES


def _groups(declarations: Declarations, main: str, report: Reporter) -> None:
    used = _used_groups(declarations)
    members = {name for _, some in declarations.groups.values() for name in _named(some)}
    for name, (text, _) in declarations.groups.items():
        if name not in used and text.span.file == main:
            who = f"only groups that nothing uses name {quoted(name)}" if name in members else None
            help_text = f'use it as `"@{name}"` in `match`, or delete it'
            report.warning("AX0710", text.span, who or f"nothing uses the group {quoted(name)}", help_text)


def _used_groups(declarations: Declarations) -> set[str]:
    """The groups that a rule names, and those inside of them."""
    used: set[str] = set()
    waiting = list(declarations.used_groups)
    while waiting:
        name = waiting.pop()
        if name not in used and name in declarations.groups:
            used.add(name)
            waiting += _named(declarations.groups[name][1])
    return used


def _named(members: Iterable[Text]) -> list[str]:
    return [member.value[1:] for member in members if member.value.startswith("@")]
