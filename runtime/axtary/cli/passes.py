"""`axtary pass`: issue, verify, inspect. Exit 0 if a pass is good, 1 with the reason if not, else 2."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from axtary.approvals.artifact import named
from axtary.approvals.decide import approve_and_decide
from axtary.cli.approvals import artifacts_of, those_of
from axtary.cli.bundles import instant
from axtary.cli.output import EFFECT_COLOURS, FINDINGS, OK, colour, fail, invalid_input, leave, load, print_json
from axtary.cli.pass_chain import read_lines
from axtary.cli.pass_proof import proof_from
from axtary.cli.texts import time_text
from axtary.compiler.diagnostics import printable
from axtary.passes import claims, jose, keystore, revocationfile
from axtary.passes.claims import Claims, is_thumbprint
from axtary.passes.errors import RefusedError
from axtary.passes.issue import Approved, Issued, Terms
from axtary.passes.issue import issue as issue_pass
from axtary.passes.keys import PrivateKey, public_key
from axtary.passes.keyset import KeySet, read_jwks
from axtary.passes.keystore import KeyStore
from axtary.passes.revocationfile import RevocationFile
from axtary.passes.revocations import Revocations
from axtary.passes.verify import Verifier
from axtary.runtime.action import Action, parse_action
from axtary.runtime.decision import Decision
from axtary.runtime.engine import Engine, state_of
from axtary.runtime.messages import cut
from axtary.runtime.policyfile import UnreadableError, read_bytes
from axtary.runtime.state import Once, StateError, open_once
from axtary.runtime.strictjson import MAX_BYTES, loads

_WIDE = 60  # characters of a name


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What `verify` trusts and expects."""

    policy: Path
    keys: Path | None
    jwks: Path | None
    issuer: str
    audience: str
    max_ttl: int
    leeway: int
    policy_version: str | None
    require_holder: bool
    revocations: Path | None


@dataclass(frozen=True)
class Proved:
    """A proof of possession, and for which request it must be."""

    proof: Path | None
    method: str | None
    uri: str | None


@dataclass(frozen=True)
class Use:
    """Is the pass used up, and in which state, if not in that of the policy?"""

    consume: bool
    state: str | None


# --- issue ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """A pass that is asked for: for which action, bound to whose key, resting on which approvals."""

    action: str
    holder: str | None
    approvals: Sequence[str]
    approvers: Path | None


def issue(order: Order, policy: Path, keys: Path | None, terms: Terms, as_json: bool) -> None:
    """Decide, reserve, and print a pass. Exit 1 if the action is not allowed."""
    compiled = load(policy, as_json)
    with invalid_input(as_json):
        bound = _thumbprint(order.holder, as_json) if order.holder is not None else None
        signer = KeyStore(keys or policy.parent / keystore.DEFAULT).signer()
        engine = Engine.open(policy)
        artifacts = [artifact for file in order.approvals for artifact in artifacts_of(file)]
        if artifacts:
            approvers = those_of(compiled, order.approvers, as_json)
            with _used(policy, None, as_json) as once, _state():
                decision = approve_and_decide(engine, read_action(order.action), artifacts, approvers, once)
        else:
            decision = engine.decide(read_action(order.action))
    if decision.decision != "allow":
        _not_allowed(decision, as_json)
    approved = named(artifacts) if artifacts else None
    issued = _issued(engine, decision, signer, terms, bound, approved, as_json)
    if as_json:
        print_json({"issued": True, "token": issued.token, "claims": issued.claims.to_json()})
    else:
        sys.stdout.write(f"{issued.token}\n")
    leave(OK)


def _issued(
    engine: Engine,
    decision: Decision,
    signer: PrivateKey,
    terms: Terms,
    holder: str | None,
    approved: Approved | None,
    as_json: bool,
) -> Issued:
    try:
        return issue_pass(decision, signer, time.time(), terms, holder=holder, approved=approved)
    except RefusedError as error:
        with invalid_input(as_json), _state():
            engine.roll_back(decision)
        refused(error, as_json, "issued")


def _not_allowed(decision: Decision, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"issued": False, "reason": "not_allowed", "decision": decision.to_json()})
        leave(FINDINGS)
    name = colour(decision.decision, EFFECT_COLOURS[decision.decision], sys.stderr)
    for ground in decision.grounds:
        sys.stderr.write(f"{name}[{ground.code}]: {printable(ground.message)}\n")
    leave(FINDINGS)


def _thumbprint(holder: str, as_json: bool) -> str:
    """The key that a pass is bound to: by its thumbprint, its JWK, or a file with its JWK."""
    if is_thumbprint(holder):
        return holder
    inline = holder.lstrip().startswith("{")
    data = holder.encode() if inline else read_bytes(Path(holder), MAX_BYTES, "give a JWK, a file with one, or its kid")
    try:
        return public_key(loads(data, source="holder")).kid
    except RefusedError as error:
        help_text = "give its thumbprint, or the public JWK: P-256 or Ed25519"
        fail(f"the holder's key cannot be used: {error.message}", help_text, as_json)


# --- verify ---------------------------------------------------------------------------------------------------------


