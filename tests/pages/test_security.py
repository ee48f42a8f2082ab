"""Who gets in, who gets something done, and what of others' words reaches a page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from axtary.approvals.errors import RequestError
from axtary.approvals.login import TTL, TYP, login_code
from axtary.approvals.showing import is_unseen
from axtary.ledger import entry
from axtary.passes import jose
from axtary.passes.errors import RefusedError
from axtary.proxy.pages.sessions import HOURS, IDLE, MOST
from axtary.runtime.hashing import action_hash
from axtary.runtime.policyfile import load_policy
from tests.approvals.people import ACTION, ANA, BEN, CY, SERVICE, artifact, key, policy_text
from tests.pages.site import HOST, Site, Visitor, csrf, site

EVE = "user:eve@acme.com"
PAGES = ["/ui/approvals", "/ui/ledger", "/ui/ledger/0", "/ui/policies", "/ui/policies/table", "/ui/budgets"]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as found:
        yield found


def answer(client: Visitor, name: str, verdict: str = "approve", **other: str) -> Any:
    """Send the form of a request as its page has it."""
    shown = client.get(f"/ui/approvals/{name}")
    found = re.search(r'name="action_hash" value="([^"]+)"', shown.text)
    assert found
    form = {"csrf": csrf(shown), "seal": client.seal, "action_hash": found.group(1), "verdict": verdict, "reason": ""}
    return client.post(f"/ui/approvals/{name}", data={**form, **other})


def verdicts(pages: Site, name: str) -> list[tuple[str, str]]:
    return [(each.approver, each.verdict) for each in pages.place.approvals.find(name).request.verdicts]


# --- coming in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, "/ui"])
def test_nobody_sees_a_page_without_logging_in(pages: Site, path: str) -> None:
    pages.place.ask()
    client = pages.client()
    found = client.get(path)
    assert (found.status_code, found.headers["location"]) == (303, "/ui/login")
    assert client.get("/ui/events").status_code == 401
    for address in ("/ui/ledger/verify", "/ui/logout", "/ui/approvals/x"):
        assert client.post(address, data={"csrf": "x"}).status_code == 401


def test_a_code_is_good_for_one_login(pages: Site) -> None:
    code = pages.code()
    assert pages.client().post("/ui/login", data={"code": code}).status_code == 303
    again = pages.client().post("/ui/login", data={"code": code})
    assert again.status_code == 403 and "it was used before" in again.text
    assert "set-cookie" not in again.headers


def test_a_code_is_good_for_minutes(pages: Site) -> None:
    pages.place.now = float(int(pages.place.now))
    code, late = pages.code(), pages.code()
    pages.place.now += TTL - 1
    assert pages.client().post("/ui/login", data={"code": code}).status_code == 303
    pages.place.now += 1
    found = pages.client().post("/ui/login", data={"code": late})
    assert found.status_code == 403 and "it has expired" in found.text


def forged(pages: Site, **other: Any) -> str:
    now = int(pages.place.now)
    claims = {"sub": ANA, "aud": "axtary:test", "iat": now, "exp": now + TTL, "jti": "log_" + "0" * 32}
    signer = key(other.pop("signer", SERVICE))
    typ = other.pop("typ", TYP)
    return jose.sign({**claims, **other}, typ, signer, {"kid": signer.kid, "jwk": dict(signer.public.jwk)})


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"signer": ANA}, "no key that is trusted has signed this"),
        ({"typ": "axtary-approval+jwt"}, "another type"),
        ({"sub": "user:mallory"}, "is no approver"),
        ({"aud": "axtary:staging"}, "for another"),
        ({"exp": 2_000_000_000}, "longer than is accepted"),
        ({"iat": 1_900_000_000, "exp": 1_900_000_100}, "issued in the future"),
        ({"jti": "log_x"}, "has not the form"),
        ({"admin": True}, "a claim is not known"),
    ],
)
def test_a_code_that_is_not_in_order_lets_nobody_in(pages: Site, other: dict[str, Any], why: str) -> None:
    found = pages.client().post("/ui/login", data={"code": forged(pages, **other)})
    assert found.status_code == 403 and why in html.unescape(found.text), found.text
    for code in ("", "x", "a.b.c", "x" * 60_000, artifact(ANA)):
        assert pages.client().post("/ui/login", data={"code": code}).status_code == 403


def test_codes_are_for_approvers_and_by_the_service(pages: Site) -> None:
    with pytest.raises(RefusedError):
        login_code("user:mallory", pages.place.people, key(SERVICE), 0)
    with pytest.raises(RequestError):
        login_code(ANA, pages.place.people, key(ANA), 0)


def test_a_session_is_never_one_that_was_there_before(pages: Site) -> None:
    """Fixation: who sets a cookie in another's browser does not share what they log into."""
    attacker = pages.logged_in(EVE)
    planted = attacker.cookies["axtary_session"]
    for token in (planted, "chosen"):
        victim = pages.client()
        victim.cookies.set("axtary_session", token)
        found = victim.post("/ui/login", data={"code": pages.code(ANA)})
        fresh = found.cookies["axtary_session"]
        assert fresh not in (planted, "chosen")
    assert attacker.get("/ui/approvals").status_code == 303  # it was ended
    stranger = pages.client()
    stranger.cookies.set("axtary_session", "chosen")
    assert stranger.get("/ui/approvals").status_code == 303


