"""`connectors:`: which services a runtime can call for agents, and where it finds the credential of each.

It decides nothing, so it is no part of the policy or its version. `github`, `slack` and `linear` are built in; a
connector of any other name declares its tools itself. A credential never stands here, only the place where it is.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from axtary.compiler.connectortools import CODE, ToolMapping, read_tools
from axtary.compiler.diagnostics import Label, quoted
from axtary.compiler.ir import NOWHERE, Span
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Text
from axtary.compiler.syntax import parse_duration

BUILT_IN = {
    "github": "https://api.github.com",
    "slack": "https://slack.com/api",
    "linear": "https://api.linear.app",
}
"""The connectors that know their service, each with the address it has if none is given."""

KEYS = ("url", "credential", "timeout")
HTTP_KEYS = (*KEYS, "header", "scheme", "tools")
CREDENTIAL_KEYS = ("env", "keyring", "file")
TIMEOUT = 10  # seconds
MAX_TIMEOUT = 300

_HELP = "say where it is: `{env: GITHUB_TOKEN}`, `{keyring: axtary/github}` or `{file: .axtary/github.token}`"
_EXAMPLE = "`github: {credential: {env: GITHUB_TOKEN}}`"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYRING = re.compile(r"[^/\x00-\x1f\x7f]+/[^/\x00-\x1f\x7f]+")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ISSUED = re.compile(r"gh[opsru]_|github_pat_|xox[a-z]-|xapp-|lin_(?:api|oauth)_|sk-|Bearer ", re.IGNORECASE)
_OWN_HEADERS = frozenset(
    ("host", "connection", "content-length", "content-type", "transfer-encoding", "accept-encoding", "te", "upgrade")
)


@dataclass(frozen=True, slots=True)
class Credential:
    """Where a secret is: in an environment variable, in the keyring of the system (`service/account`), or in a file."""

    kind: Literal["env", "keyring", "file"]
    name: str


@dataclass(frozen=True, slots=True)
class ConnectorSettings:
    """One connector. `timeout` in seconds; `header` and `scheme` say how the credential is sent."""

    name: str
    url: str  # no slash at its end
    credential: Credential | None = None
    timeout: int = TIMEOUT
    header: str = "Authorization"
    scheme: str = "Bearer"
    tools: tuple[ToolMapping, ...] = ()
    span: Span = NOWHERE


def read_connectors(documents: Sequence[Mapping], reader: Reader) -> tuple[ConnectorSettings, ...]:
    """The connectors of the file that the runtime opens, sorted by name: `documents` begin with it."""
    first = documents[0].get("connectors") if documents else None
    for document in documents[1:]:
        if (node := document.get("connectors")) is not None:
            label = (Label(first.span, "these are the connectors"),) if first is not None else ()
            message = "`connectors` stands in a file that another includes"
            reader.report.error(CODE, node.span, message, "move it to the file that is opened", *label)
    found = reader.mapping(first, "`connectors`", None, _EXAMPLE) if first is not None else None
    read = [_connector(key, value, reader) for key, value in found.entries] if found is not None else []
    _check_tools(connectors := [each for each in read if each is not None], reader)
    return tuple(sorted(connectors, key=lambda each: each.name))


def _check_tools(connectors: Sequence[ConnectorSettings], reader: Reader) -> None:
    """No tool has two meanings."""
    seen: dict[str, Span] = {}
    for tool in (tool for connector in connectors for tool in connector.tools):
        if tool.name.split(".")[0] in BUILT_IN:
            help_text = f"choose a name that does not begin with {', '.join(f'`{name}.`' for name in BUILT_IN)}"
            reader.report.error(CODE, tool.span, f"{quoted(tool.name)} is the name of a built-in tool", help_text)
        elif (first := seen.setdefault(tool.name, tool.span)) is not tool.span:
            message = f"the tool {quoted(tool.name)} stands in two connectors"
            reader.report.error("AX0206", tool.span, message, "rename one of them", Label(first, "first written here"))


def _connector(key: Text, node: Node, reader: Reader) -> ConnectorSettings | None:
    name, built_in = key.value, key.value in BUILT_IN
    if not _NAME.fullmatch(name):
        help_text = "write a lower-case letter, then letters, digits, `-` or `_`"
        reader.report.error("AX0205", key.span, f"{quoted(name)} is no name of a connector", help_text)
        return None
    body = reader.mapping(node, f"the connector {quoted(name)}", KEYS if built_in else HTTP_KEYS, _EXAMPLE)
    if body is None:
        return None
    url = body.get("url")
    if url is None and not built_in:
        reader.required(body, "url", body.span, f"the connector {quoted(name)}", "https://api.example/v1")
    address = _url(url, reader) if url is not None else BUILT_IN.get(name)
    credential = body.get("credential")
    if credential is None and built_in:
        reader.required(body, "credential", body.span, f"the connector {quoted(name)}", "{env: …}")
    where = _credential(credential, reader) if credential is not None else None
    timeout = _timeout(body.get("timeout"), reader)
    header = _token(body.get("header"), "header", "Authorization", reader)
    scheme = _token(body.get("scheme"), "scheme", "Bearer" if body.get("header") is None else "", reader)
    tools: tuple[ToolMapping, ...] = ()
    if not built_in:
        listed = reader.required(body, "tools", body.span, f"the connector {quoted(name)}", "{tickets.create: …}")
        tools = read_tools(listed, reader) if listed is not None else ()
    return ConnectorSettings(name, address, where, timeout, header, scheme, tools, key.span) if address else None


def _url(node: Node, reader: Reader) -> str | None:
    text = reader.text(node, "`url`", "`https://api.example/v1`")
    problem = _wrong_with(text.value) if text is not None else None
    if text is not None and problem is not None:
        reader.report.error(CODE, text.span, *problem)
    return text.value.rstrip("/") if text is not None and problem is None else None


def _wrong_with(url: str) -> tuple[str, str] | None:
    """Why credentials may not be sent there."""
    example = "write for example `https://api.example/v1`"
    if not re.fullmatch(r"https?://[\x21-\x7e]+", url) or set(url) & set('\\"<>{}^`|'):
        return f"{quoted(url)} is no `https:` URL", example
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return f"{quoted(url)} is no URL", example
    if "@" in parts.netloc:
        return "a user or a password stands in the URL", "leave it out, and write `credential` beside it"
    if not host or "?" in url or "#" in url or {".", ".."} & set(parts.path.split("/")) or "//" in parts.path:
        return f"{quoted(url)} is more or less than the address of an API", example
    if parts.scheme != "https" and not _is_loopback(host):
        return "the credential would be sent without encryption", "write `https:`; only this machine may have `http:`"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _credential(node: Node, reader: Reader) -> Credential | None:
    if isinstance(node, Text) and node.value:
        _written(node, reader)
        return None
    body = reader.mapping(node, "`credential`", CREDENTIAL_KEYS, "`{env: GITHUB_TOKEN}`")
    if body is None:
        return None
    if len(body.entries) != 1:
        reader.report.error(CODE, node.span, "a credential has one place", _HELP)
        return None
    key, value = body.entries[0]
    text = reader.text(value, f"`{key.value}`", _PLACES[key.value][1]) if key.value in _PLACES else None
    if text is None:
        return None
    check, example = _PLACES[key.value]
    if _ISSUED.match(text.value):
        _written(text, reader)
        return None
    if not check(text.value):
        reader.secrets.append(text)
        message = f"`{key.value}` does not say where a credential is"  # what it says instead may be a secret
        reader.report.error(CODE, text.span, message, f"write for example {example}")
        return None
    kinds: dict[str, Literal["env", "keyring", "file"]] = {"env": "env", "keyring": "keyring", "file": "file"}
    return Credential(kinds[key.value], text.value)


def _written(text: Text, reader: Reader) -> None:
    reader.secrets.append(text)
    reader.report.error(CODE, text.span, "a credential stands in the policy", f"take it out and revoke it; {_HELP}")


_PLACES: dict[str, tuple[Callable[[str], object], str]] = {
    "env": (_VARIABLE.fullmatch, "`GITHUB_TOKEN`, the name of a variable"),
    "keyring": (_KEYRING.fullmatch, "`axtary/github`, a service and an account"),
    "file": (lambda path: path.strip() and "\0" not in path, "`.axtary/github.token`"),
}


def _timeout(node: Node | None, reader: Reader) -> int:
    text = reader.text(node, "`timeout`", "`10s`") if node is not None else None
    seconds = reader.parsed(text, parse_duration) if text is not None else None
    if text is not None and seconds is not None and not 1 <= seconds <= MAX_TIMEOUT:
        message = f"`timeout` is not between 1 and {MAX_TIMEOUT} seconds"
        reader.report.error(CODE, text.span, message, "write for example `10s`")
    return seconds or TIMEOUT


def _token(node: Node | None, key: str, default: str, reader: Reader) -> str:
    text = reader.text(node, f"`{key}`", f"`{default or 'Bearer'}`") if node is not None else None
    if text is None:
        return default
    if not _TOKEN.fullmatch(text.value) or (key == "header" and text.value.lower() in _OWN_HEADERS):
        reader.report.error(CODE, text.span, f"{quoted(text.value)} cannot be a {key}", "write for example `X-Api-Key`")
    return text.value
