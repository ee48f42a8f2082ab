"""Who is gone, and who is only not seen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from axtary.pipeline import owner
from axtary.pipeline.owner import is_gone, this_process
from tests.proxy.server import ROOT

_NAME = "from axtary.pipeline.owner import this_process; print(this_process(), flush=True); input()"
_LOOK = """
import os, sys
from axtary.pipeline.owner import is_gone, this_process
os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(is_gone(sys.argv[1]) + 2 * (not os.path.exists("/proc/self/stat")))
"""
_PATH = {**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("compiler", "runtime", "backends"))}
needs_proc = pytest.mark.skipif(not Path("/proc/self/ns/pid").exists(), reason="there is no /proc")


@needs_proc
def test_a_process_is_gone_when_it_has_ended() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_PATH, text=True
    )
    with process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert not is_gone(name)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(name)  # nobody has waited for it yet
    assert is_gone(name)
    assert not is_gone(this_process())


@needs_proc
def test_a_process_of_another_user_that_is_not_shown_is_not_gone() -> None:
    """As with `hidepid`, which shows each user its own processes."""
    mount = ["unshare", "--mount", "sh", "-c", 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', "sh"]
    if os.getuid() != 0 or subprocess.run([*mount, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nobody may mount here")
    found = subprocess.run([*mount, sys.executable, "-c", _LOOK, this_process()], env=_PATH, check=False)
    assert found.returncode == 0


def test_where_nobody_can_be_looked_up_each_process_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt without one is the caller's to end."""
    monkeypatch.setattr(owner, "_place", lambda: "")
    name = this_process()
    assert name and name != this_process()
    assert not is_gone(name)
