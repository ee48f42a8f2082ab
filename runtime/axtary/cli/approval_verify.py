"""`axtary approval verify`: what these artifacts are worth for this action, now."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from axtary.approvals import verify
from axtary.cli.approvals import artifacts_of, one_action, refused, those_of
from axtary.cli.output import OK, fail, invalid_input, leave, load, print_json
from axtary.passes.errors import RefusedError


def run(files: Sequence[str], action: str, policy: Path, approvers: Path | None, as_json: bool) -> None:
    """Print the facts, for `axtary policy simulate --facts`."""
    if action == "-" in files:
        fail("the action and the artifacts both are on standard input", "write one of them into a file", as_json)
    compiled = load(policy, as_json)
    people, asked = those_of(compiled, approvers, as_json), one_action(action, as_json)
    with invalid_input(as_json):
        artifacts = [artifact for file in files for artifact in artifacts_of(file)]
    try:
        approved = verify(artifacts, asked, people, compiled.policy.policy_version, time.time())
    except RefusedError as error:
        refused(error, as_json)
    print_json({"approval": approved.facts})
    leave(OK)
