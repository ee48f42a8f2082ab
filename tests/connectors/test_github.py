"""GitHub: what a call means, what is sent, and what moved in between."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from axtary.connectors import Connectors, ProviderError
from tests.connectors.conftest import action, run
from tests.connectors.server import Received, Say
from tests.connectors.services import BLOB, HEAD, NEXT, GitHubService

PUBLISHED = json.loads((Path(__file__).parent / "published" / "github.json").read_text())["operations"]
REPO = {"owner": "acme", "repo": "web-app"}
PULL = {**REPO, "title": "Fix login", "head": "feature/login", "base": "main", "body": "é"}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("github.pull_requests.create", PULL),
    ("github.pull_requests.merge", {**REPO, "number": 7, "merge_method": "squash"}),
    ("github.contents.read", {**REPO, "path": "docs/a.txt", "ref": "main"}),
    ("github.contents.write", {**REPO, "path": "docs/b c.txt", "message": "m", "content": "aGk=", "branch": "fix/x"}),
    ("github.issues.create", {**REPO, "title": "Bug", "labels": ["bug"], "milestone": None}),
    ("github.issues.comment", {**REPO, "number": 3, "body": "seen"}),
    ("github.issues.update", {**REPO, "number": 3, "state": "closed", "state_reason": "completed"}),
]


def operation(request: Received) -> str:
    """The name in GitHub's description of what a request calls."""
    for name in PUBLISHED:
        method, path = name.split()
        parts = re.split(r"\{(\w+)\}", path)
        wide = ("path", "ref", "basehead")
        pattern = "".join(
            (".+" if part in wide else "[^/]+") if index % 2 else re.escape(part) for index, part in enumerate(parts)
        )
        if method == request.method and re.fullmatch(pattern, request.path):
            return str(name)
    raise AssertionError(f"GitHub describes no {request.method} {request.path}")


@pytest.mark.parametrize(("tool", "payload"), CALLS)
def test_each_request_is_one_that_github_describes(
    tool: str, payload: dict[str, Any], built_in: Connectors, github: GitHubService
) -> None:
    assert run(built_in, tool, payload).outcome == "succeeded"
    for request in github.received:
        described = PUBLISHED[operation(request)]
        assert request.headers["x-github-api-version"] == "2022-11-28"
        assert request.headers["accept"] == "application/vnd.github+json"
        if request.method == "GET":
            assert set(request.query) <= set(described["query"])
        else:
            schema = described["body"]
            jsonschema.Draft4Validator(schema).validate({k: v for k, v in request.json.items() if v is not None})
            assert set(request.json) <= set(schema["properties"])
            nulls = {name for name, value in request.json.items() if value is None}
            assert all(schema["properties"][name].get("nullable") for name in nulls)


@pytest.mark.parametrize(("tool", "payload"), CALLS)
def test_what_is_normalised_is_its_own_normal_form(tool: str, payload: dict[str, Any], built_in: Connectors) -> None:
    call = built_in.normalise(tool, payload)
    assert call.resource == "repo:Acme/Web-App"
    assert built_in.normalise(tool, call.payload) == call


@pytest.mark.parametrize(("tool", "payload"), CALLS)
def test_normalising_only_reads(
    tool: str, payload: dict[str, Any], built_in: Connectors, github: GitHubService
) -> None:
    built_in.normalise(tool, payload)
    assert {request.method for request in github.received} == {"GET"}


def test_a_pull_request_is_what_github_says_about_its_head(built_in: Connectors, github: GitHubService) -> None:
    github.files = [{"filename": "infra/new.tf", "previous_filename": "a.tf"}, {"filename": "@home/x"}]
    claims = {**PULL, "repo": "WEB-APP", "files_changed": 1, "tests_passed": False, "token": "ghp_of_the_caller"}
    call = built_in.normalise("github.pull_requests.create", claims)
    assert call.paths == ("@@home/x", "a.tf", "infra/new.tf")
    found = {"owner": "Acme", "repo": "Web-App", "head_sha": HEAD, "files_changed": 3, "tests_passed": True}
    assert call.payload == {**PULL, **found}


@pytest.mark.parametrize(
    ("runs", "passed"),
    [
        ([], None),
        ([{"conclusion": "success"}, {"conclusion": "skipped"}], True),
        ([{"conclusion": "success"}, {"conclusion": "failure"}], False),
        ([{"conclusion": None}], False),
    ],
)
def test_tests_passed_is_never_the_callers_word(
    runs: list[dict[str, Any]], passed: bool | None, built_in: Connectors, github: GitHubService
) -> None:
    github.runs = runs
    call = built_in.normalise("github.pull_requests.create", {**PULL, "tests_passed": True})
    assert call.payload.get("tests_passed") is passed


