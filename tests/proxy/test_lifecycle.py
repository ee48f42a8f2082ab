"""The process: how it starts, stops, dies, comes back, and takes another policy."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import stat
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from axtary.ledger import open_rows
from tests.proxy.program import CLOSED
from tests.proxy.server import POLICY, READ, Server, prepare, read_all, running

SLOW = {"version": 1, "tool": "slow", "payload": {"seconds": 1.5}}


def records(folder: Path) -> list[dict[str, Any]]:
    """What the ledger has."""
    rows = open_rows(folder / ".axtary" / "ledger.db")
    try:
        return [json.loads(each.body) for each in rows.records(0, 100_000)]
    finally:
        rows.close()


def until(wanted: Any) -> None:
    """Wait for what comes about in another process."""
    ends = time.monotonic() + 60
    while not wanted():
        assert time.monotonic() < ends
        time.sleep(0.02)


# --- stopping -------------------------------------------------------------------------------------------------------


def test_sigterm_waits_for_what_runs_and_signs_the_ledger(tmp_path: Path) -> None:
    with running(tmp_path, prepare(tmp_path)) as server, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(server.post, "/v1/actions", SLOW, "codex", "slow")
        until(server.ran)
        server.process.send_signal(signal.SIGTERM)
        answer = asked.result()
        assert (answer.status, answer.json()["status"]) == (200, "executed")
        assert server.ended() == 0
    assert server.lines[-1]["event"] == "stopped"
    assert (tmp_path / CLOSED).read_text() == "1\n"
    rows = open_rows(tmp_path / ".axtary" / "ledger.db")
    head, signed = rows.head(), rows.checkpoint_of(0)
    rows.close()
    assert signed is not None and signed.size == head.size == 2
    assert [each["kind"] for each in records(tmp_path)] == ["decision", "outcome"]


def test_what_takes_too_long_stays_in_the_journal_for_the_next_process(tmp_path: Path) -> None:
    tokens = prepare(tmp_path)
    with running(tmp_path, tokens, patience=1) as server, ThreadPoolExecutor(1) as threads:
        stuck = {"version": 1, "tool": "slow", "payload": {"seconds": 3600}}
        asked = threads.submit(lambda: _quietly(lambda: server.post("/v1/actions", stuck, key="stuck")))
        until(server.ran)
        assert server.stop() == 1
        asked.result()
    assert server.lines[-1]["event"] == "stopped_while_running"
    with running(tmp_path, tokens) as server:
        assert server.wait("recovered")["attempts"] == 1
        found = server.get("/v1/attempts/stuck").json()
        assert (found["status"], found["outcome"]) == ("failed", "unknown")
        assert server.stop() == 0


def _quietly(work: Any) -> None:
    with suppress(OSError, http.client.HTTPException):
        work()


# --- dying ----------------------------------------------------------------------------------------------------------


def test_a_kill_while_it_runs_loses_nothing_and_runs_nothing_twice(tmp_path: Path) -> None:
    """16 threads ask while it is killed; with the next process each key ran once at most, and has its decision."""
    tokens = prepare(tmp_path)
    keys = [f"k{number}" for number in range(48)]
    with running(tmp_path, tokens) as server, ThreadPoolExecutor(16) as threads:
        asked = [threads.submit(_quietly, lambda key=key: _ask(server, key)) for key in keys]
        until(lambda: len(server.ran()) >= 10)
        server.stop(signal.SIGKILL)
        for each in asked:
            each.result()
    with running(tmp_path, tokens) as server:
        for key in keys:
            assert _ask(server, key).json()["status"] in ("executed", "failed")
        ran = Counter(each["key"].removeprefix("codex:") for each in server.ran())
        assert set(ran.values()) == {1}
        finished = {key: server.get(f"/v1/attempts/{key}").json() for key in keys}
        assert {each["stage"] for each in finished.values()} == {"done"}
        assert server.get("/metrics", "").body.decode().count("axtary_attempts_unfinished 0.0") == 1
        assert server.stop() == 0
    kinds = Counter((each["kind"], each.get("pass")) for each in records(tmp_path))
    outcomes = {jti for kind, jti in kinds if kind == "outcome"}
    assert outcomes == {jti for kind, jti in kinds if kind == "decision"}
    assert len(outcomes) == len(keys) >= len(ran)


def _ask(server: Server, key: str) -> Any:
    return server.post(
        "/v1/actions", {"version": 1, "tool": "slow", "payload": {"name": key, "seconds": 0.01}}, key=key
    )


# --- slow clients ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: "])
def test_who_does_not_come_to_the_point_is_cut_off(tmp_path: Path, sent: bytes) -> None:
    with running(tmp_path, prepare(tmp_path), reading=0.3) as server:
        assert server.raw(sent) == b""


def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    with running(tmp_path, prepare(tmp_path), reading=0.3) as server:
        head = f"POST /v1/actions HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
        head += f"Authorization: Bearer {server.tokens['codex']}\r\nContent-Length: 50\r\n\r\n" + '{"version": 1'
        assert server.raw(head.encode()).startswith(b"HTTP/1.1 408 ")


def test_without_room_callers_are_told_to_come_back(tmp_path: Path) -> None:
    """One thread, four in line: of 12 that ask while it works some are told 503, and none of these ran."""
    with running(tmp_path, prepare(tmp_path), threads=1) as server, ThreadPoolExecutor(12) as threads:
        body = {**SLOW, "payload": {"seconds": 0.3}}
        found = list(threads.map(lambda n: server.post("/v1/actions", body, key=f"n{n}"), range(12)))
        refused = [each for each in found if each.status == 503]
        assert refused and {each.code for each in refused} == {"busy"}
        assert {each.headers["retry-after"] for each in refused} == {"1"}
        assert len(server.ran()) == len(found) - len(refused)


def test_what_takes_long_goes_on_and_can_be_asked_for(tmp_path: Path) -> None:
    with running(tmp_path, prepare(tmp_path), seconds=0.2) as server:
        answer = server.post("/v1/actions", SLOW, key="long")
        assert (answer.status, answer.code) == (504, "slow")
        until(lambda: server.get("/v1/attempts/long").json()["stage"] == "done")
        assert server.get("/v1/attempts/long").json()["status"] == "executed"
        assert len(server.ran()) == 1


# --- another policy -------------------------------------------------------------------------------------------------


def test_a_policy_that_changes_is_taken_and_one_that_is_bad_is_not(tmp_path: Path) -> None:
    with running(tmp_path, prepare(tmp_path)) as server:
        before = server.wait("listening")["policy_version"]
        policy = tmp_path / "axtary.yml"
        policy.write_text("version: 1\npolicies:\n  - {id: reads, effect: deny, match: {tool: fs.read}}\n")
        taken = server.wait("policy_taken")
        assert taken["previous"] == before != taken["policy_version"]
        assert server.post("/v1/actions", READ).status == 403
        policy.write_text("version: 1\npolicies: [")
        assert server.wait("policy_refused")["policy_version"] == taken["policy_version"]
        assert server.post("/v1/actions", READ).status == 403
        text = server.get("/metrics", "").body.decode()
        assert 'axtary_policy_reloads_total{result="taken"} 1.0' in text
        assert 'axtary_policy_reloads_total{result="refused"} 1.0' in text
        assert server.stop() == 0
    (found,) = [each for each in records(tmp_path) if each["kind"] == "policy"]
    assert (found["previous"], found["policy_version"]) == (before, taken["policy_version"])


# --- where it listens -----------------------------------------------------------------------------------------------


def test_a_unix_socket_is_for_its_owner(tmp_path: Path) -> None:
    tokens, place = prepare(tmp_path), tmp_path / "s"
    for _ in range(2):
        with running(tmp_path, tokens, uds=str(place)) as server:
            assert stat.S_IMODE(place.stat().st_mode) == 0o600
            with socket.socket(socket.AF_UNIX) as sent:
                sent.connect(str(place))
                head = f"GET /v1/approvals HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {tokens['codex']}\r\n"
                sent.sendall(f"{head}Connection: close\r\n\r\n".encode())
                assert read_all(sent).startswith(b"HTTP/1.1 200 ")
            server.stop(signal.SIGKILL)
        assert place.exists()  # the next one takes it away
    with running(tmp_path, tokens, uds=str(place)) as server:
        assert server.stop() == 0
    assert not place.exists()


def test_without_a_ledger_that_can_be_written_nothing_runs(tmp_path: Path) -> None:
    with running(tmp_path, prepare(tmp_path)) as server:
        assert server.post("/v1/actions", READ).status == 200
        import sqlite3

        with sqlite3.connect(tmp_path / ".axtary" / "ledger.db") as other:
            other.execute("CREATE TRIGGER stop BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'no'); END")
        other.close()
        answer = server.post("/v1/actions", READ)
        assert (answer.status, answer.json()["reasons"][0]["code"]) == (503, "not_recorded")
        question = {
            "subject": {"type": "user", "id": "ana@acme.com"},
            "action": {"name": "fs.read"},
            "resource": {"type": "file", "id": "a"},
        }
        assert server.post("/access/v1/evaluation", question).json()["decision"] is False
        assert len(server.ran()) == 1


def test_the_policy_of_these_tests_compiles() -> None:
    from axtary.compiler import compile_policy

    assert compile_policy("axtary.yml", POLICY.encode()).policy.rules
