"""Diagnostics: what is wrong, where, and what to write instead.

Text style: lower case, no full stop, the author's own words in backticks. `message` stands alone; `help` says what to
write. Codes are stable: `AX01` file and YAML, `AX02` structure, `AX03` conditions, `AX04` patterns and groups,
`AX05` types, `AX06` obligations, `AX07` warnings, `AX10` invariants.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from axtary.compiler.ir import Span

CODES: dict[str, str] = {
    "AX0101": "the file cannot be read as UTF-8 text",
    "AX0102": "the file is too large or nests too deep",
    "AX0103": "a forbidden character",
    "AX0104": "not well-formed YAML",
    "AX0105": "not exactly one YAML document",
    "AX0106": "a YAML feature that policies do not use",
    "AX0107": "a key stands twice",
    "AX0201": "an unknown key",
    "AX0202": "a required key is missing",
    "AX0203": "the wrong kind of value",
    "AX0204": "a value that is not one of the allowed ones",
    "AX0205": "a name that is not allowed",
    "AX0206": "an id stands twice",
    "AX0207": "an include that cannot be followed",
    "AX0208": "an unknown preset",
    "AX0209": "a group or a payload field is declared twice",
    "AX0210": "settings of the runtime that are not allowed",
    "AX0211": "approvers who could not be told apart or trusted",
    "AX0212": "a connector that could not be trusted with a credential",
    "AX0301": "a condition that cannot be parsed",
    "AX0302": "an attribute that actions do not have",
    "AX0303": "a literal that is not allowed",
    "AX0304": "a comparison that has no meaning",
    "AX0305": "a condition that nests too deep",
    "AX0306": "an empty or mixed list",
    "AX0401": "an empty pattern",
    "AX0402": "a pattern that cannot be parsed",
    "AX0403": "a pattern that no path can match",
    "AX0404": "an unknown group",
    "AX0405": "a group that is empty or contains itself",
    "AX0501": "an attribute is used with two types",
    "AX0502": "an attribute whose type is not known",
    "AX0503": "an operator that does not fit the type",
    "AX0504": "an unknown type",
    "AX0505": "a payload field that complete declarations do not have",
    "AX0601": "an obligation that this effect cannot have",
    "AX0602": "hours that cannot be parsed",
    "AX0603": "an unknown time zone",
    "AX0604": "a rate, duration or budget that is not allowed",
    "AX0605": "approvers that are not allowed",
    "AX0701": "a pattern that protects less than it seems to",
    "AX0702": "a pattern that reaches outside the workspace",
    "AX0703": "a rule that fires wherever its attribute is missing",
    "AX0704": "a policy key that grants nothing",
    "AX0705": "a tool that is nearly a declared one",
    "AX0706": "a payload field that the declared tools do not have",
    "AX0707": "a role that is nearly another one",
    "AX0708": "a unit that is nearly another one",
    "AX0709": "a rule that repeats another one",
    "AX0710": "a group that nothing uses",
    "AX0711": "a comment that looks like a part of the value",
    "AX0712": "a pattern in another notation",
    "AX0713": "several values in one text",
    "AX0714": "a path that actions do not write so",
    "AX0715": "a pattern where texts are compared exactly",
    "AX0716": "a payload field named like an attribute of the action",
    "AX0717": "a number or boolean in quotes",
    "AX0718": "a text that begins or ends with a space",
    "AX0719": "a budget that no call can meet",
    "AX0720": "a condition that is never true, or always",
    "AX0721": "a rule that never fires",
    "AX0722": "a rule that others always overrule",
    "AX0723": "a rule that other rules make needless",
    "AX0724": "obligations that cannot be met",
    "AX0725": "hours that are never open",
    "AX0726": "a limit that the attribute cannot have",
    "AX0727": "a step_up that no approval can lift",
    "AX0728": "an allow without any limit",
    "AX0729": "a deny that leaves out a tool of the same kind",
    "AX0730": "a preset that changes nothing",
    "AX0731": "a comment that ignores a warning without a reason",
    "AX0732": "a comment that ignores nothing",
    "AX0733": "a rule that too few approvers can approve",
    "AX1001": "an invariant that does not hold",
    "AX1002": "an invariant that is not decided",
    "AX1003": "an invariant that no action can break",
}


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that belongs to the finding, with what stands there."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` in place of what stands at `span`; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the source that mends a finding, safe to make without asking: edits that do not overlap."""

    title: str  # what it does, in the imperative: "write `==`"
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `span.file` is a key of the sources that were compiled; the edits of a fix are in that file.

    `path` is the YAML path of what stands at the span, "" for the whole file.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    help: str
    labels: tuple[Label, ...] = ()
    fix: Fix | None = None
    path: str = ""

    @property
    def sort_key(self) -> tuple[Any, ...]:
        return (self.span.file, self.span.line, self.span.column, self.code, self.message)


