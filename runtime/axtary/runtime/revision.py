"""A policy as it stands in a revision of a git repository, with the files that it includes there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from axtary.compiler import Compiled, IncludeError, compile_policy
from axtary.compiler.source import MAX_BYTES
from axtary.runtime.policyfile import UnreadableError

_SECONDS = 30.0


def load_revision(path: Path, revision: str) -> Compiled:
    """Compile a policy file as it is in a revision: a branch, a tag, a commit.

    Raises CompileError with every diagnostic, UnreadableError if there is no git, no repository, no such revision or no
    such file in it. Nothing is checked out, and no hook, filter or external program runs.
    """
    folder = path.parent
    commit = _commit(folder, revision)
    data = _blob(folder, commit, path.name, f"{revision}:{path}", "give a revision that has this file")

    def load(name: str) -> bytes:
        try:
            return _blob(folder, commit, name, name, "")
        except UnreadableError as error:
            raise IncludeError(error.why) from None

    return compile_policy(path.name, data, load)


def _commit(folder: Path, revision: str) -> str:
    if not revision or revision.startswith("-") or "\0" in revision:  # never an option
        raise UnreadableError(f"revision {revision!r}", "not a revision", "name a branch, a tag or a commit")
    _git(folder, "rev-parse", "--git-dir")
    try:
        found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except UnreadableError:
        help_text = "name a branch, a tag or a commit; in CI, fetch it first"
        raise UnreadableError(f"revision {revision}", "no such revision", help_text) from None
    return found.decode("ascii", "replace").strip()


def _blob(folder: Path, commit: str, name: str, shown: str, help_text: str) -> bytes:
    """The content of a file; `name` is relative to the folder, which git calls `./`."""
    item = f"{commit}:./{name}"
    try:
        size = int(_git(folder, "cat-file", "-s", item))
        if size > MAX_BYTES:
            raise UnreadableError(shown, f"more than {MAX_BYTES} bytes", "split it")
        return _git(folder, "cat-file", "blob", item)
    except _GitError:
        raise UnreadableError(shown, "there is no such file in that revision", help_text) from None


class _GitError(UnreadableError):
    """Git ran, and said no."""


def _git(folder: Path, *arguments: str) -> bytes:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(  # noqa: S603  # the arguments are this module's, but for what follows an end of options
            ["git", *arguments],  # noqa: S607
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        if not folder.is_dir():
            raise UnreadableError(folder, "no such folder", "check the path") from None
        raise UnreadableError("git", "not installed", "install git, or give the old policy as a file") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise UnreadableError("git", str(error).lower(), "give the old policy as a file") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["failed"]
        why = lines[0].removeprefix("fatal: ")
        raise _GitError("git", why, "run this inside a git repository, or give the old policy as a file")
    return done.stdout
