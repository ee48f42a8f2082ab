"""The pages of a proxy: with its pipeline and approvals, and the key of the service beside the policy."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from starlette.routing import Route

from axtary.passes.keys import PrivateKey
from axtary.passes.keystore import DEFAULT, KeyStore
from axtary.proxy.app import App
from axtary.proxy.pages.routing import routes
from axtary.proxy.pages.services import services_of
from axtary.runtime.policyfile import UnreadableError


def pages(policy: Path, origins: Collection[str], stopping: Callable[[], bool]) -> Callable[[App], list[Route]]:
    """For `create_app`."""

    def made(app: App) -> list[Route]:
        approvals = replace(app.service.approvals, signer=lambda: _signer(policy))
        services = services_of(app.service.pipeline, approvals, policy, origins, stopping)
        return routes(services, app.body_seconds)

    return made


def _signer(policy: Path) -> PrivateKey | None:
    """Read anew each time: a key that was rotated or retired signs nothing more."""
    try:
        return KeyStore(policy.parent / DEFAULT).signer("approval")
    except UnreadableError:
        return None
