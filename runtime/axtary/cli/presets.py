"""`axtary policy presets`."""

from __future__ import annotations

import sys

from axtary.cli.output import fail, print_json
from axtary.compiler import compile_policy
from axtary.compiler.diagnostics import did_you_mean, quoted
from axtary.grammars import preset, presets


def run(name: str | None, as_json: bool) -> None:
    """List them, or print the source of one."""
    if name is not None and name not in presets():
        help_text = f"{did_you_mean(name, presets())}built in: {', '.join(presets())}"
        fail(f"there is no preset {quoted(name)}", help_text, as_json)
    if name is not None:
        text = preset(name).decode()
        if as_json:
            print_json({"name": name, "source": text})
        else:
            sys.stdout.write(text)
        return
    found = []
    for known in presets():
        policy = compile_policy(f"preset:{known}", preset(known)).policy
        found.append({"name": known, "rules": len(policy.rules), "policy_version": policy.policy_version})
    if as_json:
        print_json(found)
        return
    for entry in found:
        sys.stdout.write(f"{entry['name']}  {entry['rules']} rules  {entry['policy_version']}\n")
