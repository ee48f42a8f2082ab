"""All connectors of a policy file, as one Provider."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from axtary.compiler.connectors import ConnectorSettings
from axtary.compiler.diagnostics import did_you_mean, quoted
from axtary.connectors import limits
from axtary.connectors.credentials import Secret, Source
from axtary.connectors.declared import Declared
from axtary.connectors.github import GitHub
from axtary.connectors.github.api import HEADERS
from axtary.connectors.linear import Linear
from axtary.connectors.provider import Call, Provider, ProviderError, Ran
from axtary.connectors.slack import Slack
from axtary.connectors.transport import Client, Patience


class Connection(Provider, Protocol):
    """A connector that can be tried and closed."""

    @property
    def tools(self) -> frozenset[str]:
        """The tools that it knows."""

    def check(self) -> str:
        """One call that changes nothing, and what it showed. Raises ProviderError."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Connector:
    """One connector by its name."""

    name: str
    url: str
    credential: Source | None
    connection: Connection

    @property
    def tools(self) -> tuple[str, ...]:
        """Sorted."""
        return tuple(sorted(self.connection.tools))


class Connectors:
    """A Provider over all connectors: each tool belongs to one of them. For any thread."""

    def __init__(self, connectors: Sequence[Connector]) -> None:
        self.connectors = tuple(connectors)
        self._by_tool = {tool: each.connection for each in connectors for tool in each.tools}

    @property
    def tools(self) -> frozenset[str]:
        return frozenset(self._by_tool)

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        return self._of(tool).normalise(tool, payload)

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        return self._of(action.get("tool")).execute(action, key)

    def close(self) -> None:
        for each in self.connectors:
            each.connection.close()

    def _of(self, tool: Any) -> Connection:
        found = self._by_tool.get(tool) if isinstance(tool, str) else None
        if found is None:
            help_text = f"{did_you_mean(str(tool)[:100], self._by_tool)}declare its connector under `connectors`"
            raise ProviderError("unknown_tool", f"no connector has the tool {quoted(str(tool))}", help_text)
        return found


def open_connectors(
    settings: Sequence[ConnectorSettings],
    environment: Mapping[str, str] = os.environ,
    folder: Path = Path(),
    patience: Patience | None = None,
) -> Connectors:
    """The connectors of a policy file that stands in `folder`. Nothing is read or called yet, also no credential."""
    return Connectors([_open(each, environment, folder, patience) for each in settings])


_LIMITS: Mapping[str, type[limits.CommonLimits]] = {
    "github": limits.GitHubLimits,
    "slack": limits.SlackLimits,
    "linear": limits.LinearLimits,
}
_BUILT_IN: Mapping[str, Callable[[Client], Connection]] = {"github": GitHub, "slack": Slack, "linear": Linear}


def _open(
    settings: ConnectorSettings, environment: Mapping[str, str], folder: Path, patience: Patience | None
) -> Connector:
    name = settings.name
    source = Source(settings.credential, environment, folder) if settings.credential is not None else None
    client = Client(
        name,
        settings.url,
        settings.timeout,
        _LIMITS.get(name, limits.CommonLimits)(),
        lambda: _authorisation(settings, source),
        HEADERS if name == "github" else None,
        patience,
    )
    build = _BUILT_IN.get(name)
    connection = build(client) if build is not None else Declared(client, settings.tools)
    return Connector(name, settings.url, source, connection)


def _authorisation(settings: ConnectorSettings, source: Source | None) -> tuple[dict[str, str], Secret | None]:
    if source is None:
        return {}, None
    secret = source.read()
    # A personal key of Linear stands alone; what OAuth gave is a bearer token.
    alone = settings.name == "linear" and secret.reveal().startswith("lin_api_")
    scheme = "" if alone else settings.scheme
    return {settings.header: f"{scheme} {secret.reveal()}".lstrip()}, secret
