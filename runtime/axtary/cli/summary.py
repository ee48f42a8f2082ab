"""`axtary policy simulate --summary`: many recorded actions, counted."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from axtary.cli.output import EFFECT_COLOURS, FINDINGS, OK, colour, invalid_input, leave, print_json
from axtary.cli.progress import progress
from axtary.compiler.ir import Policy
from axtary.runtime.engines import compile_engine
from axtary.runtime.replay import Recorded, replay


def run(policy: Policy, engine_name: str, recorded: Recorded, facts: Any, as_json: bool) -> None:
    """Decide all actions on one engine; print how often each decision came and each rule fired."""
    with invalid_input(as_json), progress("done") as step:
        engine = compile_engine(engine_name, policy)
        found = replay(engine, recorded, facts, lambda done, whole: step("deciding", done, whole))
    total = len(recorded.actions)
    counts: Counter[str] = Counter(found.decisions)
    decisions = {name: counts[name] for name in EFFECT_COLOURS}
    fired = {rule: found.fired[rule] for rule in sorted(found.fired, key=lambda rule: (-found.fired[rule], rule))}
    if as_json:
        document = {"policy_version": policy.policy_version, "actions": total, "decisions": decisions}
        print_json(document | {"fired": fired, "engine_versions": {engine.name: engine.version}})
    else:
        shown = ", ".join(f"{number} {colour(name, EFFECT_COLOURS[name])}" for name, number in decisions.items())
        sys.stdout.write(f"{total} actions: {shown} ({engine.version})\n")
        width = len(str(max(fired.values(), default=0)))
        sys.stdout.write("".join(f"  {number:>{width}}  {rule}\n" for rule, number in fired.items()))
    leave(OK if counts["allow"] == total else FINDINGS)
