"""Slack: messages, with the channel resolved to its id (Web API).

A policy reads the name (`channel`), Slack gets the id (`channel_id`): that the one is the other is looked up when the
call is normalised, and again right before the message is sent.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.connectors import replies, shapes
from axtary.connectors.decided import decided
from axtary.connectors.limits import Answer
from axtary.connectors.provider import Call, ProviderError, Ran
from axtary.connectors.transport import Client, Request
from axtary.runtime import strictjson
from axtary.runtime.errors import DoorError

SERVICE = "Slack"
POST = "slack.messages.post"

_SENT = {
    "text": "text",
    "blocks": "objects",
    "attachments": "objects",
    "markdown_text": "text",
    "thread_ts": "text",
    "reply_broadcast": "boolean",
    "parse": "text",
    "link_names": "boolean",
    "mrkdwn": "boolean",
    "unfurl_links": "boolean",
    "unfurl_media": "boolean",
    "metadata": "object",
    "as_user": "boolean",
    "username": "text",
    "icon_emoji": "text",
    "icon_url": "text",
}
_CONTENT = ("text", "blocks", "attachments", "markdown_text")
_JSON = ("blocks", "attachments", "metadata")  # text in a form, values in JSON
_MAX_MARKDOWN = 12_000
_MAX_TEXT = 40_000
_ID = re.compile(r"[CGD][A-Z0-9]{6,20}")
_NAME = re.compile(r"[^\sA-Z#@,./\\\x00-\x1f]{1,80}")
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_MAX_PAGES = 50
_PERHAPS = ("internal_error", "fatal_error", "request_timeout", "service_unavailable")
"""Errors of which Slack says that part of the operation may have succeeded."""


class Slack:
    """A Provider for messages."""

    tools = frozenset((POST,))

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ids: dict[str, str] = {}  # of channels by name; looked at again before each use
        self._lock = threading.Lock()

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        copy = _parsed(shapes.plain(payload))
        _check(copy)
        found = self._channel(copy["channel"])
        channel = _shown(found)
        if copy.setdefault("channel_id", found["id"]) != found["id"]:
            message = f"{quoted(channel)} has another id than the call says"
            raise ProviderError("moved", message, "leave `channel_id` out: it is looked up")
        copy["channel"] = channel
        return _form(POST, copy)

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        """Slack has no idempotency keys: nothing that may have been done is sent again."""
        payload = decided(action, _form)
        if _shown(self._info(payload["channel_id"])) != payload["channel"]:
            message = f"the channel that was {quoted(payload['channel'])} has another name now"
            raise ProviderError("moved", message, "make the call anew: what it means has changed")
        body = {"channel": payload["channel_id"]} | {name: payload[name] for name in _SENT if name in payload}
        found = replies.settled(self._client.send(Request("POST", "/chat.postMessage", body=body)), SERVICE, _error)
        if isinstance(found, Ran):
            return found
        if not isinstance(found.body, dict) or type(found.body.get("ok")) is not bool:
            return Ran("unknown", message=f"it may have happened: {SERVICE} gives an answer that cannot be read")
        if not found.body["ok"]:
            error = _error(found)
            perhaps = "it may have happened: " if error in _PERHAPS else ""
            return Ran(
                "unknown" if perhaps else "failed", message=f"{perhaps}{SERVICE} refuses: {replies.shown(error)}"
            )
        return Ran("succeeded", {name: shapes.text(found.body, name) for name in ("channel", "ts")})

    def check(self) -> str:
        """Whose credential it is. Raises ProviderError."""
        found = self._ask("/auth.test", {}, "the user of the credential")
        return f"signed in as {shapes.text(found, 'user')} of {shapes.text(found, 'team')}"

    def close(self) -> None:
        self._client.close()

    # --- channels ---

    def _channel(self, written: str) -> dict[str, Any]:
        """The channel of a name or an id."""
        if _ID.fullmatch(written):
            return self._info(written)
        name = written.removeprefix("#")
        with self._lock:
            known = self._ids.get(name)
        if known is not None:
            found = self._info(known)
            if found.get("name") == name:
                return found
        found = self._listed(name)
        with self._lock:
            self._ids[name] = found["id"]
        return found

    def _info(self, channel: str) -> dict[str, Any]:
        what = f"the channel {quoted(channel)}"
        found = self._ask("/conversations.info", {"channel": channel}, what).get("channel")
        if not isinstance(found, dict) or found.get("id") != channel:
            raise replies.bad_answer(SERVICE, what)
        if found.get("is_archived") is True:
            raise ProviderError("archived", f"{what} is archived", "name another channel")
        return found

    def _listed(self, name: str) -> dict[str, Any]:
        """The one channel with a name, of all that the credential sees."""
        what, cursor, found = f"the channel {quoted('#' + name)}", "", []
        for _ in range(_MAX_PAGES):
            query = {"limit": "200", "exclude_archived": "true", "types": "public_channel,private_channel"}
            page = self._ask("/conversations.list", query | ({"cursor": cursor} if cursor else {}), what)
            channels = page.get("channels")
            for each in channels if isinstance(channels, list) else ():
                if isinstance(each, dict) and each.get("name") == name and _ID.fullmatch(shapes.text(each, "id")):
                    found.append(each)
            cursor = shapes.text(page, "response_metadata", "next_cursor")
            if not cursor:
                break
        else:
            raise ProviderError("not_found", f"{what}: the workspace has too many channels to look", "write its id")
        if not found:
            raise ProviderError("not_found", f"{what} is not there, or not seen", "invite the app, or write its id")
        if len({each["id"] for each in found}) > 1:
            raise ProviderError("ambiguous", f"more than one channel is called {quoted('#' + name)}", "write its id")
        return found[0]

    def _ask(self, path: str, query: Mapping[str, str], what: str) -> dict[str, Any]:
        answer = self._client.read(Request("GET", path, query))
        body = replies.looked_up(answer, SERVICE, what, _error(answer))
        if not isinstance(body, dict) or body.get("ok") is not True:
            error = _error(answer)
            code = _CODES.get(error, "refused")
            message = f"{what}: {SERVICE} refuses: {replies.shown(error) or 'no reason given'}"
            raise ProviderError(code, message, _HELP.get(code, "check the payload"))
        return body


_CODES = {
    "channel_not_found": "not_found",
    **dict.fromkeys(
        ("not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired"), "unauthorized"
    ),
    **dict.fromkeys(("missing_scope", "no_permission", "not_allowed_token_type", "access_denied"), "forbidden"),
}
_HELP = {
    "not_found": "check the name, and invite the app to the channel",
    "unauthorized": "put a valid token where the connector looks for it",
    "forbidden": "the token needs the scopes chat:write, channels:read and groups:read",
}


def _form(tool: str, payload: dict[str, Any]) -> Call:
    """The call of a payload that is normalised, asking nobody."""
    _check(payload)
    if not _ID.fullmatch(payload.get("channel_id", "")):
        raise ProviderError("not_normalised", "the channel is not resolved to its id", "normalise the call first")
    return Call(tool, f"channel:{payload['channel_id']}", payload)


def _check(payload: dict[str, Any]) -> None:
    shapes.check(payload, {"channel": "text", "channel_id": "text", **_SENT}, ("channel",))
    channel = payload["channel"]
    if not _ID.fullmatch(channel) and not _NAME.fullmatch(channel.removeprefix("#")):
        raise shapes.bad(f"{quoted(channel)} is no channel", "write `#name` or an id that begins with C, G or D")
    if not any(payload.get(name) for name in _CONTENT):
        raise shapes.bad("the message is empty", f"write one of {', '.join(_CONTENT)}")
    if "markdown_text" in payload and ("text" in payload or "blocks" in payload):
        raise shapes.bad("`markdown_text` stands beside `text` or `blocks`", "write one of them")
    if len(payload.get("markdown_text", "")) > _MAX_MARKDOWN or len(payload.get("text", "")) > _MAX_TEXT:
        raise shapes.bad("the message is too long for Slack", "write a shorter one, or two")
    if "thread_ts" in payload and not _TS.fullmatch(payload["thread_ts"]):
        raise shapes.bad("`thread_ts` is no time stamp of a message", 'write it as Slack gives it: "1503435956.000247"')


def _parsed(payload: dict[str, Any]) -> dict[str, Any]:
    """JSON that stands in text, as in a form, becomes the value: one message has one form."""
    for name in _JSON:
        if isinstance(payload.get(name), str):
            try:
                payload[name] = strictjson.loads(payload[name].encode("utf-8"), source=name)
            except DoorError as error:
                raise shapes.bad(
                    f"`{name}` is not JSON: {error.problems[0].message}", "write the value itself"
                ) from None
    return payload


def _shown(channel: Mapping[str, Any]) -> str:
    """`#name`; of a conversation without one the id."""
    name = channel.get("name")
    return f"#{name}" if isinstance(name, str) and _NAME.fullmatch(name) else shapes.text(channel, "id")


def _error(answer: Answer) -> str:
    return shapes.text(answer.body, "error")
