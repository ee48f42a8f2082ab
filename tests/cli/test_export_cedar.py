"""`axtary policy export --target cedar` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cedarpy
import pytest
from tests.backends.cedar_fleet import helper_module
from tests.cli.command import POLICY, assert_plain, assert_refused, batch, run

EXPORT = ["policy", "export", "--target", "cedar"]
FILES = ["policies.cedar", "policies.json", "schema.cedarschema", "schema.cedarschema.json", "entities.json"]
FILES += ["request.json", "hoisted.json", "axtary_cedar.py", "axtary_cedar.ts"]
LONG = f"""\
version: 1
policies:
  - id: long
    effect: allow
    match: {{tool: t}}
    when: payload.a == "{"x" * 10_000}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "long.yml").write_text(LONG)
    return tmp_path


def test_what_is_exported_decides(folder: Path) -> None:
    exported = run(*EXPORT, cwd=folder)
    assert (exported.code, exported.out) == (0, "".join(f"wrote dist/{name}\n" for name in FILES))
    dist = folder / "dist"
    assert sorted(path.name for path in dist.iterdir()) == sorted(FILES)
    requests = helper_module(dist).Requests.load(dist / "hoisted.json")
    approval = {"approval": {"approvers": [{"id": "ana", "roles": ["lead"]}]}}
    asked: list[Any] = [
        ("fs.read", {"secret": False}, {}),
        ("fs.read", {}, {}),
        ("fs.write", {}, {}),
        ("fs.write", {}, approval),
    ]
    allowed = []
    for tool, payload, facts in asked:
        request = requests.request({"action": {"version": 1, "tool": tool, "payload": payload}, "facts": facts})
        texts = (dist / "policies.cedar").read_text(), "[]", (dist / "schema.cedarschema").read_text()
        allowed.append(cedarpy.is_authorized(request, *texts).allowed)
    assert allowed == [True, False, False, True]


def test_two_exports_are_the_same_bytes(folder: Path) -> None:
    for name in ("a", "b"):
        assert run(*EXPORT, "-o", name, cwd=folder, env={"PYTHONHASHSEED": str(ord(name))}).code == 0
    assert all((folder / "a" / name).read_bytes() == (folder / "b" / name).read_bytes() for name in FILES)


def test_limits_are_notes_unless_one_asks_for_the_service(folder: Path) -> None:
    plain, avp, fits, agentcore = batch(
        [
            [*EXPORT, "long.yml", "-o", "plain"],
            [*EXPORT, "long.yml", "-o", "avp", "--for", "avp"],
            [*EXPORT, "--for", "avp", "-o", "fits"],
            [*EXPORT, "--for", "agentcore", "-o", "agentcore"],
        ],
        folder,
    )
    assert plain.code == 0 and "note[avp/policy-size]: a policy has 10,000 bytes at most; 1 rule would" in plain.err
    assert (folder / "plain/policies.cedar").exists()
    assert (avp.code, avp.out) == (1, "")
    assert "error[avp/policy-size]: the rule `long`: the policy `long/granted` has 10" in avp.err
    assert "= source: https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/quotas.html" in avp.err
    assert avp.err.endswith("Amazon Verified Permissions would refuse this policy; nothing is written\n")
    assert not (folder / "avp").exists()
    assert (fits.code, fits.err) == (0, "") and (folder / "fits/policies.cedar").exists()
    assert "note[agentcore/context]" in plain.err and "error" not in plain.err
    assert agentcore.code == 1 and "error[agentcore/context]: the rule `secrets`: its policies read" in agentcore.err
    assert not (folder / "agentcore").exists()


def test_findings_in_json(folder: Path) -> None:
    avp = run(*EXPORT, "long.yml", "--for", "avp", "--json", cwd=folder)
    assert (avp.code, avp.err, avp.json()["written"]) == (1, "", [])
    found = [(each["severity"], each["service"], each["limit"], each["rule"]) for each in avp.json()["findings"]]
    assert found[0] == ("error", "avp", "policy-size", "long")
    assert {severity for severity, service, *_ in found if service == "agentcore"} == {"note"}
    fits = run(*EXPORT, "--json", cwd=folder).json()
    assert fits["written"] == [f"dist/{name}" for name in FILES]
    assert {each["severity"] for each in fits["findings"]} == {"note"}


def test_a_namespace_of_ones_own(folder: Path) -> None:
    assert run(*EXPORT, "--namespace", "Acme", "--for", "avp", cwd=folder).code == 0
    assert 'Acme::Action::"fs.read"' in (folder / "dist/policies.cedar").read_text()
    taken = run(*EXPORT, "--namespace", "aws", "--for", "avp", cwd=folder)
    assert taken.code == 1 and "error[avp/namespace]" in taken.err


BAD = [
    [*EXPORT, "--revision", "1"],
    [*EXPORT, "--not-before", "2027-01-01"],
    [*EXPORT, "--expires-at", "2027-01-01"],
    [*EXPORT, "--sign-key", "key.pem"],
    [*EXPORT, "--key-id", "k"],
    [*EXPORT, "--scope", "s"],
    [*EXPORT, "--for", "azure"],
    [*EXPORT, "--namespace", ""],
    [*EXPORT, "--namespace", "a\x1b[31m::b"],
    [*EXPORT, "nothing.yml"],
    [*EXPORT, "-o", "axtary.yml"],
    [*EXPORT, "-o", "axtary.yml/dist"],
    ["policy", "export", "--revision", "1", "--for", "avp"],
    ["policy", "export", "--target", "native", "--revision", "1", "--namespace", "Acme"],
    ["policy", "export", "--target", "opa-bundle"],
]


def test_bad_input_is_refused_and_nothing_is_written(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for ran in batch(BAD, folder):
        assert_refused(ran)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_bad_input_in_json(folder: Path) -> None:
    ran = run(*EXPORT, "--revision", "1", "--json", cwd=folder)
    assert (ran.code, ran.err) == (2, "")
    assert ran.json()["errors"][0]["message"] == "`--revision` has no meaning here"


def test_what_a_policy_says_reaches_no_terminal_as_it_is(folder: Path) -> None:
    tool = json.dumps("\x1b[31m" + "t" * 600)
    rule = f"version: 1\npolicies:\n  - id: odd\n    effect: allow\n    match: {{tool: {tool}}}\n"
    (folder / "odd.yml").write_text(rule)
    ran = run(*EXPORT, "odd.yml", "--for", "avp", cwd=folder)
    assert ran.code == 1 and "error[avp/action-id]" in ran.err
    assert_plain(ran.err)
