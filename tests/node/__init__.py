"""Other implementations, in Node: their packages are pinned by `package-lock.json`, and installed for one test run."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def run(script: str, given: Any) -> Any:
    """What a script of this folder answers to a JSON value. Skips the test if the packages cannot be had."""
    folder = installed(HERE)
    shutil.copy(HERE / script, folder)
    asked = json.dumps(given)
    done = subprocess.run(["node", script], cwd=folder, input=asked, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def installed(source: Path) -> Path:
    """A folder with the packages that are pinned in `source`. Skips the test if they cannot be had."""
    folder = _installed(source)
    if isinstance(folder, str):
        pytest.skip(folder)
    return folder


@cache
def _installed(source: Path) -> Path | str:
    """A folder with the packages, or why there is none."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not installed: other implementations are not asked"
    folder = Path(tempfile.mkdtemp(prefix="axtary-node-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120)
    except subprocess.TimeoutExpired:
        return "the npm registry does not answer: other implementations are not asked"
    # Only a registry that is not there excuses: a package with another hash (EINTEGRITY) is a failure.
    if done.returncode and any(code in done.stderr for code in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT")):
        return "the npm registry is not there: other implementations are not asked"
    assert done.returncode == 0, done.stderr[-2000:]
    return folder
