"""What a command line says of an approval, and the artifact that is made of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.approvals import MAX_REASON, MAX_TTL, Asked, Claims, check, new_claims
from axtary.approvals import sign as signed
from axtary.cli.output import fail
from axtary.compiler.approvers import ApproverList
from axtary.compiler.diagnostics import printable
from axtary.compiler.syntax import SyntaxProblem, parse_duration
from axtary.compiler.text import duration_text
from axtary.passes.keys import PrivateKey


@dataclass(frozen=True)
class Words:
    """Of the command line: who says what, why, and for how long."""

    approver: str
    key: Path
    deny: bool
    reason: str
    ttl: str
    yes: bool


@dataclass(frozen=True)
class Signer:
    """Signs for one action. `ttl` is in seconds."""

    words: Words
    action: Mapping[str, Any]
    policy_version: str
    people: ApproverList
    key: PrivateKey
    ttl: int

    def artifact(self) -> tuple[Claims, str]:
        """Signed now, and held against what a verifier would ask. Raises RefusedError."""
        service = self.people.service
        now = time.time()
        claims = new_claims(
            self.action,
            approver=self.words.approver,
            policy_version=self.policy_version,
            now=int(now),
            ttl=self.ttl,
            decision="deny" if self.words.deny else "approve",
            reason=self.words.reason,
            audience=self.people.audience,
            service=service.id if service is not None and service.key == self.key.kid else None,
        )
        found = signed(claims, self.key)
        check(found, Asked.of(self.action, self.policy_version), self.people, now)
        return claims, found


def checked(words: Words, as_json: bool) -> int:
    """The seconds for which it is to be good; leaves with 2 if a word cannot be used."""
    if len(words.reason) > MAX_REASON or printable(words.reason) != words.reason:
        fail("`--reason` is no line of text", f"write at most {MAX_REASON} characters that can be seen", as_json)
    try:
        seconds = parse_duration(words.ttl)
    except SyntaxProblem as problem:
        fail(problem.message, problem.help, as_json)
    if seconds > MAX_TTL:
        fail(f"an approval is good for {duration_text(MAX_TTL)} at most", "give a shorter `--ttl`", as_json)
    return seconds
