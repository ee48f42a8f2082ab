"""`axtary approval sign`: what is to be approved, why it is held, the question, and the artifact."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.approvals import MAX_REASON, MAX_TTL, Asked, Claims, check, new_claims
from axtary.approvals import sign as signed
from axtary.backends import native
from axtary.cli.approvals import one_action, refused, those_of
from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, load, print_json, shown_file
from axtary.compiler.approvers import ApproverList
from axtary.compiler.clauses import Reason
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Effect, Policy, Rule
from axtary.compiler.syntax import SyntaxProblem, parse_duration
from axtary.compiler.text import condition_text, duration_text
from axtary.passes.errors import RefusedError
from axtary.passes.keyfile import read_private_key
from axtary.passes.keys import PrivateKey
from axtary.runtime.action import time_text
from axtary.runtime.hashing import action_hash
from axtary.runtime.messages import approvers_text, cut, message


@dataclass(frozen=True)
class Order:
    """The command line."""

    action: str
    approver: str
    key: Path
    deny: bool
    reason: str
    ttl: str
    policy: Path
    approvers: Path | None
    yes: bool


def run(order: Order, as_json: bool) -> None:
    """Print the artifact. Exit 1 if it would be refused, if nothing holds the action, or if the answer is no."""
    ttl = _seconds(order.ttl, as_json)
    if len(order.reason) > MAX_REASON or printable(order.reason) != order.reason:
        fail("`--reason` is no line of text", f"write at most {MAX_REASON} characters that can be seen", as_json)
    policy = load(order.policy, as_json)
    people = those_of(policy, order.approvers, as_json)
    with invalid_input(as_json):
        key = read_private_key(order.key, "approval")
    action = one_action(order.action, as_json)
    signer = _Signer(order, action, policy.policy, people, key, ttl)
    try:
        signer.artifact()  # before anybody is asked: would it be worth anything?
        held, beside = _held(policy.policy, action)
        if not held:
            _nothing_holds(beside, as_json)
        sys.stderr.write(_shown(order, signer, held, beside))
        _ask(order, as_json)
        claims, artifact = signer.artifact()
    except RefusedError as error:
        refused(error, as_json)
    if as_json:
        print_json({"artifact": artifact, "claims": claims.to_json()})
    else:
        sys.stdout.write(f"{artifact}\n")
    leave(OK)


@dataclass(frozen=True)
class _Signer:
    order: Order
    action: Mapping[str, Any]
    policy: Policy
    people: ApproverList
    key: PrivateKey
    ttl: int

    def artifact(self) -> tuple[Claims, str]:
        """Signed now, and held against what a verifier would ask. Raises RefusedError."""
        service = self.people.service
        now = time.time()
        claims = new_claims(
            self.action,
            approver=self.order.approver,
            policy_version=self.policy.policy_version,
            now=int(now),
            ttl=self.ttl,
            decision="deny" if self.order.deny else "approve",
            reason=self.order.reason,
            audience=self.people.audience,
            service=service.id if service is not None and service.key == self.key.kid else None,
        )
        found = signed(claims, self.key)
        check(found, Asked.of(self.action, self.policy.policy_version), self.people, now)
        return claims, found


def _seconds(text: str, as_json: bool) -> int:
    try:
        seconds = parse_duration(text)
    except SyntaxProblem as problem:
        fail(problem.message, problem.help, as_json)
    if seconds > MAX_TTL:
        fail(f"an approval is good for {duration_text(MAX_TTL)} at most", "give a shorter `--ttl`", as_json)
    return seconds


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


# --- what people see ------------------------------------------------------------------------------------------------


def _shown(order: Order, signer: _Signer, held: list[Rule], beside: list[str]) -> str:
    """Everything that the hash of the action is over, and the rules."""
    action = signer.action
    lines = [f"tool      {printable(action['tool'])}", f"resource  {printable(action.get('resource', ''))}"]
    for name in ("payload", "actor", "intent", "paths", "context"):
        if name in action:
            lines += [name, *_indented(action[name])]
    lines += [f"hash      {action_hash(action)}", ""]
    for rule in held:
        place = f"{shown_file(rule.span.file, order.policy)}:{rule.span.line}"
        lines.append(
            f"held by {rule.id} ({printable(place)}): it needs the approval of {printable(approvers_text(rule))}"
        )
        lines += [f"  {printable(rule.description)}"] if rule.description else []
        lines += [f"  when {printable(condition_text(rule.when))}"] if rule.when is not None else []
    lines += [
        colour(f"an approval changes nothing about this: {printable(text)}", "red", sys.stderr) for text in beside
    ]
    person = next(each for each in signer.people.people if each.id == order.approver)
    verb = "denies" if order.deny else "approves"
    what = cut(
        f"{action['tool']} {action.get('resource', '')}".strip(), 100
    )  # once more: the head may have scrolled by
    who = f"{printable(person.id)} ({printable(', '.join(person.roles))})"
    lines += ["", f"{who} {verb} {what}, exactly as it stands above, for {duration_text(signer.ttl)}"]
    return "\n".join(lines) + "\n"


def _indented(value: Any) -> list[str]:
    return [f"  {printable(line)}" for line in json.dumps(value, indent=2, ensure_ascii=False).split("\n")]


def _ask(order: Order, as_json: bool) -> None:
    if order.yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        fail("nobody can be asked: standard input is no terminal", "give `--yes` if it was shown to them", as_json)
    sys.stderr.write("Sign? Type `yes`: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != "yes":
        sys.stderr.write("nothing is signed\n")
        leave(FINDINGS)