MAX_ERRORS = 200  # more of them help nobody, and a hostile file could have a million


class CompileError(Exception):
    """The policy has errors. `diagnostics` holds them, sorted, warnings included; reading stops after MAX_ERRORS."""

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = dict(sources)
        errors = [d for d in self.diagnostics if d.severity is Severity.ERROR]
        super().__init__(f"{len(errors)} error(s), first: {errors[0].code} {errors[0].message}" if errors else "")


def printable(text: str) -> str:
    """`text` with every control, format and surrogate character written as an escape (tabs as one space)."""
    if text.isascii() and text.isprintable():  # nearly always, and then nothing is to be looked at one by one
        return text
    return "".join(
        " " if c == "\t" else c if unicodedata.category(c) not in _UNPRINTABLE else f"\\u{{{ord(c):x}}}" for c in text
    )


_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def quoted(text: str, limit: int = 60) -> str:
    """The author's own words for a message: in backticks, printable, cut to `limit` characters."""
    shown = printable(text[: limit + 1])
    return "`" + (shown if len(shown) <= limit else shown[: limit - 1] + "…") + "`"


def surely_meant(name: str, known: Iterable[str]) -> str | None:
    """The one of the known names that is clearly meant: near, and every other is further away."""
    from difflib import SequenceMatcher

    choices = sorted(set(known))
    if len(name) > 100 or len(choices) > 1000:
        return None
    same = [choice for choice in choices if _folded(choice) == _folded(name)]
    if len(same) == 1:
        return same[0]
    near = sorted(((SequenceMatcher(None, choice, name).ratio(), choice) for choice in choices), reverse=True)
    if not near or near[0][0] < _NEAR or (len(near) > 1 and near[1][0] > near[0][0] - _APART):
        return None
    return near[0][1]


_NEAR, _APART = 0.8, 0.1  # of two names: alike, and by how much more alike than the next one


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_")


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like `name`, first of all one that differs by case only; "" if none is near."""
    import difflib

    choices = list(known)
    if len(name) > 100 or len(choices) > 1000:  # the search is slow, and only ever a courtesy
        return ""
    same = [choice for choice in choices if choice.casefold() == name.casefold()]
    near = same or difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    return near[0] if near else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean `x`? ` for the nearest of the known names, or nothing."""
    near = closest(name, known)
    return f"did you mean `{near}`? " if near else ""


def _printable(diagnostic: Diagnostic) -> Diagnostic:
    fix = diagnostic.fix and replace(diagnostic.fix, title=printable(diagnostic.fix.title))
    labels = tuple(replace(label, text=printable(label.text)) for label in diagnostic.labels)
    message, help_text = printable(diagnostic.message), printable(diagnostic.help)
    return replace(diagnostic, message=message, help=help_text, labels=labels, fix=fix)


class TooManyErrors(Exception):
    """Ends a compilation that has MAX_ERRORS errors."""


class Reporter:
    """Collects the findings of one compilation; the same finding at the same place counts once.

    Raises TooManyErrors. Names and values of the policy stand in messages and helps, so what a terminal would obey
    is escaped here, in one place.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[Any, ...], Diagnostic] = {}
        self._errors = 0

    def __call__(self, diagnostic: Diagnostic) -> None:
        clean = _printable(diagnostic)
        if clean.sort_key in self._found:
            return
        self._found[clean.sort_key] = clean
        self._errors += clean.severity is Severity.ERROR
        if self._errors >= MAX_ERRORS:
            raise TooManyErrors

    def error(
        self, code: str, span: Span, message: str, help_text: str, *labels: Label, fix: Fix | None = None
    ) -> None:
        self(Diagnostic(code, Severity.ERROR, message, span, help_text, labels, fix))

    def warning(
        self, code: str, span: Span, message: str, help_text: str, *labels: Label, fix: Fix | None = None
    ) -> None:
        self(Diagnostic(code, Severity.WARNING, message, span, help_text, labels, fix))

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """All findings, sorted by place."""
        return [self._found[key] for key in sorted(self._found)]

    @property
    def failed(self) -> bool:
        return self._errors > 0
