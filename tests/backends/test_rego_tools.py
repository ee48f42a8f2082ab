"""OPA's own tools on what is exported: check, fmt, test, and Regal. Each runs where it is, or says that it did not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests import golden_files
from tests.cli.command import POLICY, run

from axtary.backends.rego.text import module_text

OPA, REGAL = shutil.which("opa"), shutil.which("regal")
with_opa = pytest.mark.skipif(OPA is None, reason="no `opa` on this machine: its check, fmt and test were NOT run")
with_regal = pytest.mark.skipif(REGAL is None, reason="no `regal` on this machine: its rules were NOT run")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The module of each behaviour, alone in its folder: all are the package `axtary`."""
    folder, found = tmp_path_factory.mktemp("modules"), []
    for name in golden_files.behaviours():
        path = folder / name / "policy.rego"
        path.parent.mkdir()
        path.write_text(module_text(golden_files.compiled(name).policy), encoding="utf-8")
        found.append(path)
    return found


def tool(*args: str | Path) -> str:
    done = subprocess.run([str(arg) for arg in args], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@with_opa
def test_each_module_passes_the_strict_check(modules: list[Path]) -> None:
    for path in modules:
        tool("opa", "check", "--strict", path)


@with_opa
def test_each_module_is_laid_out_as_opa_does(modules: list[Path]) -> None:
    for path in modules:
        assert tool("opa", "fmt", path) == path.read_text(encoding="utf-8"), path.parent.name


@with_opa
def test_the_exported_tests_pass_on_the_exported_bundle(tmp_path: Path) -> None:
    (tmp_path / "axtary.yml").write_text(POLICY)
    assert run("policy", "export", "--revision", "1", cwd=tmp_path).code == 0
    tool("opa", "check", "--strict", "--bundle", tmp_path / "dist" / "bundle.tar.gz")
    tool("opa", "test", "--bundle", tmp_path / "dist" / "bundle.tar.gz", tmp_path / "dist" / "policy_test.rego")


@with_regal
def test_each_module_keeps_the_rules_of_regal(modules: list[Path]) -> None:
    for path in modules:
        tool("regal", "lint", path)
