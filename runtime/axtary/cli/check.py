"""`axtary policy check`."""

from __future__ import annotations

import sys
from pathlib import Path

from axtary.cli.output import FINDINGS, OK, colour, leave, load, located, print_json, report
from axtary.compiler.diagnostics import printable, to_json


def run(path: Path, strict: bool, as_json: bool) -> None:
    """Errors end in `load`; here are the policies that compile."""
    compiled = load(path, as_json)
    policy, warnings = compiled.policy, compiled.warnings
    if as_json:
        print_json(
            {
                "policy_version": policy.policy_version,
                "rules": len(policy.rules),
                "diagnostics": [to_json(located(warning, path)) for warning in warnings],
            }
        )
    else:
        report(warnings, compiled.sources, path, as_json=False)
        effects = [rule.effect.value for rule in policy.rules]
        counts = ", ".join(f"{effects.count(e)} {e}" for e in ("allow", "deny", "step_up"))
        found = f"{len(warnings)} warning{'' if len(warnings) == 1 else 's'}"
        name = printable(str(path))
        sys.stdout.write(f"{colour('ok', 'green')} {name}: {len(policy.rules)} rules ({counts}), {found}\n")
        sys.stdout.write(f"   {policy.policy_version}\n")
    leave(FINDINGS if warnings and strict else OK)
