"""The proof of possession of `axtary pass verify`: from files and options to a check."""

from __future__ import annotations

from pathlib import Path

from axtary.cli.output import fail
from axtary.passes.verify import Proof


def proof_from(proof: Path | None, method: str | None, uri: str | None, as_json: bool) -> Proof | None:
    """What checks that the holder is there; None if no proof is given."""
    if proof is None and method is None and uri is None:
        return None
    fail("proofs of possession cannot be checked by this version", "verify without `--proof`", as_json)
