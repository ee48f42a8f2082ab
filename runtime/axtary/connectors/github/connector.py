"""The connector for GitHub: which function does what for which tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from axtary.connectors import shapes
from axtary.connectors.decided import decided
from axtary.connectors.github import contents, issues, pulls
from axtary.connectors.github.api import Api, check_repository
from axtary.connectors.provider import Call, Ran
from axtary.connectors.transport import Client


@dataclass(frozen=True, slots=True)
class _Tool:
    form: Callable[[dict[str, Any]], Call]
    normalise: Callable[[Api, dict[str, Any]], Call]
    execute: Callable[[Api, Mapping[str, Any]], Ran]


def _issues(tool: str) -> _Tool:
    def normalise(github: Api, payload: dict[str, Any]) -> Call:
        return issues.normalise(github, tool, payload)

    def execute(github: Api, payload: Mapping[str, Any]) -> Ran:
        return issues.execute(github, tool, payload)

    return _Tool(partial(issues.form, tool), normalise, execute)


_TOOLS = {
    pulls.CREATE: _Tool(pulls.create_form, pulls.create_normalise, pulls.create_execute),
    pulls.MERGE: _Tool(pulls.merge_form, pulls.merge_normalise, pulls.merge_execute),
    contents.READ: _Tool(contents.read_form, contents.read_normalise, contents.read_execute),
    contents.WRITE: _Tool(contents.write_form, contents.write_normalise, contents.write_execute),
    **{tool: _issues(tool) for tool in (issues.CREATE, issues.COMMENT, issues.UPDATE)},
}


class GitHub:
    """A Provider. Its payloads have `owner` and `repo` beside the members of GitHub's own API."""

    tools = frozenset(_TOOLS)

    def __init__(self, client: Client) -> None:
        self._api, self._client = Api(client), client

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        copy = shapes.plain(payload)
        if "repo" in copy:
            check_repository(copy)
        return _TOOLS[tool].normalise(self._api, _TOOLS[tool].form(copy).payload)

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        """GitHub has no idempotency keys: nothing that may have been done is sent again."""
        payload = decided(action, lambda tool, copy: _TOOLS[tool].form(copy))
        return _TOOLS[action["tool"]].execute(self._api, payload)

    def check(self) -> str:
        """One harmless call, which every kind of token may make and which counts against no limit."""
        core = self._api.get("/rate_limit", "the limits of the credential").get("resources", {}).get("core", {})
        return f"{core.get('remaining')} of {core.get('limit')} calls left in this hour"

    def close(self) -> None:
        self._client.close()
