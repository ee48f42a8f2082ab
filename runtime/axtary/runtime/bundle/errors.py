"""Why a bundle is refused: one exception, with a code for each reason."""

from __future__ import annotations

CODES: dict[str, str] = {
    "AX1101": "not a bundle",
    "AX1102": "the bundle is not signed",
    "AX1103": "the signature is not by a key that is trusted",
    "AX1104": "the bundle was altered",
    "AX1105": "the bundle is not for this scope",
    "AX1106": "the bundle is not valid yet",
    "AX1107": "the bundle has expired",
    "AX1108": "the bundle is older than one that was accepted",
    "AX1109": "a key that cannot be used",
    "AX1110": "the zone data differ",
}


class BundleError(Exception):
    """A bundle or a key is refused: `code` of CODES, what is wrong, and what to do."""

    def __init__(self, code: str, message: str, help_text: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.help = code, message, help_text
