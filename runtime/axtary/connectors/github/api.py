"""GitHub's REST API as far as connectors use it: requests, names in paths, errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from axtary.compiler.diagnostics import quoted
from axtary.connectors import replies, shapes
from axtary.connectors.limits import Answer
from axtary.connectors.provider import ProviderError, Ran
from axtary.connectors.transport import Client, Request

SERVICE = "GitHub"
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}

_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})")
_REPO = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NO_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\#]|\.\.|@\{|//|\.lock(?:/|$)|(?:^|/)\.|\.$|^/|/$|^-")
_HELP_REPO = 'write them as in `{"owner": "acme", "repo": "web-app"}`'


class Api:
    """Requests to GitHub. Reads raise ProviderError, writes give what became of them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, path: str, what: str, query: Mapping[str, str] | None = None) -> Any:
        """The object or list at a path."""
        answer = self.answer(path, query)
        return replies.looked_up(answer, SERVICE, what, reason(answer))

    def answer(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        return self._client.read(Request("GET", path, query or {}))

    def write(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any] | Ran:
        """The object that GitHub answers with, or what became of the request otherwise."""
        found = replies.settled(self._client.send(Request(method, path, body=dict(body))), SERVICE, reason)
        if isinstance(found, Ran):
            return found
        if not isinstance(found.body, dict):
            return Ran("unknown", message=f"it may have happened: {SERVICE} gives an answer that cannot be read")
        return found.body

    def repository(self, owner: str, repo: str) -> tuple[str, str]:
        """Owner and name as GitHub spells them: it finds them in any case, and patterns do not."""
        what = f"the repository {quoted(f'{owner}/{repo}')}"
        full = shapes.text(self.get(repo_path(owner, repo), what), "full_name")
        found = full.split("/")
        if full.lower() != f"{owner}/{repo}".lower():
            raise ProviderError("moved", f"{what} has another name now", f"write {quoted(full)}")
        return found[0], found[1]

    def branch_head(self, owner: str, repo: str, branch: str) -> str:
        """The commit that a branch is at."""
        what = f"the branch {quoted(branch)} of {quoted(f'{owner}/{repo}')}"
        found = self.get(f"{repo_path(owner, repo)}/git/ref/heads/{quote(branch, safe='/')}", what)
        sha = shapes.text(found, "object", "sha")
        if shapes.text(found, "ref") != f"refs/heads/{branch}" or not is_sha(sha):
            raise replies.bad_answer(SERVICE, what)
        return sha


def reason(answer: Answer) -> str:
    """What GitHub says about an error: its message, and of a 422 the first of its errors."""
    said = shapes.text(answer.body, "message")
    errors = answer.body.get("errors") if isinstance(answer.body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    details = first if isinstance(first, str) else shapes.text(first, "message") or shapes.text(first, "code")
    return f"{said} ({details})" if details else said


def repo_path(owner: str, repo: str) -> str:
    return f"/repos/{owner}/{repo}"


def resource(payload: Mapping[str, Any]) -> str:
    return f"repo:{payload['owner']}/{payload['repo']}"


def check_repository(payload: dict[str, Any]) -> None:
    """Names that can stand in a path. `repo` may be `owner/repo`, and is taken apart. Raises ProviderError."""
    if "owner" not in payload and str(payload.get("repo")).count("/") == 1:
        payload["owner"], payload["repo"] = payload["repo"].split("/")
    owner, repo = payload.get("owner"), payload.get("repo")
    if type(owner) is not str or type(repo) is not str or not (_OWNER.fullmatch(owner) and _REPO.fullmatch(repo)):
        raise shapes.bad("`owner` and `repo` name no repository", _HELP_REPO)


def check_ref(name: str, member: str) -> None:
    """The name of a branch, by the rules of Git. Raises ProviderError."""
    if not name or len(name) > 250 or _NO_REF.search(name) or name == "@":
        raise shapes.bad(f"`{member}` is no name of a branch", "write it without `refs/heads/`, such as `main`")


def check_sha(sha: str, member: str) -> None:
    if not is_sha(sha):
        raise shapes.bad(f"`{member}` is no whole commit or blob hash", "write all its 40 hexadecimal digits")


def check_number(payload: Mapping[str, Any], member: str = "number") -> None:
    if payload[member] < 1:
        raise shapes.bad(f"`{member}` is not the number of an issue or pull request", "write 1 or more")


def is_sha(text: str) -> bool:
    return _SHA.fullmatch(text) is not None


def file_paths(files: Any, what: str) -> tuple[str, ...]:
    """The paths that a list of changed files touches, those before a renaming too. Sorted."""
    found = set()
    for file in files if isinstance(files, list) else (None,):
        if not (name := shapes.text(file, "filename")):
            raise replies.bad_answer(SERVICE, what)
        found |= {name, shapes.text(file, "previous_filename") or name}
    return tuple(sorted(shapes.action_path(path) for path in found))


def too_many_files(what: str) -> ProviderError:
    message = f"{what}: it changes more files than GitHub lists, so nobody can say what it touches"
    return ProviderError("too_many_files", message, "split it into smaller ones")
