"""A pipeline from a policy file: its state, ledger, keys and approvers are where the commands find them too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from axtary.approvals.queue import Queue
from axtary.compiler.approvers import ApproverList
from axtary.ledger import ledger_from
from axtary.passes import keystore
from axtary.passes.keys import PrivateKey
from axtary.passes.keystore import KeyStore
from axtary.pipeline.attempts import Attempts
from axtary.pipeline.pipeline import HOLD, Pipeline
from axtary.pipeline.result import Result
from axtary.runtime.engine import Engine, state_of
from axtary.runtime.policyfile import UnreadableError, load_policy
from axtary.runtime.state import Once, open_database


@contextmanager
def open_pipeline(
    path: Path,
    environment: Mapping[str, str] = os.environ,
    report: Callable[[Result], None] = lambda _result: None,
    clock: Callable[[], float] = time.time,
) -> Iterator[Pipeline]:
    """The pipeline of a policy; at the end the ledger is signed and all is given back.

    Raises CompileError, UnreadableError (also if there is no key for passes), StateError, LedgerError.
    """
    compiled = load_policy(path)
    settings = compiled.settings
    keys = KeyStore(path.parent / keystore.DEFAULT)
    signer = keys.signer()
    engine = Engine.open(path, environment)
    database = open_database(state_of(path, settings, environment), settings.durability)
    try:
        ledger = ledger_from(path, settings.ledger, environment, lambda: _checkpoint_key(keys))
        with ledger:
            yield Pipeline(
                engine=engine,
                ledger=ledger,
                attempts=Attempts(database),
                queue=Queue(database),
                once=Once(database),
                signer=signer,
                approvers=_approvers(compiled.approvers),
                payloads=settings.ledger.payloads,
                hold=settings.reservation or HOLD,
                clock=clock,
                report=report,
            )
    finally:
        database.close()


def _approvers(found: ApproverList) -> Callable[[], ApproverList]:
    return lambda: found


def _checkpoint_key(keys: KeyStore) -> PrivateKey | None:
    """Without one no checkpoint is signed, and the ledger is a chain all the same."""
    try:
        return keys.signer("checkpoint")
    except UnreadableError:
        if any(each.trusted.purpose == "checkpoint" and each.is_active for each in keys.stored()):
            raise
        return None
