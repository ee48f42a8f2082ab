"""Proofs, good and forged, of two keys that everybody knows: those of RFC 7515 A.3 and of RFC 8037 A.1."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axtary.passes.base64url import encoded
from axtary.passes.claims import Claims
from axtary.passes.dpop import TYP, Examiner, Proof, Request, Verifier, token_hash
from axtary.passes.errors import RefusedError
from axtary.passes.keys import ALGORITHMS, PrivateKey, private_key
from axtary.passes.nonces import Nonces
from axtary.runtime.state import open_once

P256 = private_key(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    }
)
ED25519 = private_key(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    }
)
NOW = 1_800_000_000
TOKEN = "the.pass.itself"  # noqa: S105
URI = "https://mcp.example/tools"
NONCES = Nonces("mcp.example", [b"k" * 32])


def claims_of(holder: str | None, aud: str = "mcp.example", tool: str | None = "fs.read") -> Claims:
    """The claims of a pass that is bound to a key with this thumbprint."""
    hashed = "sha256:" + "0" * 64
    return Claims(
        iss="axtary",
        sub="agent:a",
        aud=aud,
        iat=NOW - 10,
        nbf=NOW - 10,
        exp=NOW + 300,
        jti="ap_" + "0" * 32,
        owner="",
        tenant="",
        task="",
        policy_version=hashed,
        tool=tool,
        resource=None if tool is None else "",
        payload_hash=None if tool is None else hashed,
        action_hash=None if tool is None else hashed,
        cnf=holder,
    )


def header_of(key: PrivateKey) -> dict[str, Any]:
    return {"alg": key.algorithm, "typ": TYP, "jwk": dict(key.public.jwk)}


def payload_of(token: str = TOKEN, **changes: Any) -> dict[str, Any]:
    """The claims of a good proof, with changes; a change to None leaves a claim out."""
    good = {"jti": "0123456789abcdef", "htm": "POST", "htu": URI, "iat": NOW, "ath": token_hash(token)}
    return {name: value for name, value in (good | changes).items() if value is not None}


def forged(header: Mapping[str, Any] | str, payload: Mapping[str, Any] | str, key: PrivateKey) -> str:
    """A token with just this header and payload, with a signature of the key. A text goes in as it is."""
    texts = (part if isinstance(part, str) else json.dumps(part) for part in (header, payload))
    signed = ".".join(encoded(text.encode()) for text in texts)
    return f"{signed}.{encoded(key.sign(signed.encode()))}"


@dataclass(frozen=True)
class Attempt:
    """A request with proofs, as a server sees it. As it stands it is good."""

    proofs: Sequence[str] = field(default_factory=lambda: [forged(header_of(P256), payload_of(), P256)])
    method: str = "POST"
    uri: str = URI
    holder: str | None = P256.kid
    token: str = TOKEN
    now: float = NOW
    nonces: Nonces | None = None
    algorithms: Sequence[str] = ALGORITHMS

    @property
    def request(self) -> Request:
        return Request(self.proofs, self.method, self.uri)

    @property
    def examiner(self) -> Examiner:
        return Examiner(self.nonces, algorithms=self.algorithms, now=lambda: self.now)

    def examined(self) -> Proof:
        return self.examiner.examine(self.request, claims_of(self.holder), self.token)


def with_payload(**changes: Any) -> list[str]:
    """One proof, signed by the holder, with other claims."""
    return [forged(header_of(P256), payload_of(**changes), P256)]


def with_header(key: PrivateKey = P256, **changes: Any) -> list[str]:
    """One proof with another header; a change to None leaves a member out."""
    header = {name: value for name, value in (header_of(key) | changes).items() if value is not None}
    return [forged(header, payload_of(), key)]


def accepted(where: str, proof: str) -> str:
    """What becomes of a proof that was made just now, in this process: `accepted`, or the reason."""
    once = open_once(where if where.startswith("postgresql:") else Path(where), "normal")
    try:
        Verifier(once).verify(Request([proof], "POST", URI), claims_of(P256.kid), TOKEN)
        return "accepted"
    except RefusedError as error:
        return error.reason.value
    finally:
        once.close()
