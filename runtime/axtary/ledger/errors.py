"""What the ledger raises."""

from __future__ import annotations


class LedgerError(Exception):
    """A record is not written, or cannot be read: whoever sees it runs nothing. The text says why, without secrets."""
