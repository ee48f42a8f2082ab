"""Files in repositories. A read is pinned to the blob: what was decided upon is what comes, and no link is followed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from axtary.compiler.diagnostics import quoted
from axtary.connectors import replies, shapes
from axtary.connectors.github import api
from axtary.connectors.github.api import SERVICE, Api, repo_path
from axtary.connectors.provider import Call, ProviderError, Ran

READ = "github.contents.read"
WRITE = "github.contents.write"

_REPO = {"owner": "text", "repo": "text", "path": "text"}
_READ = {**_REPO, "ref": "text", "commit": "text", "sha": "text"}
_SENT = {
    "message": "text",
    "content": "text",
    "sha": "text",
    "branch": "text",
    "committer": "object",
    "author": "object",
}


def read_form(payload: dict[str, Any]) -> Call:
    shapes.check(payload, _READ, ("owner", "repo", "path"))
    api.check_repository(payload)
    if "ref" in payload:
        api.check_ref(payload["ref"], "ref")
    for member in ("commit", "sha"):
        if member in payload:
            api.check_sha(payload[member], member)
    return Call(READ, api.resource(payload), payload, (shapes.canonical_path(payload["path"]),))


def read_normalise(github: Api, payload: dict[str, Any]) -> Call:
    payload["owner"], payload["repo"] = github.repository(payload["owner"], payload["repo"])
    repo = repo_path(payload["owner"], payload["repo"])
    commit = payload.pop("commit", None)
    if commit is None or "ref" in payload:  # what a rule reads of `ref` must be so
        ref = quote(payload.get("ref", "HEAD"), safe="/")
        found = shapes.text(github.get(f"{repo}/commits/{ref}", "the commit"), "sha")
        if commit not in (None, found):
            raise ProviderError("moved", f"{quoted(payload['ref'])} is at another commit", "leave `commit` out")
        commit = found
    sha = _blob(github, repo, payload["path"], commit)
    if payload.setdefault("sha", sha) != sha:
        raise ProviderError("moved", f"{quoted(payload['path'])} has another content", "leave `sha` out")
    payload["commit"] = commit
    return read_form(payload)


def read_execute(github: Api, payload: Mapping[str, Any]) -> Ran:
    """The content of the blob that was pinned, as base64."""
    if "sha" not in payload:
        raise ProviderError("not_normalised", "the content to read is not pinned", "normalise the call first")
    what = f"the content of {quoted(payload['path'])}"
    blob = github.get(f"{repo_path(payload['owner'], payload['repo'])}/git/blobs/{payload['sha']}", what)
    content = shapes.text(blob, "content").replace("\n", "")
    if shapes.text(blob, "sha") != payload["sha"] or shapes.text(blob, "encoding") != "base64" or _not_base64(content):
        raise replies.bad_answer(SERVICE, what)
    return Ran("succeeded", {"path": payload["path"], "sha": payload["sha"], "content": content, "encoding": "base64"})


def write_form(payload: dict[str, Any]) -> Call:
    shapes.check(payload, {**_REPO, **_SENT}, ("owner", "repo", "path", "message"))
    api.check_repository(payload)
    if "content" not in payload:
        raise shapes.bad("`content` is missing in the payload", "add the whole content of the file, in base64")
    if _not_base64(payload["content"]):
        raise shapes.bad("`content` is not base64", "encode the whole content of the file, without line breaks")
    if "branch" in payload:
        api.check_ref(payload["branch"], "branch")
    if "sha" in payload:
        api.check_sha(payload["sha"], "sha")
    return Call(WRITE, api.resource(payload), payload, (shapes.canonical_path(payload["path"]),))


def write_normalise(github: Api, payload: dict[str, Any]) -> Call:
    payload["owner"], payload["repo"] = github.repository(payload["owner"], payload["repo"])
    if "branch" not in payload:  # GitHub would take this one, whichever it is by then
        what = "the default branch"
        payload["branch"] = shapes.text(
            github.get(repo_path(payload["owner"], payload["repo"]), what), "default_branch"
        )
    return write_form(payload)


def write_execute(github: Api, payload: Mapping[str, Any]) -> Ran:
    if "branch" not in payload:
        raise ProviderError("not_normalised", "the branch to write to is not named", "normalise the call first")
    path = f"{repo_path(payload['owner'], payload['repo'])}/contents/{quote(payload['path'], safe='/')}"
    made = github.write("PUT", path, {name: payload[name] for name in _SENT if name in payload})
    if isinstance(made, Ran):
        return made
    result = {"sha": shapes.text(made, "content", "sha"), "commit": shapes.text(made, "commit", "sha")}
    return Ran("succeeded", result | {"url": shapes.text(made, "content", "html_url")})


def _blob(github: Api, repo: str, path: str, commit: str) -> str:
    """The hash of a file at a commit, from the list of its folder: asked by name, GitHub follows symbolic links."""
    shapes.canonical_path(path)
    folder, _, name = path.rpartition("/")
    what = f"the file {quoted(path)}"
    entries = github.get(f"{repo}/contents/{quote(folder, safe='/')}", what, {"ref": commit})
    for entry in entries if isinstance(entries, list) else ():
        if shapes.text(entry, "name") == name and shapes.text(entry, "path") == path:
            if shapes.text(entry, "type") == "file" and api.is_sha(shapes.text(entry, "sha")):
                return shapes.text(entry, "sha")
            raise ProviderError("not_a_file", f"{quoted(path)} is no file: {shapes.text(entry, 'type')}", "name a file")
    raise ProviderError("not_found", f"{what}: GitHub does not find it", "check its path and `ref`")


def _not_base64(text: str) -> bool:
    """Other than the one spelling that its bytes have."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() != text
    except (binascii.Error, ValueError):
        return True
