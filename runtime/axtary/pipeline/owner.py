"""Whose attempt is it, and does that process still live? A wrong yes only delays; a wrong no must not happen.

A name has the machine's boot, the namespace of process ids, the process and when it started: where one of these cannot
be told, nobody is known to be gone, and an attempt ends by its time alone.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def this_process() -> str:
    """A name for the process that runs. Where none could be looked up again, one that nobody else has."""
    place = _place()
    started = _started(os.getpid())
    return f"{place}/{os.getpid()}/{started}" if place and started else f"process {secrets.token_hex(16)}"


def is_gone(name: str) -> bool:
    """Is it certain that the process of this name has ended?"""
    place, process, started = (*name.rsplit("/", 2), "", "")[:3]
    if not process.isdigit() or place != _place() or not _started(os.getpid()):
        return False
    found = _started(int(process))
    return found != started if found else _is_nobody(int(process))


def _is_nobody(process: int) -> bool:
    """Where `/proc` shows others' processes to nobody, one that lives looks like one that ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return True  # ours, and /proc says that it is over


def _place() -> str:
    """The boot and the namespace in which process ids mean what they say."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    return ""


def _started(process: int) -> str:
    """When a process started, in ticks since the boot; "" if it is not there, or ended and waits for its parent."""
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    return ""
