"""Words for tests of the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axtary.ledger import Entry, Interval, Ledger, entry, open_ledger
from axtary.passes.keys import PrivateKey, generate, private_key

SIZE = 40  # records of the ledger that is changed
HASH = "sha256:" + "5a" * 32
ORIGIN = "example.com/ledger"
NEVER = Interval(records=10**9, seconds=10**9)

KEY = generate("Ed25519")
OTHER = generate("ES256")
KEYS = {KEY.kid: KEY.public}


def members(n: int = 0, **others: Any) -> dict[str, Any]:
    """Those of a decision."""
    made = {
        "decision": ("allow", "deny", "step_up")[n % 3],
        "reasons": [{"code": "granted", "rule": "r", "message": "the rule r grants this action"}],
        "fired": ["r"],
        "policy_version": HASH,
        "action_hash": HASH,
        "payload_hash": HASH,
        "tool": f"tool.{n % 5}",
        "agent": f"agent:{n % 4}",
        "task": f"T-{n}",
    }
    return made | others


def some(n: int = 0, **others: Any) -> Entry:
    """A decision."""
    return entry("decision", members(n, **others))


def opened(
    where: str | Path, key: PrivateKey | None = None, interval: Interval = NEVER, durability: str = "normal"
) -> Ledger:
    return open_ledger(where, key=key, durability=durability, interval=interval, origin=ORIGIN)


def signer() -> PrivateKey:
    """The same key in each process: its seed is public, and good for tests only (RFC 8037, appendix A)."""
    d, x = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    return private_key({"kty": "OKP", "crv": "Ed25519", "d": d, "x": x})