def test_a_cookie_is_for_no_script_no_other_site_and_with_tls_for_no_open_line(tmp_path: Path) -> None:
    secure = "https://approvals.acme.com"
    with site(tmp_path, (f"http://{HOST}", secure)) as pages:
        plain = pages.client().post("/ui/login", data={"code": pages.code()}).headers["set-cookie"]
        tls = pages.client(secure).post("/ui/login", data={"code": pages.code()}).headers["set-cookie"]
    parts = {part.strip().lower() for part in plain.split(";")}
    assert {"httponly", "samesite=strict", "path=/", f"max-age={HOURS}"} <= parts and "secure" not in parts
    assert tls.startswith("__Host-axtary=") and {"secure", "httponly", "samesite=strict", "path=/"} <= {
        part.strip().lower() for part in tls.split(";")
    }


def test_a_session_ends_by_itself_by_logging_out_and_with_the_role(pages: Site) -> None:
    idle, long, out, gone = (pages.logged_in() for _ in range(4))
    token = out.cookies["axtary_session"]
    assert out.post("/ui/logout", data={"csrf": csrf(out.get("/ui/approvals"))}).status_code == 303
    out.cookies.set("axtary_session", token)
    assert out.get("/ui/approvals").status_code == 303
    pages.place.now += IDLE - 1
    for client in (long, gone):
        assert client.get("/ui/approvals").status_code == 200
    pages.place.now += 1
    assert idle.get("/ui/approvals").status_code == 303
    people = pages.place.people
    pages.place.people = replace(people, people=tuple(each for each in people.people if each.id != ANA))
    assert gone.get("/ui/approvals").status_code == 303
    pages.place.people = people
    assert long.get("/ui/approvals").status_code == 200
    for _ in range(HOURS // (IDLE - 1)):
        pages.place.now += IDLE - 1
        code = long.get("/ui/approvals").status_code
    assert code == 303


def test_sessions_are_bounded(pages: Site) -> None:
    first = pages.logged_in()
    for _ in range(MOST):
        pages.place.now += 0.001
        last = pages.logged_in()
    assert (first.get("/ui/approvals").status_code, last.get("/ui/approvals").status_code) == (303, 200)


# --- getting something done -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "form", "status"),
    [
        ({"Origin": "https://evil.example"}, {}, 403),
        ({"Origin": "null"}, {}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, {}, 403),
        ({"Origin": ""}, {}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, {}, 403),
        ({"Sec-Fetch-Site": "same-site"}, {}, 403),
        ({"Host": "evil.example"}, {}, 421),
        ({"Content-Type": "text/plain"}, {}, 415),
        ({}, {"csrf": ""}, 403),
        ({}, {"csrf": "\u00e9"}, 403),
        ({}, {"verdict": "maybe"}, 400),
        ({}, {"action_hash": "sha256:" + "0" * 64}, 409),
        ({}, {"reason": "x" * 501}, 403),
        ({}, {"reason": "\u202e"}, 403),
        ({}, {"reason": "x" * 70_000}, 413),
    ],
)
def test_a_form_that_is_not_from_our_page_does_nothing(
    pages: Site, headers: dict[str, str], form: dict[str, str], status: int
) -> None:
    name, client = pages.place.ask(), pages.logged_in()
    shown = client.get(f"/ui/approvals/{name}")
    wanted = {"csrf": csrf(shown), "seal": client.seal, "action_hash": action_hash(ACTION), "verdict": "approve"}
    found = client.post(f"/ui/approvals/{name}", data={**wanted, **form}, headers=headers)
    assert found.status_code == status, found.text
    assert verdicts(pages, name) == []
    assert answer(client, name).status_code == 303  # as it stands it is fine
    assert verdicts(pages, name) == [(ANA, "approve")]


