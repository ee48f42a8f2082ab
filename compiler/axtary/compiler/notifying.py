"""`notify` of `approvers:`: who hears that an action waits for approval, and that it does no more.

Settings of a runtime like the others there. The secret that signs what is sent never stands in a policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from axtary.compiler.ir import NOWHERE, Span
from axtary.compiler.reading import Reader
from axtary.compiler.source import Node, Text

CODE = "AX0210"
KEYS = ("url", "link", "payload")
LOCAL = ("localhost", "127.0.0.1", "::1")
_URL = "`https://hooks.acme.com/axtary`"


@dataclass(frozen=True, slots=True)
class Notify:
    """`url` is where JSON is sent; `link` the address of the pages, for people; `payload`: does it hold the action?"""

    url: str
    link: str | None = None
    payload: bool = False
    span: Span = NOWHERE


def read_notify(node: Node, reader: Reader) -> Notify | None:
    """None after an error."""
    found = reader.mapping(node, "`notify`", KEYS, f"`{{url: {_URL[1:-1]}}}`")
    if found is None:
        return None
    url_node = reader.required(found, "url", found.span, "`notify`", _URL[1:-1])
    link_node, payload_node = found.get("link"), found.get("payload")
    url = _address(url_node, "url", reader) if url_node is not None else None
    link = _address(link_node, "link", reader) if link_node is not None else None
    payload = reader.choice(payload_node, "a boolean", ["true", "false"]) if payload_node is not None else None
    return Notify(url, link, payload == "true", found.span) if url is not None else None


def _address(node: Node, key: str, reader: Reader) -> str | None:
    text = reader.text(node, f"`{key}`", _URL)
    if text is None:
        return None
    problem = url_problem(text.value)
    if problem:
        _error(reader, text, f"`{key}` {problem}")
        return None
    return text.value


def _error(reader: Reader, text: Text, message: str) -> None:
    reader.report.error(CODE, text.span, message, f"write for example {_URL}")


def url_problem(url: str) -> str:
    """Why something is no address to send to, "" if it is one: TLS, but for this machine, and no password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "is no URL"
    if not host or not url.isascii() or not url.isprintable() or " " in url or parts.fragment:
        return "is no URL"
    if parts.username is not None or parts.password is not None:
        return "has a password in it"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOCAL):
        return "is not encrypted: `http` is for this machine only"
    return ""
