"""The implementations of Rego that can run a module, each behind the same two methods.

Open Policy Agent as a library (`opa_bindings`), as an executable (`opa`), and regorus, which is another
implementation in Rust. Any failure of theirs leaves as EngineError.
"""

from __future__ import annotations

import importlib.util
import json
import mmap
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from axtary.backends.verdict import EngineError

_FILE = "policy.rego"
_ENTRY = "data.axtary.decision"
_TIMEOUT = 30.0  # seconds for one run of the executable: loading the module included


class Evaluator(Protocol):
    """A module that is loaded and can be asked for its decision."""

    install: str

    def __init__(self, module: str) -> None: ...

    @staticmethod
    def installed() -> bool:
        """Whether the implementation is there; loads nothing."""

    @property
    def version(self) -> str:
        """Name, version and origin."""

    def evaluate(self, document: Mapping[str, Any]) -> Any:
        """The value of the decision for an input document. Raises EngineError."""


class OpaLibrary:
    """Open Policy Agent in this process. Its Go runtime does not survive a fork, so a child refuses to use it."""

    install = "`pip install --no-deps --ignore-requires-python opa-golib-python-bindings`"

    def __init__(self, module: str) -> None:
        self._process = os.getpid()
        try:
            from opa_bindings import OpaEngine

            self._engine = OpaEngine()
            self._engine.add_policy(_FILE, module)
            self._engine.eval_document("axtary.policy_version", {})
        except Exception as error:
            raise EngineError(f"opa refused the module: {error}") from error

    @staticmethod
    def installed() -> bool:
        return importlib.util.find_spec("opa_bindings") is not None

    @property
    def version(self) -> str:
        return f"opa {_library_opa_version()} (opa-golib-python-bindings {_version('opa-golib-python-bindings')})"

    def evaluate(self, document: Mapping[str, Any]) -> Any:
        if os.getpid() != self._process:
            raise EngineError("the opa library cannot be used after a fork: compile the policy in the new process")
        _json(document)  # what the library itself makes of NaN or a lone surrogate is not left to chance
        try:
            return self._engine.eval_document("axtary.decision", document)
        except Exception as error:
            raise EngineError(f"opa failed: {error}") from error


class OpaExecutable:
    """The `opa` on PATH, started anew for each decision."""

    install = "put the `opa` executable on PATH"

    def __init__(self, module: str) -> None:
        self._program = shutil.which("opa") or "opa"
        self._folder = tempfile.TemporaryDirectory(prefix="axtary-")
        self._module = Path(self._folder.name) / _FILE
        self._module.write_text(module, encoding="utf-8")
        _run([self._program, "check", "--strict", str(self._module)], "")

    @staticmethod
    def installed() -> bool:
        return shutil.which("opa") is not None

    @property
    def version(self) -> str:
        found = re.search(r"^Version: *(\S+)", _run([self._program, "version"], ""), re.MULTILINE)
        return f"opa {found.group(1) if found else 'of unknown version'} ({self._program})"

    def evaluate(self, document: Mapping[str, Any]) -> Any:
        command = [self._program, "eval", "--stdin-input", "--strict-builtin-errors", "--format", "json"]
        output = _run([*command, "--data", str(self._module), _ENTRY], _json(document))
        try:
            return json.loads(output)["result"][0]["expressions"][0]["value"]
        except (ValueError, LookupError, TypeError) as error:
            raise EngineError("opa gave no decision") from error


class Regorus:
    """regorus, by way of gordon-to-regorus. An engine of it belongs to the thread that made it: one for each."""

    install = "`pip install 'axtary[rego]'`"

    def __init__(self, module: str) -> None:
        self._module = module
        self._local = threading.local()
        self._engine()

    @staticmethod
    def installed() -> bool:
        return importlib.util.find_spec("regorus") is not None

    @property
    def version(self) -> str:
        return f"regorus {_version('gordon-to-regorus')} (gordon-to-regorus)"

    def evaluate(self, document: Mapping[str, Any]) -> Any:
        engine, text = self._engine(), _json(document)
        try:
            engine.set_input_json(text)
            return json.loads(engine.eval_rule_as_json(_ENTRY))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic in Rust is no Exception
            raise EngineError(f"regorus failed: {_first_lines(error)}") from error

    def _engine(self) -> Any:
        engine = getattr(self._local, "engine", None)
        if engine is None:
            engine = self._local.engine = _load_regorus(self._module)
        return engine


def _load_regorus(module: str) -> Any:
    try:
        import regorus

        engine = regorus.Engine()
        # its default limits are those of a hand-written module
        engine.set_policy_length_config(max_col=1 << 20, max_file_bytes=1 << 28, max_lines=1 << 24)
        engine.add_policy(_FILE, module)
        return engine
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise EngineError(f"regorus refused the module: {_first_lines(error)}") from error


EVALUATORS: dict[str, type[Evaluator]] = {
    "opa-library": OpaLibrary,
    "opa-executable": OpaExecutable,
    "regorus": Regorus,
}


def _json(document: Mapping[str, Any]) -> str:
    """The input as strict JSON in valid Unicode. Raises EngineError."""
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise EngineError(f"the input is not JSON: {error}") from error
    return text


def _run(command: list[str], text: str) -> str:
    """Run the executable and give what it printed. Raises EngineError."""
    try:
        done = subprocess.run(  # noqa: S603  the program is the `opa` that PATH names, the arguments are ours
            command,
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=_TIMEOUT,
            check=False,
            env={"ZONEINFO": _zone_data(), **os.environ},
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise EngineError(f"opa could not be run: {error}") from error
    if done.returncode != 0:
        raise EngineError(f"opa failed with exit code {done.returncode}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _zone_data() -> str:
    """Go's `$ZONEINFO`: the pinned zone data, where the caller has not chosen other."""
    return str(files("tzdata.zoneinfo"))


def _first_lines(error: BaseException) -> str:
    """The text without the stack trace of the Rust side."""
    return str(error).split("Stack backtrace")[0].strip()


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "of unknown version"


@cache
def _library_opa_version() -> str:
    """The release of OPA that the library was built from: its Go build information says it."""
    spec = importlib.util.find_spec("opa_bindings")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for library in Path(folder).glob("libopabridge.*"):
            with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                found = re.search(rb"github\.com/open-policy-agent/opa\tv([0-9][0-9A-Za-z.+-]*)", content)
                if found:
                    return found.group(1).decode()
    return "of unknown version"
