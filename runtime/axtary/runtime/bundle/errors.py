"""Why a bundle is refused: one exception, with a code for each reason."""

from __future__ import annotations

CODES: dict[str, str] = {
    "AX1001": "not a bundle",
    "AX1002": "the bundle is not signed",
    "AX1003": "the signature is not by a key that is trusted",
    "AX1004": "the bundle was altered",
    "AX1005": "the bundle is not for this scope",
    "AX1006": "the bundle is not valid yet",
    "AX1007": "the bundle has expired",
    "AX1008": "the bundle is older than one that was accepted",
    "AX1009": "a key that cannot be used",
}


class BundleError(Exception):
    """A bundle or a key is refused: `code` of CODES, what is wrong, and what to do."""

    def __init__(self, code: str, message: str, help_text: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.help = code, message, help_text
