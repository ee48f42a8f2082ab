"""Pull requests. What is in one is not in the call: it is in the commit at its head, so that commit is pinned.

`head_sha`, `files_changed`, `tests_passed` and the paths are what GitHub says about that commit, never what the caller
says. Both tools look again right before they write; a merge is bound to the commit by GitHub itself (`sha`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from axtary.compiler.diagnostics import quoted
from axtary.connectors import shapes
from axtary.connectors.github import api
from axtary.connectors.github.api import Api, repo_path
from axtary.connectors.provider import Call, ProviderError, Ran

CREATE = "github.pull_requests.create"
MERGE = "github.pull_requests.merge"

_SENT = {
    "title": "text",
    "issue": "integer",
    "head": "text",
    "head_repo": "text",
    "base": "text",
    "body": "text",
    "draft": "boolean",
    "maintainer_can_modify": "boolean",
}
_FOUND = {"head_sha": "text", "files_changed": "integer", "tests_passed": "boolean"}
_REPO = {"owner": "text", "repo": "text"}
_MERGE_SENT = {"sha": "text", "merge_method": "text", "commit_title": "text", "commit_message": "text"}
_MERGE = {**_REPO, "number": "integer", "base": "text", **_MERGE_SENT}
_MOST_COMPARED = 300  # files that a comparison lists at most
_PASSED = ("success", "neutral", "skipped")


# --- create ---------------------------------------------------------------------------------------------------------


def create_form(payload: dict[str, Any]) -> Call:
    """The call of a payload, asking nobody: as it is, once it is normalised."""
    shapes.check(payload, {**_REPO, **_SENT, **_FOUND}, ("owner", "repo", "head", "base"))
    api.check_repository(payload)
    if ("title" in payload) == ("issue" in payload):
        raise shapes.bad("a pull request has either a `title` or an `issue`", "write one of the two")
    owner, _, branch = payload["head"].rpartition(":")
    api.check_ref(payload["base"], "base")
    api.check_ref(branch, "head")
    if owner:
        api.check_repository({"owner": owner, "repo": payload.get("head_repo", payload["repo"])})
    elif "head_repo" in payload:
        raise shapes.bad("`head_repo` stands beside a `head` without an owner", 'write `"head": "user:branch"`')
    if "head_sha" in payload:
        api.check_sha(payload["head_sha"], "head_sha")
    return Call(CREATE, api.resource(payload), payload)


def create_normalise(github: Api, payload: dict[str, Any]) -> Call:
    owner, repo = github.repository(payload["owner"], payload["repo"])
    payload |= {"owner": owner, "repo": repo}
    if payload["head"].lower().startswith(owner.lower() + ":") and "head_repo" not in payload:
        payload["head"] = payload["head"].partition(":")[2]
    head = _head(github, payload)
    claimed = payload.pop("head_sha", head)
    if claimed != head:
        raise _moved(payload["head"])
    payload = {name: value for name, value in payload.items() if name not in _FOUND} | {"head_sha": head}
    user = payload["head"].rpartition(":")[0]
    what = f"the changes of {quoted(payload['head'])}"
    paths = _compared(github, payload, f"{user + ':' if user else ''}{head}", what)
    payload["files_changed"] = len(paths)
    passed = _tests_passed(github, owner, repo, head)
    payload |= {"tests_passed": passed} if passed is not None else {}
    return Call(CREATE, api.resource(payload), payload, paths)


def create_execute(github: Api, payload: Mapping[str, Any]) -> Ran:
    head = payload.get("head_sha")
    if head is None:
        raise ProviderError("not_normalised", "the head of the pull request is not pinned", "normalise the call first")
    if _head(github, payload) != head:
        raise _moved(payload["head"])
    pulls = f"{repo_path(payload['owner'], payload['repo'])}/pulls"
    made = github.write("POST", pulls, {name: payload[name] for name in _SENT if name in payload})
    if isinstance(made, Ran):
        return made
    result = _shown(made)
    if shapes.text(made, "head", "sha") == head:
        return Ran("succeeded", result)
    # The branch moved between the look and the request: what is proposed now is not what was decided upon.
    closed = github.write("PATCH", f"{pulls}/{made['number']}", {"state": "closed"}) if result["number"] else None
    if isinstance(closed, dict) and closed.get("state") == "closed":
        return Ran("failed", result, "its head moved while the pull request was made: it was closed again")
    return Ran("unknown", result, "its head moved while the pull request was made, and it could not be closed again")


def _head(github: Api, payload: Mapping[str, Any]) -> str:
    user, _, branch = payload["head"].rpartition(":")
    repo = payload.get("head_repo", payload["repo"])
    return github.branch_head(user or payload["owner"], repo, branch)


def _compared(github: Api, payload: Mapping[str, Any], commit: str, what: str) -> tuple[str, ...]:
    """The files that differ between the base and the pinned commit."""
    names = f"{quote(payload['base'], safe='/')}...{commit}"
    found = github.get(f"{repo_path(payload['owner'], payload['repo'])}/compare/{names}", what)
    files = found.get("files") if isinstance(found, dict) else None
    paths = api.file_paths(files, what)
    if isinstance(files, list) and len(files) >= _MOST_COMPARED:
        raise api.too_many_files(what)
    return paths


def _tests_passed(github: Api, owner: str, repo: str, sha: str) -> bool | None:
    """What the checks and statuses of a commit say; None if there are none, or they cannot be seen."""
    commit = f"{repo_path(owner, repo)}/commits/{sha}"
    checks = github.answer(f"{commit}/check-runs", {"per_page": "100"})
    status = github.answer(f"{commit}/status")
    if not (checks.good and status.good and isinstance(checks.body, dict) and isinstance(status.body, dict)):
        return None
    runs, statuses = checks.body.get("check_runs"), status.body.get("statuses")
    if not isinstance(runs, list) or not isinstance(statuses, list) or checks.body.get("total_count") != len(runs):
        return None
    if not runs and not statuses:
        return None
    good = all(isinstance(run, dict) and run.get("conclusion") in _PASSED for run in runs)
    return good and (not statuses or status.body.get("state") == "success")


# --- merge ----------------------------------------------------------------------------------------------------------


def merge_form(payload: dict[str, Any]) -> Call:
    shapes.check(payload, _MERGE, ("owner", "repo", "number"))
    api.check_repository(payload)
    api.check_number(payload)
    if "sha" in payload:
        api.check_sha(payload["sha"], "sha")
    if payload.get("merge_method", "merge") not in ("merge", "squash", "rebase"):
        raise shapes.bad("`merge_method` is none of GitHub's", "write `merge`, `squash` or `rebase`")
    return Call(MERGE, api.resource(payload), payload)


def merge_normalise(github: Api, payload: dict[str, Any]) -> Call:
    payload["owner"], payload["repo"] = github.repository(payload["owner"], payload["repo"])
    pull = _pull(github, payload)
    for member, value in (("sha", shapes.text(pull, "head", "sha")), ("base", shapes.text(pull, "base", "ref"))):
        if payload.setdefault(member, value) != value or not value:
            raise _moved(f"#{payload['number']}")
    # Not the files of the pull request: those are of its head, which may be elsewhere just now, and back for the merge.
    paths = _compared(github, payload, payload["sha"], f"the files of #{payload['number']}")
    return Call(MERGE, api.resource(payload), payload, paths)


def merge_execute(github: Api, payload: Mapping[str, Any]) -> Ran:
    if "sha" not in payload or "base" not in payload:
        raise ProviderError("not_normalised", "the merge does not name its commit and base", "normalise the call first")
    pull = _pull(github, payload)
    if (shapes.text(pull, "head", "sha"), shapes.text(pull, "base", "ref")) != (payload["sha"], payload["base"]):
        raise _moved(f"#{payload['number']}")
    sent = {name: payload[name] for name in _MERGE_SENT if name in payload}
    made = github.write("PUT", f"{_pull_path(payload)}/merge", sent)
    if isinstance(made, Ran):
        return made
    result = {"merged": made.get("merged") is True, "sha": shapes.text(made, "sha")}
    return Ran("succeeded", result) if result["merged"] else Ran("failed", result, shapes.text(made, "message"))


def _pull(github: Api, payload: Mapping[str, Any]) -> Any:
    return github.get(_pull_path(payload), f"the pull request #{payload['number']}")


def _pull_path(payload: Mapping[str, Any]) -> str:
    return f"{repo_path(payload['owner'], payload['repo'])}/pulls/{payload['number']}"


# --- parts ----------------------------------------------------------------------------------------------------------


def _moved(what: str) -> ProviderError:
    message = f"{quoted(what)} is not at the commit and base that the call names"
    return ProviderError("moved", message, "make the call anew: what it means has changed")


def _shown(pull: Mapping[str, Any]) -> dict[str, Any]:
    number = pull.get("number")
    return {
        "number": number if type(number) is int else None,
        "url": shapes.text(pull, "html_url"),
        "state": shapes.text(pull, "state"),
        "head_sha": shapes.text(pull, "head", "sha"),
    }