def test_a_commit_status_that_is_not_success_counts_too(built_in: Connectors, github: GitHubService) -> None:
    github.script("GET", "/status", Say(200, {"state": "failure", "statuses": [{}]}))
    assert built_in.normalise("github.pull_requests.create", PULL).payload["tests_passed"] is False


def test_the_members_of_the_api_are_sent_and_no_others(built_in: Connectors, github: GitHubService) -> None:
    assert run(built_in, "github.pull_requests.create", PULL).outcome == "succeeded"
    (sent,) = github.of("POST")
    assert sent.content == '{"base":"main","body":"é","head":"feature/login","title":"Fix login"}'.encode()
    assert sent.target == "/repos/Acme/Web-App/pulls"


def test_a_head_that_moved_before_the_request_is_not_sent(built_in: Connectors, github: GitHubService) -> None:
    call = built_in.normalise("github.pull_requests.create", PULL)
    github.heads["feature/login"] = NEXT
    with pytest.raises(ProviderError) as caught:
        built_in.execute(action(call), "k")
    assert caught.value.code == "moved" and not github.of("POST")


def test_a_head_that_moved_during_the_request_closes_the_pull_request(
    built_in: Connectors, github: GitHubService
) -> None:
    call = built_in.normalise("github.pull_requests.create", PULL)
    moved = Say(201, {"number": 8, "state": "open", "head": {"sha": NEXT}})
    github.script("POST", "/pulls", moved, moved)
    ran = built_in.execute(action(call), "k")
    assert (ran.outcome, github.received[-1].json) == ("failed", {"state": "closed"})
    github.script("PATCH", "/pulls/8", Say(500))
    assert built_in.execute(action(call), "k").outcome == "unknown"


def test_a_head_that_the_caller_pins_must_be_the_head(built_in: Connectors) -> None:
    assert built_in.normalise("github.pull_requests.create", {**PULL, "head_sha": HEAD}).payload["head_sha"] == HEAD
    for tool, payload in (
        ("github.pull_requests.create", {**PULL, "head_sha": NEXT}),
        ("github.pull_requests.merge", {**REPO, "number": 7, "sha": NEXT}),
        ("github.pull_requests.merge", {**REPO, "number": 7, "base": "release"}),
        ("github.contents.read", {**REPO, "path": "docs/a.txt", "sha": NEXT}),
        ("github.contents.read", {**REPO, "path": "docs/a.txt", "ref": "main", "commit": NEXT}),
    ):
        with pytest.raises(ProviderError) as caught:
            built_in.normalise(tool, payload)
        assert caught.value.code == "moved"


def test_a_merge_names_its_commit_and_base(built_in: Connectors, github: GitHubService) -> None:
    github.files = [{"filename": f"f{number:03}"} for number in range(150)]
    call = built_in.normalise("github.pull_requests.merge", {**REPO, "number": 7})
    assert (call.payload["sha"], call.payload["base"], len(call.paths or ())) == (HEAD, "main", 150)
    for part, value in (("head", {"sha": NEXT}), ("base", {"ref": "release"})):
        before, github.pull = github.pull, {**github.pull, part: value}
        with pytest.raises(ProviderError) as caught:
            built_in.execute(action(call), "k")
        assert caught.value.code == "moved"
        github.pull = before
    assert not github.of("PUT")
    assert built_in.execute(action(call), "k").result == {"merged": True, "sha": "e" * 40}
    assert github.of("PUT")[0].json == {"sha": HEAD}


def test_the_paths_of_a_merge_are_those_of_its_commit(built_in: Connectors, github: GitHubService) -> None:
    """The head may be elsewhere while the files are looked at, and back before the merge."""
    github.script("GET", "/pulls/7/files", Say(200, [{"filename": "README.md"}]))
    github.files = [{"filename": ".github/workflows/ci.yml"}]
    call = built_in.normalise("github.pull_requests.merge", {**REPO, "number": 7})
    assert call.paths == (".github/workflows/ci.yml",)
    assert f"/compare/main...{HEAD}" in [request.path.partition("/Web-App")[2] for request in github.received]


def test_more_files_than_github_lists_are_no_list_of_files(built_in: Connectors, github: GitHubService) -> None:
    github.files = [{"filename": f"f{number}"} for number in range(300)]
    with pytest.raises(ProviderError) as caught:
        built_in.normalise("github.pull_requests.create", PULL)
    assert caught.value.code == "too_many_files"
    with pytest.raises(ProviderError) as caught:
        built_in.normalise("github.pull_requests.merge", {**REPO, "number": 7})
    assert caught.value.code == "too_many_files"


