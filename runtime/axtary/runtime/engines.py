"""The engines by name. A new backend is one folder in `backends/` and one line here."""

from __future__ import annotations

from importlib import import_module

from axtary.backends.verdict import Engine
from axtary.compiler.ir import Policy

# name -> module with `compile(policy) -> Engine`; imported when asked for, because a decision needs one of them only
_BACKENDS = {
    "native": "axtary.backends.native",
    "cedar": "axtary.backends.cedar",
    "rego": "axtary.backends.rego",
}
NAMES = tuple(_BACKENDS)


def compile_engine(name: str, policy: Policy) -> Engine:
    """Make the policy ready on one engine. Raises EngineError, EngineMissing if it is not installed."""
    engine: Engine = import_module(_BACKENDS[name]).compile(policy)
    return engine
