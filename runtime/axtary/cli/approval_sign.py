"""`axtary approval sign`: what is to be approved, why it is held, the question, and the artifact."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axtary.approvals.showing import holder
from axtary.backends import native
from axtary.cli.approval_signer import Signer, Words, checked
from axtary.cli.approval_text import action_lines, ask, holder_lines, question
from axtary.cli.approvals import one_action, refused, those_of
from axtary.cli.output import FINDINGS, OK, colour, invalid_input, leave, load, print_json
from axtary.compiler.clauses import Reason
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Effect, Policy, Rule
from axtary.passes.errors import RefusedError
from axtary.passes.keyfile import read_private_key
from axtary.runtime.action import time_text
from axtary.runtime.messages import message


def run(action_file: str, words: Words, policy_file: Path, approvers: Path | None, as_json: bool) -> None:
    """Print the artifact. Exit 1 if it would be refused, if nothing holds the action, or if the answer is no."""
    ttl = checked(words, as_json)
    policy = load(policy_file, as_json)
    people = those_of(policy, approvers, as_json)
    with invalid_input(as_json):
        key = read_private_key(words.key, "approval")
    action = one_action(action_file, as_json)
    signer = Signer(words, action, policy.policy.policy_version, people, key, ttl)
    try:
        signer.artifact()  # before anybody is asked: would it be worth anything?
        held, beside = _held(policy.policy, action)
        if not held:
            _nothing_holds(beside, as_json)
        why = holder_lines(map(holder, held), beside, policy_file)
        sentence = question(action, words.approver, people, words.deny, ttl)
        sys.stderr.write("\n".join([*action_lines(action), "", *why, "", sentence]) + "\n")
        ask(words.yes, as_json)
        claims, artifact = signer.artifact()
    except RefusedError as error:
        refused(error, as_json)
    if as_json:
        print_json({"artifact": artifact, "claims": claims.to_json()})
    else:
        sys.stdout.write(f"{artifact}\n")
    leave(OK)


def _held(policy: Policy, action: Mapping[str, Any]) -> tuple[list[Rule], list[str]]:
    """The rules that ask for an approval of the action now, and what an approval will not change.

    What the meters show is not known here, so rates are taken for met.
    """
    usage = dict.fromkeys((rule.id for rule in policy.rules), 0)
    verdict = native.compile(policy).decide({**action, "time": time_text(time.time())}, {"usage": usage})
    held = [rule for id in verdict.fired if (rule := policy.by_id[id]).effect is Effect.STEP_UP]
    lasting = [because for because in verdict.reasons if because[0] is not Reason.APPROVAL_REQUIRED]
    return held, [message(because, policy) for because in lasting]


def _nothing_holds(beside: list[str], as_json: bool) -> None:
    text = f"no rule asks for an approval of this action: {'; '.join(beside)}"
    if as_json:
        print_json({"refused": {"code": "not_held", "message": text}})
    else:
        sys.stderr.write(f"{colour('refused', 'red', sys.stderr)}[not_held]: {printable(text)}\n")
    leave(FINDINGS)
