"""What handlers work with: the pipeline, who executes, who may call, and what there is to tell about all of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from axtary.approvals.service import Approvals
from axtary.connectors.provider import Provider
from axtary.ledger import LedgerError
from axtary.passes.errors import RefusedError
from axtary.passes.keyset import KeySet
from axtary.pipeline import Pipeline
from axtary.proxy.callers import Callers
from axtary.proxy.metrics import Metrics
from axtary.runtime.policyfile import UnreadableError
from axtary.runtime.state import StateError

_KEPT = 1.0  # seconds for which readiness is not looked at again


@dataclass(frozen=True, kw_only=True)
class Service:
    """`base` is the URL by which others know the proxy, without a slash at its end; `folder` is that of the policy."""

    pipeline: Pipeline
    provider: Provider
    callers: Callers
    approvals: Approvals
    keys: Callable[[], KeySet]
    metrics: Metrics
    base: str
    folder: Path
    _seen: list[tuple[float, Mapping[str, str]]] = field(default_factory=list)

    def health(self) -> Mapping[str, str]:
        """What each thing that a decision needs says: `ok`, or what is wrong with it."""
        now = time.monotonic()
        if not self._seen or now - self._seen[0][0] > _KEPT:
            checks = {"policy": self._policy, "state": self._state, "ledger": self._ledger, "keys": self._keys}
            found = {name: _said(check) for name, check in (checks | {"callers": self._callers}).items()}
            self._seen[:] = [(now, found)]
        return self._seen[0][1]

    def _policy(self) -> None:
        assert self.pipeline.engine.policy_version  # noqa: S101  # an engine has one, or was never made

    def _state(self) -> None:
        self.pipeline.engine.store()
        self.pipeline.queue.count()

    def _ledger(self) -> None:
        rows = self.pipeline.ledger.rows
        with rows.write() as tx:  # as an append does, but for the rows
            rows.locked(tx)

    def _keys(self) -> None:
        found = {each.key.kid: each for each in self.keys()}
        own = found.get(self.pipeline.signer.kid)
        if own is None or own.retired is not None:
            raise UnreadableError("keys", "the key that signs passes is retired", "restart the proxy")

    def _callers(self) -> None:
        self.callers.stored()


def _said(check: Callable[[], None]) -> str:
    try:
        check()
    except (StateError, LedgerError, UnreadableError, RefusedError) as error:
        return str(error)
    return "ok"
