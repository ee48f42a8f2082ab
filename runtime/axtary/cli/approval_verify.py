"""`axtary approval verify`: what these artifacts are worth for this action, now."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from axtary.approvals import MAX_ARTIFACTS, verify
from axtary.cli.approvals import one_action, refused, those_of
from axtary.cli.output import OK, fail, invalid_input, leave, load, print_json
from axtary.passes.errors import RefusedError
from axtary.runtime.policyfile import UnreadableError, read_bytes

_MAX_BYTES = 1024 * 1024
_HELP = "give files that `axtary approval sign` wrote, or - for standard input"


def run(files: Sequence[str], action: str, policy: Path, approvers: Path | None, as_json: bool) -> None:
    """Print the facts, for `axtary policy simulate --facts`."""
    if action == "-" in files:
        fail("the action and the artifacts both are on standard input", "write one of them into a file", as_json)
    compiled = load(policy, as_json)
    people, asked = those_of(compiled, approvers, as_json), one_action(action, as_json)
    with invalid_input(as_json):
        artifacts = [artifact for file in files for artifact in _artifacts(file)]
    try:
        approved = verify(artifacts, asked, people, compiled.policy.policy_version, time.time())
    except RefusedError as error:
        refused(error, as_json)
    print_json({"approval": approved.facts})
    leave(OK)


def _artifacts(file: str) -> list[str]:
    """The lines of a file, one at least. What a line says is for the verification to judge."""
    data = sys.stdin.buffer.read(_MAX_BYTES) if file == "-" else read_bytes(Path(file), _MAX_BYTES, _HELP)
    found = data.decode("utf-8", "replace").split("\n")[: MAX_ARTIFACTS + 1]
    lines = [line.rstrip("\r") for line in found if line.strip()]
    if not lines:
        raise UnreadableError("standard input" if file == "-" else file, "has no artifact", _HELP)
    return lines
