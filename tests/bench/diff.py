"""How long a semantic diff takes, and how much memory: `python -m tests.bench.diff`. Exit 1 if a budget is exceeded.

CPU seconds of the comparison alone, without compiling the policies and without the engines that decide the witnesses.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from axtary.compiler import compile_text
from axtary.compiler.analysis.diff import diff
from axtary.compiler.ir import Policy

BUDGETS = {10: 0.1, 100: 0.5, 1_000: 5.0, 2_000: 10.0}  # rules -> seconds
MEGABYTES = 500
NEW_IDS = "rewritten, new ids"  # nothing pairs the rules, so this may take twice as long
Rules = list[dict[str, Any]]

_TOOLS = ["github.pull_requests.create", "github.issues.create", "slack.messages.post", "linear.issues.update"]
_TOOLS += ["fs.read", "fs.write", "shell.run", "pay.send", *(f"svc{n}.op{m}" for n in range(6) for m in range(5))]


def _resource(rng: Random) -> str:
    return rng.choice(
        [
            f"repo:acme/svc-{rng.randrange(200)}",
            f"repo:acme/team{rng.randrange(40)}-*",
            f"repo:org{rng.randrange(20)}/**",
            "repo:acme/*-prod",
        ]
    )


def _leaf(rng: Random) -> str:
    return rng.choice(
        [
            f"payload.files <= {rng.randrange(1, 40)}",
            f'payload.base == "{rng.choice(["main", "dev", "release"])}"',
            f"payload.amount < {rng.randrange(1, 500)}",
            f'payload.env in ["{rng.choice("abcdef")}", "{rng.choice("ghij")}"]',
            "payload.draft == true",
            f'any paths matches "src/{rng.choice("abcdefgh")}/**"',
            f'payload.labels contains "l{rng.randrange(6)}"',
            f'payload.title like "*{rng.choice(["fix", "feat", "wip"])}*"',
        ]
    )


def random_rule(rng: Random, number: int) -> dict[str, Any]:
    """An ordinary rule, as in a policy."""
    tool = rng.choice(_TOOLS)
    match = {"tool": tool if rng.random() < 0.85 else tool.split(".")[0] + ".*", "resource": _resource(rng)}
    rule: dict[str, Any] = {"id": f"r{number}", "effect": rng.choice(["allow"] * 6 + ["step_up"] * 2 + ["deny"] * 2)}
    rule["match"] = match
    leaves = [_leaf(rng) for _ in range(rng.choice([0, 1, 1, 2, 3]))]
    if leaves:
        rule["when"] = rng.choice([" and ", " and ", " or "]).join(leaves)
    obligations: dict[str, Any] = {}
    if rng.random() < 0.3:
        obligations["ttl"] = f"{rng.randrange(1, 9)}m"
    if rng.random() < 0.15:
        obligations["blocked_paths"] = ["infra/prod/**", ".env*"]
    if rule["effect"] == "step_up":
        obligations["approvers"] = [rng.choice(["security", "release", "lead"])]
    if obligations and rule["effect"] != "deny":
        rule["obligations"] = obligations
    return rule


def _rewritten(rules: Rules, rng: Random, prefix: str = "") -> Rules:
    """Every rule in other words, in another order."""
    found = deepcopy(rules)
    for rule in found:
        rule["id"] = prefix + rule["id"]
        when = rule.get("when")
        for word, other in ((" and ", " or "), (" or ", " and ")):
            if when is not None and word in when:
                rule["when"] = "not (" + other.join(f"not ({leaf})" for leaf in when.split(word)) + ")"
                break
        else:
            if when is not None:
                rule["when"] = f"not (not ({when}))"
        resource_pattern = rule["match"]["resource"]
        if resource_pattern.endswith("/**"):
            rule["match"]["resource"] = [resource_pattern[:-1], f"{resource_pattern[:-2]}*/**"]
    rng.shuffle(found)
    return found


def _edited(rules: Rules) -> Rules:
    found = deepcopy(rules)
    rule = next(
        rule for rule in found if rule.get("when", "").startswith("payload.files") and rule["effect"] == "allow"
    )
    rule["when"] = "payload.files <= 50"
    return found


def _pairs(count: int, seed: int) -> Iterator[tuple[str, Rules, Rules]]:
    rng = Random(seed)
    rules = [random_rule(rng, number) for number in range(count)]
    if not any(r["effect"] == "allow" and r.get("when", "").startswith("payload.files") for r in rules):
        rules[0] = {"id": "r0", "effect": "allow", "match": {"tool": "fs.read"}, "when": "payload.files <= 3"}
    yield "unchanged", rules, rules
    yield "one edit", rules, _edited(rules)
    yield "rewritten", rules, _rewritten(rules, rng)
    yield NEW_IDS, rules, _rewritten(rules, rng, "x")


def _compiled(rules: Rules) -> Policy:
    return compile_text(json.dumps({"version": "1", "policies": rules}))


def main() -> int:
    """Measure, print, compare with the budgets."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.diff", description=__doc__)
    parser.add_argument("--rules", type=int, nargs="*", default=list(BUDGETS))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    within = True
    for count in options.rules:
        for name, old, new in _pairs(count, options.seed):
            policies = _compiled(old), _compiled(new)
            start = time.process_time()
            found = diff(*policies)
            seconds = time.process_time() - start
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            budget = BUDGETS.get(count, float("inf")) * (2 if name == NEW_IDS else 1)
            ok = seconds <= budget and memory <= MEGABYTES and not found.undecided
            within &= ok
            result = f"{found.verdict.value}, {len(found.changes)} changes"
            print(
                f"{count:6} {name:20} {seconds:7.3f} s {memory:5} MB  {result}{'' if ok else '  OVER BUDGET'}",
                flush=True,
            )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
