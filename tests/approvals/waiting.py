"""A place where actions wait for approval: a policy on disk, its state, its ledger, and a clock that tests set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axtary.approvals import approve_and_decide
from axtary.approvals.queue import Queue
from axtary.approvals.service import Approvals
from axtary.compiler.approvers import ApproverList
from axtary.ledger import Ledger, open_ledger
from axtary.ledger.record import read
from axtary.passes.keys import PrivateKey
from axtary.pipeline.approving import recorder
from axtary.runtime.engine import Engine
from axtary.runtime.state import Once, SqlStore, open_database
from axtary.runtime.state.database import Database
from tests.approvals.people import ACTION, SERVICE, key, loaded


@dataclass
class Waiting:
    """What the tests turn: the clock (seconds since 1970), the approvers, the key of the service."""

    database: Database
    ledger: Ledger
    engine: Engine
    now: float
    people: ApproverList
    signer: PrivateKey | None
    queue: Queue = field(init=False)
    approvals: Approvals = field(init=False)

    def __post_init__(self) -> None:
        self.queue = Queue(self.database)
        self.approvals = Approvals(
            engine=self.engine,
            queue=self.queue,
            approvers=lambda: self.people,
            record=recorder(self.ledger),
            once=Once(self.database),
            signer=lambda: self.signer,
            clock=lambda: self.now,
        )

    def ask(self, action: Mapping[str, Any] = ACTION) -> str:
        """The id of the request for an action that the policy holds."""
        decision = self.engine.decide(action)
        assert decision.decision == "step_up", decision.grounds
        return self.queue.ask(decision).id

    def run(self, name: str, action: Mapping[str, Any] = ACTION) -> str:
        """Decide with the artifacts of a request, as the pipeline does."""
        request = self.queue.find(name)
        assert request is not None
        artifacts = request.artifacts(int(self.now))
        return approve_and_decide(
            self.engine, action, artifacts, self.people, Once(self.database), lambda: self.now
        ).decision

    def records(self, kind: str = "approval") -> list[Mapping[str, Any]]:
        """What the ledger has of a kind."""
        found = [read(row.body).content for row in self.ledger.rows.records(0, 1000)]
        return [each for each in found if each["kind"] == kind]


@contextmanager
def waiting(folder: Path, clock: Callable[[], float]) -> Iterator[Waiting]:
    """`clock` says what time it is to begin with; the database has its own."""
    policy, people = loaded()
    database = open_database(folder / "state.db")
    now = clock()
    with open_ledger(folder / "ledger.db") as ledger:
        found = Waiting(database, ledger, Engine(policy, SqlStore(database)), now, people, key(SERVICE))
        found.engine._clock = lambda: found.now
        yield found
    database.close()
