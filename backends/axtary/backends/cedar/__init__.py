"""The Cedar backend: a policy as Cedar policies, fail-closed in any Cedar engine, and an engine that runs them."""

from __future__ import annotations

from axtary.backends.cedar.engine import CedarEngine
from axtary.backends.cedar.export import export, hoisted
from axtary.compiler.ir import Policy

__all__ = ["CedarEngine", "compile", "export", "hoisted"]


def compile(policy: Policy) -> CedarEngine:
    """Make a policy ready to decide. Raises EngineError (EngineMissing without cedarpy)."""
    return CedarEngine(policy)
