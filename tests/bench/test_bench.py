"""The benchmark works, and the engines that are installed give the same answers. Nothing is timed here."""

from __future__ import annotations

import pytest
from tests.bench import chains, evidence, ledger, lint, lsp, proofs, proxy, report, state
from tests.bench.peers import PEERS, is_installed

NAMES = [peer.name for peer in PEERS]


def test_engines_answer_alike() -> None:
    rows = report.compare("realistic", 20, NAMES, count=10, seconds=60)
    assert sorted(row.engine for row in rows) == sorted(NAMES)
    assert {row.engine for row in rows if row.actions == 10} == {peer.name for peer in PEERS if is_installed(peer)}
    assert len({row.permitted for row in rows if row.actions}) == 1


def test_some_actions_are_permitted_and_some_are_not() -> None:
    (row,) = report.compare("realistic", 1000, ["axtary"], count=100, seconds=60)
    assert 10 < row.permitted < 90


def test_what_is_too_large_for_an_engine_is_said() -> None:
    rows = report.compare("specific", 1001, ["axtary", "pycasbin"], count=2, seconds=60)
    assert [bool(row.note) for row in rows] == [False, True]


def test_the_other_parts_of_the_report() -> None:
    assert "decisions/s" in report.batch(20, 100)
    assert report.memory(20, 100).count("+") <= 10
    assert "decide" in report.hot_path(20, 20)


def test_the_state_is_measured() -> None:
    found = state.lines(0.05, [1, 50])
    assert [line.split()[1] for line in found][:2] == ["sqlite", "sqlite"]
    assert all(line.count("reserve+commit/s") == 2 for line in found if "NOT run" not in line)


def test_passes_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = report.passes(20)
    assert sum("axtary" not in line and "verify v0" in line for line in lines) == 2
    assert all(line.endswith(" us") or "not installed" in line for line in lines)
    monkeypatch.setattr(evidence, "_is_there", lambda module: False)
    assert [line.split()[1] for line in report.passes(20)[-2:]] == ["tenuo:", "biscuit:"]


def test_proofs_are_measured() -> None:
    found = proofs.lines(2)
    assert len(found) == 4 and all("x checking a signature" in line for line in found)


def test_the_ledger_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "WRITERS", ((1, 2),))
    found = list(ledger.lines(0.05, 300))
    start = next(n for n, line in enumerate(found) if line.startswith("ledger filled up to 30,"))
    assert all("records/s" in line or "NOT run" in line for line in found[:start]) and start >= 3
    assert [line.split(":")[0] for line in found[start:]] == [
        "ledger filled up to 30, 256 at a time",
        "ledger verify of 30",
        "ledger attest of 30",
        *(f"ledger proofs, log2({size}) = {log}" for size, log in ((10, 3.3), (30, 4.9))),
        "ledger filled up to 300, 256 at a time",
        "ledger verify of 300",
        "ledger attest of 300",
        *(f"ledger proofs, log2({size}) = {log}" for size, log in ((10, 3.3), (100, 6.6), (300, 8.2))),
    ]
    assert all(line.count("MiB at most in a process") == 2 for line in found if "verify" in line)
    assert "9 hashes (288 bytes) at most" in found[-1]


def test_the_lints_are_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["lint", "--rules", "20", "--workloads", "mixed", "stars"])
    assert lint.main() == 0
    assert capsys.readouterr().out.count("0 undecided") == 2


def test_the_language_server_is_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["lsp", "--rules", "5", "--repeat", "1"])
    monkeypatch.setattr(lsp, "BUDGET", 60_000.0)
    monkeypatch.setattr(lsp, "BUDGETS", {})
    assert lsp.main() == 0
    printed = capsys.readouterr().out
    assert printed.count(" idle ") == printed.count(" typing ") == 9


def test_chains_of_passes_are_measured() -> None:
    assert [line.split("  ")[0] for line in chains.report(2).splitlines()[1:5]] == [
        f"{n} links" for n in chains.LENGTHS
    ]


def test_the_proxy_is_measured() -> None:
    found = list(proxy.lines(0.2, (1, 4), ["normal"]))
    assert sum("req/s" in line for line in found) == 6
    assert sum("record" in line and "decide" in line for line in found) == 4
