"""`axtary pass grant` and `axtary pass delegate`: chains on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import assert_refused, batch, run
from tests.passes.chains import ANA, BOB, EVE, KEYS, NOW, OPERATOR

from axtary.passes import dpop
from axtary.passes.chain import admit, verify_chain
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keyset import KeySet, TrustedKey
from axtary.runtime.action import check_action

POLICY = "version: 1\npolicies:\n  - {id: all, effect: allow, match: {tool: '*'}}\n"
AT = ("--at", "2026-09-21T14:13:20Z")  # NOW
WHO = ("--agent", "agent:ana", "--owner", "user:o", "--tenant", "org:acme", "--task", "AXT-1")
WHEN = 'payload.amount <= 50 and payload.base != "main"'
SCOPE = ("--tool", "github.*", "--resource", "repo:acme/**", "--when", WHEN, "--budget", "10 USD")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys, and a grant to Ana."""
    made = tmp_path_factory.mktemp("chain")
    (made / "axtary.yml").write_text(POLICY)
    for name, key in (("operator", OPERATOR), ("ana", ANA), ("bob", BOB), ("eve", EVE)):
        (made / f"{name}.jwk").write_text(json.dumps(key.secret()))
        (made / f"{name}.jwk").chmod(0o600)
        (made / f"{name}.pub").write_text(json.dumps(dict(key.public.jwk)))
    done = run("pass", "grant", "--key", "operator.jwk", "--to", "ana.pub", *WHO, *SCOPE, *AT, "--hops", "2", cwd=made)
    assert done.code == 0, done.err
    (made / "chain").write_text(done.out)
    return made


def delegate(*more: str, chain: str = "chain") -> list[str]:
    """Ana hands on to Bob, unless more is said."""
    return ["pass", "delegate", chain, "--key", "ana.jwk", "--to", BOB.kid, "--agent", "agent:bob", *AT, *more]


def action(**payload: Any) -> Any:
    actor = {"agent": "agent:bob", "owner": "user:o", "tenant": "org:acme"}
    whole = {"version": 1, "tool": "github.x", "resource": "repo:acme/x", "actor": actor, "intent": {"task": "AXT-1"}}
    return check_action(whole | {"payload": {"base": "dev", "amount": 5} | payload})


def test_a_grant_is_handed_on_and_the_chain_holds(folder: Path) -> None:
    more = ("--when", "payload.amount <= 20", "--budget", "2.50 USD", "--hops", "1", "--ttl", "2m")
    done, as_json = batch([delegate(*more), delegate("--json")], folder)
    assert done.code == 0, done.err
    lines = done.out.split()
    assert lines[:1] == (folder / "chain").read_text().split() and len(lines) == 2
    chain = verify_chain(lines, KEYS, NOW, lambda _: False, audience="axtary-proxy")
    admit(chain, action())
    leaf = chain[-1]
    assert (leaf.sub, leaf.exp - leaf.nbf) == ("agent:bob", 120)
    assert leaf.constraints == {
        "tools": ["github.*"],
        "resources": ["repo:acme/**"],
        "payload": [
            {"path": ["amount"], "op": "<=", "value": 50},
            {"path": ["base"], "op": "!=", "value": "main"},
            {"path": ["amount"], "op": "<=", "value": 20},
        ],
        "budget": [{"limit": "2.50", "unit": "USD"}],
        "hops": 1,
    }
    for wrong, revoked, reason in (
        (action(amount=21), "", Reason.OUTSIDE_THE_GRANT),
        (action(), leaf.jti, Reason.LINK_REVOKED),
    ):
        with pytest.raises(RefusedError) as refused:
            admit(verify_chain(lines, KEYS, NOW, revoked.__eq__), wrong)
        assert refused.value.reason is reason
    found = as_json.json()
    assert len(found["chain"]) == 2
    assert [claims["sub"] for claims in found["claims"]] == ["agent:ana", "agent:bob"]
    assert "hops" not in found["claims"][1]["constraints"]


REFUSED = {
    "tools": (["--tool", "*"], "broader_tool"),
    "resources": (["--resource", "repo:acme*/**"], "broader_resource"),
    "a budget": (["--budget", "11 USD"], "broader_budget"),
    "hops": (["--hops", "2"], "no_hops_left"),
    "time": (["--ttl", "1h"], "outlives_parent"),
    "conditions that nothing meets": (["--when", "payload.amount > 50"], "scope_empty"),
    "a key that does not hold it": (["--key", "eve.jwk"], "not_the_holder"),
    "a time when the parent has expired": (["--at", "2026-09-21T14:18:20Z"], "link_expired"),
}


def test_what_is_not_narrower_is_refused_with_its_reason(folder: Path) -> None:
    calls = [delegate(*more) for more, _ in REFUSED.values()]
    done = batch([*calls, *([*call, "--json"] for call in calls)], folder)
    for (name, (_, reason)), text, as_json in zip(REFUSED.items(), done, done[len(calls) :], strict=False):
        assert (text.code, text.out, as_json.code) == (1, "", 1), name
        assert text.err.startswith(f"refused[{reason}]: ")
        assert as_json.json()["reason"] == reason


