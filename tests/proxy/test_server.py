"""The proxy over a real connection: who is let in, what is read, and what runs how often."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.proxy.server import CODEX, READ, Server, prepare, read_all, running

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("proxy")
    with running(folder, prepare(folder)) as found:
        yield found
        assert found.stop() == 0


# --- who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    ["", "Bearer ", "Bearer axc_" + "A" * 43, "Basic Y29kZXg6eA==", "Bearer axc_ü", "Bearer " + "x" * 2000, "DPoP x"],
)
def test_without_a_token_that_is_known_nobody_is_let_in(server: Server, given: str) -> None:
    headers = {"Authorization": given} if given else {}
    for method, path in (("POST", "/v1/actions"), ("GET", "/v1/approvals"), ("POST", "/access/v1/evaluation")):
        body = READ if method == "POST" else None
        answer = server.ask(
            method, path, body, "", {k: v.encode("latin-1").decode("latin-1") for k, v in headers.items()}
        )
        assert (answer.status, answer.code) == (401, "not_authenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_two_authorizations_are_one_too_many(server: Server) -> None:
    token = server.tokens["codex"]
    head = f"GET /v1/approvals HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
    head += f"Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n\r\n"
    assert server.raw(head.encode()).startswith(b"HTTP/1.1 401 ")


def test_the_actor_is_the_callers(server: Server) -> None:
    answer = server.post("/v1/actions", READ, key="actor-1")
    assert (answer.status, answer.json()["status"]) == (200, "executed")
    (ran,) = [each for each in server.ran() if each["key"] == "codex:actor-1"]
    assert ran["actor"] == {"agent": CODEX.agent, "owner": CODEX.owner, "tenant": CODEX.tenant, "roles": ["dev"]}


@pytest.mark.parametrize(
    "actor",
    [
        {"agent": "agent:other"},
        {"owner": "user:eve@acme.com"},
        {"tenant": ""},
        {"roles": ["dev", "admin"]},
        {"agent": "agent:codex-1", "roles": "dev"},
    ],
)
def test_a_body_names_no_other_actor(server: Server, actor: dict[str, object]) -> None:
    before = len(server.ran())
    answer = server.post("/v1/actions", {**READ, "actor": actor})
    assert (answer.status, answer.code) == (403, "other_actor")
    assert len(server.ran()) == before


def test_a_gateway_names_other_actors(server: Server) -> None:
    actor = {"agent": "agent:x", "owner": "user:y", "roles": ["z"]}
    assert server.post("/v1/actions", {**READ, "actor": actor}, "pep", "gate-1").status == 200
    assert server.post("/v1/actions", {**READ, "actor": {"owner": "user:y"}}, "pep", "gate-2").status == 200
    by_key = {each["key"]: each["actor"] for each in server.ran()}
    assert by_key["pep:gate-1"] == actor
    assert by_key["pep:gate-2"] == {"agent": "agent:pep", "owner": "user:y"}


def test_who_is_revoked_is_out_at_once(tmp_path: Path) -> None:
    from axtary.proxy.callers import FILE, Callers

    tokens = prepare(tmp_path)
    with running(tmp_path, tokens) as server:
        assert server.get("/v1/approvals").status == 200
        Callers(tmp_path / FILE).revoke("codex")
        assert server.get("/v1/approvals").status == 401
        assert server.get("/v1/approvals", "other").status == 200
        (tmp_path / FILE).chmod(0o644)
        (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes() + b"\n")
        answer = server.get("/v1/approvals", "other")
        assert (answer.status, answer.code) == (503, "callers_unreadable")
        assert server.get("/readyz", "").status == 503


# --- what is read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "AX0802"),
        (b"{", 400, "AX0802"),
        (b"[]", 400, "AX0813"),
        (b'{"version": 1, "tool": "fs.read", "tool": "pay"}', 400, "AX0803"),
        (b'{"version": 1, "tool": "fs.read", "payload": {"a": 1, "\\u0061": 2}}', 400, "AX0803"),
        (b'{"version": 1, "tool": "fs.read", "payload": {"a": NaN}}', 400, "AX0802"),
        (b'{"version": 1, "tool": "fs.read", "facts": {}}', 400, "AX0811"),
        (b'\xef\xbb\xbf{"version": 1, "tool": "fs.read"}', 400, "AX0801"),
        (b"[" * 5000, 400, "AX0807"),
        (json.dumps({**READ, "payload": {"name": "x" * 1024 * 1024}}).encode(), 413, "AX0808"),
    ],
)
def test_a_body_that_is_refused_runs_nothing(server: Server, body: bytes, status: int, code: str) -> None:
    before = len(server.ran())
    answer = server.ask("POST", "/v1/actions", body)
    assert (answer.status, answer.code) == (status, code)
    assert len(server.ran()) == before


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""]
)
def test_other_content_is_refused(server: Server, kind: str) -> None:
    answer = server.ask("POST", "/v1/actions", READ, headers={"Content-Type": kind})
    assert (answer.status, answer.code) == (415, "media_type")
    answer = server.ask("POST", "/v1/actions", READ, headers={"Content-Encoding": "gzip"})
    assert (answer.status, answer.code) == (415, "content_encoding")


def test_a_body_that_is_too_large_is_not_read(server: Server) -> None:
    """Neither with a length that says so, nor in parts without one."""
    head = f"POST /v1/actions HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {server.tokens['codex']}\r\n"
    for line in ("Content-Length: 1099511627776", f"Content-Length: {10**19}"):
        assert b" 413 " in server.raw(f"{head}{line}\r\n\r\n".encode()).split(b"\r\n")[0]
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sent:
        sent.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        part = b"10000\r\n" + b" " * 65536 + b"\r\n"
        for _ in range(16):
            sent.sendall(part)
        sent.sendall(b"1\r\n \r\n")
        answer = read_all(sent)
    assert answer.startswith(b"HTTP/1.1 413 ") and b"connection: close" in answer.lower()


def test_the_other_paths_and_methods_are_refused(server: Server) -> None:
    assert server.get("/v1/nothing").code == "no_such_path"
    assert server.get("/v1/approvals/").status == 404
    answer = server.get("/v1/actions")
    assert (answer.status, answer.code) == (405, "no_such_method")
    assert answer.headers["allow"] == "POST"
    assert server.ask("OPTIONS", "/v1/actions").headers.get("access-control-allow-origin") is None


# --- where from -----------------------------------------------------------------------------------------------------


def test_a_name_that_was_bent_to_this_machine_is_refused(server: Server) -> None:
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1", f"127.0.0.1:{server.port}.evil.example"):
        answer = server.get("/v1/approvals", Host=host)
        assert (answer.status, answer.code) == (421, "other_host"), host
    assert server.get("/v1/approvals", Host=f"LOCALHOST:{server.port}").status == 200


def test_a_page_of_another_origin_may_not_ask(server: Server) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://["):
        answer = server.get("/v1/approvals", Origin=origin)
        assert (answer.status, answer.code) == (403, "other_origin"), origin
    assert server.get("/v1/approvals", Origin=f"http://127.0.0.1:{server.port}").status == 200


@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: +4",
        "Content-Length: 4, 5",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: x",
        "Transfer-Encoding : chunked",
        "Host: 127.0.0.1:1",
        "A: b\r\n folded: c\x00d",
    ],
)
def test_no_request_hides_in_another(server: Server, lines: str) -> None:
    """Where two readers could see two ends of a request, it is refused, and the connection with it."""
    inner = f"GET /v1/approvals HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    head = f"POST /v1/actions HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    head += f"Authorization: Bearer {server.tokens['codex']}\r\n"
    answer = server.raw(f"{head}{lines}\r\n\r\n0\r\n\r\n{inner}".encode())
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ", b"HTTP/1.1 415 "))


# --- what runs ------------------------------------------------------------------------------------------------------


def test_one_key_runs_once(server: Server) -> None:
    first = server.post("/v1/actions", READ, key="once").json()
    again = server.post("/v1/actions", READ, key="once").json()
    assert (first["status"], first.get("repeated")) == ("executed", None)
    assert (again["status"], again["repeated"], again["result"]) == ("executed", True, first["result"])
    other = server.post("/v1/actions", {**READ, "payload": {"name": "b"}}, key="once")
    assert (other.status, other.json()["reasons"][0]["code"]) == (422, "key_of_another_action")
    assert [each["key"] for each in server.ran()].count("codex:once") == 1


def test_a_key_of_one_caller_says_nothing_to_another(server: Server) -> None:
    server.post("/v1/actions", READ, key="mine")
    assert server.get("/v1/attempts/mine").json()["status"] == "executed"
    assert server.get("/v1/attempts/mine", "other").status == 404
    assert server.get("/v1/attempts/codex:mine", "other").status == 404
    assert server.post("/v1/actions", READ, "other", "mine").json().get("repeated") is None


@pytest.mark.parametrize("key", ["", "a b", "x" * 151, "ü"])
def test_a_key_that_is_ill_formed_runs_nothing(server: Server, key: str) -> None:
    before = len(server.ran())
    answer = server.post("/v1/actions", READ, key=key)
    assert (answer.status, answer.code) == (400, "key_ill_formed")
    assert len(server.ran()) == before


def test_an_action_that_waits_or_is_denied_does_not_run(server: Server) -> None:
    before = len(server.ran())
    held = server.post("/v1/actions", {"version": 1, "tool": "fs.write", "payload": {}})
    assert (held.status, held.json()["status"], held.json()["decision"]) == (202, "pending", "step_up")
    denied = server.post("/v1/actions", {"version": 1, "tool": "other", "payload": {}})
    assert (denied.status, denied.json()["decision"]) == (403, "deny")
    unknown = server.post("/v1/actions", {"version": 1, "tool": "unknown", "payload": {}})
    assert (unknown.status, unknown.json()["status"]) == (400, "malformed")
    assert len(server.ran()) == before


def test_a_caller_may_run_it_itself(server: Server) -> None:
    begun = server.post("/v1/authorize", READ, key="self")
    assert (begun.status, begun.json()["status"]) == (200, "authorized")
    assert begun.json()["pass"].count(".") == 2
    assert server.get("/v1/attempts/self").json()["status"] == "under_way"
    again = server.post("/v1/authorize", READ, key="self")
    assert (again.status, again.json()["reasons"][0]["code"]) == (409, "under_way")
    assert server.post("/v1/attempts/self/outcome", {"outcome": "succeeded"}, "other").status == 404
    ended = server.post("/v1/attempts/self/outcome", {"outcome": "succeeded", "result": {"x": 1}})
    assert (ended.status, ended.json()["status"], ended.json()["result"]) == (200, "executed", {"x": 1})
    assert server.get("/v1/attempts/self").json()["stage"] == "done"


@pytest.mark.parametrize("key", ["a/b", "a/outcome", "a%2Fb", "a?b#c", "..", "~!'"])
def test_a_key_of_any_characters_can_be_asked_for_and_ended(server: Server, key: str) -> None:
    place = f"/v1/attempts/{quote(key, safe='')}"
    assert server.post("/v1/authorize", READ, key=key).json()["attempt"] == key
    assert server.get(place).json()["attempt"] == key
    assert server.post(f"{place}/outcome", {"outcome": "failed"}).json()["status"] == "failed"
    assert server.get(place).json()["stage"] == "done"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "fine"},
        {"outcome": "failed", "more": 1},
        {"outcome": "failed", "message": 1},
        {"outcome": "failed", "costs": {"USD": 1}},
        {"outcome": "failed", "costs": {"USD": "-1"}},
        {"outcome": "failed", "costs": {"USD": "1.00001"}},
        {"outcome": "failed", "executed": "sha256:x"},
        [],
    ],
)
def test_an_outcome_that_is_ill_formed_ends_nothing(server: Server, body: object) -> None:
    server.post("/v1/authorize", READ, key="open")
    assert server.post("/v1/attempts/open/outcome", body).status == 400
    assert server.get("/v1/attempts/open").json()["status"] == "under_way"


def test_another_action_that_ran_is_an_incident(server: Server) -> None:
    server.post("/v1/authorize", READ, key="swapped")
    body = {"outcome": "succeeded", "executed": "sha256:" + "0" * 64}
    ended = server.post("/v1/attempts/swapped/outcome", body).json()
    assert [each["code"] for each in ended["incidents"]] == ["other_action_executed"]


def test_threads_never_spend_more_than_a_budget(server: Server) -> None:
    """16 threads, 40 payments of 1 from a budget of 5: 5 run."""

    def pay(number: int) -> int:
        return server.post(
            "/v1/actions", {"version": 1, "tool": "pay", "payload": {"n": number}}, key=f"pay-{number}"
        ).status

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(pay, range(40)))
    assert (found.count(200), found.count(403)) == (5, 35)
    assert sum(each["key"].startswith("codex:pay-") for each in server.ran()) == 5


def test_a_connection_is_used_again(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    assert {server.ask("POST", "/v1/actions", READ, connection=connection).status for _ in range(3)} == {200}
    connection.close()


# --- what there is to see -------------------------------------------------------------------------------------------


def test_every_answer_has_its_headers_and_the_id_of_its_request(server: Server) -> None:
    for path in ("/v1/approvals", "/v1/nothing", "/healthz"):
        answer = server.get(path, **{"X-Request-ID": "r-1"})
        assert answer.headers["x-request-id"] == "r-1"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
    assert server.get("/.well-known/jwks.json", "").headers["cache-control"] == "public, max-age=300"


def test_health_and_readiness(server: Server) -> None:
    assert server.get("/healthz", "").json() == {"status": "ok"}
    ready = server.get("/readyz", "").json()
    assert ready == {"status": "ok", "checks": dict.fromkeys(("policy", "state", "ledger", "keys", "callers"), "ok")}


def test_the_keys_verify_a_pass_and_a_checkpoint(server: Server) -> None:
    from axtary.ledger.checkpoint import read_checkpoint
    from axtary.passes.keyset import read_jwks

    keys = {each.key.kid: each.key for each in read_jwks(server.get("/.well-known/jwks.json", "").body)}
    server.post("/v1/actions", READ)
    found = server.get("/v1/ledger/checkpoint").json()
    assert read_checkpoint(found["jws"], keys).size == found["size"] > 0
    assert read_checkpoint(found["note"], keys).origin == found["origin"]


def test_metrics_have_no_label_that_a_caller_chooses(server: Server) -> None:
    server.ask("BREW", "/v1/secret-path-1")
    server.post("/v1/actions", {"version": 1, "tool": "tool-of-a-caller", "payload": {}}, key="key-of-a-caller")
    text = server.get("/metrics", "").body.decode()
    assert 'axtary_results_total{status="executed"}' in text
    assert 'axtary_decisions_total{decision="deny"}' in text
    assert 'axtary_stage_seconds_count{stage="record"}' in text
    assert "axtary_approvals_pending 1.0" in text
    assert 'axtary_requests_total{method="other",route="none",status="404"} 1.0' in text
    for word in ("secret-path", "tool-of-a-caller", "key-of-a-caller", "codex", "BREW"):
        assert word not in text
