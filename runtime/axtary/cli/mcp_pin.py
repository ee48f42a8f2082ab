"""`axtary mcp pin`: what a server says of its tools, written down, and what changed in it."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from axtary.cli.mcp import Target, checked, connected
from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, print_json
from axtary.compiler.diagnostics import printable, quoted
from axtary.mcp import pins
from axtary.mcp.definitions import ListError
from axtary.mcp.look import look
from axtary.mcp.pins import Pins
from axtary.runtime.policyfile import UnreadableError

_COLOURS = {"-": "red", "+": "green"}
_LINES = 40  # of one definition that are shown


def run(target: Target, check: bool, as_json: bool) -> None:
    """Pin, or only say what would change; then exit 1 if anything would."""
    headers = checked(target, as_json)
    path = pins.path_of(target.policy, target.server)
    with invalid_input(as_json):
        before = pins.read(path) if check else _readable(target)
        seen = _seen(target, headers, as_json)
        changes: dict[str, str] = dict((before or Pins()).changes(seen))
        told = (before or Pins()).instructions != seen.instructions
        if not check:
            pins.write(target.policy, target.server, seen)
    if as_json:
        found = {"file": str(path), "written": not check, "tools": len(seen.tools), "instructions_changed": told}
        print_json(found | {"changes": [{"tool": tool, "change": change} for tool, change in changes.items()]})
    else:
        _show(before or Pins(), seen, changes, told)
        done = f"{quoted(target.server)} is not pinned" if before is None else f"looked at {printable(str(path))}"
        done = done if check else f"wrote {printable(str(path))}"
        sys.stdout.write(f"{done}: {len(seen.tools)} tool{'s' * (len(seen.tools) != 1)}, {len(changes)} changed\n")
    leave(FINDINGS if check and (changes or told or before is None) else OK)


def _readable(target: Target) -> Pins | None:
    """What was pinned before, if that can be read: what is written anew need not be."""
    try:
        return pins.read(pins.path_of(target.policy, target.server))
    except UnreadableError:
        return None


def _seen(target: Target, headers: Mapping[str, str], as_json: bool) -> Pins:
    try:
        with connected(target, headers, lambda _name: None, as_json) as server:
            return look(server, target.timeout)
    except ListError as error:
        fail(f"the tools of {quoted(target.server)} cannot be seen: {error}", "see what the server writes", as_json)


def _show(before: Pins, seen: Pins, changes: Mapping[str, str], told: bool) -> None:
    """Server text is a stranger's: escaped, and cut."""
    for tool, change in changes.items():
        sys.stdout.write(f"{change}: {quoted(tool)}\n")
        if change == "changed":
            sys.stdout.writelines(_diff(before.tools[tool], seen.tools[tool]))
    if told:
        sys.stdout.write("changed: what the server tells a model about itself\n")
        sys.stdout.writelines(_diff(before.instructions, seen.instructions))


def _diff(old: Any, new: Any) -> Iterator[str]:
    before, after = (json.dumps(each, indent=1, sort_keys=True).splitlines() for each in (old, new))
    lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]  # without the names of files
    found = [each for each in lines if not each.startswith("@")]
    for each in found[:_LINES]:
        yield colour(f"    {printable(each)}", _COLOURS.get(each[0], "dim")) + "\n"
    if len(found) > _LINES:
        yield f"    and {len(found) - _LINES} more lines\n"
