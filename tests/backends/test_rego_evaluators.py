"""Which implementation answers, and that its failures are EngineErrors."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.backends.rego_engines import action, policy, rule

from axtary.backends import rego
from axtary.backends.rego import evaluators
from axtary.backends.verdict import EngineError, EngineMissing, Verdict
from axtary.compiler.ir import Hours, Policy, Window

OPEN = policy(rule())
# An `opa` that speaks the command line of the real one; the real library answers behind it.
OPA = """#!{python}
import json, sys
from pathlib import Path
if sys.argv[1] == "version":
    print("Version: 1.20.2")
elif sys.argv[1] == "eval":
    from opa_bindings import OpaEngine
    engine = OpaEngine()
    engine.add_policy("policy.rego", Path(sys.argv[sys.argv.index("--data") + 1]).read_text())
    value = engine.eval_document(sys.argv[-1].removeprefix("data."), json.load(sys.stdin))
    print(json.dumps({{"result": [{{"expressions": [{{"value": value}}]}}]}}))
"""


def executable(folder: Path, script: str) -> None:
    program = folder / "opa"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)


def use(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    executable(folder, script)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


def only(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Leave these implementations on the machine."""
    for name, evaluator in evaluators.EVALUATORS.items():
        if name not in names:
            monkeypatch.setattr(evaluator, "installed", staticmethod(lambda: False))


def test_an_engine_is_installed_here() -> None:
    assert "regorus" in rego.available()


@pytest.mark.parametrize("name", rego.available())
def test_the_version_names_what_answers(name: str) -> None:
    engine = rego.compile(OPEN, name)
    assert engine.name == "rego"
    expected = {"opa-library": "opa 1.", "opa-executable": "opa ", "regorus": "regorus 0."}
    assert engine.version.startswith(expected[name])
    assert "unknown" not in engine.version


def test_without_any_engine_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    assert rego.available() == []
    with pytest.raises(EngineMissing, match=r"pip install 'axtary\[rego\]'"):
        rego.compile(OPEN)


def test_an_engine_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "regorus")
    assert rego.compile(OPEN).version.startswith("regorus")
    with pytest.raises(EngineMissing, match="not installed"):
        rego.compile(OPEN, "opa-executable")
    with pytest.raises(EngineMissing, match="no Rego engine is called `opa-wasm`"):
        rego.compile(OPEN, "opa-wasm")


@pytest.mark.parametrize("name", rego.available())
def test_a_module_that_does_not_load_is_an_engine_error(name: str) -> None:
    with pytest.raises(EngineError, match=r"refused the module|failed"):
        evaluators.EVALUATORS[name]("package axtary\n\nx := {")


@pytest.mark.parametrize("name", rego.available())
def test_a_failing_evaluation_is_an_engine_error(name: str) -> None:
    broken = policy(rule(obligations=(Hours((Window((0,), 0, 60, "Mars/Olympus"),)),)))
    with pytest.raises(EngineError):
        rego.compile(broken, name).decide(action(time="2026-01-01T00:00:00Z"), {})


@pytest.mark.parametrize("name", evaluators.EVALUATORS)
def test_what_is_not_json_is_an_engine_error(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, OPA.format(python=sys.executable))
    odd: list[Any] = [float("nan"), float("inf"), "\ud800", {1, 2}, object()]
    for value in odd if name in rego.available() else []:
        with pytest.raises(EngineError, match="input"):
            rego.compile(OPEN, name).decide(action(payload={"x": value}), {})


@pytest.mark.parametrize("name", rego.available())
def test_an_engine_can_be_used_by_many_threads(name: str) -> None:
    engine = rego.compile(OPEN, name)
    found: list[Verdict] = []
    threads = [threading.Thread(target=lambda: found.append(engine.decide(action(), {}))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [verdict.decision for verdict in found] == ["allow"] * 6


def test_an_answer_of_another_policy_is_refused() -> None:
    engine = rego.compile(OPEN, "regorus")
    engine._policy_version = Policy(()).policy_version
    with pytest.raises(EngineError, match="another policy"):
        engine.decide(action(), {})


@pytest.mark.parametrize("answer", [None, [], {}, {"decision": "allow"}])
def test_no_decision_is_an_engine_error(answer: Any) -> None:
    with pytest.raises(EngineError, match="no decision"):
        rego.compile(OPEN, "regorus")._verdict(answer)


def test_the_executable_is_asked_over_its_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, OPA.format(python=sys.executable))
    only(monkeypatch, "opa-executable")
    engine = rego.compile(OPEN)
    assert engine.version == f"opa 1.20.2 ({tmp_path / 'opa'})"
    if "opa_bindings" in sys.modules:
        assert engine.decide(action(), {}).decision == "allow"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("#!/bin/sh\n[ $1 = check ] || { echo broken >&2; exit 2; }\n", "exit code 2: broken"),
        ("#!/bin/sh\n[ $1 = check ] || echo '{}'\n", "gave no decision"),
        ("#!/bin/sh\n[ $1 = check ] || echo nonsense\n", "gave no decision"),
        ("#!/bin/sh\n[ $1 = check ] || exec sleep 30\n", "could not be run"),
    ],
)
def test_an_executable_that_fails_is_an_engine_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, message: str
) -> None:
    use(monkeypatch, tmp_path, script)
    monkeypatch.setattr(evaluators, "_TIMEOUT", 1.0)
    engine = rego.compile(OPEN, "opa-executable")
    with pytest.raises(EngineError, match=message):
        engine.decide(action(), {})


def test_an_executable_that_refuses_the_module_is_an_engine_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, tmp_path, "#!/bin/sh\necho 1 error occurred >&2\nexit 1\n")
    with pytest.raises(EngineError, match="1 error occurred"):
        rego.compile(OPEN, "opa-executable")


def test_the_library_refuses_to_work_after_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child's Go runtime would hang; to the engine a fork is a change of the process id."""
    for name in set(rego.available()) & {"opa-library"}:
        engine = rego.compile(OPEN, name)
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with pytest.raises(EngineError, match="after a fork"):
            engine.decide(action(), {})
