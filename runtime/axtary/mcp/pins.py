"""Pinned definitions of a server's tools: what a person looked at, and what the model may be shown and call.

A definition is all that a server says of a tool. Words that change are how a server that was harmless yesterday steers
a model today, so a changed or a new definition is blocked until somebody pins it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from axtary.mcp.frames import MAX_ANSWER
from axtary.mcp.methods import RESERVED
from axtary.runtime.errors import DoorError
from axtary.runtime.hashing import canonical
from axtary.runtime.policyfile import UnreadableError, read_bytes, write_below
from axtary.runtime.strictjson import loads

FOLDER = "mcp-pins"  # beside the policy: a part of what is reviewed with it
MAX_TOOLS = 5_000
MAX_NAME = 256  # characters

Change = Literal["new", "changed", "gone"]
Definition = Mapping[str, Any]


def digest(value: Any) -> str:
    """`sha256:` + hex over the RFC 8785 form."""
    return f"sha256:{hashlib.sha256(canonical(value)).hexdigest()}"


@dataclass(frozen=True)
class Pins:
    """What is pinned of one server: `tools` by name, and what it tells a model about itself."""

    tools: Mapping[str, Definition] = field(default_factory=dict)
    instructions: str | None = None

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """Of each tool."""
        return {name: digest(tool) for name, tool in self.tools.items()}

    def problem(self, tool: Definition) -> Change | None:
        """Why a definition is blocked; None if it is the one that is pinned."""
        name = tool["name"]
        if name not in self.hashes:
            return "new"
        return None if self.hashes[name] == digest(tool) else "changed"

    def changes(self, seen: Pins) -> dict[str, Change]:
        """Tools that are not as they are pinned, sorted by name."""
        found: dict[str, Change] = {name: "gone" for name in self.tools if name not in seen.tools}
        for name, tool in seen.tools.items():
            if (change := self.problem(tool)) is not None:
                found[name] = change
        return dict(sorted(found.items()))

    def to_json(self) -> dict[str, Any]:
        """For the file."""
        tools = [{"hash": self.hashes[name], "definition": tool} for name, tool in sorted(self.tools.items())]
        return {"version": 1, "instructions": self.instructions, "tools": tools}


def named(tools: Iterable[Any]) -> dict[str, Definition]:
    """Definitions by name, without those that no call can be told by: unnamed, named twice, or named like a method."""
    found: dict[str, Definition] = {}
    twice: set[str] = set()
    for tool in tools:
        name = tool.get("name") if isinstance(tool, dict) else None
        if not isinstance(name, str) or not is_name(name):
            continue
        if name in found:
            twice.add(name)
        found[name] = tool
    return {name: tool for name, tool in found.items() if name not in twice}


def is_name(name: str) -> bool:
    """Can a rule be about a tool of this name, and about nothing else?"""
    return 0 < len(name) <= MAX_NAME and name.isprintable() and name not in RESERVED


def path_of(policy: Path, server: str) -> Path:
    """Where the pins of a server are."""
    return policy.parent / FOLDER / f"{server}.json"


def read(path: Path) -> Pins | None:
    """What is pinned, None if nothing is. Raises UnreadableError."""
    if not path.exists():
        return None
    help_text = "look at what changed in it, or pin the server anew with `axtary mcp pin`"
    try:
        document = loads(read_bytes(path, MAX_ANSWER), source=path.name, limit=MAX_ANSWER)
        pins = Pins(named(each["definition"] for each in document["tools"]), document["instructions"])
        written = {each["definition"]["name"]: each["hash"] for each in document["tools"]}
    except (DoorError, KeyError, TypeError):
        raise UnreadableError(path, "it was not written by axtary", help_text) from None
    if document["version"] != 1 or written != pins.hashes:
        raise UnreadableError(path, "a hash in it is not that of the definition beside it", help_text)
    return pins


def write(policy: Path, server: str, pins: Pins) -> Path:
    """Pin. Raises UnreadableError."""
    text = json.dumps(pins.to_json(), indent=2, ensure_ascii=True) + "\n"
    write_below(policy.parent / FOLDER, f"{server}.json", text.encode())
    return path_of(policy, server)
