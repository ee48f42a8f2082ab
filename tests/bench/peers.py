"""Other engines on the same rules, each in its own best idiom, written from the specs and not from axtary's exports.

They are asked less than axtary answers: is the action permitted, that is, does a rule grant it (allow or step_up) and
does no rule deny it? No fired rules, no reasons, no guards against missing values. What an engine wants as its input
is made before the clock starts. `opa-export` is axtary's own Rego module in the same engine, with the full verdict.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.bench.peer_cedar import Cedar
from tests.bench.peer_python import Casbin, Vakt
from tests.bench.peer_rego import Opa, OpaExport, RegorusEngine
from tests.bench.policies import policy
from tests.bench.workloads import Action, Spec

from axtary.backends import native


class Engine(Protocol):
    """Rules made ready."""

    def prepare(self, action: Action) -> Any:
        """The input, from a freshly parsed action; not timed."""

    def decide(self, prepared: Any) -> Any:
        """What is timed."""

    def permits(self, answer: Any) -> bool:
        """The answer as a yes or no; not timed."""


@dataclass(frozen=True)
class Peer:
    """An engine by name. `module` must be installed; `most` is the number of rules from which on it needs minutes."""

    name: str
    module: str
    make: Callable[[list[Spec]], Engine]
    most: int


def is_installed(peer: Peer) -> bool:
    """Whether the engine's module can be imported; imports nothing."""
    return importlib.util.find_spec(peer.module) is not None


class Native:
    def __init__(self, specs: list[Spec]) -> None:
        self._engine = native.compile(policy(specs))

    def prepare(self, action: Action) -> Any:
        return action

    def decide(self, prepared: Any) -> Any:
        return self._engine.decide(prepared, {})

    def permits(self, answer: Any) -> bool:
        return bool(answer.decision != "deny")


PEERS = [
    Peer("axtary", "axtary.backends.native", Native, 10**9),
    Peer("opa", "opa_bindings", Opa, 100_000),
    Peer("opa-export", "opa_bindings", OpaExport, 1_000),
    Peer("cedarpy", "cedarpy", Cedar, 100_000),
    Peer("regorus", "regorus", RegorusEngine, 1_000),
    Peer("vakt", "vakt", Vakt, 100_000),
    Peer("pycasbin", "casbin", Casbin, 1_000),
]
