"""What the pages show and do: given by whoever serves them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from axtary.approvals.service import Approvals
from axtary.compiler import Compiled, CompileError
from axtary.ledger import Rows
from axtary.passes.keys import PublicKey
from axtary.passes.keystore import DEFAULT, KeyStore
from axtary.pipeline import Pipeline
from axtary.runtime.engine import Engine
from axtary.runtime.policyfile import UnreadableError, load_policy
from axtary.runtime.state import Once


@dataclass(frozen=True, kw_only=True)
class Services:
    """`origins` are those under which the pages may be opened, as `http://127.0.0.1:8787`. `policy` is the file; beside
    it are the files of the workspace. `keys` are trusted to sign checkpoints. Once `stopping` says so, pages that wait
    for news are ended.
    """

    approvals: Approvals
    once: Once
    rows: Rows
    policy: Path
    compiled: Callable[[], Compiled]
    origins: Collection[str]
    keys: Callable[[], Mapping[str, PublicKey]] = dict
    stopping: Callable[[], bool] = field(default=lambda: False)
    clock: Callable[[], float] = time.time

    @property
    def workspace(self) -> Path:
        """Where the files are that actions name."""
        return self.policy.parent


def services_of(
    pipeline: Pipeline,
    approvals: Approvals,
    policy: Path,
    origins: Collection[str],
    stopping: Callable[[], bool] = lambda: False,
) -> Services:
    """The pages of a pipeline. Raises CompileError, UnreadableError if the policy cannot be read."""
    return Services(
        approvals=approvals,
        once=pipeline.once,
        rows=pipeline.ledger.rows,
        policy=policy,
        compiled=InForce(policy, pipeline.engine),
        origins=frozenset(origins),
        keys=lambda: _checkpoint_keys(policy),
        stopping=stopping,
        clock=pipeline.clock,
    )


class InForce:
    """The policy in force with its texts: read again when the engine has another one."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path, self._engine = path, engine
        self._lock = threading.Lock()
        self._found = load_policy(path)

    def __call__(self) -> Compiled:
        """While the file is broken or ahead of the engine, the last one that was read."""
        with self._lock:
            if self._found.policy.policy_version != self._engine.policy_version:
                try:
                    self._found = load_policy(self._path)
                except (CompileError, UnreadableError):
                    return self._found
            return self._found


def _checkpoint_keys(policy: Path) -> Mapping[str, PublicKey]:
    """Also the retired ones: what they signed stays signed."""
    try:
        stored = KeyStore(policy.parent / DEFAULT).stored()
    except UnreadableError:
        return {}
    return {each.kid: each.trusted.key for each in stored if each.trusted.purpose == "checkpoint"}