def test_the_token_of_another_session_is_not_ones_own(pages: Site) -> None:
    name, ana, eve = pages.place.ask(), pages.logged_in(), pages.logged_in(EVE)
    token = csrf(eve.get("/ui/approvals"))
    assert answer(ana, name, csrf=token).status_code == 403
    assert verdicts(pages, name) == []


@pytest.mark.parametrize("verdict", ["approve", "deny"])
def test_a_cookie_alone_answers_nothing(pages: Site, verdict: str) -> None:
    """A browser sends it to every port of the host, as to the preview of what an agent made there."""
    name, ana, eve = pages.place.ask(), pages.logged_in(), pages.logged_in(EVE)
    thief = pages.client()
    thief.cookies = ana.cookies
    shown = thief.get(f"/ui/approvals/{name}")
    assert (shown.status_code, ana.seal in shown.text) == (200, False)
    assert answer(thief, name, verdict).status_code == 403
    assert answer(thief, name, verdict, seal=eve.seal).status_code == 403
    assert verdicts(pages, name) == []
    assert answer(ana, name, verdict).status_code == 303


def test_nothing_is_done_by_looking(pages: Site) -> None:
    name, client = pages.place.ask(), pages.logged_in()
    client.get(f"/ui/approvals/{name}?verdict=approve&csrf={csrf(client.get('/ui/approvals'))}")
    for path in PAGES:
        client.get(path)
    assert verdicts(pages, name) == []
    assert pages.place.records() == []
    assert client.get("/ui/logout").status_code == 405


def test_a_quorum_of_two_needs_two_people(pages: Site) -> None:
    name, ana, ben = pages.place.ask(), pages.logged_in(), pages.logged_in(BEN)
    for _ in range(2):
        assert answer(ana, name).status_code == 303
    assert pages.place.approvals.find(name).standing == "pending"
    assert answer(ben, name, reason="fine").status_code == 303
    assert pages.place.approvals.find(name).standing == "approved"
    assert "You approved deploy.start. It is approved now." in ben.get(f"/ui/approvals/{name}").text
    assert pages.place.run(name) == "allow"
    assert {each["approver"] for each in pages.place.records()} == {ANA, BEN}


def test_nobody_approves_what_is_their_own_but_they_may_deny_it(pages: Site) -> None:
    name, owner = pages.place.ask(), pages.logged_in(CY)
    assert "You cannot approve this: nobody approves what is their own" in owner.get(f"/ui/approvals/{name}").text
    refused = answer(owner, name)
    assert refused.status_code == 403 and "nobody approves what is their own" in refused.text
    assert verdicts(pages, name) == []
    assert answer(owner, name, "deny").status_code == 303
    assert pages.place.approvals.find(name).standing == "denied"


