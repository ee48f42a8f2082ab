"""Is a pass good, here and now, for exactly this action? In this order, and the first failure ends it:

 1. it is no longer than a pass can be (a text that keeps the parser busy)
 2. it is three parts of base64url, each the only spelling of its bytes (one pass under many texts)
 3. header and payload are strict JSON objects (a name twice, `NaN`: two readers, two meanings)
 4. its `typ` is that of a pass (an approval or a proof in place of a pass)
 5. its header has `alg`, `typ` and `kid`, nothing else (`jwk`, `jku`, `x5c`: the attacker's own key; `crit`, `b64`)
 6. its key is trusted, for passes (a key of another, or one for approvals)
 7. its `alg` is that of the key (`none`; a public key as an HMAC secret)
 8. the signature fits (any change)
 9. its claims are those of a pass, each of its form (`exp` as text, `iat` as a boolean)
10. it was issued by the one who is expected (two systems with one key)
11. it is for this verifier (a pass for the staging proxy in production)
12. it has not expired, is valid already, and was not issued in the future (an old pass; one made for later)
13. it is not valid for longer than is accepted (an issuer that was talked into a year)
14. its key was in use when it was issued (a retired key that leaked)
15. it was not delegated: a chain is verified as a whole (a child without its parents)
16. it is for one action (a grant in place of a pass)
17. the payload that is presented is the one it is for (another content after the decision)
18. the action is the one it is for, by its hash and by name (another tool, resource, agent, task)
19. it was issued under the policy that is asked for, if one is (a decision that is out of date)
20. it is not revoked, by a list that is valid and no step back (a pass that was called back)
21. its holder proves to be there, if it names one; where one must be named, it does (a stolen pass)
22. it was not used before (the same pass twice). Last: nothing refuses it any more
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from axtary.passes import chain, claims, jose, revocations
from axtary.passes.claims import Claims
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.issue import AUDIENCE, ISSUER, MAX_TTL, names
from axtary.passes.keyset import KeySet, TrustedKey
from axtary.passes.revocations import MARGIN, Revocations
from axtary.runtime import hashing
from axtary.runtime.errors import DoorError
from axtary.runtime.state import Once, StateError

LEEWAY = 5  # seconds by which clocks may differ, in both directions
MAX_LEEWAY = MARGIN  # beyond it, an id could be forgotten while its pass is still accepted
KIND = "pass"  # of the ids in the store of what was used
_SECOND = 1_000_000

Proof = Callable[[Claims, str], None]
"""Checks that the holder of a pass (its claims, its token) is there. Raises RefusedError."""


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """What a verifier trusts and expects. `last` is the number of the newest list of revocations that it has seen."""

    keys: KeySet
    issuer: str = ISSUER
    audience: str = AUDIENCE
    leeway: int = LEEWAY
    max_ttl: int = MAX_TTL
    policy_version: str | None = None
    revocations: Revocations | None = None
    last: int = 0
    holder_required: bool = False  # only v1

    def __post_init__(self) -> None:
        if not 0 <= self.leeway <= MAX_LEEWAY:
            raise ValueError(f"a leeway is 0 to {MAX_LEEWAY} seconds")

    def verify(
        self,
        token: str,
        action: Mapping[str, Any],
        now: float,
        *,
        proof: Proof | None = None,
        once: Once | None = None,
        consume: bool = False,
    ) -> Claims:
        """The claims of a pass that is good for `action` at `now` (seconds since 1970). Raises RefusedError.

        With `consume` it is used up in `once`: ask so exactly when the action is about to run.
        """
        found = self.authenticate(token, now)
        if found.parent is not None:
            raise RefusedError(Reason.CHAIN_MISSING)
        self._check_action(found, action)
        if self.policy_version is not None and found.policy_version != self.policy_version:
            raise RefusedError(Reason.POLICY_MISMATCH)
        self.check_revocation(found, now)
        self._check_holder(found, token, proof)
        if consume:
            _use(found, once)
        return found

    def verify_chain(
        self,
        tokens: Sequence[str],
        action: Mapping[str, Any],
        now: float,
        *,
        proof: Proof | None = None,
        once: Once | None = None,
        consume: bool = False,
    ) -> Claims:
        """The claims of the leaf of a chain, root first, that is good for `action` at `now`. Raises RefusedError.

        The root is held to the steps of a pass, the chain to those of `axtary.passes.chain`, and the leaf's holder
        proves to be there. A chain for one action is used up as a whole: whoever holds a part of it comes too late.
        """
        if not tokens:
            raise RefusedError(Reason.CHAIN_BROKEN)
        root = self.authenticate(tokens[0], now)
        self.check_revocation(root, now)
        trusted = self.keys.find(jose.parse(tokens[0], claims.TYP).header["kid"], "pass").key
        revoked = self.revocations.revoked if self.revocations is not None else ()
        links = chain.verify_chain(
            tokens,
            {trusted.kid: trusted},
            int(now),
            revoked.__contains__,
            issuer=self.issuer,
            audience=self.audience,
            leeway=self.leeway,
        )
        chain.admit(links, action)
        leaf = links[-1]
        if self.policy_version is not None and leaf.policy_version != self.policy_version:
            raise RefusedError(Reason.POLICY_MISMATCH)
        self._check_holder(leaf, tokens[-1], proof)
        if consume and not leaf.is_grant:
            _use(root, once)
        return leaf

    def authenticate(self, token: str, now: float) -> Claims:
        """Steps 1 to 14: who issued the pass, for whom, and is it valid now? Not what for. Raises RefusedError."""
        jws = jose.parse(token, claims.TYP)
        trusted = self.keys.find(jws.header["kid"], "pass")
        jose.check(jws, trusted.key)
        found = claims.read(jws.payload)
        if found.iss != self.issuer:
            raise RefusedError(Reason.WRONG_ISSUER)
        if found.aud != self.audience:
            raise RefusedError(Reason.WRONG_AUDIENCE)
        self._check_times(found, trusted, now)
        return found

    def check_revocation(self, found: Claims, now: float) -> None:
        """Step 20, for one pass. Raises RefusedError."""
        if self.revocations is None:
            if self.last:
                raise RefusedError(Reason.REVOCATIONS_MISSING)
            return
        revocations.check(self.revocations, now, self.last, self.leeway)
        if found.jti in self.revocations.revoked:
            raise RefusedError(Reason.REVOKED)

    # --- steps ------------------------------------------------------------------------------------------------------

    def _check_times(self, found: Claims, trusted: TrustedKey, now: float) -> None:
        if not now < found.exp + self.leeway:
            raise RefusedError(Reason.EXPIRED)
        if not now >= found.nbf - self.leeway:
            raise RefusedError(Reason.NOT_YET_VALID)
        if not now >= found.iat - self.leeway:
            raise RefusedError(Reason.ISSUED_IN_FUTURE)
        if found.exp - min(found.iat, found.nbf) > self.max_ttl:
            raise RefusedError(Reason.TTL_TOO_LONG, f"at most {self.max_ttl} seconds")
        if not trusted.was_in_use(found.iat):
            raise RefusedError(Reason.KEY_NOT_VALID_THEN)

    def _check_action(self, found: Claims, action: Mapping[str, Any]) -> None:
        if found.action_hash is None or found.payload_hash is None:
            raise RefusedError(Reason.GRANT_ONLY)
        if not _same(found.payload_hash, hashing.payload_hash, action):
            raise RefusedError(Reason.PAYLOAD_MISMATCH)
        if not _same(found.action_hash, hashing.action_hash, action):
            raise RefusedError(Reason.ACTION_MISMATCH)
        if any(getattr(found, name) != value for name, value in names(action).items()):
            raise RefusedError(Reason.ACTION_MISMATCH, "what it names is not what it was signed for")

    def _check_holder(self, found: Claims, token: str, proof: Proof | None) -> None:
        if found.cnf is None:
            if self.holder_required:
                raise RefusedError(Reason.HOLDER_MISSING)
            return
        if proof is None:
            raise RefusedError(Reason.PROOF_MISSING)
        proof(found, token)


def _same(expected: str, digest: Callable[[Mapping[str, Any]], str], action: Mapping[str, Any]) -> bool:
    try:
        return compare_digest(expected, digest(action))
    except DoorError:  # what has no hash was never allowed
        return False


def _use(found: Claims, once: Once | None) -> None:
    if once is None:
        raise RefusedError(Reason.USES_UNKNOWN, "no store of what was used is there")
    try:
        # Kept a little longer than it is accepted: the store and the verifier have clocks of their own.
        fresh = once.use(KIND, found.jti, (found.exp + 2 * MARGIN) * _SECOND)
    except StateError as error:
        raise RefusedError(Reason.USES_UNKNOWN, str(error)) from None
    if not fresh:
        raise RefusedError(Reason.REPLAYED)
