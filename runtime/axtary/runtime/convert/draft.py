"""What converters write: rules with their sources, notes, and what they refuse.

A grant that cannot be kept may be left out, because that only restricts; a restriction never may.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from axtary.compiler.diagnostics import printable
from axtary.compiler.rules import MAX_ID
from axtary.compiler.source import FORBIDDEN, MAX_BYTES
from axtary.runtime.convert.errors import ConversionError, Finding, Place

Effect = Literal["allow", "deny", "step_up"]

MAX_RULES = 10_000

_SPECIAL = re.compile(r"([*{},\\])")


@dataclass(frozen=True)
class DraftRule:
    """A rule to be written. `match` has patterns by field, `tool` among them; `when` is a condition or None."""

    id: str
    effect: Effect
    match: Mapping[str, Sequence[str]]
    when: str | None
    description: str
    place: Place


@dataclass
class Draft:
    """A conversion in the making. `partial`: grants that cannot be kept are left out."""

    partial: bool = False
    rules: list[DraftRule] = field(default_factory=list)
    notes: dict[Finding, None] = field(default_factory=dict)
    left_out: list[Finding] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    _names: Counter[str] = field(default_factory=Counter)
    _ids: set[str] = field(default_factory=set)
    _size: int = 0

    def add(
        self,
        name: str,
        effect: Effect,
        match: Mapping[str, Sequence[str]],
        when: str | None,
        description: str,
        place: Place,
    ) -> None:
        """Add a rule; its id is made of `name`, and is the same for the same source.

        Raises ConversionError if the rules are more than a policy may hold.
        """
        self._size += len(when or "") + len(description)
        if self._size > MAX_BYTES or len(self.rules) >= MAX_RULES:
            message = f"the converted policy would have more than {MAX_RULES} rules or {MAX_BYTES} bytes"
            raise ConversionError([Finding(place, message, "convert fewer rules at a time", "AX1306")])
        self.rules.append(DraftRule(self._new_id(name), effect, match, when, description, place))

    def note(self, place: Place, message: str) -> None:
        """Say in what a rule that was kept is not quite the source's. It may only ever restrict more."""
        self.notes[Finding(place, message)] = None

    def no_grant(self, place: Place, message: str, help_text: str) -> None:
        """A grant that cannot be kept: left out if that was asked for, else an error."""
        (self.left_out if self.partial else self.errors).append(Finding(place, message, help_text, "AX1303"))

    def no_restriction(self, place: Place, message: str, help_text: str) -> None:
        """A restriction that cannot be kept: an error, always."""
        self.errors.append(Finding(place, message, help_text, "AX1304"))

    def refuse(self, effect: Effect, place: Place, message: str, help_text: str) -> None:
        """A rule of this effect cannot be kept."""
        (self.no_grant if effect == "allow" else self.no_restriction)(place, message, help_text)

    def wrong(self, place: Place, message: str, help_text: str) -> None:
        """The source is not what its format says."""
        self.errors.append(Finding(place, message, help_text, "AX1302"))

    def check(self) -> None:
        """Raises ConversionError if there was an error."""
        if self.errors:
            raise ConversionError(self.errors)

    def _new_id(self, name: str) -> str:
        plain = re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-._")[: MAX_ID - 8].rstrip("-._") or "rule"
        found = plain
        while found in self._ids:
            self._names[plain] += 1
            found = f"{plain}-{self._names[plain] + 1}"
        self._ids.add(found)
        return found


def text(value: str) -> str:
    """A string literal of conditions and of YAML: JSON, with what a policy file may not hold as an escape."""
    return FORBIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def texts(values: Iterable[str]) -> str:
    """A literal, or a list of literals if there are several."""
    found = [text(value) for value in dict.fromkeys(values)]
    return found[0] if len(found) == 1 else f"[{', '.join(found)}]"


def exactly(value: str) -> str:
    """The pattern that matches just this text."""
    escaped = _SPECIAL.sub(r"\\\1", value)
    return f"\\{escaped}" if escaped.startswith("@") else escaped


def policy_text(draft: Draft, heading: str) -> str:
    """The rules as a policy, still to be formatted, with what was left out as comments."""
    lines = [f"# {line}" for line in printable(heading).splitlines()]
    for found in draft.left_out:
        lines.append(f"# Left out: {found.place}: {found.message}".translate(_NO_BREAKS))
    lines = [printable(line) for line in lines] + ["version: 1", "", "policies:"]
    for rule in draft.rules:
        match = ", ".join(f"{name}: {texts(patterns)}" for name, patterns in rule.match.items())
        lines += [
            f"  - id: {text(rule.id)}",
            f"    description: {text(rule.description)}",
            f"    effect: {rule.effect}",
            f"    match: {{{match}}}",
            *([f"    when: {text(rule.when)}"] if rule.when is not None else []),
            "",
        ]
    return "\n".join(lines) + ("" if draft.rules else "  []\n")


_NO_BREAKS = {ord(c): " " for c in "\r\n"}
