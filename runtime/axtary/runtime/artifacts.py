"""What a policy compiles to, as files."""

from __future__ import annotations

import json

from axtary.compiler.ir import Policy, to_json


def artifacts(policy: Policy, target: str = "all") -> dict[str, str]:
    """File name -> text for `ir`, `cedar`, `rego` or `all`. Raises EngineError if something cannot be said there."""
    from axtary.backends import cedar, rego

    files: dict[str, str] = {}
    if target in ("ir", "all"):
        body = {"policy_version": policy.policy_version} | to_json(policy)
        files["ir.json"] = json.dumps(body, indent=2, ensure_ascii=True) + "\n"
    if target in ("cedar", "all"):
        files |= cedar.export(policy)
    if target in ("rego", "all"):
        files |= rego.export(policy)
    return files
