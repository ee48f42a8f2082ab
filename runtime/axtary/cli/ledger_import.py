"""`axtary ledger import`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.backends import native
from axtary.cli.output import FINDINGS, OK, fail, invalid_input, leave, load, print_json
from axtary.cli.progress import progress, waiting
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Policy
from axtary.ledger import LedgerError, Receipt, open_ledger
from axtary.ledger.of import imported
from axtary.runtime.action import MAX_INPUT_BYTES
from axtary.runtime.decisionlog import Entry, Log, read
from axtary.runtime.policyfile import UnreadableError, read_bytes, write

_SHOWN = 20  # differences in text; --json has all


_SYSTEM = "opa"
_BATCH = 256  # records that share a transaction


@dataclass(frozen=True)
class Into:
    """The ledger that decisions are appended to, if any, and whether with what the actions say."""

    where: str | None = None
    payloads: bool = False


def run(sources: Sequence[Path], output: Path | None, policy: Path | None, into: Into, as_json: bool) -> None:
    """Read decision logs, write their actions for replay, append them to a ledger, compare them with a policy's."""
    if into.payloads and into.where is None:
        fail("`--payloads` is about records", "name the ledger with `--into`", as_json)
    with invalid_input(as_json):
        with waiting("reading decision logs"):
            logs = [read(read_bytes(path, MAX_INPUT_BYTES), str(path)) for path in sources]
        entries = [entry for log in logs for entry in log.entries]
        if not entries:
            raise UnreadableError(", ".join(map(str, sources)), "no decision of an axtary policy is in it", _HELP)
        differences = _differences(entries, load(policy, as_json).policy) if policy is not None else []
        if output is not None:
            write(output, b"".join(json.dumps(entry.action).encode() + b"\n" for entry in entries))
        appended = _append(entries, into) if into.where is not None else None
    summary = _summary(logs, entries, policy)
    if as_json:
        written: dict[str, Any] = {"written": str(output)} if output is not None else {}
        if appended is not None:
            written["appended"] = {"first": appended[0].seq, "last": appended[1].seq}
        print_json({**summary, "differences": differences, **written})
    else:
        sys.stdout.write(_text(summary, differences, output))
        if appended is not None:
            sys.stdout.write(f"imported as records {appended[0].seq} to {appended[1].seq}\n")
    leave(FINDINGS if differences else OK)


def _append(entries: Sequence[Entry], into: Into) -> tuple[Receipt, Receipt]:
    """The receipts of the first and the last. Raises UnreadableError; then it says how many are in the ledger."""
    receipts: list[Receipt] = []
    try:
        made = [imported(entry, _SYSTEM, payloads=into.payloads) for entry in entries]
        with open_ledger(into.where or "") as ledger, progress("records") as step:
            for first in range(0, len(made), _BATCH):
                step("appending", first, len(made))
                waiting = [ledger.submit(each) for each in made[first : first + _BATCH]]
                receipts += [each.result() for each in waiting]
    except LedgerError as error:
        why = f"{error} ({len(receipts)} of {len(entries)} are appended)"
        raise UnreadableError("ledger", why, "give the file or database of a ledger with `--into`") from None
    return receipts[0], receipts[-1]


_HELP = "give decision logs of OPA, with input, for a policy that axtary exported"


def _summary(logs: Sequence[Log], entries: Sequence[Entry], policy: Path | None) -> dict[str, Any]:
    decided = [entry for entry in entries if entry.result is not None]
    versions = sorted({str(entry.result["policy_version"]) for entry in decided if entry.result is not None})
    counts = {
        "decisions": len(entries),
        "erased": sum(log.erased for log in logs),
        "other": sum(log.other for log in logs),
    }
    return {**counts, "policy_versions": versions} | ({"compared": len(decided)} if policy is not None else {})


def _differences(entries: Sequence[Entry], policy: Policy) -> list[dict[str, Any]]:
    """Where the fleet said otherwise than the policy does, with the facts that it had."""
    engine, found = native.compile(policy), []
    with progress("decisions") as step:
        for number, entry in enumerate(entries):
            step("deciding", number, len(entries))
            if entry.result is None:
                continue
            verdict = engine.decide(entry.action, entry.facts)
            reasons = [{"code": code.value, "rule": rule} for code, rule in verdict.reasons]
            here = {"decision": verdict.decision, "fired": list(verdict.fired), "reasons": reasons}
            there = {name: entry.result[name] for name in here}
            if here != there:
                found.append({"entry": entry.where, "tool": entry.action["tool"], "logged": there, "policy": here})
    return found


def _text(summary: dict[str, Any], differences: Sequence[dict[str, Any]], output: Path | None) -> str:
    lines = [f"{summary['decisions']} decisions by {len(summary['policy_versions'])} policy versions"]
    lines += [f"  {version}" for version in summary["policy_versions"]]
    lines += [f"{summary['erased']} left out: their input was erased or masked"] if summary["erased"] else []
    lines += [f"{summary['other']} left out: not about a policy of axtary"] if summary["other"] else []
    if "compared" in summary:
        lines.append(f"{summary['compared']} compared, {len(differences)} differ")
    for each in differences[:_SHOWN]:
        tool, was, now = (
            printable(str(text)) for text in (each["tool"], each["logged"]["decision"], each["policy"]["decision"])
        )
        lines.append(f"  {printable(each['entry'])}: {tool}  {was} in the log, {now} by the policy")
    lines += [f"  and {len(differences) - _SHOWN} more"] if len(differences) > _SHOWN else []
    lines += [f"wrote {printable(str(output))}"] if output is not None else []
    return "\n".join(lines) + "\n"
