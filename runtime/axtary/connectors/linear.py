"""Linear: issues changed (GraphQL). The document is always this module's own; a caller gives variables only.

So no alias, fragment or second operation can be hidden in a call. In `input`, null is a value: `"trashed": null`
restores an issue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.connectors import replies, shapes
from axtary.connectors.decided import decided
from axtary.connectors.limits import Answer, graphql_codes
from axtary.connectors.provider import Call, ProviderError, Ran
from axtary.connectors.transport import Client, Request

SERVICE = "Linear"
UPDATE = "linear.issues.update"

FIND = "query Issue($id: String!) { issue(id: $id) { id identifier } }"
CHANGE = (
    "mutation IssueUpdate($id: String!, $input: IssueUpdateInput!) "
    "{ issueUpdate(id: $id, input: $input) { success issue { id identifier url updatedAt } } }"
)
VIEWER = "query Viewer { viewer { name } }"

_TEXT, _FLAG, _WHOLE = "text|null", "boolean|null", "integer|null"
INPUT = {
    **dict.fromkeys(("title", "description", "stateId", "assigneeId", "delegateId", "parentId", "projectId"), _TEXT),
    **dict.fromkeys(("cycleId", "teamId", "dueDate", "projectMilestoneId", "lastAppliedTemplateId"), _TEXT),
    **dict.fromkeys(("snoozedById", "snoozedUntilAt", "slaBreachesAt", "slaStartedAt", "slaType"), _TEXT),
    **dict.fromkeys(("trashed", "trusted", "autoClosedByParentClosing", "inheritsSharedAccess"), _FLAG),
    **dict.fromkeys(("priority", "estimate"), _WHOLE),
    **dict.fromkeys(("labelIds", "addedLabelIds", "removedLabelIds", "subscriberIds"), "texts|null"),
    **dict.fromkeys(("releaseIds", "addedReleaseIds", "removedReleaseIds"), "texts|null"),
    **dict.fromkeys(("sortOrder", "prioritySortOrder", "subIssueSortOrder"), "number|null"),
    "descriptionData": "json",
}
"""The members of Linear's IssueUpdateInput."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IDENTIFIER = re.compile(r"[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,9}")
_REFUSALS = frozenset(
    (
        *("RATELIMITED", "AUTHENTICATION_ERROR", "FORBIDDEN", "FEATURE_NOT_ACCESSIBLE", "USAGE_LIMIT_EXCEEDED"),
        *("INVALID_INPUT", "INPUT_ERROR", "USER_ERROR", "BAD_USER_INPUT", "ENTITY_NOT_FOUND"),
        *("GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"),
    )
)
"""Codes of errors after which nothing has changed."""


class Linear:
    """A Provider for issues."""

    tools = frozenset((UPDATE,))

    def __init__(self, client: Client) -> None:
        self._client = client

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        copy = shapes.plain(payload)
        if "query" in copy or "variables" in copy:
            help_text = 'write the variables alone: `{"id": "AXT-1", "input": {…}}`'
            raise shapes.bad("a GraphQL document is not taken: the operation is always the same", help_text)
        _check(copy)
        uuid, identifier = self._issue(copy["id"])
        if copy["id"] not in (uuid, identifier) or copy.setdefault("identifier", identifier) != identifier:
            raise ProviderError("moved", f"{quoted(copy['id'])} is {quoted(identifier)} now", "write that")
        copy["id"] = uuid
        return _form(UPDATE, copy)

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        """Linear has no idempotency keys: nothing that may have been done is sent again."""
        payload = decided(action, _form)
        if self._issue(payload["id"]) != (payload["id"], payload["identifier"]):
            message = f"the issue that was {quoted(payload['identifier'])} has another name now"
            raise ProviderError("moved", message, "make the call anew: what it means has changed")
        body = {"query": CHANGE, "variables": {"id": payload["id"], "input": payload["input"]}}
        reply = self._client.send(Request("POST", "/graphql", body=body))
        codes = graphql_codes(reply.answer.body) if reply.answer is not None else []
        if codes and not reply.doubtful and reply.answer is not None:
            known = all(code in _REFUSALS for code in codes)
            why = f"{SERVICE} refuses: {replies.shown(_reason(reply.answer)) or codes[0]}"
            return Ran("failed", message=why) if known else Ran("unknown", message=f"it may have happened: {why}")
        found = replies.settled(reply, SERVICE, _reason)
        return found if isinstance(found, Ran) else _changed(found)

    def check(self) -> str:
        """Whose credential it is. Raises ProviderError."""
        return f"signed in as {shapes.text(self._ask(VIEWER, {}, 'the user of the credential'), 'viewer', 'name')}"

    def close(self) -> None:
        self._client.close()

    def _issue(self, name: str) -> tuple[str, str]:
        """The id and the identifier of an issue."""
        what = f"the issue {quoted(name)}"
        found = self._ask(FIND, {"id": name}, what)
        uuid, identifier = shapes.text(found, "issue", "id"), shapes.text(found, "issue", "identifier")
        if not _UUID.fullmatch(uuid) or not _IDENTIFIER.fullmatch(identifier):
            raise replies.bad_answer(SERVICE, what)
        return uuid, identifier

    def _ask(self, query: str, variables: dict[str, Any], what: str) -> Any:
        request = Request("POST", "/graphql", body={"query": query, "variables": variables})
        answer = self._client.read(request)
        codes = graphql_codes(answer.body)
        if codes:
            code = {"AUTHENTICATION_ERROR": "unauthorized", "FORBIDDEN": "forbidden"}.get(codes[0], "not_found")
            message = f"{what}: {SERVICE} refuses: {replies.shown(_reason(answer)) or codes[0]}"
            raise ProviderError(code, message, "check its name, and what the credential may see")
        body = replies.looked_up(answer, SERVICE, what)
        return body.get("data") if isinstance(body, dict) else None


def _changed(answer: Answer) -> Ran:
    data = answer.body.get("data") if isinstance(answer.body, dict) else None
    change = data.get("issueUpdate") if isinstance(data, dict) else None
    success = change.get("success") if isinstance(change, dict) else None
    if type(success) is not bool:
        return Ran("unknown", message=f"it may have happened: {SERVICE} gives an answer that cannot be read")
    issue = {name: shapes.text(change, "issue", name) for name in ("id", "identifier", "url", "updatedAt")}
    return Ran("succeeded", issue) if success else Ran("failed", message=f"{SERVICE} did not change the issue")


def _form(tool: str, payload: dict[str, Any]) -> Call:
    """The call of a payload that is normalised, asking nobody."""
    _check(payload)
    if not _UUID.fullmatch(payload["id"]) or not _IDENTIFIER.fullmatch(payload.get("identifier", "")):
        raise ProviderError("not_normalised", "the issue is not resolved to its id", "normalise the call first")
    return Call(tool, f"issue:{payload['identifier']}", payload)


def _check(payload: dict[str, Any]) -> None:
    shapes.check(payload, {"id": "text", "identifier": "text", "input": "object"}, ("id", "input"))
    if not _UUID.fullmatch(payload["id"]) and not _IDENTIFIER.fullmatch(payload["id"]):
        raise shapes.bad(f"{quoted(payload['id'])} is no issue", "write its identifier, such as `AXT-1`, or its id")
    shapes.check(payload["input"], INPUT, (), "`input`")
    if not payload["input"]:
        raise shapes.bad("nothing says what to change", 'write for example `{"title": "…"}` as `input`')


def _reason(answer: Answer) -> str:
    errors = answer.body.get("errors") if isinstance(answer.body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return shapes.text(first, "extensions", "userPresentableMessage") or shapes.text(first, "message")
