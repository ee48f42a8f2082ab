"""Connectors: they hold the credentials of services, say what a call means, and run exactly what was decided.

Of a service, an agent sees results and never a credential. `Connectors` is what a pipeline needs: `normalise`, then
whatever decides, then `execute`.
"""

from axtary.connectors.connectors import Connector, Connectors, open_connectors
from axtary.connectors.provider import Call, Provider, ProviderError, Ran

__all__ = ["Call", "Connector", "Connectors", "Provider", "ProviderError", "Ran", "open_connectors"]
