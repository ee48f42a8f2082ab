"""`python -m tests.passes.make_vectors` makes `tests/vectors/actionpass/` anew, with new keys.

What is expected of each case is what stands in the tables of `forgeries.py` and below, written by hand; nothing is
copied from what the verifier says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axtary.passes.errors import Reason
from axtary.passes.issue import AUDIENCE, ISSUER, issue
from tests.passes.forgeries import BY_TOKEN
from tests.passes.making import (
    ACTION,
    APPROVER,
    ED25519,
    KEY,
    KEYS,
    NOW,
    RETIRED,
    allowed,
    forged,
    good,
    revocation_list,
)

FOLDER = Path(__file__).parents[1] / "vectors" / "actionpass"
EXPECTED = {"issuer": ISSUER, "audience": AUDIENCE, "leeway": 5, "max_ttl": 300, "holder_required": False, "last": 0}


def cases() -> Iterator[dict[str, Any]]:
    """Name, token, action, now, what the verifier expects, the list of revocations if any, and the verdict."""
    for name, (token, reason) in BY_TOKEN.items():
        yield case(name, token(), reason)
    yield case("a good pass", good(), None)
    yield case("a good pass by Ed25519", good(ED25519), None)
    yield case("the last second", good(), None, now=NOW + 304)
    yield case("the first second after it has expired", good(), Reason.EXPIRED, now=NOW + 305)
    yield case("the first second", good(), None, now=NOW - 5)
    yield case("before the first second", good(), Reason.NOT_YET_VALID, now=NOW - 6)
    by_retired = forged(RETIRED, iat=NOW - 100, nbf=NOW - 100, exp=NOW + 200)
    yield case("by a key that was retired afterwards", by_retired, None)
    again = ACTION | {"id": "act_2", "time": "2026-09-21T14:14:00Z", "context": {"trace_id": "t2"}}
    yield case("the same action in another call", good(), None, action=again)
    yield case("numbers by their value", good(), None, action=ACTION | {"payload": {"lines": 3.0, "path": "src/a.py"}})
    other = ACTION | {"payload": {"path": "src/b.py", "lines": 3}}
    yield case("another payload", good(), Reason.PAYLOAD_MISMATCH, action=other)
    composed, decomposed = ({"path": path} for path in ("caf\u00e9", "cafe\u0301"))
    text = good_for(ACTION | {"payload": composed})
    yield case("text that is not ASCII", text, None, action=ACTION | {"payload": composed})
    yield case("text that looks the same", text, Reason.PAYLOAD_MISMATCH, action=ACTION | {"payload": decomposed})
    yield case("another tool", good(), Reason.ACTION_MISMATCH, action=ACTION | {"tool": "fs.write"})
    yield case("a holder is needed", good(), Reason.HOLDER_MISSING, holder_required=True)
    jti = "ap_" + "0" * 32
    yield case("not on the list", good(), None, revocations=revocation_list(jti))
    yield case("on the list", forged(jti=jti), Reason.REVOKED, revocations=revocation_list(jti))
    late = revocation_list(iat=NOW - 200)
    yield case("a list that has expired", good(), Reason.REVOCATIONS_EXPIRED, revocations=late)
    yield case(
        "a list before the last", good(), Reason.REVOCATIONS_STEPPED_BACK, revocations=revocation_list(), last=NOW + 1
    )
    yield case("a list that is gone", good(), Reason.REVOCATIONS_MISSING, last=1)


def good_for(action: dict[str, Any]) -> str:
    return issue(allowed(action), KEY, NOW).token


def case(
    name: str,
    token: str,
    reason: Reason | None,
    action: dict[str, Any] = ACTION,
    now: int = NOW,
    revocations: str | None = None,
    **expected: Any,
) -> dict[str, Any]:
    return {
        "name": name,
        "token": token,
        "action": action,
        "now": now,
        "revocations": revocations,
        "expected": EXPECTED | expected,
        "verdict": "valid" if reason is None else reason.value,
    }


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    secrets = [key.secret() | {"kid": key.kid} for key in (KEY, ED25519, APPROVER, RETIRED)]
    for name, value in (("jwks", KEYS.to_json()), ("private", {"keys": secrets}), ("cases", list(cases()))):
        (FOLDER / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
