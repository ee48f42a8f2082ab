"""Pages for people: approvals, ledger, policies, budgets. Served by the proxy under `/ui`, to approvers who logged in.

    app.routes.extend(routes(services_of(pipeline, approvals, policy, origins)))

Everything that is shown was written by others. So texts are escaped by default and characters that nobody sees are
shown as escapes (`rendering`); nothing is loaded from elsewhere and no script stands in a page (`web`).
"""

from __future__ import annotations

from axtary.proxy.pages.routing import routes
from axtary.proxy.pages.services import Services, services_of

__all__ = ["Services", "routes", "services_of"]
