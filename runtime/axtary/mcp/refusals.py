"""Requests that do not get as far as a decision: of an unknown method, of the wrong era, or with unknown members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.mcp.frames import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    UNSUPPORTED_VERSION,
    Request,
    Response,
    refusal,
)
from axtary.mcp.methods import NEW, OLD, VERSION, Method, meta, without_meta


class RefusedError(Exception):
    """With the answer to whoever asked."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def version_of(request: Request, negotiated: str | None) -> str:
    """The protocol version under which a request is made. Raises RefusedError."""
    said = meta(request.params).get(VERSION)
    if said is None:
        if negotiated is None and request.method not in ("initialize", "ping"):
            text = f"begin with `initialize`, or say the protocol version in `_meta`, in {quoted(VERSION)}"
            raise _refused(request, INVALID_REQUEST, text)
        return negotiated or OLD[-1]
    if negotiated is not None:
        raise _refused(request, INVALID_REQUEST, "this session began with `initialize`: requests name no version")
    if said not in NEW:
        data = {"supported": list(NEW), "requested": said if isinstance(said, str) else str(said)[:100]}
        raise _refused(request, UNSUPPORTED_VERSION, "unsupported protocol version", data)
    return str(said)


def method_of(request: Request, methods: Mapping[str, Method], is_new: bool) -> Method:
    """How a request passes. Raises RefusedError."""
    method = methods.get(request.method)
    if method is None or not method.is_of(is_new):
        raise _refused(request, METHOD_NOT_FOUND, f"the method {quoted(request.method)} is not passed on")
    unknown = sorted(without_meta(request.params).keys() - method.params) if method.params is not None else []
    if unknown:
        text = f"the member {quoted(unknown[0])} of {quoted(request.method)} is not passed on"
        raise _refused(request, INVALID_PARAMS, text)
    _check_members(request, method)
    return method


def _check_members(request: Request, method: Method) -> None:
    """Of what is read here, the types; the rest is for the server to check."""
    params = request.params
    if request.method in ("tools/call", "prompts/get") and not isinstance(params.get("name"), str):
        raise _refused(request, INVALID_PARAMS, "`name` is not a name")
    if request.method == "tools/call" and not isinstance(params.get("arguments", {}), dict):
        raise _refused(request, INVALID_PARAMS, "`arguments` is not an object")
    if method.params is not None and "uri" in method.params and not (isinstance(uri := params.get("uri"), str) and uri):
        raise _refused(request, INVALID_PARAMS, "`uri` is no text")
    if not isinstance(params.get("cursor", ""), str):
        raise _refused(request, INVALID_PARAMS, "`cursor` is no text")
    listened = params.get("notifications") if request.method == "subscriptions/listen" else None
    if isinstance(listened, dict) and listened.get("resourceSubscriptions"):
        text = "subscriptions to single resources are not passed on: read them with `resources/read`"
        raise _refused(request, INVALID_PARAMS, text)


def _refused(request: Request, code: int, text: str, data: Mapping[str, Any] | None = None) -> RefusedError:
    return RefusedError(refusal(request.id, code, text, data))
