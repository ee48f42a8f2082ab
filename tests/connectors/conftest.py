"""Local services, and connectors that call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from axtary.compiler import compile_policy
from axtary.connectors import Call, Connectors, Ran, open_connectors
from axtary.connectors.transport import Patience
from tests.connectors.server import Service
from tests.connectors.services import TOKEN, GitHubService, LinearService, SlackService

RULES = 'version: 1\npolicies:\n  - {id: nothing, effect: deny, match: {tool: "*"}}\n'


@dataclass
class Waits:
    """What was slept, without sleeping: the clock goes on by it."""

    slept: list[float] = field(default_factory=list)
    now: float = 1_000_000.0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def patience(self) -> Patience:
        return Patience(sleep=self.sleep, now=lambda: self.now)


@pytest.fixture
def waits() -> Waits:
    return Waits()


Opening = Callable[..., Connectors]


@pytest.fixture
def opened(waits: Waits, tmp_path: Path) -> Iterator[Opening]:
    """Opens the connectors of `connectors:`, written as YAML."""
    made: list[Connectors] = []

    def opening(text: str, environment: Mapping[str, str] | None = None) -> Connectors:
        settings = compile_policy("axtary.yml", (RULES + "connectors:\n" + text).encode()).connectors
        found = open_connectors(settings, environment or {"TOKEN": TOKEN}, tmp_path, waits.patience)
        made.append(found)
        return found

    yield opening
    for each in made:
        each.close()


def _running(service: Service) -> Iterator[Any]:
    yield service
    service.close()


@pytest.fixture
def github() -> Iterator[GitHubService]:
    yield from _running(GitHubService())


@pytest.fixture
def slack() -> Iterator[SlackService]:
    yield from _running(SlackService())


@pytest.fixture
def linear() -> Iterator[LinearService]:
    yield from _running(LinearService())


@pytest.fixture
def service() -> Iterator[Service]:
    yield from _running(Service())


@pytest.fixture
def built_in(github: GitHubService, slack: SlackService, linear: LinearService, opened: Opening) -> Connectors:
    """Connectors to all three services."""
    return opened(
        "".join(
            f"  {name}: {{url: '{service.url}', timeout: 1s, credential: {{env: TOKEN}}}}\n"
            for name, service in (("github", github), ("slack", slack), ("linear", linear))
        )
    )


def action(call: Call) -> dict[str, Any]:
    """The action of a call, as a pipeline makes it."""
    made: dict[str, Any] = {"version": 1, "tool": call.tool, "resource": call.resource, "payload": call.payload}
    return made | ({"paths": list(call.paths)} if call.paths is not None else {})


def run(connectors: Connectors, tool: str, payload: Mapping[str, Any]) -> Ran:
    """Normalise and execute, as if it was allowed."""
    return connectors.execute(action(connectors.normalise(tool, payload)), "key-1")