def test_a_file_is_read_by_its_hash_and_no_link_is_followed(built_in: Connectors, github: GitHubService) -> None:
    call = built_in.normalise("github.contents.read", {**REPO, "path": "docs/a.txt"})
    assert (call.payload["sha"], call.payload["commit"], call.paths) == (BLOB, HEAD, ("docs/a.txt",))
    github.entries[0] = {**github.entries[0], "sha": NEXT}  # changed since: what was decided on is still what comes
    assert built_in.execute(action(call), "k").result["content"] == "aGVsbG8="
    with pytest.raises(ProviderError) as caught:
        built_in.normalise("github.contents.read", {**REPO, "path": "docs/link"})
    assert caught.value.code == "not_a_file"


def test_a_write_without_a_branch_names_the_default_one(built_in: Connectors, github: GitHubService) -> None:
    call = built_in.normalise("github.contents.write", {**REPO, "path": "a b", "message": "m", "content": "aGk="})
    assert call.payload["branch"] == "main"
    assert built_in.execute(action(call), "k").result == {"sha": BLOB, "commit": NEXT, "url": "u"}
    assert github.of("PUT")[0].target == "/repos/Acme/Web-App/contents/a%20b"


@pytest.mark.parametrize(
    ("tool", "payload"),
    [
        ("github.issues.create", {"title": "a"}),
        ("github.issues.create", {"owner": "acme", "repo": "..", "title": "a"}),
        ("github.issues.create", {"owner": "acme/web-app", "repo": "x", "title": "a"}),
        ("github.issues.create", {**REPO, "title": "a", "assigned": []}),
        ("github.issues.create", {**REPO, "title": 1}),
        ("github.issues.create", {**REPO, "title": "\ud800"}),
        ("github.issues.comment", {**REPO, "number": True, "body": "a"}),
        ("github.issues.comment", {**REPO, "number": 0, "body": "a"}),
        ("github.issues.update", {**REPO, "number": 1}),
        ("github.contents.write", {**REPO, "path": "../a", "message": "m", "content": ""}),
        ("github.contents.write", {**REPO, "path": "a//b", "message": "m", "content": ""}),
        ("github.contents.write", {**REPO, "path": "a", "message": "m", "content": "not base64"}),
        ("github.contents.write", {**REPO, "path": "a", "message": "m", "content": "aGl="}),
        ("github.contents.write", {**REPO, "path": "a", "message": "m", "content": "", "branch": "a..b"}),
        ("github.pull_requests.create", {**PULL, "issue": 3}),
        ("github.pull_requests.create", {**PULL, "head": "x:../y"}),
        ("github.pull_requests.create", {**PULL, "head": "feature?x"}),
        ("github.pull_requests.create", {**PULL, "head_repo": "fork"}),
        ("github.pull_requests.merge", {**REPO, "number": 7, "merge_method": "force"}),
        ("github.pull_requests.merge", {**REPO, "number": 7, "sha": "abc"}),
    ],
)
def test_a_payload_that_means_nothing_is_refused_before_anything_is_asked(
    tool: str, payload: dict[str, Any], built_in: Connectors, github: GitHubService
) -> None:
    with pytest.raises(ProviderError) as caught:
        built_in.normalise(tool, payload)
    assert caught.value.code == "bad_payload" and caught.value.help
    assert not github.received


def test_a_repository_may_stand_in_one_word(built_in: Connectors) -> None:
    call = built_in.normalise("github.issues.create", {"repo": "acme/web-app", "title": "a"})
    assert call.payload == {"owner": "Acme", "repo": "Web-App", "title": "a"}


def test_a_fork_is_asked_for_its_own_branch(built_in: Connectors, github: GitHubService) -> None:
    fork = Say(200, {"ref": "refs/heads/x", "object": {"sha": NEXT}})
    github.script("GET", "/repos/bob/Web-App/git/ref/heads/x", fork)
    call = built_in.normalise("github.pull_requests.create", {**PULL, "head": "bob:x"})
    assert (call.payload["head"], call.payload["head_sha"]) == ("bob:x", NEXT)
    assert f"/compare/main...bob:{NEXT}" in [request.path.partition("/Web-App")[2] for request in github.received]
    own = built_in.normalise("github.pull_requests.create", {**PULL, "head": "ACME:feature/login"})
    assert own.payload["head"] == "feature/login"
