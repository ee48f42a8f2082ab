"""A policy as Rego text."""

from __future__ import annotations

from importlib.resources import files

from axtary.backends.rego.lower import module
from axtary.backends.rego.printer import print_module
from axtary.compiler.ir import Policy

_README = """\
# An axtary policy as Rego

`policy.rego` is the whole policy, for any Open Policy Agent from 1.0 on; it needs no data document.

    opa eval --stdin-input --data policy.rego data.axtary.decision < input.json

`input.json` is `{"action": ..., "facts": ...}`: the normalized action, and what only the caller may say: the calls
before this one per rule (`{"usage": {"rule-id": 3}}`) and the approval that was verified for this very action
(`{"approval": {"approvers": [{"id": "user:ana@acme.com", "roles": ["security"]}]}}`). Take no facts from an agent.

The answer holds `decision` (`allow`, `deny` or `step_up`), `fired`, `reasons`, `obligations` and `policy_version`.
Treat everything else, an error or no answer included, as `deny`.
"""


def module_text(policy: Policy) -> str:
    """The complete module: the policy's own rules, then the fixed ones."""
    prelude = files("axtary.backends.rego").joinpath("prelude.rego").read_text(encoding="utf-8")
    return print_module(module(policy)) + "\n" + prelude


def export(policy: Policy) -> dict[str, str]:
    """file name -> text of what another Open Policy Agent needs to decide by this policy."""
    return {"policy.rego": module_text(policy), "README.md": _README}
