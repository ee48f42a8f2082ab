"""`axtary policy test`."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from axtary.cli.output import FINDINGS, INVALID, OK, colour, fail, invalid_input, leave, load, print_json, report
from axtary.cli.progress import progress
from axtary.cli.testtext import coverage_text, results_text
from axtary.cli.watch import watch
from axtary.compiler import Compiled, CompileError
from axtary.compiler.analysis.coverage import Coverage
from axtary.compiler.diagnostics import printable, quoted
from axtary.runtime.engines import NAMES
from axtary.runtime.policyfile import DEFAULT, UnreadableError, policy_files, write
from axtary.runtime.testing import (
    CoverageReport,
    Ready,
    Result,
    Runner,
    Tested,
    coverage_report,
    find,
    is_test_file,
    junit,
    load_suites,
    page,
    policy_of,
)


@dataclass(frozen=True)
class Options:
    """The options of the command; `None` and empty mean that one was not given."""

    filter: str
    engine: str
    junit: Path | None
    coverage: bool
    fail_under: float | None
    html: Path | None
    coverage_json: Path | None
    as_json: bool

    @property
    def covers(self) -> bool:
        return self.coverage or bool(self.fail_under is not None or self.html or self.coverage_json)


@dataclass(frozen=True)
class Inputs:
    """The policy and its test files; `found` says that nobody named the files."""

    policy: Path
    files: tuple[Path, ...]
    found: bool


def run(arguments: Sequence[Path], options: Options, *, again: bool) -> None:
    """Run the tests once, or `again` at each change of a file."""
    if options.fail_under is not None and math.isnan(options.fail_under):
        fail("--fail-under is not a number", "write a percentage from 0 to 100", options.as_json)
    inputs = _resolve(arguments, options.as_json)
    if not again:
        _once(inputs, options)

    def found() -> Sequence[Path]:
        return find(inputs.policy) if inputs.found else inputs.files

    watch(lambda: _once(replace(inputs, files=tuple(found())), options), lambda: _watched(inputs.policy), found)


def _watched(policy: Path) -> list[Path]:
    try:
        return policy_files(policy)
    except UnreadableError:
        return [policy]  # it may come back


def _once(inputs: Inputs, options: Options) -> NoReturn:
    """The exit code says whether all passed."""
    compiled = load(inputs.policy, options.as_json)
    tested = _tested(inputs, compiled, options)
    chosen = [ready for ready in tested.cases if options.filter in f"{ready.file}: {ready.case.name.value}"]
    if not chosen:
        message = f"no case has {quoted(options.filter)} in its name or its file"
        fail(message, f"there are {len(tested.cases)} cases; give another `--filter`", options.as_json)
    coverage = Coverage(compiled.policy) if options.covers else None
    names = NAMES if options.engine == "all" else (options.engine,)
    with invalid_input(options.as_json):
        results, versions = _run(Runner(compiled.policy, names, coverage), chosen)
        covered = coverage_report(compiled.policy, coverage) if coverage is not None else None
        written = _write(results, covered, compiled, inputs.policy, options)
    failed = any(not result.passed for result in results)
    reached = covered is None or options.fail_under is None or covered.reaches(options.fail_under)
    if options.as_json:
        print_json(_document(compiled, results, versions, covered, options, ok=not failed and reached))
    else:
        sys.stdout.write(results_text(results, inputs.policy, names, tested.elsewhere))
        if covered is not None:
            sys.stdout.write("\n" + coverage_text(covered, inputs.policy))
        sys.stdout.writelines(f"wrote {printable(str(path))}\n" for path in written)
        if covered is not None and not reached:
            message = f"coverage is {covered.percent:g} %, below the {options.fail_under:g} % of --fail-under"
            sys.stdout.write(f"{colour('FAIL', 'red')} {message}\n")
    leave(FINDINGS if failed or not reached else OK)


def _resolve(arguments: Sequence[Path], as_json: bool) -> Inputs:
    """Tell the policy from the test files: these are known by their names."""
    files = [path for path in arguments if is_test_file(path)]
    policies = [path for path in arguments if not is_test_file(path)]
    if len(policies) > 1:
        message = f"{quoted(str(policies[1]))} is a second policy"
        fail(message, "give one policy; the names of test files end in `.test.yml`", as_json)
    with invalid_input(as_json):
        policy = policies[0] if policies else policy_of(files[0]) if files else DEFAULT
    return Inputs(policy, tuple(files or find(policy)), found=not files)


def _tested(inputs: Inputs, compiled: Compiled, options: Options) -> Tested:
    """The cases of the test files; what is wrong with them is printed and ends the command with 2."""
    with invalid_input(options.as_json):
        try:
            tested = load_suites(inputs.files, compiled.policy, inputs.policy, found=inputs.found)
        except CompileError as error:
            report(error.diagnostics, error.sources, Path(), options.as_json)
            leave(INVALID)
    if not tested.cases:
        example = "{name: reads are allowed, action: {tool: fs.read}, expect: allow}"
        name = inputs.policy.with_name(f"{inputs.policy.stem}.test.yml")
        help_text = f"write {quoted(str(name))} with `version: 1` and `cases: [{example}]`"
        fail(f"{inputs.policy}: no test file is about this policy", help_text, options.as_json)
    return tested


def _run(runner: Runner, chosen: Sequence[Ready]) -> tuple[list[Result], dict[str, str]]:
    results = []
    with progress("cases") as step:
        for number, ready in enumerate(chosen, 1):
            results.append(runner.run(ready))
            step("testing", number, len(chosen))
    return results, runner.versions


def _write(
    results: Sequence[Result], covered: CoverageReport | None, compiled: Compiled, policy: Path, options: Options
) -> list[Path]:
    """Write the files that were asked for. Raises UnreadableError."""
    texts: list[tuple[Path | None, str]] = [(options.junit, junit(results) if options.junit else "")]
    if covered is not None:
        import json

        texts.append((options.coverage_json, json.dumps(covered.to_json(), indent=2) + "\n"))
        texts.append((options.html, page(covered, compiled.sources, str(policy)) if options.html else ""))
    wanted = [(path, text) for path, text in texts if path is not None]
    for path, text in wanted:
        if path.is_dir():
            raise UnreadableError(path, "is a folder", "give the name of a file")
        write(path, text.encode("utf-8", "backslashreplace"))
    return [path for path, _ in wanted]


def _document(
    compiled: Compiled,
    results: Sequence[Result],
    versions: dict[str, str],
    covered: CoverageReport | None,
    options: Options,
    *,
    ok: bool,
) -> dict[str, Any]:
    failed = sum(not result.passed for result in results)
    found: dict[str, Any] = {
        "ok": ok,
        "policy_version": compiled.policy.policy_version,
        "engine_versions": versions,
        "passed": len(results) - failed,
        "failed": failed,
        "cases": [result.to_json() for result in results],
    }
    if covered is not None:
        found |= {"fail_under": options.fail_under, "coverage": covered.to_json()}
    return found
