"""Jobs of the background: what nobody wants any more ends early, and a later job is done all the same."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from axtary.compiler import compile_policy
from axtary.lsp.checking import Checker, Found, Job, StaleError, run

RULES = "".join(f"  - {{id: r{n}, effect: allow, match: {{tool: t{n}}}}}\n" for n in range(5))
POLICY = f"version: 1\npolicies:\n{RULES}".encode()


def job(root: Path, text: bytes = POLICY, lint: bool = False) -> Job:
    return Job(root, {root: text}, (), {}, None, lint)


def test_the_compiler_lets_itself_be_ended_at_each_rule() -> None:
    left = 7

    def pulse() -> None:
        nonlocal left
        left -= 1
        if not left:
            raise StaleError

    with pytest.raises(StaleError):
        compile_policy("axtary.yml", POLICY, pulse=pulse)
    assert left == 0
    left = 100
    compile_policy("axtary.yml", POLICY, pulse=pulse)
    assert 100 - left == 10  # each rule is read, and lowered


def test_a_cancelled_job_ends_before_it_says_anything(tmp_path: Path) -> None:
    stale = job(tmp_path / "axtary.yml")
    stale.cancelled.set()
    with pytest.raises(StaleError):
        next(run(stale))


def test_a_job_that_is_cancelled_between_its_findings_proves_nothing_more(tmp_path: Path) -> None:
    findings = run(stale := job(tmp_path / "axtary.yml", lint=True))
    assert not next(findings).complete
    stale.cancelled.set()
    with pytest.raises(StaleError):
        next(findings)


def test_the_thread_passes_over_stale_jobs_and_lives_through_errors(tmp_path: Path) -> None:
    told: queue.Queue[Found | Exception] = queue.Queue()
    checker = Checker(told.put, lambda _job, error: told.put(error))
    stale, missing, good = job(tmp_path / "a.yml"), Job(tmp_path / "b.yml", {}, (), {}, None), job(tmp_path / "c.yml")
    stale.cancelled.set()
    for each in (stale, missing, good):
        checker.put(each)
    found = [told.get(timeout=30) for _ in range(3)]
    assert isinstance(found[0], Found) and found[0].job is missing
    assert isinstance(found[1], Exception) and "no such file" in str(found[1])
    assert isinstance(found[2], Found) and found[2].job is good and found[2].complete
