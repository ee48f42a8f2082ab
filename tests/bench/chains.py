"""Chains of passes: `python -m tests.bench.chains`. Medians of what is done for the first time, and once more.

Each chain is of ES256 keys, and has patterns and values of its own, so that nothing of it was compared before.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from tests.bench.measure import timed

from axtary.passes.chain import admit, verify_chain
from axtary.passes.delegation import delegate, grant
from axtary.passes.keys import generate
from axtary.passes.narrowing import included
from axtary.passes.scope import Scope

NOW = 1_790_000_000
LENGTHS = (1, 2, 4, 8)
INCLUSIONS: dict[str, Callable[[int], tuple[Any, Any]]] = {
    "the same": lambda n: ({"tools": [f"t{n}.*"]}, {"tools": [f"t{n}.*"]}),
    "a name in a pattern": lambda n: ({"tools": [f"t{n}.read"]}, {"tools": [f"t{n}.*"]}),
    "a pattern in a pattern": lambda n: ({"tools": [f"t{n}.pulls.*"]}, {"tools": [f"t{n}.*"]}),
    "a pattern not in one": lambda n: ({"resources": [f"repo:{n}/**"]}, {"resources": [f"repo:{n}/*"]}),
    "alternatives and **": lambda n: (
        {"resources": [f"repo:{n}/{{web,app}}-*/src/**/*.py"]},
        {"resources": [f"repo:{n}/web-*/**", f"repo:{n}/app-*/**"]},
    ),
    "60 patterns in 60": lambda n: (
        {"resources": [f"repo:{n}/service-{i}/*" for i in range(60)]},
        {"resources": [f"repo:{n}/service-{i}/**" for i in range(60)]},
    ),
    "a lower amount": lambda n: (_amount(n), _amount(n + 1)),
    "conditions of all kinds": lambda n: (_kinds(n), _kinds(n + 1)),
}


def _amount(bound: int) -> Any:
    return {"payload": [{"path": ["amount"], "op": "<=", "value": bound}]}


def _kinds(n: int) -> Any:
    more = [
        {"path": ["base"], "op": "!=", "value": "main"},
        {"path": ["branch"], "op": "like", "value": f"rel-{n // 2}/*"},
        {"path": ["file"], "op": "matches", "value": "src/**"},
        {"path": ["draft"], "op": "==", "value": True},
    ]
    return {"payload": [*_amount(n)["payload"], *more]}


def report(count: int = 40) -> str:
    """A table, as text."""
    lines = [f"{'chain of':<24} {'first us':>9} {'again us':>9}"]
    lines += [_row(f"{length} links", *_verified(length, count)) for length in LENGTHS]
    lines += [f"{'is it within':<24} {'first us':>9} {'again us':>9}"]
    lines += [_row(name, *_included(make, count)) for name, make in INCLUSIONS.items()]
    return "\n".join(lines)


def _row(name: str, first: float, again: float) -> str:
    return f"{name:<24} {first:>9.0f} {again:>9.0f}"


def _verified(length: int, count: int) -> tuple[float, float]:
    operator, holder = generate(), generate()
    keys = {operator.kid: operator.public}
    chains = [_chain(operator, holder, number, length) for number in range(count)]

    def verify(chain: Sequence[str]) -> None:
        admit(verify_chain(chain, keys, NOW, lambda _: False), _action(chains.index(list(chain))))

    _forget()
    return timed(verify, chains), timed(verify, chains)


def _chain(operator: Any, holder: Any, number: int, length: int) -> list[str]:
    constraints: Any = {"tools": [f"t{number}.*"], "resources": [f"repo:{number}/**"], **_amount(100)}
    root = {"issuer": "i", "audience": "a", "owner": "o", "tenant": "t", "task": "k", "policy_version": _VERSION}
    chain = [
        grant(operator, agent="a", holder=holder.kid, constraints=constraints | {"hops": 7}, now=NOW, ttl=300, **root)
    ]
    for hop in range(1, length):
        constraints = constraints | {"resources": [f"repo:{number}/{'web-' * hop}**"], **_amount(100 - hop)}
        hops = {"hops": 7 - hop} if hop < 7 else {}
        token = delegate(chain, holder, agent="a", holder=holder.kid, constraints=constraints | hops, now=NOW)
        chain.append(token)
    return chain


_VERSION = "sha256:" + "0" * 64


def _action(number: int) -> Any:
    return {
        "version": 1,
        "tool": f"t{number}.read",
        "resource": f"repo:{number}/{'web-' * 8}x",
        "actor": {"agent": "a", "owner": "o", "tenant": "t"},
        "intent": {"task": "k"},
        "payload": {"amount": 5},
    }


def _included(make: Callable[[int], tuple[Any, Any]], count: int) -> tuple[float, float]:
    pairs = [make(2 * number) for number in range(count)]
    scopes = [(Scope.read(child), Scope.read({**parent, "hops": 1})) for child, parent in pairs]
    _forget()
    return timed(lambda pair: included(*pair), scopes), timed(lambda pair: included(*pair), scopes)


def _forget() -> None:
    from axtary.compiler.analysis import languages
    from axtary.compiler.analysis.space import texts

    for cached in (texts.classes, texts._literals, languages._steps):
        cached.cache_clear()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.chains", description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="chains and pairs of each kind")
    print(report(parser.parse_args().count))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
