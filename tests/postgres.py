"""A real PostgreSQL server for tests, from the machine's packages: on a socket in a temporary folder, on no port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

NOT_RUN = "no PostgreSQL server here (Debian: apt install postgresql): what needs one was NOT run"


@dataclass(frozen=True)
class Server:
    """A server that runs. Its databases are made by whoever needs one."""

    programs: Path
    folder: Path
    user: str | None  # PostgreSQL refuses to run as root
    fsync: bool  # off for tests, which lose nothing that matters with the machine's power

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://axtary@/{database}?host={quote(str(self.folder), safe='')}"

    def run(self, program: str, *args: str) -> None:
        """Run one of its programs. Raises CalledProcessError."""
        _run(self.user, self.programs / program, *args)

    def start(self) -> None:
        fsync = "on" if self.fsync else "off"
        options = (
            f"-c listen_addresses='' -c fsync={fsync} -c unix_socket_directories={self.folder} -c max_connections=200"
        )
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")


def programs() -> Path | None:
    """Where a server's programs are."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr/local/bin").glob("initdb")]
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += [path if path.is_dir() else path.resolve().parent for path in sorted(found)]
    return next((path for path in candidates if (path / "postgres").exists() and (path / "pg_ctl").exists()), None)


def start(fsync: bool = False) -> Server | None:
    """A new server, or None where there is none."""
    where = programs()
    user = _somebody() if os.geteuid() == 0 else None
    if where is None or (user is None and os.geteuid() == 0):
        return None
    folder = Path(tempfile.mkdtemp(prefix="axpg"))  # short: a socket's path has some hundred characters
    if user:
        shutil.chown(folder, user)
    server = Server(where, folder, user, fsync)
    server.run("initdb", "-D", str(folder / "data"), "-U", "axtary", "-A", "trust", "--no-sync", "-E", "UTF8")
    server.start()
    return server


def _somebody() -> str | None:
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def _run(user: str | None, program: Path, *args: str) -> None:
    command: Sequence[str] = [str(program), *args]
    subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