def test_what_has_ended_or_is_stale_is_answered_by_nobody(pages: Site) -> None:
    name, client = pages.place.ask(), pages.logged_in()
    shown = client.get(f"/ui/approvals/{name}")
    form = {
        "csrf": csrf(shown),
        "seal": client.seal,
        "action_hash": action_hash(ACTION),
        "verdict": "approve",
        "reason": "",
    }
    pages.place.approvals.cancel(name)
    found = client.post(f"/ui/approvals/{name}", data=form)
    assert found.status_code == 409 and "the request has ended" in found.text
    assert client.get("/ui/approvals/req_none").status_code == 404


def test_an_answer_that_cannot_be_recorded_is_not_kept(pages: Site) -> None:
    name, client = pages.place.ask(), pages.logged_in()
    shown = client.get(f"/ui/approvals/{name}")
    form = {"csrf": csrf(shown), "seal": client.seal, "action_hash": action_hash(ACTION), "verdict": "approve"}
    pages.place.ledger.close()
    found = client.post(f"/ui/approvals/{name}", data=form)
    assert found.status_code == 503 and "the answer is not kept" in found.text
    assert verdicts(pages, name) == []


# --- what is shown ----------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</pre></main><form action=https://evil.example><button>Approve</button></form>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202etxt.exe\u2066 \u200b\ufeff\u3164\u2800\ufe0f\xa0",
    "\x00\x07\x1b[2J\x7f\x85\u2028",
    "'\"&amp;&lt;\\u202e\\n",
    "\ud7ff\ue000\U000e0041\U0001f600",
]


def member(text: str, name: str) -> str:
    """What a person reads in the block of a member."""
    found = re.search(rf'data-member="{name}">(.*?)</pre>', text, re.DOTALL)
    assert found, text
    return html.unescape(re.sub("<[^>]*>", "", found.group(1)))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_shown_exactly_and_are_no_markup(pages: Site, text: str) -> None:
    action = {
        **ACTION,
        "resource": f"r{text}",
        "payload": {"note": text, f"name{text}": [text], "old": "a", "new": text},
    }
    name, client = pages.place.ask(action), pages.logged_in()
    page = client.get(f"/ui/approvals/{name}").text
    plain = pages.place.ask()
    usual = client.get(f"/ui/approvals/{plain}").text
    assert json.loads(member(page, "payload")) == action["payload"]
    assert json.loads(member(page, "resource")) == action["resource"]
    assert not any(is_unseen(char) for char in html.unescape(page) if char not in "\n\t")
    allowed = set(re.findall(r"<([a-z0-9]+)[ >]", usual)) | {"mark", "section", "figure", "figcaption", "strong"}
    assert set(re.findall(r"<([a-z0-9]+)[ >]", page)) <= allowed
    assert "49" not in member(page, "resource")


def test_every_member_that_is_hashed_is_shown_and_the_hash_fits(pages: Site) -> None:
    name, client = pages.place.ask(), pages.logged_in()
    page = client.get(f"/ui/approvals/{name}").text
    names = re.findall(r'data-member="([^"]+)"', page)
    read = {each: json.loads(member(page, each)) for each in names}
    assert action_hash({"version": 1, **read}) == action_hash(ACTION)
    assert f"action {action_hash(ACTION)}" in page


@pytest.mark.parametrize(
    "payload",
    [
        {"note": "x" * 1_000_000},
        {"note": "\u202e" * 300_000},
        {"list": [0] * 400_000},
        {"old": "a\n" * 100_000, "new": "b\n" * 100_000},
    ],
    ids=["long", "unseen", "many", "lines"],
)
def test_a_mebibyte_is_shown_whole(pages: Site, payload: dict[str, Any]) -> None:
    name, client = pages.place.ask({**ACTION, "payload": payload}), pages.logged_in()
    page = client.get(f"/ui/approvals/{name}")
    assert page.status_code == 200
    assert len(page.text) < 20_000_000
    assert json.loads(member(page.text, "payload")) == payload


