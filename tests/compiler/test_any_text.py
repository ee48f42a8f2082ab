"""Whatever the text, it compiles or it is refused with diagnostics; nothing else happens."""

from __future__ import annotations

import random
from pathlib import Path

from axtary.compiler import CompileError, compile_policy
from axtary.compiler.diagnostics import CODES, Diagnostic
from axtary.compiler.reports.text import render
from axtary.grammars import preset

SEED = 20261123
TRIES = 3000
GOLDEN = Path(__file__).parent.parent.parent / "golden"
POLICIES = [path.read_bytes() for path in sorted(GOLDEN.glob("*/policy.yml"))] + [preset("coding-agent")[:6000]]
PIECES = [b"[", b"]", b"{", b"}", b'"', b"'", b"*", b"@", b"\\", b"&", b": ", b"\n", b"- "]
PIECES += [b"and ", b"not ", b"(", b")"]
PIECES += [b"\xff", b"\x00", b"\t", "\u202e".encode(), b"payload.", b"has ", b"==", b"999999999999999999999", b"{a,b}"]


def mutated(rng: random.Random) -> bytes:
    """A real policy with pieces swapped, cut, doubled or replaced."""
    data = bytearray(rng.choice(POLICIES))
    for _ in range(rng.randint(1, 4)):
        at, end = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        kind = rng.randrange(5)
        if kind == 0:
            data[at:at] = rng.choice(PIECES)
        elif kind == 1:
            data[at : at + rng.randint(1, 8)] = b""
        elif kind == 2:
            del data[end:]
        elif kind == 3:
            data[at:at] = data[at : min(end, at + 40)]
        else:
            data[at : at + 1] = bytes([rng.randrange(256)])
    return bytes(data)


def check(diagnostic: Diagnostic, sources: dict[str, str]) -> None:
    assert diagnostic.code in CODES
    assert diagnostic.message and diagnostic.help
    lines = sources[diagnostic.span.file].count("\n") + 2
    assert 1 <= diagnostic.span.line <= lines
    assert "\x1b" not in render(diagnostic, sources)


def test_mutated_policies_compile_or_are_refused() -> None:
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    refused = 0
    for _ in range(TRIES):
        data = mutated(rng)
        try:
            found = compile_policy("axtary.yml", data)
            diagnostics, sources = list(found.warnings), found.sources
        except CompileError as error:
            refused += 1
            diagnostics, sources = list(error.diagnostics), error.sources
            assert diagnostics
        assert diagnostics == sorted(diagnostics, key=lambda d: d.sort_key)
        for diagnostic in diagnostics:
            check(diagnostic, sources)
    assert TRIES // 3 < refused < TRIES