INVALID = {
    "a pattern": (["--tool", "a\\b"], "tools:"),
    "a group": (["--tool", "@coders"], "knows no groups"),
    "a condition that is none": (["--when", "payload.a >"], "the condition ends"),
    "a condition with or": (["--when", "payload.a == 1 or payload.b == 1"], "more than a pass can ask for"),
    "a number that JSON would round": (["--when", "payload.a < 900000000000000.0001"], "more digits than JSON keeps"),
    "a condition on the agent": (["--when", 'actor.agent == "a"'], "is not about the payload"),
    "JSON that is none": (["--when", "{"], "AX0802"),
    "JSON that is no condition": (["--when", '{"path": ["a"]}'], "write a condition as"),
    "a budget without a unit": (["--budget", "10"], "is no unit"),
    "a duration": (["--ttl", "soon"], "is not a duration"),
    "an instant": (["--at", "soon"], "is no instant"),
    "an empty agent": (["--agent", ""], "sub"),
    "a key that is not there": (["--key", "nobody.jwk"], "no such file"),
    "a public key that is to sign": (["--key", "ana.pub"], "there is no private part"),
    "a private key of the taker": (["--to", "bob.jwk"], "a private key stands where a public one must be"),
    "a taker that is nothing": (["--to", "bob"], "no such file"),
    "a taker of no key": (["--to", "{}"], "no public key"),
    "control characters": (["--tool", "a\x1b[31m\\b"], "tools:"),
}


def test_bad_input_is_an_error_without_a_chain(folder: Path) -> None:
    (folder / "large").write_bytes(b"\xff" * 300_000)
    done = batch([*(delegate(*more) for more, _ in INVALID.values()), delegate(chain="large")], folder)
    for name, ran in zip([*INVALID, "large"], done, strict=True):
        assert_refused(ran)
        assert INVALID.get(name, ([], "more than"))[1] in ran.err, name


def test_a_file_without_tokens_is_no_chain(folder: Path) -> None:
    (ran,) = batch([delegate(chain="-")], folder, stdin=b"\n\n")
    assert_refused(ran)
    assert "has no token" in ran.err


@pytest.mark.parametrize(
    "text",
    [
        "payload.a < 2.5",
        "payload.a in [1, 2] and payload.b == true",
        'payload.a like "x*" and payload["odd key"].c matches ["src/**", "*.md"]',
        'payload.a == "\\"" and payload.b in ["x", ""]',
    ],
)
def test_conditions_of_the_language_are_those_of_constraints(text: str) -> None:
    from axtary.compiler import compile_text
    from axtary.compiler.ir import And
    from axtary.passes.conditions import from_text
    from axtary.passes.scope import Scope

    when = compile_text(f"{POLICY.rstrip()[:-1]}, when: {json.dumps(text)}}}\n").rules[0].when
    tests = tuple(each.test for each in Scope.read({"payload": from_text(text)}).payload)
    assert tests == (when.items if isinstance(when, And) else (when,))


def test_a_chain_is_verified_for_an_action_with_its_holder_there(folder: Path) -> None:
    (folder / "keys.json").write_text(json.dumps(KeySet([TrustedKey(OPERATOR.public)]).to_json()))
    (folder / "action.json").write_text(json.dumps(action()))
    (folder / "other.json").write_text(json.dumps(action(amount=51)))
    granted = ["pass", "grant", "--key", "operator.jwk", "--to", "ana.pub", *WHO, *SCOPE, "--hops", "2"]
    (root,) = batch([granted], folder)
    (folder / "root").write_text(root.out)
    (chain,) = batch([[part for part in delegate(chain="root") if part not in AT]], folder)
    (folder / "handed").write_text(chain.out)
    (folder / "leaf").write_text(chain.out.splitlines()[1])
    (folder / "cut").write_text(chain.out.splitlines()[0] + "\n")
    call = ["--method", "CALL", "--uri", "axtary://call/axtary-proxy/github.x"]
    proved, stolen = batch(
        [["pass", "prove", token, "--key", key, *call] for token, key in (("leaf", "bob.jwk"), ("leaf", "ana.jwk"))],
        folder,
    )
    assert (proved.code, stolen.code) == (0, 2), proved.err  # Ana has a key, and the leaf is bound to another
    (folder / "proof").write_text(proved.out)
    (folder / "stolen").write_text(dpop.prove(ANA, "CALL", call[3], chain.out.splitlines()[1]))
    verify = ["pass", "verify", "--jwks", "keys.json", "--json"]
    good, without, foreign, outside, cut, alone = batch(
        [
            [*verify, "handed", "--action", "action.json", "--proof", "proof"],
            [*verify, "handed", "--action", "action.json"],
            [*verify, "handed", "--action", "action.json", "--proof", "stolen"],
            [*verify, "handed", "--action", "other.json", "--proof", "proof"],
            [*verify, "cut", "--action", "action.json", "--proof", "proof"],
            [*verify, "leaf", "--action", "action.json", "--proof", "proof"],
        ],
        folder,
    )
    assert good.code == 0, good.out
    assert good.json()["claims"]["sub"] == "agent:bob"
    found = [ran.json()["reason"] for ran in (without, foreign, outside, cut, alone)]
    assert found == ["proof_missing", "other_holder", "outside_the_grant", "outside_the_grant", "wrong_header"]


def test_a_key_that_others_may_read_signs_nothing(folder: Path) -> None:
    (folder / "open.jwk").write_text(json.dumps(OPERATOR.secret()))
    (folder / "open.jwk").chmod(0o644)
    commands = [
        ["pass", "grant", "--key", "open.jwk", "--to", "ana.pub", *WHO],
        ["pass", "delegate", "chain", "--key", "open.jwk", "--to", "bob.pub", "--agent", "agent:bob"],
        ["pass", "prove", "chain", "--key", "open.jwk"],
    ]
    for ran in batch(commands, folder):
        assert_refused(ran)
        assert "others than its owner may read the key" in ran.err
        assert "chmod 600 open.jwk" in ran.err
