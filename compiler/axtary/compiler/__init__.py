"""Policy text -> typed IR, with diagnostics. Knows no engine and no clock; reads only the sources that it is given.

source -> syntax -> drafts -> inference -> conditions -> ir -> clauses
"""

from axtary.compiler.compile import Compiled, IncludeError, compile_policy, compile_text, included
from axtary.compiler.diagnostics import CompileError, Diagnostic

__all__ = [
    "CompileError",
    "Compiled",
    "Diagnostic",
    "IncludeError",
    "compile_policy",
    "compile_text",
    "included",
]
