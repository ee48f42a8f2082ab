"""What a pass costs: made and verified, beside tokens of others and the signatures alone.

All take turns on the same actions, in microseconds (medians). The others sign with Ed25519 in Rust; a pass is signed
with ES256 unless it says otherwise. What each does is not the same: a pass is verified against the whole action (its
canonical form is made and hashed), a warrant of tenuo and a biscuit against the tool and one argument.
"""

from __future__ import annotations

import gc
import importlib.util
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from random import Random
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from tests.bench.workloads import make

from axtary.passes import jose
from axtary.passes.claims import TYP
from axtary.passes.issue import issue
from axtary.passes.keys import ALGORITHMS, generate
from axtary.passes.keyset import KeySet, TrustedKey
from axtary.passes.verify import Verifier
from axtary.runtime.action import parse_action
from axtary.runtime.decision import Decision

NOW = 1_790_000_000
POLICY = "sha256:" + "0" * 64
Action = dict[str, Any]
Step = Callable[[Action], object]

_ROUND = 20  # calls of one step before the next has its turn


def steps(count: int) -> dict[str, float]:
    """Step -> median microseconds, over `count` calls each."""
    actions = [parse_action(text) for text in islice(make("realistic", 100).actions(Random("evidence")), 200)]
    found = {name: step for source in (_axtary, _floor, *_peers()) for name, step in source(actions[0])}
    return _timed(found, actions, count)


def missing() -> list[str]:
    """Others that are not installed."""
    return [name for name, module in (("tenuo", "tenuo"), ("biscuit", "biscuit_auth")) if not _is_there(module)]


def _timed(found: dict[str, Step], actions: list[Action], count: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in found}
    source, clock = cycle(actions), time.perf_counter_ns
    gc.collect()
    gc.disable()
    try:
        for _ in range(max(1, count // _ROUND)):
            for name, step in found.items():
                for action in islice(source, _ROUND):
                    start = clock()
                    step(action)
                    times[name].append((clock() - start) / 1000)
    finally:
        gc.enable()
    return {name: statistics.median(taken) for name, taken in times.items()}


def _allowed(action: Action) -> Decision:
    return Decision("allow", (), ("r",), {}, POLICY, action)


def _axtary(_first: Action) -> Iterator[tuple[str, Step]]:
    for algorithm in ALGORITHMS:
        yield from _passes(algorithm)


def _passes(algorithm: str) -> Iterator[tuple[str, Step]]:
    key, holder = generate(algorithm), generate().kid
    verifier = Verifier(keys=KeySet([TrustedKey(key.public)]))
    kept: dict[tuple[int, str | None], str] = {}

    def mint(action: Action, bound: str | None = None) -> str:
        return issue(_allowed(action), key, NOW, holder=bound).token

    def verify(action: Action, bound: str | None = None) -> object:
        name = id(action), bound
        token = kept.get(name) or kept.setdefault(name, mint(action, bound))  # made when it is first needed
        return verifier.verify(token, action, NOW, proof=lambda *_: None)

    yield f"mint {algorithm}", mint
    yield f"parse+verify v0 {algorithm}", verify
    yield f"parse+verify v1 without proof {algorithm}", lambda action: verify(action, holder)
    parsed = jose.parse(jose.sign({"a": "x" * 500}, TYP, key), TYP)
    yield f"check {algorithm}", lambda _: jose.check(parsed, key.public)


def _floor(_first: Action) -> Iterator[tuple[str, Step]]:
    """The signatures of `cryptography` over as many bytes as a pass has."""
    data = b"x" * 900
    p256, ed = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    kind = ec.ECDSA(hashes.SHA256())
    by_p256, by_ed = p256.sign(data, kind), ed.sign(data)
    p256_public, ed_public = p256.public_key(), ed.public_key()
    yield "floor: sign ES256", lambda _: p256.sign(data, kind)
    yield "floor: verify ES256", lambda _: p256_public.verify(by_p256, data, kind)
    yield "floor: sign Ed25519", lambda _: ed.sign(data)
    yield "floor: verify Ed25519", lambda _: ed_public.verify(by_ed, data)


def _is_there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _peers() -> Iterator[Callable[[Action], Iterator[tuple[str, Step]]]]:
    if _is_there("tenuo"):
        yield _tenuo
    if _is_there("biscuit_auth"):
        yield _biscuit


def _tenuo(first: Action) -> Iterator[tuple[str, Step]]:
    import tenuo

    key, holder = tenuo.SigningKey.generate(), tenuo.SigningKey.generate()
    resource = first["resource"]

    def mint(action: Action) -> str:
        able = {action["tool"]: {"resource": tenuo.Exact(action["resource"])}}
        return str(tenuo.Warrant.issue(key, able, ttl_seconds=300, holder=holder.public_key).to_base64())

    text, arguments = mint(first), {"resource": resource}
    authorizer = tenuo.Authorizer(trusted_roots=[key.public_key])
    proof = tenuo.Warrant.from_base64(text).sign(holder, first["tool"], arguments, int(time.time()))

    def verify(_: Action) -> None:
        warrant = tenuo.Warrant.from_base64(text)
        authorizer.verify(warrant)
        assert warrant.check_constraints(first["tool"], arguments) is None

    yield "tenuo: mint", mint
    yield "tenuo: parse+verify", verify
    yield (
        "tenuo: parse+authorize with proof",
        lambda _: authorizer.authorize(tenuo.Warrant.from_base64(text), first["tool"], arguments, proof),
    )


def _biscuit(first: Action) -> Iterator[tuple[str, Step]]:
    from datetime import UTC, datetime, timedelta

    import biscuit_auth

    pair = biscuit_auth.KeyPair()
    now = datetime.now(UTC)
    given = "right({tool}, {resource}); check if time($time), $time < {exp}"
    asked = "time({now}); allow if right({tool}, {resource})"

    def mint(action: Action) -> str:
        values = {"tool": action["tool"], "resource": action["resource"], "exp": now + timedelta(hours=1)}
        return str(biscuit_auth.BiscuitBuilder(given, values).build(pair.private_key).to_base64())

    text = mint(first)
    no_limits: Any = biscuit_auth.AuthorizerBuilder("")  # its types do not know of limits
    limits = no_limits.limits()
    limits.max_time = timedelta(seconds=10)  # by default it gives up after a millisecond, also on a busy machine

    def verify(_: Action) -> None:
        token = biscuit_auth.Biscuit.from_base64(text, pair.public_key)
        values = {"tool": first["tool"], "resource": first["resource"], "now": now}
        builder: Any = biscuit_auth.AuthorizerBuilder(asked, values)
        builder.set_limits(limits)
        builder.build(token).authorize()

    yield "biscuit: mint", mint
    yield "biscuit: parse+verify+authorize", verify
