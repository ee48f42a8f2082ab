"""URIs that a proof can be for: one spelling each, and those of calls that are no HTTP request.

Two spellings of an http or https URI that are equivalent by RFC 3986 sections 6.2.2 and 6.2.3 have one normal form, and
no others do. Query and fragment are no part of it (RFC 9449 section 4.3, item 9). What servers read differently is
refused, not repaired: a user name, a host that is not ASCII, an escape that is none.

A tool call over standard input, or in a hook, has neither method nor URI. Its proofs have the method `CALL` and the URI
`axtary://call/<audience>/<tool>`. HTTP has no such scheme, so no proof of one kind is ever good for the other.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote, unquote

from axtary.passes.errors import Reason, RefusedError

METHOD = "CALL"  # of calls that are no HTTP request
MAX_URI = 2048  # characters, without query and fragment

_SCHEME = "axtary"
_PORTS = {"http": "80", "https": "443"}
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9._~-]+\Z")
_PORT = re.compile(r"(?:[1-9][0-9]{0,4})?\Z")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*\Z")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_METHOD = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32}\Z")  # a token of RFC 9110 section 5.6.2


def normalized(uri: str) -> str:
    """The one spelling of a URI, without query and fragment. Raises RefusedError URI_ILL_FORMED."""
    found = _URI.match(uri)
    if found is None:
        raise _ill_formed("it is no absolute URI")
    if found.end() > MAX_URI:
        raise _ill_formed(f"it is longer than {MAX_URI} characters")
    scheme, authority, path = found[1].lower(), found[2], found[3]
    if scheme == _SCHEME:
        return _synthetic(uri)
    if scheme not in _PORTS:
        raise _ill_formed("its scheme is not http, https or axtary")
    if not _PATH.match(path):
        raise _ill_formed("its path has a character or an escape that no path has")
    return f"{scheme}://{_authority(authority, _PORTS[scheme])}{_without_dots(_unescaped(path)) or '/'}"


def synthetic(audience: str, tool: str) -> tuple[str, str]:
    """The method and the URI of a call that is no HTTP request. Raises RefusedError URI_ILL_FORMED."""
    uri = f"{_SCHEME}://call/{_segment(audience)}/{_segment(tool)}"
    if len(uri) > MAX_URI:
        raise _ill_formed(f"it is longer than {MAX_URI} characters")
    return METHOD, uri


def check_target(method: str, uri: str) -> tuple[str, str]:
    """Method and normal URI, both of an HTTP request or both of a call.

    Raises RefusedError METHOD_ILL_FORMED, URI_ILL_FORMED.
    """
    if not _METHOD.match(method):
        raise RefusedError(Reason.METHOD_ILL_FORMED, "it is no token of HTTP")
    normal = normalized(uri)
    if (method == METHOD) != normal.startswith(f"{_SCHEME}:"):
        raise RefusedError(Reason.METHOD_ILL_FORMED, f"{METHOD} goes with {_SCHEME}: URIs, and they with nothing else")
    return method, normal


# --- the parts ------------------------------------------------------------------------------------------------------


def _authority(authority: str, default: str) -> str:
    """Host and port: lower case, escapes of plain characters undone, no port if it is the scheme's own."""
    if "@" in authority:
        raise _ill_formed("it has a user name")
    if authority.startswith("["):
        literal, closed, rest = authority[1:].partition("]")
        if not closed or rest[:1] not in ("", ":"):
            raise _ill_formed("its host is no address")
        host, port = f"[{_address(literal)}]", rest[1:]
    else:
        name, _, port = authority.partition(":")
        host = _unescaped(name)
        if not _HOST.match(host):
            raise _ill_formed("its host is no name in ASCII (write xn--… for others)")
    if not _PORT.match(port) or int(port or "1") > 65535:
        raise _ill_formed("its port is none")
    return host.lower() + (f":{port}" if port not in ("", default) else "")


def _address(literal: str) -> str:
    try:
        return IPv6Address("" if "%" in literal else literal).compressed
    except AddressValueError:
        raise _ill_formed("its host is no IPv6 address") from None


def _unescaped(text: str) -> str:
    """Escapes of unreserved characters undone, the others in upper case (RFC 3986 sections 6.2.2.1 and 6.2.2.2)."""

    def plain(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if _UNRESERVED.match(character) else found[0].upper()

    return _ESCAPE.sub(plain, text)


def _without_dots(path: str) -> str:
    """`remove_dot_segments` of RFC 3986 section 5.2.4, for a path that is empty or begins with a slash."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "".join(f"/{segment}" for segment in kept)


def _synthetic(uri: str) -> str:
    """A URI of a call has one spelling: that of `synthetic`."""
    parts = uri.split("/")
    if len(parts) == 5:
        try:
            names = [unquote(part, errors="strict") for part in parts[3:]]
        except UnicodeDecodeError:
            raise _ill_formed("a part of it is no UTF-8") from None
        if synthetic(*names)[1] == uri:
            return uri
    raise _ill_formed(f"of a call it must be {_SCHEME}://call/<audience>/<tool>, each part percent-encoded")


def _segment(name: str) -> str:
    """A name as one segment of a path; `.` and `..` would be none."""
    if name in ("", ".", ".."):
        raise _ill_formed(f"`{name}` can be no part of it")
    try:
        return quote(name, safe="")
    except UnicodeEncodeError:
        raise _ill_formed("a part of it has half of a surrogate pair") from None


def _ill_formed(why: str) -> RefusedError:
    return RefusedError(Reason.URI_ILL_FORMED, why)
