"""Warnings about texts that are read otherwise than they look: patterns in another notation, paths as the machine
writes them, comments that cut a value, spaces, quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from axtary.compiler.diagnostics import Reporter, quoted
from axtary.compiler.drafts import BudgetDraft, Declarations, GeneratedText, RuleDraft, leaves
from axtary.compiler.inference import BUILT_IN
from axtary.compiler.ir import (
    BlockedPaths,
    Field,
    Like,
    OneOf,
    Pattern,
    Policy,
    Quantified,
    Rule,
    Span,
    Type,
    atoms,
    attributes,
    path_text,
)
from axtary.compiler.matching import covered
from axtary.compiler.source import Mapping, Node, Sequence, Text
from axtary.compiler.syntax import Comparison, Constant, Expression, ListTest, Path

_PATHS, _LIKE = "paths", "like"  # where a pattern stands, beside the fields of `match`


def check(
    policy: Policy, drafts: list[RuleDraft], declarations: Declarations, documents: list[Mapping], report: Reporter
) -> None:
    """Report every warning on texts."""
    for document in documents:
        if document.entries and _HASH.search(document.entries[0][0].source.text):
            _comments(document, "", report)
    for rule in policy.rules:
        for pattern, place in _patterns(rule):
            if _UNUSUAL.search(pattern.text):
                _notation(pattern, place, report)
        _canonical(rule, report)
        _attributes(rule, declarations, report)
    for draft in drafts:
        _names(draft, declarations, report)
        for leaf in leaves(draft.when):
            _exact(leaf, draft, report)


# --- comments -------------------------------------------------------------------------------------------------------

_HASH = re.compile(r"[ \t]#(?:[^ \t\r\n#]|[ \t]*(?:and|or|not)\b)")
_BEHIND_ITEM = re.compile(r"[ \t]*,?[ \t]+(#[^ \t\r\n#][^\r\n]*)")
_BEHIND_CONDITION = re.compile(r"[ \t]+(#(?:[^ \t\r\n#]|[ \t]*(?:and|or|not)\b)[^\r\n]*)")


def _comments(node: Node, key: str, report: Reporter) -> None:
    """YAML takes ` #` for a comment wherever it stands: in a list of channels, or in the middle of a condition."""
    if isinstance(node, Mapping):
        for name, value in node.entries:
            _comments(value, name.value, report)
    elif isinstance(node, Sequence):
        for item in node.items:
            _comments(item, "", report)
            if isinstance(item, Text) and (found := _BEHIND_ITEM.match(item.source.text, item.end)):
                help_text = "put it in quotes if it is an item, or write a space behind `#` if it is none"
                _comment(item, found, "the list", help_text, report)
    elif key == "when" and not node.style and (found := _BEHIND_CONDITION.match(node.source.text, node.end)):
        help_text = "put the whole condition in quotes, or the comment on a line of its own"
        _comment(node, found, "the condition", help_text, report)


def _comment(text: Text, found: re.Match[str], of: str, help_text: str, report: Reporter) -> None:
    message = f"{quoted(found[1].rstrip())} is a comment and no part of {of}"
    end = found.start(1) + len(found[1].rstrip())
    report.warning("AX0711", text.source.span(found.start(1), end), message, help_text)


# --- patterns -------------------------------------------------------------------------------------------------------

_UNUSUAL = re.compile(r"[\^$(\[?!%,~|:]|\A\s|\s\Z|\A/|\A\.\*|\.\+")
_REGULAR = re.compile(r"\A\^|(?<=.)\$\Z|\([^()]*\|[^()]*\)|\[[!^][^\]]*\]|\[[^\]]*\w-\w[^\]]*\]|\.\+")
_HOMES = ("/home/", "/Users/", "/root/")
_ROOTS = ("/etc/", "/usr/", "/proc/", "/sys/", "/private/", "/System/", "/Library/")


def _patterns(rule: Rule) -> Iterator[tuple[Pattern, str]]:
    """Each pattern of a rule and where it stands: a field of `match`, `paths` or `like`."""
    for match in rule.match:
        for pattern in match.patterns:
            yield pattern, match.field.value
    for obligation in rule.obligations:
        if isinstance(obligation, BlockedPaths):
            for pattern in obligation.patterns:
                yield pattern, _PATHS
    for atom in atoms(rule.when):
        if isinstance(atom, Like | Quantified):
            place = _PATHS if atom.attribute.type in (Type.PATH, Type.PATHS) else _LIKE
            for pattern in atom.patterns:
                yield pattern, place


def _notation(pattern: Pattern, place: str, report: Reporter) -> None:
    text = pattern.text
    if place != _LIKE and text != text.strip():
        message = f"{quoted(text)} begins or ends with a space, which is a part of the pattern"
        report.warning("AX0718", pattern.span, message, f"write {quoted(text.strip())}")
    elif place != _LIKE and re.search(r"\S,[ \t]*\S" if place == "tool" else r"\S,[ \t]+\S", text):
        parts = ", ".join(f'"{part.strip()}"' for part in text.split(","))
        message = f"{quoted(text)} is one pattern with a comma in it, not several"
        report.warning("AX0713", pattern.span, message, f"write a list: `[{parts}]`")
    elif place == _PATHS and not str(pattern.tokens[0]).startswith("/") and (written := _from_machine(text)):
        message = f"{quoted(text)} is a path inside the workspace"
        report.warning("AX0714", pattern.span, message, f"write {quoted(written)} for the one outside of it")
    elif sign := _foreign(text, place):
        message = f"{quoted(sign)} is plain text in a pattern"
        help_text = (
            "`*` stands for any run of characters and `{a,b}` for alternatives; there are no regular expressions"
        )
        if sign == "!":
            help_text = "a pattern cannot be negated: list what is meant, or write `not` in `when`"
        report.warning("AX0712", pattern.span, message, help_text)


def _from_machine(text: str) -> str:
    """How a path of the machine (`~/.ssh/`, `/etc/passwd`) is written in a policy; "" if it is none."""
    if text.startswith("~/"):
        return f"@home/{text[2:]}"
    if text.startswith(_HOMES):
        return "@home/" + (text.split("/", 2)[2] if text.startswith("/root/") else text.split("/", 3)[-1])
    return f"@root{text}" if text.startswith(_ROOTS) else ""


def _foreign(text: str, place: str) -> str:
    """The part of a pattern that is taken from regular expressions, the shell or SQL; "" if there is none."""
    if found := _REGULAR.search(text):
        return found[0]
    if place == _LIKE:
        sql = "%" in (text[0], text[-1]) and "*" not in text
        return "%" if sql else ".*" if text.startswith(".*") else ""
    if text.startswith("!"):
        return "!"
    if place in (_PATHS, Field.TOOL) and "?" in text:
        return "?"
    if place not in (_PATHS, Field.RESOURCE):
        if text.startswith(".*"):
            return ".*"
        if bar := re.search(r"\w\|\w", text):
            return bar[0]
    return ""


# --- paths that no action has ---------------------------------------------------------------------------------------


def _canonical(rule: Rule, report: Reporter) -> None:
    """`paths contains "/etc/passwd"`: paths are canonical, so this is never true. In `matches` it is an error."""
    for atom in atoms(rule.when):
        if not isinstance(atom, Quantified) or atom.attribute.root != "paths":
            continue
        texts = [*atom.values, *(p.tokens[0] for p in atom.patterns if isinstance(p.tokens[0], str))]
        for text in texts:
            segments = text.split("/")
            whole = text in atom.values
            if (segments[0] in ("", ".", "..") and len(segments) > 1) or (whole and {"", ".", ".."} & {*segments}):
                message = f"no path begins with {quoted(text)}" if not whole else f"no path is {quoted(text)}"
                help_text = "write the path from the workspace, such as `src/login.py`; `@home/…` or `@root/…` outside"
                report.warning("AX0714", atom.span, message, help_text)


# --- attributes and literals ----------------------------------------------------------------------------------------

_TYPED = re.compile(r"true|false|null|-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?")


def _attributes(rule: Rule, declarations: Declarations, report: Reporter) -> None:
    for atom in atoms(rule.when):
        for attribute in attributes(atom):
            path = attribute.path
            place = attribute.span if attribute.span.line else atom.span
            if path[0] == "payload" and (path[1:] in BUILT_IN or path[1] == "payload"):
                if not _is_declared(path, rule, declarations):
                    _doubled(path, place, report)
            elif isinstance(atom, OneOf) and path[0] in ("payload", "context") and attribute.type is Type.STRING:
                texts = [str(value) for value in atom.values]
                if all(_TYPED.fullmatch(text) for text in texts) and not _is_declared(path, rule, declarations):
                    _in_quotes(path, texts[0], atom.span, report)


def _is_declared(path: tuple[str, ...], rule: Rule, declarations: Declarations) -> bool:
    return any(path in declarations.tools[tool] for tool in covered(rule.match[0].patterns, declarations.tools))


def _doubled(path: tuple[str, ...], span: Span, report: Reporter) -> None:
    inner = path_text(path[1:])
    message = f"{quoted(path_text(path))} is a field of the call's payload, not the action's own {quoted(inner)}"
    help_text = f"write {quoted(inner)}; if the payload has such a field, declare it under `tools`"
    report.warning("AX0716", span, message, help_text)


def _in_quotes(path: tuple[str, ...], text: str, span: Span, report: Reporter) -> None:
    kind = "number" if text[-1].isdigit() else "value of another type" if text == "null" else "boolean"
    message = f'`"{text}"` is a string, and never equal to a {kind}'
    name = path_text(path)
    help_text = f"write `{text}` without quotes; if {quoted(name)} is a string, declare it under `tools`"
    if text == "null":
        help_text = f"write `not has {name}` for one that is missing; there is no null"
    report.warning("AX0717", span, message, help_text)


def _exact(leaf: Expression, draft: RuleDraft, report: Reporter) -> None:
    """`payload.branch == "release/*"` compares with this very text, star and all."""
    text = draft.when_text
    if text is None or not isinstance(leaf, Comparison | ListTest) or not (tested := _as_pattern(leaf)):
        return
    for operand in leaf.operands:
        value = operand.value if isinstance(operand, Constant) else None
        if isinstance(value, str) and "*" in value and value.strip("*"):  # `*` alone may be a name
            help_text = f"write `{tested} …` if a pattern is meant; in a pattern, a backslash makes `*` plain text"
            if isinstance(text, GeneratedText):
                help_text = "write a rule under `policies` with `like` if a pattern is meant"
            message = f"{quoted(value)} is compared as it stands: its `*` is no wildcard here"
            report.warning("AX0715", text.part(operand.start, operand.end), message, help_text)


def _as_pattern(leaf: Comparison | ListTest) -> str:
    """The beginning of the test that reads patterns, for one that compares exactly; "" for other tests."""
    if isinstance(leaf, Comparison):
        name = next((path_text(part.steps) for part in leaf.operands if isinstance(part, Path)), "")
        return f"{'not ' if leaf.ops == ('!=',) else ''}{name} like"
    if leaf.operator not in ("in", "contains") or not isinstance(leaf.subject, Path):
        return ""
    quantifier = "any" if leaf.operator == "contains" else leaf.quantifier
    verb = "matches" if leaf.subject.steps == ("paths",) else "like"
    return f"{quantifier} {path_text(leaf.subject.steps)} {verb}".lstrip()


# --- roles and units ------------------------------------------------------------------------------------------------


def _names(draft: RuleDraft, declarations: Declarations, report: Reporter) -> None:
    units = [o.unit for o in draft.obligations if isinstance(o, BudgetDraft)]
    for text in (*draft.roles, *units):
        if text.value != text.value.strip():
            message = f"{quoted(text.value)} begins or ends with a space, which is a part of the name"
            report.warning("AX0718", text.span, message, f"write {quoted(text.value.strip())}")
    for role in draft.roles:
        if "," in role.value:
            parts = ", ".join(part.strip() for part in role.value.split(","))
            message = f"{quoted(role.value)} is one role with a comma in its name, not several"
            report.warning("AX0713", role.span, message, f"write a list: `[{parts}]`")
        elif "*" in role.value or (role.value[:1] == "@" and role.value[1:] in declarations.groups):
            message = f"{quoted(role.value)} is compared as it stands: roles are neither patterns nor groups"
            report.warning("AX0715", role.span, message, "name the roles themselves: `[security, release-manager]`")