def verify(token: str, action: str, asked: Asked, proved: Proved, use: Use, at: str | None, as_json: bool) -> None:
    """Verify a pass for an action, and use it up if that is wanted."""
    if (token, action) == ("-", "-"):
        fail("standard input cannot be the token and the action", "give one of them as a file", as_json)
    if at is not None and use.consume:
        fail("a pass is used up now, and at no other time", "leave `--at` or `--consume` out", as_json)
    moment = instant(at, as_json)
    now = moment.timestamp() if moment is not None else time.time()
    with invalid_input(as_json), _refusing(as_json):
        tokens, admitted = read_lines(token), read_action(action)
        list_file = RevocationFile(asked.revocations or asked.policy.parent / revocationfile.DEFAULT, asked.issuer)
        trusted = _trusted(asked)
        revoked, last = list_file.read(trusted), list_file.last()
        if revoked is not None and moment is None:  # what would be accepted at another time is not remembered
            list_file.accept(revoked, now, asked.leeway)
        verifier = _verifier(asked, trusted, revoked, last, proved.proof is not None)
        with _once(asked.policy, use, as_json) as once:
            proof = proof_from(proved.proof, proved.method, proved.uri, as_json, once, lambda: now, admitted["tool"])
            if _is_chain(tokens):
                found = verifier.verify_chain(tokens, admitted, now, proof=proof, once=once, consume=use.consume)
            else:
                found = verifier.verify(tokens[0], admitted, now, proof=proof, once=once, consume=use.consume)
    _good(found, use.consume, as_json)


def _is_chain(tokens: Sequence[str]) -> bool:
    """Several passes, or a grant by itself. Raises RefusedError."""
    return len(tokens) > 1 or claims.read(jose.parse(tokens[0], claims.TYP).payload).is_grant


def _verifier(asked: Asked, trusted: KeySet, revoked: Revocations | None, last: int, proved: bool) -> Verifier:
    return Verifier(
        keys=trusted,
        issuer=asked.issuer,
        audience=asked.audience,
        leeway=asked.leeway,
        max_ttl=asked.max_ttl,
        policy_version=asked.policy_version,
        revocations=revoked,
        last=last,
        holder_required=asked.require_holder or proved,  # who shows a proof relies on it
    )


def _trusted(asked: Asked) -> KeySet:
    if asked.jwks is None:
        return KeyStore(asked.keys or asked.policy.parent / keystore.DEFAULT).trusted()
    try:
        return read_jwks(read_bytes(asked.jwks, MAX_BYTES))
    except RefusedError as error:
        raise UnreadableError(asked.jwks, error.message, "give a JWK Set with public keys") from None


@contextmanager
def _once(policy: Path, use: Use, as_json: bool) -> Iterator[Once | None]:
    """The store of what was used, if the pass is to be used up."""
    if not use.consume:
        yield None
        return
    with _used(policy, use.state, as_json) as once:
        yield once


@contextmanager
def _used(policy: Path, state: str | None, as_json: bool) -> Iterator[Once]:
    with _state():
        settings = load(policy, as_json).settings if state is None else None
        where = state if settings is None else state_of(policy, settings)
        once = open_once(where or "", settings.durability if settings is not None else "full")
    try:
        yield once
    finally:
        once.close()


def _good(found: Claims, used: bool, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"valid": True, "used": used, "claims": found.to_json()})
    else:
        agent, tool = cut(found.sub, _WIDE), cut(found.tool or "", _WIDE)
        sys.stdout.write(f"{colour('good', 'green')} {found.jti}: {agent} may call {tool}\n")
        sys.stdout.write(f"   until {time_text(found.exp)}{', and not again' if used else ''}\n")
    leave(OK)


# --- inspect --------------------------------------------------------------------------------------------------------


def inspect(token: str, as_json: bool) -> None:
    """Show what a token says, of whatever type. Exit 1 if it is no token."""
    with invalid_input(as_json), _refusing(as_json):
        header, payload = jose.peek(read_token(token))
    if not as_json:
        sys.stdout.write(colour("not verified", "yellow") + ": anybody can have written this\n")
    print_json({"verified": False, "header": header, "payload": payload})
    leave(OK)


# --- shared ---------------------------------------------------------------------------------------------------------


def read_token(source: str) -> str:
    """A token of a file or of standard input, without the line end behind it. Raises UnreadableError."""
    data = _bytes(source, "give a file with a token, or - for standard input")
    text = data.decode("utf-8", "replace")
    return text.removesuffix("\n").removesuffix("\r")


def read_action(source: str) -> Action:
    """One action of a file or of standard input. Raises DoorError, UnreadableError."""
    name = "standard input" if source == "-" else source
    return parse_action(_bytes(source, "give a file with an action, or - for standard input"), name)


def _bytes(source: str, help_text: str) -> bytes:
    if source != "-":
        return read_bytes(Path(source), MAX_BYTES, help_text)
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin is not None else b""
    if not data or len(data) > MAX_BYTES:
        raise UnreadableError("standard input", "is too large" if data else "is empty", help_text)
    return data


@contextmanager
def _refusing(as_json: bool) -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        refused(error, as_json)


@contextmanager
def _state() -> Iterator[None]:
    try:
        yield
    except StateError as error:
        raise UnreadableError("state", str(error), "give the file or database with `--state`") from None


def refused(error: RefusedError, as_json: bool, what: str = "valid") -> NoReturn:
    """Say why evidence is refused, and leave with 1. `what` is the name of the answer in JSON."""
    if as_json:
        print_json({what: False, "reason": error.reason.value, "message": error.message})
    else:
        name = colour("refused", "red", sys.stderr)
        sys.stderr.write(f"{name}[{error.reason.value}]: {printable(error.message)}\n")
    leave(FINDINGS)
