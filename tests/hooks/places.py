"""A workspace with what makes paths hard: links, chains and circles of them, hard links, pipes, odd names."""

from __future__ import annotations

import os
from pathlib import Path

from axtary.hooks.paths import Workspace
from axtary.hooks.shell.apart import taken_apart


def content(name: str) -> str:
    """What a file of the workspace holds."""
    return f"<{name}>\n"


def furnished(folder: Path) -> Workspace:
    """The workspace `work` in `folder`, with `home` beside it."""
    root, home = folder / "work", folder / "home"
    (root / "src").mkdir(parents=True)
    home.mkdir()
    for name in ("a", "b", ".env", "src/b", "src/link_target", "-n", "a b"):
        (root / name).write_text(content(name))
    for name, target in {
        "link": ".env",
        "chain": "link",
        "dangling": "gone",
        "folder": "src",
        "up": "/etc/hostname",
        "src/link": "../.env",
        "loop": "loop",
        "proc": "/proc/self/cwd",
    }.items():
        (root / name).symlink_to(target)
    (root / "first").write_text(content("first"))
    os.link(root / "first", root / "hard")
    os.mkfifo(root / "pipe")
    return Workspace.of(root, home)


def effects(workspace: Workspace, command: str) -> list[str]:
    """What a command in the workspace is taken apart into, as texts. Raises Unread."""
    found = taken_apart(command, workspace.root, workspace.home)
    return [
        f"fetch {each.target} {each.method}" if each.kind == "fetch" else f"{each.kind} {workspace.named(each.target)}"
        for each in found
    ]
