"""The Rego backend: a policy as one module that Open Policy Agent loads, and an engine that runs it."""

from axtary.backends.rego.engine import RegoEngine, available, compile
from axtary.backends.rego.text import export, module_text

__all__ = ["RegoEngine", "available", "compile", "export", "module_text"]
