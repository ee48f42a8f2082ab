"""Who executes where no connector is there: nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.connectors.provider import Call, ProviderError, Ran


class NoProvider:
    """Every action is refused before it is decided; callers who execute themselves use `/v1/authorize`."""

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        """Raises ProviderError."""
        raise ProviderError("no_connector", "the proxy has no connector that runs actions", "use `/v1/authorize`")

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        """Raises ProviderError."""
        raise ProviderError("no_connector", "the proxy has no connector that runs actions")
