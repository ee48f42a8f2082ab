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
from axtary.cli.testextend import Extended, extended, extension_text
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
    has_cases,
    is_test_file,
    junit,
    load_suites,
    page,
    policy_of,
)

_NO_POLICIES = (".json", ".jsonl", ".ndjson")  # recorded actions, as a rule


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
    generate: bool
    output: Path | None
    mutate: bool
    mutation_fail_under: float | None
    as_json: bool

    @property
    def extends(self) -> bool:
        """Is more asked for than to run the cases?"""
        return self.generate or self.mutates

    @property
    def mutates(self) -> bool:
        return self.mutate or self.mutation_fail_under is not None

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
    _check(options, again)
    inputs = _resolve(arguments, options.as_json)
    if not again:
        _once(inputs, options)

    def found() -> Sequence[Path]:
        return find(inputs.policy) if inputs.found else inputs.files

    watch(lambda: _once(replace(inputs, files=tuple(found())), options), lambda: _watched(inputs.policy), found)


def _check(options: Options, again: bool) -> None:
    """Refuse options that do not go together."""
    for name, percent in (("fail-under", options.fail_under), ("mutation-fail-under", options.mutation_fail_under)):
        if percent is not None and math.isnan(percent):
            fail(f"--{name} is not a number", "write a percentage from 0 to 100", options.as_json)
    if options.output is not None and not options.generate:
        fail("`-o` is for the cases of `--generate`", "add `--generate`, or leave it out", options.as_json)
    if options.output is not None and not is_test_file(options.output):
        example = options.output.with_name(f"{options.output.stem}.test.yml")
        message = f"{quoted(str(options.output))} would not be found as a test file"
        fail(message, f"give a name that ends in `.test.yml`: {quoted(str(example))}", options.as_json)
    if options.generate and (again or options.filter):
        other = "--watch" if again else "--filter"
        fail(f"`--generate` and `{other}` do not go together", f"leave `{other}` out: all cases count", options.as_json)
    if options.generate and options.output is None and not options.as_json and (options.mutates or options.coverage):
        fail("the report and the cases do not fit on standard output", "give a file: `-o more.test.yml`")


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
    if not chosen and not (options.extends and not tested.cases):
        message = f"no case has {quoted(options.filter)} in its name or its file"
        fail(message, f"there are {len(tested.cases)} cases; give another `--filter`", options.as_json)
    coverage = Coverage(compiled.policy) if options.covers else None
    names = NAMES if options.engine == "all" else (options.engine,)
    with invalid_input(options.as_json):
        runner = Runner(compiled.policy, names, coverage)
        results, versions = _run(runner, chosen)
        covered = coverage_report(compiled.policy, coverage) if coverage is not None else None
        written = _write(results, covered, compiled, inputs.policy, options)
        failed = any(not result.passed for result in results)
        more = None
        if options.extends and not failed:
            more = extended(compiled.policy, chosen, names, inputs.policy, options)
    verdict = _Verdict(results, covered, more, options)
    if options.as_json:
        print_json(_document(compiled, results, versions, covered, more, options, ok=verdict.ok))
    elif more is not None and options.generate and options.output is None:
        sys.stdout.write(more.text)
        sys.stderr.write(more.note)
    else:
        sys.stdout.write(results_text(results, inputs.policy, names, tested.elsewhere))
        if covered is not None:
            sys.stdout.write("\n" + coverage_text(covered, inputs.policy))
        if more is not None:
            sys.stdout.write(extension_text(more.found, inputs.policy, more.note))
        sys.stdout.writelines(f"wrote {printable(str(path))}\n" for path in written)
        sys.stdout.writelines(f"{colour('FAIL', 'red')} {message}\n" for message in verdict.complaints)
    leave(OK if verdict.ok else FINDINGS)


@dataclass(frozen=True)
class _Verdict:
    """Did all pass, and is enough covered and noticed?"""

    results: Sequence[Result]
    covered: CoverageReport | None
    more: Extended | None
    options: Options

    @property
    def ok(self) -> bool:
        return all(result.passed for result in self.results) and not self.complaints

    @property
    def complaints(self) -> list[str]:
        """What is wrong beside cases that fail."""
        options, found = self.options, []
        if self.covered is not None and options.fail_under is not None and not self.covered.reaches(options.fail_under):
            found.append(f"coverage is {self.covered.percent:g} %, below the {options.fail_under:g} % of --fail-under")
        if self.more is None:
            return [
                *found,
                *(["a case fails: mutants and missing cases need tests that pass"] if options.extends else []),
            ]
        report, least = self.more.found.mutation, options.mutation_fail_under
        if report is not None and least is not None and not report.reaches(least):
            found.append(f"the mutation score is {report.percent:g} %, below the {least:g} % of --mutation-fail-under")
        if self.more.found.refuted:
            found.append(
                f"the engines do not agree on a generated case: {self.more.found.refuted[0].ready.case.name.value}"
            )
        return found


def _resolve(arguments: Sequence[Path], as_json: bool) -> Inputs:
    """Tell the policy from the test files: these are known by their names."""
    files = [path for path in arguments if is_test_file(path)]
    policies = [path for path in arguments if not is_test_file(path)]
    if len(policies) > 1:
        message = f"{quoted(str(policies[1]))} is a second policy"
        fail(message, "give one policy; the names of test files end in `.test.yml`", as_json)
    for path in policies:
        _check_policy(path, as_json)
    with invalid_input(as_json):
        policy = policies[0] if policies else policy_of(files[0]) if files else DEFAULT
    return Inputs(policy, tuple(files or find(policy)), found=not files)


def _check_policy(path: Path, as_json: bool) -> None:
    """Say of what is plainly no policy what to write instead."""
    name = str(path)
    if path.suffix in _NO_POLICIES:
        help_text = (
            "give the policy, and test files, whose names end in `.test.yml`; "
            f"to decide recorded actions, write {quoted(f'axtary policy simulate --action {name}')}"
        )
        fail(f"{quoted(name)} is neither a policy nor a test file", help_text, as_json)
    if path.is_file() and has_cases(path):
        renamed = path.with_name(f"{path.stem}.test.yml")
        help_text = f"the names of test files end in `.test.yml`: rename it to {quoted(str(renamed))}"
        fail(f"{quoted(name)} has `cases`, so it is no policy", help_text, as_json)


def _tested(inputs: Inputs, compiled: Compiled, options: Options) -> Tested:
    """The cases of the test files; what is wrong with them is printed and ends the command with 2."""
    with invalid_input(options.as_json):
        try:
            tested = load_suites(inputs.files, compiled.policy, inputs.policy, found=inputs.found)
        except CompileError as error:
            report(error.diagnostics, error.sources, Path(), options.as_json)
            leave(INVALID)
    if not tested.cases and not options.extends:
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
    more: Extended | None,
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
    return found | (more.to_json() if more is not None else {})
