"""`axtary policy check`: report what is wrong in a policy, in several forms, and mend what can be mended."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axtary.cli.output import (
    FINDINGS,
    INVALID,
    OK,
    colour,
    invalid_input,
    leave,
    located,
    named,
    print_json,
    report,
    shown_file,
)
from axtary.cli.progress import progress, waiting
from axtary.compiler import Compiled, CompileError, Diagnostic
from axtary.compiler.diagnostics import printable
from axtary.compiler.reports.jsonform import to_json
from axtary.compiler.reports.text import count, summary
from axtary.runtime.invariants import checked
from axtary.runtime.policyfile import load_policy, write
from axtary.runtime.policyfix import Mended, Result, findings, mend

if TYPE_CHECKING:
    from axtary.compiler.lint.exact import Undecided

_NAMED = 5  # rules of which a lint is not decided


@dataclass(frozen=True)
class Changes:
    """What to do about findings that can be mended: write, or only show."""

    fix: bool
    diff: bool


def run(path: Path, strict: bool, form: str, changes: Changes, lint: bool) -> None:
    """Check, mend if asked to, report what is left. The exit code is that of the files as they are then."""
    mended = None
    diff = changes.diff
    examine = _Lint() if lint else _Nothing()
    with invalid_input(form == "json"):
        if changes.fix or diff:
            with waiting(f"mending {printable(str(path))}"):
                mended = mend(path, examine)
        result = mended.after if mended is not None else _compiled(path, examine)
        if mended is not None and not diff:
            for name, text in mended.changed.items():
                write(path.parent / name, text.encode())
    if mended is not None and form != "json":
        _show(mended, path, sys.stdout if form == "text" else sys.stderr, diff)
    _report(result, mended, path, strict, form, diff, examine)
    on_disk = mended.before if mended is not None and diff else result
    if isinstance(on_disk, CompileError):
        leave(INVALID)
    leave(FINDINGS if on_disk.warnings and strict else OK)


class _Nothing:
    """Adds no warnings to a compiled policy. `undecided` is of the policy that was seen last."""

    undecided: tuple[Undecided, ...] = ()
    is_lint = False

    def __call__(self, compiled: Compiled) -> Compiled:
        return compiled


class _Lint(_Nothing):
    """Adds the warnings that take a proof."""

    is_lint = True

    def __call__(self, compiled: Compiled) -> Compiled:
        from axtary.compiler.lint import exact  # only where it is asked for: it takes a while to load

        with progress("tool classes") as step:
            linted = exact.check(compiled, lambda done, whole: step("linting", done, whole))
        self.undecided = linted.undecided
        return linted.compiled


def _compiled(path: Path, examine: _Nothing) -> Result:
    try:
        with waiting(f"checking {printable(str(path))}"):
            compiled = load_policy(path)
        with progress("invariants") as step:
            checked(compiled, step)
        return examine(compiled)
    except CompileError as error:
        return error


def _show(mended: Mended, path: Path, stream: Any, diff: bool) -> None:
    """What was fixed, or would be."""
    if diff:
        for name in mended.changed:
            lines = mended.diff(name, shown_file(name, path)).splitlines()
            stream.write("".join(f"{printable(line)}\n" for line in lines))
    else:
        for diagnostic in mended.fixed:
            stream.write(f"{colour('fixed', 'green', stream)} {_place(diagnostic, path)}: {_title(diagnostic)}\n")
    for diagnostic in mended.refused:
        why = "not fixed, for the policy would be worse"
        stream.write(f"{colour(why, 'yellow', stream)}: {_place(diagnostic, path)}: {_title(diagnostic)}\n")
    stream.flush()  # before what follows on the other stream


def _place(diagnostic: Diagnostic, path: Path) -> str:
    span = diagnostic.span
    return f"{printable(shown_file(span.file, path))}:{span.line}:{span.column}"


def _title(diagnostic: Diagnostic) -> str:
    return diagnostic.fix.title if diagnostic.fix is not None else diagnostic.message


def _report(
    result: Result, mended: Mended | None, path: Path, strict: bool, form: str, diff: bool, examine: _Nothing
) -> None:
    found = [located(diagnostic, path) for diagnostic in findings(result)]
    sources = {name: text for name, text in named(result.sources, path).items() if not name.startswith("preset:")}
    if form == "json":
        document = _document(result, found, mended, path, diff)
        if examine.is_lint:
            document["undecided"] = [{"rules": list(each.rules), "why": each.why} for each in examine.undecided]
        print_json(document)
    elif form == "text":
        report(findings(result), result.sources, path, as_json=False)
        if mended is not None and diff:
            files, fixes = count(len(mended.changed), "file"), count(len(mended.fixed), "fix", "es")
            sys.stderr.write(f"{fixes} in {files}, nothing written\n")
        elif not isinstance(result, CompileError):
            _open(examine.undecided)
            _ok(result, found, path)
    else:
        sys.stdout.write(_rendered(form, found, _ignored(result, path), sources, strict))
        _open(examine.undecided)


def _open(undecided: Sequence[Undecided]) -> None:
    """What the lints do not know."""
    for each in undecided:
        rules = ", ".join(each.rules[:_NAMED]) + (f" and {len(each.rules) - _NAMED} more" * (len(each.rules) > _NAMED))
        sys.stderr.write(f"{colour('not decided', 'yellow', sys.stderr)}: {printable(f'{rules}: {each.why}')}\n")


def _ignored(result: Result, path: Path) -> list[tuple[Diagnostic, str]]:
    """The findings that comments silence, with the reasons."""
    silenced = () if isinstance(result, CompileError) else result.suppressed
    return [(located(each.finding, path), each.by.reason) for each in silenced]


def _rendered(
    form: str,
    found: Sequence[Diagnostic],
    ignored: Sequence[tuple[Diagnostic, str]],
    sources: Mapping[str, str],
    strict: bool,
) -> str:
    from axtary.compiler.reports import github, junit, sarif

    if form == "sarif":
        return sarif.render(found, sources, version("axtary"), ignored)
    return junit.render(found, sources, strict) if form == "junit" else github.render(found)


def _ok(result: Any, found: Sequence[Diagnostic], path: Path) -> None:
    policy = result.policy
    effects = [rule.effect.value for rule in policy.rules]
    counts = ", ".join(f"{effects.count(e)} {e}" for e in ("allow", "deny", "step_up"))
    ignored = f", {len(result.suppressed)} ignored" if result.suppressed else ""
    rules = f"{count(len(policy.rules), 'rule')} ({counts})"
    sys.stdout.write(f"{colour('ok', 'green')} {printable(str(path))}: {rules}, {summary(found)}{ignored}\n")
    sys.stdout.write(f"   {policy.policy_version}\n")


def _document(
    result: Result, found: Sequence[Diagnostic], mended: Mended | None, path: Path, diff: bool
) -> dict[str, Any]:
    document: dict[str, Any] = {"policy_version": None}
    if not isinstance(result, CompileError):
        document = {"policy_version": result.policy.policy_version, "rules": len(result.policy.rules)}
    document["diagnostics"] = [to_json(diagnostic) for diagnostic in found]
    ignored = _ignored(result, path)
    if ignored:
        document["ignored"] = [to_json(finding) | {"reason": reason} for finding, reason in ignored]
    if mended is not None:
        document["fixed"] = [to_json(located(diagnostic, path)) for diagnostic in mended.fixed]
        document["refused"] = [to_json(located(diagnostic, path)) for diagnostic in mended.refused]
    if mended is not None and diff:
        document["diff"] = "".join(mended.diff(name, shown_file(name, path)) for name in mended.changed)
    return document
