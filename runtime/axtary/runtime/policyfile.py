"""Policies on disk: the file, and the files that it includes from its own folder."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from axtary.compiler import Compiled, IncludeError, compile_policy, included
from axtary.compiler.compile import Loader
from axtary.compiler.source import MAX_BYTES

DEFAULT = Path("axtary.yml")
TEMPORARY = ".axtary-*.tmp"  # files that a process has not finished, or never will


class UnreadableError(Exception):
    """A file cannot be read or written: what, and why; `help` says what to do."""

    def __init__(self, path: Path | str, why: str, help_text: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why, self.help = str(path), why, help_text


def read_bytes(path: Path, limit: int, help_text: str = "check the path") -> bytes:
    """The content of a regular file or pipe of at most `limit` bytes. Raises UnreadableError."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise UnreadableError(path, (error.strerror or str(error)).lower(), help_text) from None
    except ValueError:  # a NUL in the name
        raise UnreadableError(repr(str(path)), "not a file name", help_text) from None
    if len(data) > limit:
        raise UnreadableError(path, f"more than {limit} bytes", "split it")
    return data


def load_policy(path: Path) -> Compiled:
    """Compile a policy file. Raises CompileError with every diagnostic, UnreadableError if the file is not there.

    An included file must lie, links resolved, in the folder of the first file.
    """
    return compile_policy(path.name, read_policy(path), includes(path))


def read_policy(path: Path) -> bytes:
    """The first file of a policy. Raises UnreadableError."""
    return read_bytes(path, MAX_BYTES, "give the path of a policy, or run `axtary init`")


def policy_files(path: Path) -> list[Path]:
    """A policy file and the files that it includes. Raises UnreadableError if the first is not there."""
    return [path.parent / name for name in included(path.name, read_policy(path), includes(path))]


Stamps = Mapping[Path, tuple[int, int] | None]
"""Of each file the time of its last change in ns, and its size; None: it is not there."""


def stamps(files: Iterable[Path]) -> Stamps:
    """What tells that a file was changed. No service that notifies is the same on every system."""
    return {path: _stamp(path) for path in files}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


def includes(path: Path, unsaved: Mapping[Path, bytes] = MappingProxyType({})) -> Loader:
    """Reads what the policy at `path` includes, by the names that it includes it by. Raises IncludeError.

    `unsaved` has, by real paths, what is to be read in place of files.
    """
    root = path.resolve().parent

    def load(name: str) -> bytes:
        with _as_include_error():
            target = (root / name).resolve()
            if not target.is_relative_to(root):
                raise IncludeError("it is a link that leaves the policy's folder")
            if target in unsaved:
                return unsaved[target]
            if not target.is_file():
                raise IncludeError("there is no such file")
            return read_bytes(target, MAX_BYTES)

    return load


@contextmanager
def _as_include_error() -> Iterator[None]:
    try:
        yield
    except UnreadableError as error:
        raise IncludeError(error.why) from None
    except (OSError, ValueError, RuntimeError) as error:  # the last two: a NUL in the name, a circle of links
        raise IncludeError(getattr(error, "strerror", None) or "it is no file that can be read") from None


def write_new(path: Path, data: bytes) -> None:
    """Create a file that must not exist, whole or not at all. Raises UnreadableError."""
    _write(path, data, replace=False)


def write(path: Path, data: bytes) -> None:
    """Create or replace a file, whole or not at all. Raises UnreadableError."""
    _write(path, data, replace=True)


def write_secret(path: Path, data: bytes, *, replace: bool = True) -> None:
    """As `write` or `write_new`, and only the owner can read the file at any time. Raises UnreadableError."""
    _write(path, data, replace=replace, secret=True)


def write_below(folder: Path, name: str, data: bytes) -> None:
    """As `write`, in a folder that is made if it is not there. Raises UnreadableError."""
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnreadableError(path.parent, (error.strerror or str(error)).lower(), "choose another folder") from None
    write(path, data)


def _write(path: Path, data: bytes, *, replace: bool, secret: bool = False) -> None:
    with _written(path, replace=replace, secret=secret) as file:
        file.write(data)


def writing(path: Path) -> AbstractContextManager[BinaryIO]:
    """As `write`, for what is too large to be held: a file to write to, which stays only if nothing goes wrong."""
    return _written(path, replace=True)


@contextmanager
def _written(path: Path, *, replace: bool, secret: bool = False) -> Iterator[BinaryIO]:
    """Write beside the target, flush to disk, then move in place: a crash leaves the old file or the new one."""
    temporary: Path | None = None
    resolved = _resolved(path)
    target = resolved if replace else path  # a link stays a link
    try:
        if replace and target.exists() and not target.is_file():
            with target.open("wb") as device:  # /dev/null, a pipe: there is nothing to move in place
                yield device
            return
        temporary = target.parent / TEMPORARY.replace("*", secrets.token_hex(8))
        with open(temporary, "xb", opener=_for_owner if secret else None) as file:
            if replace and not secret and target.exists():
                shutil.copymode(target, temporary)
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            temporary.replace(target)
        else:
            os.link(temporary, target)  # fails if there is one
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError) as error:  # the last two: a NUL, a circle of links
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: Exception) -> UnreadableError:
    why = (getattr(error, "strerror", None) or str(error)).lower()
    return UnreadableError(path, why, "choose another place, or move the file away")


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
