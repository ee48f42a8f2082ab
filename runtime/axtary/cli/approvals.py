"""What the commands about approvals have in common."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

from axtary.approvals import MAX_ARTIFACTS
from axtary.cli.output import FINDINGS, INVALID, colour, fail, invalid_input, leave, print_json, report
from axtary.cli.recorded import read_recorded
from axtary.compiler import Compiled, CompileError
from axtary.compiler.approvers import ApproverList, approvers_of_file
from axtary.compiler.diagnostics import printable
from axtary.compiler.source import MAX_BYTES
from axtary.passes.errors import RefusedError
from axtary.runtime.policyfile import UnreadableError, read_bytes

_MAX_ARTIFACTS = 1024 * 1024  # bytes
_HELP = "give files that `axtary approval sign` wrote, or - for standard input"


def one_action(source: str, as_json: bool) -> dict[str, Any]:
    """The action of a file: one, since an approval is for one."""
    with invalid_input(as_json):
        actions = list(read_recorded(source).actions)
    if len(actions) != 1:
        fail(f"there are {len(actions)} actions", "an approval is for one: give a file that has it alone", as_json)
    return dict(actions[0])


def those_of(compiled: Compiled, file: Path | None, as_json: bool) -> ApproverList:
    """The approvers of a file, or else of the policy; there must be some."""
    found = compiled.approvers
    if file is not None:
        with invalid_input(as_json):
            data = read_bytes(file, MAX_BYTES, "give a file with approvers")
        try:
            found = approvers_of_file(file.name, data)
        except CompileError as error:
            report(error.diagnostics, error.sources, file, as_json)
            leave(INVALID)
    if not found.people:
        fail("there are no approvers", "write `approvers` into the policy, or give `--approvers FILE`", as_json)
    return found


def artifacts_of(file: str) -> list[str]:
    """The lines of a file, one at least. What a line says is for the verification to judge."""
    data = sys.stdin.buffer.read(_MAX_ARTIFACTS) if file == "-" else read_bytes(Path(file), _MAX_ARTIFACTS, _HELP)
    found = data.decode("utf-8", "replace").split("\n")[: MAX_ARTIFACTS + 1]
    lines = [line.rstrip("\r") for line in found if line.strip()]
    if not lines:
        raise UnreadableError("standard input" if file == "-" else file, "has no artifact", _HELP)
    return lines


def refused(error: RefusedError, as_json: bool) -> NoReturn:
    """Say why an approval is worth nothing, and leave with 1."""
    if as_json:
        print_json({"refused": {"code": error.reason.value, "message": error.message}})
    else:
        head = colour("refused", "red", sys.stderr)
        sys.stderr.write(f"{head}[{error.reason.value}]: {printable(error.message)}\n")
    leave(FINDINGS)
