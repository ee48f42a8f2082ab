"""GitHub, Slack and Linear as their published descriptions say, as far as connectors call them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from tests.connectors.server import Answering, Received, Say, Service

HEAD, NEXT, BLOB = "a" * 40, "b" * 40, "c" * 40
UUID = "11111111-2222-3333-4444-555555555555"
TOKEN = "ghp_" + "secret" * 4


class GitHubService(Service):
    """One repository, `Acme/Web-App`, with a branch `feature/login`."""

    def __init__(self) -> None:
        self.heads = {"main": "d" * 40, "feature/login": HEAD}
        self.files: list[dict[str, str]] = [{"filename": "src/login.py"}]
        self.runs: list[dict[str, Any]] = [{"conclusion": "success"}]
        self.pull: dict[str, Any] = {"number": 7, "head": {"sha": HEAD}, "base": {"ref": "main"}, "state": "open"}
        self.entries = [
            {"name": "a.txt", "path": "docs/a.txt", "type": "file", "sha": BLOB},
            {"name": "link", "path": "docs/link", "type": "symlink", "sha": BLOB},
        ]
        super().__init__()

    def handle(self, request: Received) -> Answering:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Say(401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"})
        if request.path == "/rate_limit":
            return Say(200, {"resources": {"core": {"limit": 5000, "remaining": 4987, "reset": 1}}})
        found = re.fullmatch(r"/repos/acme/web-app(/.*)?", request.path, re.IGNORECASE)
        if found is None:
            return Say(404, {"message": "Not Found", "status": "404"})
        rest = unquote(found[1] or "")
        return self._get(rest, request) if request.method == "GET" else self._write(rest, request)

    def _get(self, rest: str, request: Received) -> Answering:
        commit = rest.startswith("/commits/")
        simple: dict[str, Any] = {
            "": {"full_name": "Acme/Web-App", "default_branch": "main"},
            "/pulls/7": self.pull,
            "/contents/docs": self.entries,
            f"/git/blobs/{BLOB}": {"sha": BLOB, "encoding": "base64", "content": "aGVs\nbG8=\n"},
        }
        if rest in simple:
            return Say(200, simple[rest])
        if rest == "/pulls/7/files":
            start = (int(request.query["page"]) - 1) * int(request.query["per_page"])
            return Say(200, self.files[start : start + int(request.query["per_page"])])
        if rest.startswith("/git/ref/heads/") and (branch := rest.removeprefix("/git/ref/heads/")) in self.heads:
            return Say(200, {"ref": f"refs/heads/{branch}", "object": {"type": "commit", "sha": self.heads[branch]}})
        if rest.startswith("/compare/"):
            return Say(200, {"status": "ahead", "files": self.files})
        if commit and rest.endswith("/check-runs"):
            return Say(200, {"total_count": len(self.runs), "check_runs": self.runs})
        if commit and rest.endswith("/status"):
            return Say(200, {"state": "pending", "statuses": [], "total_count": 0})
        return Say(200, {"sha": HEAD}) if commit else Say(404, {"message": "Not Found"})

    def _write(self, rest: str, request: Received) -> Answering:
        if request.method == "POST" and rest == "/pulls":
            head = self.heads[request.json["head"]]
            return Say(201, {"number": 8, "html_url": "https://github.test/8", "state": "open", "head": {"sha": head}})
        if request.method == "PATCH" and rest == "/pulls/8":
            return Say(200, {"number": 8, "state": request.json["state"]})
        if request.method == "PUT" and rest == "/pulls/7/merge":
            if request.json["sha"] != self.pull["head"]["sha"]:
                return Say(409, {"message": "Head branch was modified. Review and try the merge again."})
            return Say(200, {"sha": "e" * 40, "merged": True, "message": "Pull Request successfully merged"})
        if request.method == "PUT" and rest.startswith("/contents/"):
            return Say(201, {"content": {"sha": BLOB, "html_url": "u"}, "commit": {"sha": NEXT}})
        if rest.endswith("/comments"):
            return Say(201, {"id": 5, "html_url": "https://github.test/c5"})
        return Say(201 if request.method == "POST" else 200, {"number": 9, "state": "open", "html_url": "u"})


class SlackService(Service):
    """Two pages of channels; errors come with status 200 and `ok: false`."""

    def __init__(self) -> None:
        self.channels = {"C0000001": "general", "C0000002": "agent-builds", "C0000003": "prod"}
        super().__init__()

    def handle(self, request: Received) -> Answering:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Say(200, {"ok": False, "error": "invalid_auth"})
        if request.path == "/auth.test":
            return Say(200, {"ok": True, "user": "axtary", "team": "Acme"})
        if request.path == "/conversations.list":
            listed = [{"id": id_, "name": name} for id_, name in self.channels.items()]
            at = int(request.query.get("cursor", "0"))
            more = {"next_cursor": str(at + 2) if at + 2 < len(listed) else ""}
            return Say(200, {"ok": True, "channels": listed[at : at + 2], "response_metadata": more})
        if request.path == "/conversations.info":
            id_ = request.query["channel"]
            if id_ not in self.channels:
                return Say(200, {"ok": False, "error": "channel_not_found"})
            return Say(200, {"ok": True, "channel": {"id": id_, "name": self.channels[id_], "is_archived": False}})
        return Say(200, {"ok": True, "channel": request.json["channel"], "ts": "1503435956.000247"})


class LinearService(Service):
    """One issue, AXT-418."""

    def __init__(self) -> None:
        self.identifier = "AXT-418"
        super().__init__()

    def handle(self, request: Received) -> Answering:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            code = {"code": "AUTHENTICATION_ERROR", "userPresentableMessage": "You need to authenticate"}
            return Say(401, {"errors": [{"message": "Authentication required", "extensions": code}]})
        body = request.json
        issue = {"id": UUID, "identifier": self.identifier, "url": "https://linear.test/AXT-418", "updatedAt": "now"}
        if body["query"].startswith("mutation"):
            return Say(200, {"data": {"issueUpdate": {"success": True, "issue": issue}}})
        if body["query"].startswith("query Viewer"):
            return Say(200, {"data": {"viewer": {"name": "Ana"}}})
        if body["variables"]["id"] in (UUID, self.identifier):
            return Say(200, {"data": {"issue": issue}})
        error = {"message": "Entity not found: Issue", "path": ["issue"], "extensions": {"code": "INPUT_ERROR"}}
        return Say(200, {"errors": [error], "data": None})
