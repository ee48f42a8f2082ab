"""The GitHub Action and the pre-commit hooks: their own steps, run on a sample repository as CI would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}
OWN = ("Check", "Format", "Test", "Prove", "Compare")  # those that need no network
POLICY = """\
version: 1

policies:
  - id: reads
    effect: allow
    match: {tool: fs.read}
    when: payload.size <= 5
"""
TESTS = """\
version: 1
policy: axtary.yml
cases:
  - {name: small, action: {tool: fs.read, payload: {size: 5}}, expect: allow}
  - {name: large, action: {tool: fs.read, payload: {size: 6}}, expect: deny}
  - {name: no size, action: {tool: fs.read}, expect: deny}
"""


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a policy on `main`."""
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "axtary.test.yml").write_text(TESTS)
    _git(tmp_path, "init")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-m", "policy")
    return tmp_path


def _step(name: str, folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step as the runner does: `bash --noprofile --norc -eo pipefail`, inputs by the environment only."""
    values = {key: str(entry["default"]) for key, entry in ACTION["inputs"].items()} | inputs

    def value(text: str) -> str:
        found = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+)(?: \|\| .*)? \}\}", text)
        assert found, text
        return values[found[1]]

    environment = {name: value(text) for name, text in STEPS[name].get("env", {}).items()}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment |= {"PATH": path, "HOME": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_no_step_puts_an_expression_into_its_script() -> None:
    """What a pull request can choose would be a command there."""
    assert all("${{" not in step["run"] and step["shell"] == "bash" for step in STEPS.values())


def test_all_steps_pass_on_a_good_policy_and_leave_their_reports(repository: Path) -> None:
    for name in OWN:
        ran = _step(name, repository, base="main")
        assert ran.returncode == 0, (name, ran.stdout, ran.stderr)
    reports = repository / "axtary-reports"
    assert {path.name for path in reports.iterdir()} == {"axtary.sarif", "junit.xml", "certificate.json", "diff.md"}
    assert len(ElementTree.parse(reports / "junit.xml").findall(".//testcase")) == 3
    assert "Policy diff: equivalent" in (repository / "summary.md").read_text()


@pytest.mark.parametrize(
    ("step", "old", "new", "said"),
    [
        ("Check", "payload.size <= 5", "payload.size = 5", "::error file=axtary.yml,line=7"),
        ("Check", "effect: allow", "effect: allow\n    x: 1", "AX0201"),
        ("Format", "{tool: fs.read}", "{ tool: fs.read }", "+    match: {tool: fs.read}"),
        ("Test", "<= 5", "<= 6", "large"),
    ],
)
def test_a_bad_policy_fails_its_step(repository: Path, step: str, old: str, new: str, said: str) -> None:
    (repository / "axtary-reports").mkdir()
    (repository / "axtary.yml").write_text(POLICY.replace(old, new))
    ran = _step(step, repository)
    assert ran.returncode != 0
    assert said in ran.stdout + ran.stderr
    assert (repository / "axtary-reports/axtary.sarif").exists() == (step == "Check")


@pytest.mark.parametrize(
    ("gates", "base", "code"),
    [
        ("", "main", 0),
        ("--no-new-access", "main", 1),
        ("--no-less-approval", "main", 0),
        ("--no-less-approval --no-new-access", "main", 1),
        ("", "no-such-revision", 1),
        ("", "", 0),
        ("; touch pwned", "main", 1),
    ],
)
def test_a_change_fails_only_at_a_gate(repository: Path, gates: str, base: str, code: int) -> None:
    (repository / "axtary-reports").mkdir()
    (repository / "axtary.yml").write_text(POLICY.replace("<= 5", "<= 50"))
    ran = _step("Compare", repository, base=base, gates=gates)
    assert (ran.returncode != 0) == bool(code), (ran.stdout, ran.stderr)
    assert not (repository / "pwned").exists()
    if base == "main" and "touch" not in gates:
        assert "deny -> allow" in (repository / "axtary-reports/diff.md").read_text()


def _hook(hook: dict[str, Any], folder: Path) -> int:
    names = [] if hook.get("pass_filenames") is False else ["axtary.yml"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = [*hook["entry"].split(), *names]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, check=False
    ).returncode


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_hooks_pass_and_fail_as_they_should(repository: Path, hook: dict[str, Any]) -> None:
    assert hook["language"] == "python" and re.search(hook["files"], "axtary.yml")
    assert _hook(hook, repository) == 0
    (repository / "axtary.yml").write_text(POLICY.replace("effect: allow", "effect: deny\n  oops"))
    assert _hook(hook, repository) != 0


def test_the_format_hook_changes_the_file_so_that_the_commit_stops(repository: Path) -> None:
    loose = POLICY.replace("{tool: fs.read}", "{ tool: fs.read }")
    (repository / "axtary.yml").write_text(loose)
    _hook(next(hook for hook in HOOKS if hook["id"] == "axtary-fmt"), repository)
    assert (repository / "axtary.yml").read_text() == POLICY
