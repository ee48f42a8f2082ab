"""Where the proxy listens, and the names by which it may be called there."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

from axtary.runtime.policyfile import UnreadableError

LOCAL = ("127.0.0.1", "localhost", "[::1]")
_BACKLOG = 1024


def is_loopback(host: str) -> bool:
    """Can nobody but this machine reach it?"""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """On a port; 0 for any that is free. Raises UnreadableError."""
    place = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, protocol)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(_BACKLOG)
    except (OSError, UnicodeError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise UnreadableError(place, f"cannot listen: {why}", "give another `--host` or `--port`") from None
    return found


def listen_at(path: Path) -> socket.socket:
    """On a Unix socket that its owner alone may use, in place of one that nobody listens on. Raises UnreadableError."""
    try:
        _clear(path)
        found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            found.bind(str(path))
        finally:
            os.umask(before)
        found.listen(_BACKLOG)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UnreadableError(path, f"cannot listen: {why}", "give another `--uds`") from None
    return found


def hosts(bound: str, port: int, others: Iterable[str] = ()) -> set[str]:
    """What a `Host` header may say. `others` stand with a port or without one."""
    own = LOCAL if is_loopback(bound) or bound in ("0.0.0.0", "::") else (_literal(bound),)  # noqa: S104
    found = {f"{name}:{port}" for name in own}
    for name in others:
        found |= {name.lower()} if name.rpartition(":")[2].isdigit() else {name.lower(), f"{name.lower()}:{port}"}
    return found | ({*own} if port in (80, 443) else set())


def _literal(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()


def _clear(path: Path) -> None:
    """Take away what a process that is gone left behind."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise OSError(0, "something else is there")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(0, "another process listens there")
