"""What people see before they approve: the action to the byte, what it changes, the rules that hold it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from axtary.approvals.changes import Change
from axtary.approvals.showing import Holder, exact, hashed, visible
from axtary.cli.output import FINDINGS, colour, fail, leave, shown_file
from axtary.compiler.approvers import ApproverList
from axtary.compiler.diagnostics import printable
from axtary.compiler.text import duration_text
from axtary.runtime.hashing import action_hash
from axtary.runtime.messages import cut

_COLOURS = {"+": "green", "-": "red", "@": "dim"}


def action_lines(action: Mapping[str, Any]) -> list[str]:
    """Everything that the hash of the action is over."""
    lines = [f"tool      {_word(action['tool'])}", f"resource  {_word(action.get('resource', ''))}"]
    for name, value in hashed(action).items():
        if name not in ("tool", "resource"):
            lines += [name, *(f"  {line}" for line in exact(value).split("\n"))]
    return [*lines, f"hash      {action_hash(action)}"]


def _word(text: str) -> str:
    """As JSON writes it, without its quotes: two texts never look alike."""
    return exact(text)[1:-1]


def change_lines(changes: Iterable[Change]) -> list[str]:
    """What would change in files."""
    lines = []
    for change in changes:
        lines += ["", colour(f"{_word(change.path)} ({printable(change.note)})", "bold", sys.stderr)]
        for line in change.lines:
            text = f"  {line.kind if line.kind != '@' else ''}{_line(line.text)}"
            lines.append(colour(text, _COLOURS[line.kind], sys.stderr) if line.kind in _COLOURS else text)
    return lines


def _line(text: str) -> str:
    return printable("\t".join(visible(part) for part in text.split("\t")))


def holder_lines(holders: Iterable[Holder], beside: Iterable[str], policy: Path) -> list[str]:
    """The rules that ask for an approval, and what an approval does not change."""
    lines = []
    for each in holders:
        place = f"{shown_file(each.file, policy)}:{each.line}"
        lines.append(f"held by {each.rule} ({printable(place)}): it needs the approval of {printable(each.needs)}")
        lines += [f"  {printable(each.description)}"] if each.description else []
        lines += [f"  when {printable(each.condition)}"] if each.condition else []
    lasting = "an approval changes nothing about this"
    return lines + [colour(f"{lasting}: {printable(text)}", "red", sys.stderr) for text in beside]


def question(action: Mapping[str, Any], approver: str, people: ApproverList, deny: bool, ttl: int) -> str:
    """Who says what, and of what: once more, since the head may have scrolled by."""
    person = next(each for each in people.people if each.id == approver)
    what = cut(f"{action['tool']} {action.get('resource', '')}".strip(), 100)
    who = f"{printable(person.id)} ({printable(', '.join(person.roles))})"
    verb = "denies" if deny else "approves"
    return f"{who} {verb} {what}, exactly as it stands above, for {duration_text(ttl)}"


def ask(yes: bool, as_json: bool) -> None:
    """Go on only if somebody at a terminal types `yes`, or `--yes` was given."""
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        fail("nobody can be asked: standard input is no terminal", "give `--yes` if it was shown to them", as_json)
    sys.stderr.write("Sign? Type `yes`: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != "yes":
        sys.stderr.write("nothing is signed\n")
        leave(FINDINGS)
