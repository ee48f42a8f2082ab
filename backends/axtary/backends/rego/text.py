"""A policy as Rego text."""

from __future__ import annotations

from importlib.resources import files

from axtary.backends.rego.lower import module
from axtary.backends.rego.printer import print_module
from axtary.compiler.ir import Policy


def module_text(policy: Policy) -> str:
    """The complete module: the policy's own rules, then the fixed ones."""
    prelude = files("axtary.backends.rego").joinpath("prelude.rego").read_text(encoding="utf-8")
    return print_module(module(policy)) + "\n" + prelude


def export(policy: Policy) -> dict[str, str]:
    """file name -> text of what another Open Policy Agent needs to decide by this policy."""
    return {"policy.rego": module_text(policy)}