def test_what_is_deep_is_shown(pages: Site) -> None:
    value: Any = 1
    for _ in range(50):
        value = [value]
    name, client = pages.place.ask({**ACTION, "payload": {"deep": value}}), pages.logged_in()
    assert json.loads(member(client.get(f"/ui/approvals/{name}").text, "payload")) == {"deep": value}


@pytest.mark.parametrize("path", [*PAGES, "/ui/login", "/ui/approvals/req_none"])
def test_every_page_is_kept_to_itself(pages: Site, path: str) -> None:
    pages.place.approvals.answer_for(EVE, pages.place.ask(), "approve")
    found = pages.logged_in().get(path)
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert found.headers["x-frame-options"] == "DENY"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["referrer-policy"] == "same-origin"
    if "/policies/" not in path:
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=|javascript:", found.text)
        assert not re.search(r'(?:src|href|action)="(?!/ui|#)', found.text)


def test_a_page_that_fails_tells_nothing(pages: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = pages.logged_in()
    monkeypatch.setattr(pages.place.engine, "store", lambda: 1 / 0)
    found = client.get("/ui/budgets")
    assert found.status_code == 500
    assert "ZeroDivision" not in found.text and "Traceback" not in found.text


def test_an_action_that_says_nothing_of_itself_is_shown(pages: Site) -> None:
    name, client = pages.place.ask({"version": 1, "tool": "deploy.start"}), pages.logged_in()
    page = client.get(f"/ui/approvals/{name}")
    assert page.status_code == 200 and "the action does not say which agent it is of" in page.text


def test_records_of_every_kind_are_listed_found_and_shown(pages: Site) -> None:
    hashes = {"action_hash": "sha256:" + "a" * 64, "policy_version": "sha256:" + "b" * 64}
    who = {"tool": "fs.write", "agent": "agent:\u202ex", "payload_hash": "sha256:" + "c" * 64, **hashes}
    reasons = [{"code": "rule_denies", "rule": "r", "message": "<b>no</b>"}]
    records: dict[str, dict[str, Any]] = {
        "decision": {**who, "decision": "deny", "reasons": reasons, "fired": ["r"]},
        "outcome": {"action_hash": hashes["action_hash"], "outcome": "failed", "result": {"<i>": "\u202e"}},
        "approval": {**who, "approval": "apr_1", "approver": ANA, "verdict": "rejected"},
        "revocation": {"revoked": "x", "what": "pass"},
        "budget": {"event": "overrun"},
        "policy": {"policy_version": hashes["policy_version"]},
        "incident": {"code": "outcome_unknown", "message": "gone \u202e"},
    }
    for kind, members in records.items():
        pages.place.ledger.append(entry(kind, members))
    client = pages.logged_in()

    def found(query: str) -> list[int]:
        page = client.get(f"/ui/ledger?{query}")
        assert page.status_code == 200 and "\u202e" not in page.text and "<b>no" not in page.text
        return [int(each) for each in re.findall(r'<th scope="row"><a href="/ui/ledger/([0-9]+)">', page.text)]

    assert found("") == [6, 5, 4, 3, 2, 1, 0]
    assert (found("tool=FS.wr"), found("tool=x"), found("actor=ana"), found("actor=agent:")) == (
        [2, 0],
        [],
        [2],
        [2, 0],
    )
    assert (found("word=deny"), found("word=failed"), found("word=incident"), found("word=zzz")[:1]) == (
        [0],
        [1],
        [6],
        [6],
    )
    assert (found("before=3"), found("before=x")[:1], found("before=99999")[:1]) == ([2, 1, 0], [6], [6])
    assert (found("since=2999-01-01"), found("until=2000-01-01"), len(found("since=2000-01-01&until=2999"))) == (
        [],
        [],
        7,
    )
    for seq in range(7):
        page = client.get(f"/ui/ledger/{seq}")
        assert page.status_code == 200 and "\u202e" not in page.text and "<b>no" not in page.text
    assert client.get("/ui/ledger/7").status_code == 404
    assert client.get("/ui/ledger/99999999999999999999999").status_code == 404


HOSTILE_RULES = """
  - id: odd
    description: "<script>alert(1)</script> \\u202e"
    effect: step_up
    match: {tool: odd}
    when: payload.text != "</code><b>\\u202e"
    obligations: {approvers: ["<i>role"]}
"""


def test_hostile_words_of_a_policy_and_of_an_address_are_no_markup_and_are_seen(pages: Site) -> None:
    text = policy_text().replace("\napprovers:", HOSTILE_RULES + "approvers:")
    (pages.folder / "axtary.yml").write_text(text)
    pages.place.engine.use(load_policy(pages.folder / "axtary.yml").policy)
    name = pages.place.ask({**ACTION, "tool": "odd", "payload": {"text": "x"}})
    client = pages.logged_in()
    odd = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE"
    queries = "&".join(f"{each}={odd}" for each in ("tool", "actor", "word", "since", "until", "before"))
    for path in (f"/ui/approvals/{name}", "/ui/policies", "/ui/policies/table", f"/ui/ledger?{queries}"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text and "<i>role" not in page.text and "</code><b>" not in page.text
        assert "\u202e" not in page.text, path


def test_a_changed_record_is_found_and_told(pages: Site) -> None:
    for n in range(3):
        pages.place.approvals.answer_for(EVE, pages.place.ask({**ACTION, "payload": {"n": n}}), "approve")
    client = pages.logged_in()

    def verified() -> str:
        page = client.get("/ui/ledger")
        assert client.post("/ui/ledger/verify", data={"csrf": csrf(page)}).status_code == 303
        return client.get("/ui/ledger").text

    assert "valid</span> 3 records" in verified()
    with pages.place.ledger.rows.write() as tx:
        tx.run("UPDATE record SET body = ? WHERE seq = 1", b"<script>\xff")
    text = verified()
    assert "invalid</span>" in text and "record 1</a>" in text and "This is no record" in text
    assert client.get("/ui/ledger/1").status_code == 200


def test_budgets_and_reservations_are_shown(pages: Site) -> None:
    approved = {"approvers": [{"id": "a", "roles": ["security"]}, {"id": "b", "roles": ["security"]}]}
    action = {**ACTION, "intent": {"task": "<b>t\u202e"}}
    decision = pages.place.engine.decide(action, approved)
    assert decision.decision == "allow"
    page = pages.logged_in().get("/ui/budgets").text
    assert decision.reservation is not None and decision.reservation in page
    assert "&lt;b&gt;t<mark>\\u202e</mark>" in page and "100 USD" in page


def test_the_policy_its_table_and_its_coverage_are_shown(pages: Site) -> None:
    client = pages.logged_in()
    assert client.get("/ui/policies/coverage").status_code == 404
    suite = "version: 1\ncases:\n  - {name: reads, action: {tool: fs.read}, expect: allow}\n"
    (pages.folder / "axtary.test.yml").write_text(suite)
    assert "Coverage of axtary.yml" in client.get("/ui/policies/coverage").text
    assert "Decision table of" in client.get("/ui/policies/table").text
    assert "not in force yet" not in client.get("/ui/policies").text
    (pages.folder / "axtary.yml").write_text(policy_text().replace("quorum: 2", "quorum: 1"))
    assert "not in force yet" in client.get("/ui/policies").text
    (pages.folder / "axtary.yml").write_text("broken")
    assert "cannot be compiled" in client.get("/ui/policies").text


def test_with_another_policy_a_request_is_stale_and_has_no_form(pages: Site) -> None:
    name, client = pages.place.ask(), pages.logged_in()
    (pages.folder / "axtary.yml").write_text(policy_text().replace("quorum: 2", "quorum: 1"))
    pages.place.engine.use(load_policy(pages.folder / "axtary.yml").policy)
    page = client.get(f"/ui/approvals/{name}").text
    assert "the policy has changed since it was asked" in page and 'id="answer"' not in page
