"""Cases as the text of a test file: one flow of a line for each part that fits, so that a reviewer sees it at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from axtary.compiler.diagnostics import printable
from axtary.compiler.format.scalars import inline

Json = Any

_WIDTH = 110
_ORDER = ("version", "id", "time", "actor", "intent", "tool", "resource", "payload", "paths", "context")


@dataclass(frozen=True)
class NewCase:
    """A case to be written. action, facts: JSON; expect: what a test file may say of it, as JSON."""

    name: str
    action: Mapping[str, Json]
    facts: Mapping[str, Json]
    expect: Mapping[str, Json]

    def to_json(self) -> dict[str, Json]:
        """As it stands in the file."""
        return {"name": self.name, **self._parts}

    @property
    def lines(self) -> list[str]:
        """The entry of `cases`, without indentation."""
        found = [f"- name: {inline(self.name, 'prose')}"]
        for key, value in self._parts.items():
            found += [f"  {line}" for line in _entry(key, value)]
        return found

    @property
    def _parts(self) -> dict[str, Json]:
        action = {key: self.action[key] for key in sorted(self.action, key=_ORDER.index) if key != "version"}
        facts = {"facts": self.facts} if self.facts else {}
        return {"action": action, **facts, "expect": self.expect}


def suite_text(cases: Iterable[NewCase], policy: str | None = None, comments: Iterable[str] = ()) -> str:
    """A whole test file; `policy` is the path of the policy as seen from the file."""
    lines = [f"# {printable(comment)}" for comment in comments]
    lines += ["version: 1", *([f"policy: {inline(policy, flow=True)}"] if policy is not None else []), "cases:"]
    lines += [f"  {line}" for case in cases for line in case.lines]
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Json) -> Iterator[str]:
    """`key: value` on one line; a long mapping as a block."""
    line = f"{inline(key, flow=True)}: {_flow(value)}"
    if len(line) <= _WIDTH or not isinstance(value, Mapping) or not value:
        yield line
        return
    yield f"{inline(key, flow=True)}:"
    for name, inner in value.items():
        yield from (f"  {inner_line}" for inner_line in _entry(name, inner))


def _flow(value: Json) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(key, flow=True)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return inline(value, flow=True) if isinstance(value, str) else json.dumps(value)
