"""What a conversion ends in: a policy that is formatted and compiled, and what there is to tell about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axtary.compiler import Compiled, CompileError, compile_policy
from axtary.compiler.compile import Loader
from axtary.compiler.diagnostics import Diagnostic, Severity
from axtary.compiler.format import format_policy
from axtary.runtime.convert.errors import ConversionError, Finding, Place


@dataclass(frozen=True)
class Conversion:
    """A policy that was converted, formatted and compiled, and what there is to tell about it."""

    format: str
    text: str
    compiled: Compiled
    sources: dict[str, Place]  # rule id -> where it comes from
    notes: tuple[Finding, ...]
    left_out: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """All but the policy itself."""
        rules = [
            {"id": rule.id, "effect": rule.effect.value, "source": str(self.sources[rule.id])}
            for rule in self.compiled.policy.rules
            if rule.id in self.sources
        ]
        return {
            "from": self.format,
            "policy_version": self.compiled.policy.policy_version,
            "rules": rules,
            "notes": [found.to_json() for found in self.notes],
            "left_out": [found.to_json() for found in self.left_out],
        }


def findings(error: CompileError) -> list[Finding]:
    """The errors of a source that is a policy itself."""
    return [
        Finding(Place(found.span.file, found.span.line, found.span.column), found.message, found.help, found.code)
        for found in _errors(error)
    ]


def compiled_text(written: str, place: Place, load: Loader) -> tuple[Compiled, str]:
    """The policy of a text, and the text in the layout of `policy fmt`. Raises ConversionError, which is at `place`."""
    try:
        formatted = format_policy("axtary.yml", written.encode())
        return compile_policy("axtary.yml", formatted.encode(), load), formatted
    except CompileError as error:
        raise ConversionError(
            Finding(place, f"the converted policy has an error: {found.message}", found.help, "AX1306")
            for found in _errors(error)
        ) from None


def _errors(error: CompileError) -> Sequence[Diagnostic]:
    return [found for found in error.diagnostics if found.severity is Severity.ERROR]
