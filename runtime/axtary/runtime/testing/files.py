"""Test files on disk: where they are found, which policy they are about, and their cases through the door."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.compiler import CompileError
from axtary.compiler.diagnostics import Diagnostic, Reporter, Severity, TooManyErrors, quoted
from axtary.compiler.ir import Policy
from axtary.compiler.source import MAX_BYTES, Mapping, read
from axtary.compiler.testfiles import Case, JsonText, Suite, check_rules, read_suite
from axtary.runtime.action import parse_action
from axtary.runtime.errors import DoorError
from axtary.runtime.facts import parse_facts
from axtary.runtime.policyfile import DEFAULT, UnreadableError, read_bytes

SUFFIXES = (".test.yml", ".test.yaml")
_MAX_REFUSED = 100  # cases of a file: to say where the problems are is slow, and more of them help nobody
FOLDER = "tests"  # below the policy's own folder


@dataclass(frozen=True, slots=True)
class Ready:
    """A case whose action and facts are through the door. `file` is the test file as it was named or found."""

    file: str
    case: Case
    action: dict[str, Any]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tested:
    """The cases of all test files, in order; `elsewhere` counts files found that are about another policy."""

    cases: tuple[Ready, ...]
    files: tuple[str, ...]
    elsewhere: int


def is_test_file(path: Path) -> bool:
    """By its name alone."""
    return path.name.endswith(SUFFIXES)


def has_cases(file: Path) -> bool:
    """Is this, whatever its name, the content of a test file?"""
    try:
        _, tree = read(str(file), read_bytes(file, MAX_BYTES), _Deaf())
    except (UnreadableError, TooManyErrors):
        return False  # reading it as a policy will say why
    return isinstance(tree, Mapping) and tree.get("cases") is not None


def find(policy: Path) -> list[Path]:
    """The test files of a policy, sorted: in its folder, and in `tests/` there at any depth. Links to folders are not
    followed."""
    folder = policy.parent
    found = _beside(folder)
    for here, folders, names in os.walk(folder / FOLDER):
        folders.sort()
        found += [Path(here) / name for name in names]
    return sorted(path for path in found if is_test_file(path) and path.is_file())


def _beside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (OSError, ValueError):
        return []  # reading the policy will say why


def policy_of(file: Path) -> Path:
    """The policy that a test file is about: the one that it names, else `axtary.yml` beside it or beside its `tests/`.

    Raises UnreadableError. A file that cannot be parsed gives the default; what is wrong with it is reported later.
    """
    suite, _ = read_suite(str(file), read_bytes(file, MAX_BYTES), _Deaf())
    return policy_named(file, suite.policy.value if suite is not None and suite.policy is not None else None)


def policy_named(file: Path, policy: str | None) -> Path:
    """The policy of a test file that names `policy`, or names none."""
    if policy is not None:
        return file.parent / policy
    parents = [file.parent, *file.parent.parents]
    above = next((folder.parent for folder in parents if folder.name == FOLDER), None)
    beside = file.parent / DEFAULT
    return above / DEFAULT if above is not None and not beside.exists() else beside


class _Deaf(Reporter):
    """Hears nothing: what is wrong is reported when the file is read for good."""

    def __call__(self, _: Diagnostic) -> None:
        pass


def load_suites(files: Iterable[Path], policy: Policy, path: Path, *, found: bool) -> Tested:
    """Read test files for a policy at `path`. Of files that were found, those about another policy are left out; of
    files that were named, that is an error.

    Raises CompileError with the diagnostics of all files, spans named as the files are; UnreadableError.
    """
    report = Reporter()
    sources: dict[str, str] = {}
    cases: list[Ready] = []
    kept: list[str] = []
    elsewhere = 0
    try:
        for file in files:
            name = str(file)
            suite, sources[name] = read_suite(name, read_bytes(file, MAX_BYTES), report)
            if suite is None:
                continue
            if _is_elsewhere(suite, file, path):
                elsewhere += found
                if not found:
                    _refuse_policy(suite, path, report)
                continue
            kept.append(name)
            check_rules(suite, policy, report)
            cases += _through_the_door(name, suite.cases, report)
    except TooManyErrors:
        pass
    if report.failed:
        raise CompileError(report.diagnostics, sources)
    return Tested(tuple(cases), tuple(kept), elsewhere)


def read_cases(name: str, text: str, policy: Policy) -> list[Ready]:
    """The cases of a test file that is not on disk yet. Raises CompileError, as a file on disk would."""
    report = Reporter()
    suite, source, found = None, "", []
    with suppress(TooManyErrors):
        suite, source = read_suite(name, text.encode("utf-8", "surrogatepass"), report)
        if suite is not None:
            check_rules(suite, policy, report)
            found = list(_through_the_door(name, suite.cases, report))
    if report.failed:
        raise CompileError(report.diagnostics, {name: source})
    return found


def _is_elsewhere(suite: Suite, file: Path, policy: Path) -> bool:
    return suite.policy is not None and _real(file.parent / suite.policy.value) != _real(policy)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):  # a NUL in the name, a circle of links
        return path.absolute()


def _refuse_policy(suite: Suite, path: Path, report: Reporter) -> None:
    assert suite.policy is not None  # noqa: S101 - the caller has looked
    message = f"the file is about {quoted(suite.policy.value)}, not about {quoted(str(path))}"
    report.error("AX0906", suite.policy.span, message, "run the tests of each policy by themselves")


def _through_the_door(file: str, cases: Iterable[Case], report: Reporter) -> Iterator[Ready]:
    """The cases with their actions and facts. What the door says is reported at its place in the test file."""
    refused = 0
    for case in cases:
        found: list[dict[str, Any]] = []
        for text, parse in ((case.action, parse_action), (case.facts, parse_facts)):
            try:
                found.append(parse(text.text.encode("utf-8")))
            except DoorError as error:
                _report(error, text, report)
        if len(found) == 2:
            yield Ready(file, case, *found)
            continue
        refused += 1
        if refused >= _MAX_REFUSED:
            return


def _report(error: DoorError, text: JsonText, report: Reporter) -> None:
    for problem in error.problems:
        span = text.span_at((problem.column or 1) - 1)
        report(Diagnostic(problem.code, Severity.ERROR, problem.message, span, problem.help))
