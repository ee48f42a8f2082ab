"""What Claude Code does with a call, as a slow program of its documentation: for comparison with converted rules.

The world: the workspace is /srv/web, the home /home/ana. A call is the tool's name and its input.
"""

from __future__ import annotations

import re
from typing import Any

WORKSPACE, HOME = "/srv/web", "/home/ana"
Call = tuple[str, dict[str, str]]
STRENGTH = {"allow": 0, "step_up": 1, "deny": 2}
EDITS = ("Edit", "Write", "NotebookEdit")


def decide(permissions: dict[str, Any], call: Call) -> str:
    """deny, then ask, then allow; then reads in the working directory, and a human."""
    quiet = permissions.get("defaultMode") == "dontAsk"
    for effect in ("deny", "ask", "allow"):
        if any(_matches(rule, call, effect) for rule in permissions.get(effect, [])):
            return "deny" if effect == "ask" and quiet else {"ask": "step_up"}.get(effect, effect)
    if quiet:
        return "deny"
    return "allow" if call[0] == "Read" and call[1]["file_path"].startswith(WORKSPACE + "/") else "step_up"


def _matches(rule: str, call: Call, effect: str) -> bool:
    tool, _, rest = rule.partition("(")
    specifier = rest.removesuffix(")")
    name, given = call
    if tool.startswith("mcp__"):
        return name == tool or name.startswith(tool.removesuffix("__*").removesuffix("*") + "__")
    if tool == "Bash":
        return name == "Bash" and (specifier in ("", "*") or _command(specifier, given["command"], effect))
    if tool == "WebFetch":
        return name == tool and (not specifier or specifier == f"domain:{_host(given['url'])}")
    if tool in ("Read", "Edit"):
        reach = ("Read", *EDITS) if tool == "Read" and effect == "deny" else ("Read",) if tool == "Read" else EDITS
        return name in reach and (not specifier or _path(specifier, given["file_path"]))
    return name == tool and not specifier


def _host(url: str) -> str:
    return re.split(r"[/:?#]", url.split("://", 1)[1])[0].lower()


def _command(specifier: str, command: str, effect: str) -> bool:
    parts = [part.strip() for part in re.split(r"&&|\|\||\||;|&|\n", command)]
    parts = [re.sub(r"^timeout \d+ ", "", part) for part in parts if part]
    found = [_text(specifier, part) for part in parts]
    return all(found) if effect == "allow" else any(found)


def _text(specifier: str, part: str) -> bool:
    if specifier.endswith((":*", " *")):
        return part == specifier[:-2] or part.startswith(specifier[:-2] + " ")
    return re.fullmatch(".*".join(map(re.escape, specifier.split("*"))), part, re.DOTALL) is not None


def _path(specifier: str, path: str) -> bool:
    if specifier.startswith("//"):
        root, pattern = "", specifier[2:]
    elif specifier.startswith("~/"):
        root, pattern = HOME, specifier[2:]
    else:
        root, pattern = WORKSPACE, specifier.removeprefix("./")
    if not path.startswith(root + "/"):
        return False
    anchored = "/" in pattern.rstrip("/") or specifier.startswith(("//", "~/"))
    wanted, only_below = pattern.strip("/").split("/"), pattern.endswith("/")
    there = path[len(root) + 1 :].split("/")
    if not anchored:
        wanted = ["**", *wanted]
    above = [there[:end] for end in range(1, len(there) + 1)]
    return any(_segments(wanted, some) for some in (above[:-1] if only_below else above))


def _segments(wanted: list[str], there: list[str]) -> bool:
    if not wanted:
        return not there
    if wanted[0] == "**":
        if len(wanted) == 1:
            return bool(there)
        return any(_segments(wanted[1:], there[skip:]) for skip in range(len(there) + 1))
    first = bool(there) and re.fullmatch("[^/]*".join(map(re.escape, wanted[0].split("*"))), there[0])
    return bool(first) and _segments(wanted[1:], there[1:])


def action(call: Call) -> dict[str, Any]:
    """The call as the normalizer of docs/migration.md writes it."""
    name, given = call
    found: dict[str, Any] = {"version": 1, "tool": f"claude.{name}", "payload": dict(given)}
    if name == "Bash":
        return found | {"tool": "shell.run"}
    if name == "WebFetch":
        return found | {"tool": "web.fetch", "resource": f"domain:{_host(given['url'])}"}
    if name.startswith("mcp__"):
        _, server, tool = name.split("__", 2)
        return found | {"tool": f"mcp.{server}.{tool}"}
    if name == "Read" or name in EDITS:
        return found | {"tool": "fs.read" if name == "Read" else "fs.write", "paths": [_canonical(given["file_path"])]}
    return found


def _canonical(path: str) -> str:
    for root, shown in ((f"{WORKSPACE}/", ""), (f"{HOME}/", "@home/")):
        if path.startswith(root):
            return shown + path[len(root) :]
    return f"@root{path}"
