"""Policy text -> typed IR, with diagnostics. Knows no engine and no clock; reads only the sources that it is given.

source -> syntax -> drafts -> inference -> conditions -> ir -> clauses

What is named here is imported when it is used: an engine that loads an exported policy needs `ir` and `clauses`, and no
parser.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from axtary.compiler.compile import Compiled, IncludeError, compile_policy, compile_text, included
    from axtary.compiler.diagnostics import CompileError, Diagnostic

_HOMES = {
    "CompileError": "diagnostics",
    "Compiled": "compile",
    "Diagnostic": "diagnostics",
    "IncludeError": "compile",
    "compile_policy": "compile",
    "compile_text": "compile",
    "included": "compile",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


__all__ = [
    "CompileError",
    "Compiled",
    "Diagnostic",
    "IncludeError",
    "compile_policy",
    "compile_text",
    "included",
]
