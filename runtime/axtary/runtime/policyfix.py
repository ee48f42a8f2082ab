"""Mends policies: makes the fixes of their findings, round by round, until there is none left.

    a fix never makes a policy worse

A round is taken back, and that is the end, if a file then reads less far as YAML than before, or if a policy without
errors has one. Nothing is written here: see `Mended.changed`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from axtary.compiler import Compiled, CompileError, Diagnostic, compile_policy
from axtary.compiler.edits import apply, compatible
from axtary.runtime.invariants import checked
from axtary.runtime.policyfile import includes, read_policy

MAX_ROUNDS = 100  # of YAML that cannot be read, one round shows one finding
MAX_READ = 4 * 2**20  # characters over all rounds: of a huge file, a second call mends the rest

Result = Compiled | CompileError


@dataclass
class Mended:
    """What came of it. Files go by the names of the spans, relative to the policy's folder."""

    before: Result
    after: Result
    fixed: list[Diagnostic] = field(default_factory=list)  # each with its place in the text of its round
    refused: list[Diagnostic] = field(default_factory=list)  # what a round would have fixed that was taken back

    @property
    def changed(self) -> dict[str, str]:
        """The files that are to be written, with their new texts."""
        return {name: text for name, text in self.after.sources.items() if text != self.before.sources.get(name, text)}

    def diff(self, name: str, shown: str) -> str:
        """What changes in a file, as a unified diff that calls it `shown`."""
        old, new = (result.sources[name].splitlines(keepends=True) for result in (self.before, self.after))
        lines = difflib.unified_diff(old, new, shown, shown)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def findings(result: Result) -> tuple[Diagnostic, ...]:
    """Everything that was found."""
    return result.diagnostics if isinstance(result, CompileError) else result.warnings


def mend(
    path: Path,
    examine: Callable[[Compiled], Compiled] = lambda compiled: compiled,
    unsaved: Mapping[Path, bytes] = MappingProxyType({}),
) -> Mended:
    """Make the fixes of a policy and of what it includes, in memory; a broken invariant is an error like any other.

    `examine` may add warnings, with fixes, to what was compiled. `unsaved` has, by real paths, what is to be read in
    place of files. Raises UnreadableError; EngineError, EngineMissing as `checked` does.
    """
    data, load = unsaved[path] if path in unsaved else read_policy(path), includes(path, unsaved)
    read: dict[str, bytes] = {path.name: data}

    def compiled(texts: Mapping[str, str]) -> Result:
        def source(name: str) -> bytes:
            if name not in read:
                read[name] = load(name)
            return texts[name].encode() if name in texts else read[name]

        try:
            return examine(checked(compile_policy(path.name, source(path.name), source)))
        except CompileError as error:
            return error

    result = compiled({})
    mended = Mended(result, result)
    texts: dict[str, str] = {}
    for rounds in range(MAX_ROUNDS):
        chosen = _chosen(mended.after)
        if not chosen or rounds * sum(map(len, result.sources.values())) > MAX_READ:
            break
        changed = texts | {name: _made(mended.after.sources[name], found) for name, found in chosen.items()}
        result = compiled(changed)
        made = [diagnostic for found in chosen.values() for diagnostic in found]
        if _is_worse(mended.after, result):
            mended.refused = made
            break
        texts, mended.after = changed, result
        mended.fixed += made
    return mended


def _chosen(result: Result) -> dict[str, list[Diagnostic]]:
    """file -> the findings whose fixes can be made together: of two that touch, the first one."""
    by_file: dict[str, list[Diagnostic]] = {}
    for diagnostic in findings(result):
        if diagnostic.fix is not None:
            by_file.setdefault(diagnostic.span.file, []).append(diagnostic)
    chosen = {}
    for name, found in by_file.items():
        kept = {id(fix) for fix in compatible(d.fix for d in found if d.fix is not None)}
        chosen[name] = [diagnostic for diagnostic in found if id(diagnostic.fix) in kept]
    return chosen


def _made(text: str, found: list[Diagnostic]) -> str:
    return apply(text, (edit for d in found if d.fix is not None for edit in d.fix.edits))


def _is_worse(old: Result, new: Result) -> bool:
    if isinstance(old, Compiled):
        return isinstance(new, CompileError)
    before, after = _unreadable(old), _unreadable(new)
    return any(name not in before or place < before[name] for name, place in after.items())


def _unreadable(result: Result) -> dict[str, tuple[int, int]]:
    """file -> where reading it as YAML failed first."""
    found: dict[str, tuple[int, int]] = {}
    for diagnostic in findings(result):
        if diagnostic.code.startswith("AX01"):
            found.setdefault(diagnostic.span.file, (diagnostic.span.line, diagnostic.span.column))
    return found
