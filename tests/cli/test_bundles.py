"""`axtary policy export` and `verify-bundle` as their users run them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.cli.command import POLICY, assert_refused, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy with a test, and a pair of keys as openssl makes them."""
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "axtary.test.yml").write_text(
        "version: 1\npolicy: axtary.yml\ncases:\n  - {name: reads go, action: {tool: fs.read}, expect: allow}\n"
    )
    openssl = ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key.pem"]
    subprocess.run(openssl, cwd=tmp_path, check=True, capture_output=True)
    public = ["openssl", "ec", "-in", "key.pem", "-pubout", "-out", "pub.pem"]
    subprocess.run(public, cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


EXPORT = ["policy", "export", "--sign-key", "key.pem"]
VERIFY = ["policy", "verify-bundle", "dist/bundle.tar.gz", "--key", "pub.pem"]


def test_what_is_exported_is_verified_and_remembered(folder: Path) -> None:
    exported = run(*EXPORT, "--revision", "7", "--json", cwd=folder)
    names = ["dist/bundle.tar.gz", "dist/policy_test.rego", "dist/input.schema.json"]
    assert (exported.code, exported.json()["written"]) == (0, names)
    assert exported.json()["signed"] == {"key_id": "axtary", "algorithm": "ES256"}
    assert "# axtary.test.yml: reads go\n" in (folder / "dist/policy_test.rego").read_text()
    verified = run(*VERIFY, "--last", "last.json", "--json", cwd=folder)
    assert (verified.code, verified.json()["verified"], verified.json()["revision"]) == (0, True, 7)
    assert run(*VERIFY, "--last", "last.json", cwd=folder).code == 0
    run(*EXPORT, "--revision", "6", cwd=folder)
    refused = run(*VERIFY, "--last", "last.json", cwd=folder)
    assert refused.code == 1 and "refused[AX1108]: revision 6 is older than 7" in refused.err
    assert json.loads((folder / "last.json").read_text())["metadata"]["axtary"]["policy_revision"] == 7


def test_a_refused_bundle_is_told_in_json(folder: Path) -> None:
    run(*EXPORT, "--revision", "7", "--expires-at", "2027-01-31", cwd=folder)
    refused = run(*VERIFY, "--at", "2027-01-31T00:00:00Z", "--json", cwd=folder)
    assert (refused.code, refused.json()["verified"]) == (1, False)
    assert [error["code"] for error in refused.json()["errors"]] == ["AX1107"]
    assert run(*VERIFY, "--at", "2027-01-30T23:59:59Z", cwd=folder).code == 0


def test_an_unsigned_export_says_what_that_means(folder: Path) -> None:
    exported = run("policy", "export", "--revision", "1", cwd=folder)
    assert exported.code == 0 and "not signed" in exported.err
    assert run(*VERIFY, cwd=folder).code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [*EXPORT, "--revision", "0"],
        [*EXPORT],
        [*EXPORT, "--revision", "1", "--expires-at", "soon"],
        [*EXPORT, "--revision", "1", "--not-before", "2027-01-01", "--expires-at", "2027-01-01"],
        [*EXPORT, "--revision", "1", "--target", "envoy"],
        ["policy", "export", "--revision", "1", "--sign-key", "pub.pem"],
        ["policy", "export", "--revision", "1", "--sign-key", "nothing.pem"],
        [*EXPORT, "--revision", "1", "-o", "axtary.yml"],
        ["policy", "export", "nothing.yml", "--revision", "1"],
        ["policy", "verify-bundle", "nothing.tar.gz", "--key", "pub.pem"],
        ["policy", "verify-bundle", "axtary.yml", "--key", "axtary.yml"],
        ["policy", "verify-bundle", "axtary.yml", "--key", "pub.pem", "--last", "axtary.yml"],
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(folder: Path, arguments: list[str]) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert_refused(run(*arguments, cwd=folder))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_portability_tells_rules_and_places(folder: Path) -> None:
    ran = run("policy", "portability", "--json", cwd=folder)
    assert (ran.code, ran.json()["counts"]["rego"]) == (0, {"native": 3})
    assert {entry["rule"]: entry["line"] for entry in ran.json()["rules"]}["reads"] == 3
    text = run("policy", "portability", cwd=folder).out
    assert text.splitlines()[0].split() == ["rule", "native", "cedar", "rego"]
    assert text.endswith("rego: 3 rules native\n")
