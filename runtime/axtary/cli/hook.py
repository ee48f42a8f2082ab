"""`axtary hook install` and `uninstall`."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path
from typing import Any

from axtary.cli.output import OK, colour, fail, invalid_input, leave, print_json
from axtary.compiler.diagnostics import printable
from axtary.hooks.client import Blocked, read_options
from axtary.hooks.settings import Scope, handler, read_settings, settings_file, text_of, with_hook, without_hook
from axtary.runtime.policyfile import read_bytes, write_below


def install(scope: Scope, project: Path, options: list[str], dry_run: bool, as_json: bool) -> None:
    """Put the hook into the settings of a scope."""
    try:
        read_options(options)
    except Blocked as error:
        fail(str(error), "see `axtary hook claude-code --help`", as_json)
    path = settings_file(scope, project.absolute(), Path.home())
    ours = handler(options, anywhere=scope == "project")
    with invalid_input(as_json):
        _write(path, with_hook(read_settings(path), ours), "installed", dry_run, as_json)


def uninstall(scope: Scope, project: Path, dry_run: bool, as_json: bool) -> None:
    """Take the hook out of the settings of a scope."""
    path = settings_file(scope, project.absolute(), Path.home())
    with invalid_input(as_json):
        _write(path, without_hook(read_settings(path)), "removed", dry_run, as_json)


def _write(path: Path, settings: dict[str, Any], done: str, dry_run: bool, as_json: bool) -> None:
    before = read_bytes(path, 1 << 24) if path.exists() else b""
    changed = settings != read_settings(path)
    after = text_of(settings) if changed else before
    if changed and not dry_run:
        write_below(path.parent, path.name, after)
    diff = "".join(_diff(before.decode("utf-8"), after.decode("utf-8"), str(path))) if dry_run else None
    if as_json:
        found = {"file": str(path), "changed": changed, "written": changed and not dry_run}
        print_json(found | ({"diff": diff} if diff is not None else {}))
    elif diff is not None:
        sys.stdout.write("".join(f"{printable(line)}\n" for line in diff.splitlines()) or "nothing would change\n")
    else:
        word = done if changed else f"nothing to change, {done} already"
        sys.stdout.write(f"{colour('ok', 'green')} {word}: {printable(str(path))}\n")
    leave(OK)


def _diff(before: str, after: str, name: str) -> list[str]:
    return [f"{line.rstrip()}\n" for line in unified_diff(before.splitlines(), after.splitlines(), name, name)]
