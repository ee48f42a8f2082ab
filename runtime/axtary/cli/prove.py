"""`axtary policy prove`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, load, print_json
from axtary.cli.progress import progress
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Policy
from axtary.runtime.action import MAX_INPUT_BYTES, parse_actions
from axtary.runtime.policyfile import read_bytes, write
from axtary.runtime.prove import Certificate, Outcome, prove
from axtary.runtime.prove.zones import ZoneError

if TYPE_CHECKING:
    from axtary.ledger.record import Record

_WITHHELD = "the ledger does not have all that they were decided with"
_SHOWN = 20  # gaps that people see; the certificate has all


@dataclass
class Recorded:
    """Cases to compare as well: actions of a file, and decisions of a ledger. `withheld`: of how many a part is."""

    actions: Path | None = None
    ledger: str | None = None
    decisions: int = 0
    withheld: int = 0

    def cases(self, stack: ExitStack, policy: Policy) -> Iterator[tuple[Any, Any]]:
        """All of them. Raises UnreadableError, DoorError; what is in a ledger while it is read."""
        given = read_bytes(self.actions, MAX_INPUT_BYTES) if self.actions is not None else None
        found = parse_actions(given, str(self.actions)) if given is not None else []
        if self.ledger is None:
            return iter([(item, {}) for item, _ in found])
        from axtary.cli.replay import opened

        records = stack.enter_context(opened(self.ledger)).records
        return chain([(item, {}) for item, _ in found], self._decided(records, policy))

    def _decided(self, records: Iterator[Record], policy: Policy) -> Iterator[tuple[Any, Any]]:
        from axtary.ledger.recall import recall

        for record in records:
            if record.content["kind"] == "decision":
                self.decisions += 1
                known = recall(record, policy)
                if known.unknown or known.facts is None:
                    self.withheld += 1
                else:
                    yield known.action, known.facts


def run(path: Path, recorded: Recorded, seed: int, cases: int, output: Path | None, as_json: bool) -> None:
    """Prove, print, write the certificate; exit 1 on a disagreement."""
    policy = load(path, as_json).policy
    with invalid_input(as_json):
        try:
            with progress("cases") as step, ExitStack() as stack:
                known = recorded.cases(stack, policy)
                outcome = prove(policy, seed, cases, known, lambda phase, done: step(phase, done, None))
        except ZoneError as error:
            fail(str(error), "update tzdata, or the engine that is older", as_json)
        if output is not None:
            write(output, outcome.certificate.text().encode())
    if as_json:
        told = {"ledger": {"decisions": recorded.decisions, "withheld": recorded.withheld}} if recorded.ledger else {}
        print_json(outcome.certificate.model_dump() | told)
    else:
        sys.stdout.write(_text(path, outcome) + "\n")
        if recorded.withheld:
            sys.stdout.write(f"{recorded.withheld} of {recorded.decisions} decisions left out: {_WITHHELD}\n")
        if output is not None:
            sys.stdout.write(f"wrote {printable(str(output))}\n")
    leave(FINDINGS if outcome.disagreement is not None else OK)


def _text(path: Path, outcome: Outcome) -> str:
    certificate = outcome.certificate
    agreed = outcome.disagreement is None
    head = colour("equivalent", "green") if agreed else colour("engines disagree", "red")
    counts = certificate.cases
    total = counts.generated + counts.random + counts.recorded
    lines = [
        f"{head} {printable(str(path))}: {total} cases ({counts.generated} generated, {counts.random} random, "
        f"{counts.recorded} recorded), {certificate.disagreements} disagreements, seed {certificate.seed}",
        f"   {certificate.policy_version}",
        *(f"   {name:7} {version}" for name, version in certificate.engines.items()),
        "   decisions  " + ", ".join(f"{number} {name}" for name, number in certificate.decisions.items()),
        *_coverage(certificate),
    ]
    if outcome.disagreement is not None:
        lines += _disagreement(outcome.disagreement.to_json())
    return "\n".join(lines)


def _coverage(certificate: Certificate) -> list[str]:
    found = certificate.coverage
    lines = [
        f"   coverage   {found.outcomes_seen} of {found.outcomes} outcomes of {found.conditions} conditions, "
        f"{len(found.unreachable)} cannot happen, {len(found.missed)} not shown; "
        f"{found.rules_fired} of {found.rules} rules fired, {found.rules_decisive} decided alone"
    ]
    for title, gaps in (("cannot happen", found.unreachable), ("not shown", found.missed)):
        lines += [f"   {title}:"] if gaps else []
        lines += [f"     {gap.rule}: {printable(gap.what)[:80]} {gap.outcome}: {gap.why}" for gap in gaps[:_SHOWN]]
        lines += [f"     … and {len(gaps) - _SHOWN} more: --json has all"] if len(gaps) > _SHOWN else []
    return lines


def _disagreement(found: dict[str, Any]) -> list[str]:
    import json

    lines = ["", "the smallest action on which they differ:", json.dumps(found["action"], ensure_ascii=True)]
    if found["facts"]:
        lines += ["with the facts:", json.dumps(found["facts"], ensure_ascii=True)]
    lines += [f"  {name}: {json.dumps(said, ensure_ascii=True)}" for name, said in found["engines"].items()]
    return [*lines, "This is a bug in axtary: please report it with the policy and this action."]
