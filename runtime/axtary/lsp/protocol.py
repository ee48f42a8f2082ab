"""The protocol as pygls has it, made to answer also what cannot be answered: no request waits for ever."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol

_BEFORE = (types.INITIALIZE, types.EXIT)  # what may come first


class Protocol(LanguageServerProtocol):
    """LSP over JSON-RPC."""

    _greeted = False

    @property
    def was_shut_down(self) -> bool:
        """Has the editor asked for the end, as it should before `exit`?"""
        return self._shutdown

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as an object. A request whose parameters are wrong is answered with that error."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            number = data.get("id")
            if isinstance(number, int | str) and "method" in data:
                self._send_response(number, error=error.to_response_error())
            raise

    def handle_message(self, message: Any) -> None:
        """Answer a message, `initialize` first."""
        method = getattr(message, "method", None)
        if method == types.INITIALIZE:
            self._greeted = True
        if not self._greeted and method not in _BEFORE:
            if (number := getattr(message, "id", None)) is not None:
                error = JsonRpcServerNotInitialized("send `initialize` first")
                self._send_response(number, error=error.to_response_error())
            return
        super().handle_message(message)
