"""What proofs of possession cost: made, looked at, and used once, each beside its bare signature.

The steps take turns, so that whatever else the machine does meets all of them. Medians in microseconds.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.dpop.making import ED25519, P256, TOKEN, URI, claims_of

from axtary.passes.dpop import Examiner, Request, Verifier, prove
from axtary.passes.keys import PrivateKey
from axtary.runtime.state import Once, open_once


def lines(count: int) -> list[str]:
    """A line for each kind of key and each durability of the state."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for durability in ("normal", "full"):
            once = open_once(Path(folder) / f"{durability}.db", durability)
            for key in (P256, ED25519):
                found.append(_line(key, once, durability, count))
            once.close()
    return found


def _line(key: PrivateKey, once: Once, durability: str, count: int) -> str:
    found = {name: statistics.median(times) for name, times in _measured(key, once, count).items()}
    sign, verify = found.pop("sign"), found.pop("check")
    made, looked, used = found["prove"], found["examine"], found["verify"]
    return (
        f"proofs      {key.algorithm:>7} prove {made:.0f} us ({made / sign:.1f} x signing),"
        f" examine {looked:.0f} us ({looked / verify:.1f} x checking a signature),"
        f" verify and use {used:.0f} us (SQLite, {durability})"
    )


def _measured(key: PrivateKey, once: Once, count: int) -> dict[str, list[float]]:
    claims, examiner, verifier = claims_of(key.kid), Examiner(), Verifier(once)
    requests = [Request([prove(key, "POST", URI, TOKEN)], "POST", URI) for _ in range(count)]
    data = requests[0].proofs[0].encode()
    signature = key.sign(data)
    times: dict[str, list[float]] = {}

    def timed(name: str, step: Callable[[], object]) -> None:
        start = time.perf_counter()
        step()
        times.setdefault(name, []).append((time.perf_counter() - start) * 1e6)

    for request in requests:
        timed("sign", lambda: key.sign(data))
        timed("prove", lambda: prove(key, "POST", URI, TOKEN))
        timed("check", lambda: key.public.verify(data, signature))
        timed("examine", lambda request=request: examiner.examine(request, claims, TOKEN))  # type: ignore[misc]
        timed("verify", lambda request=request: verifier.verify(request, claims, TOKEN))  # type: ignore[misc]
    return times
