"""What `axtary doctor` looks at in Claude Code's settings: is the hook there, for all tools, and not silenced?"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from axtary.compiler.diagnostics import quoted
from axtary.hooks.client import SECONDS, VALUED
from axtary.hooks.settings import ALL_TOOLS, EVENTS, SCOPES, handlers, managed_file, read_settings, settings_file
from axtary.runtime.policyfile import UnreadableError

LEAST_VERSION = (2, 1, 295)  # older ones do not know `onFailure`
_INSTALL = "run `axtary hook install`"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `ok` and `note` are no problem, an `error` means that calls can pass the hook."""

    level: Literal["ok", "note", "warning", "error"]
    message: str
    help: str = ""

    def to_json(self) -> dict[str, str]:
        """For programs."""
        return asdict(self)


@dataclass(frozen=True)
class Installed:
    """The hook of one settings file, as it stands under an event."""

    file: Path
    event: str
    matcher: str
    handler: Mapping[str, Any]

    @property
    def words(self) -> list[str]:
        """What is started."""
        arguments = self.handler.get("args")
        command = str(self.handler.get("command", ""))
        return [command, *map(str, arguments)] if isinstance(arguments, list) else ["/bin/sh", "-c", command]


def files(project: Path, home: Path, environment: Mapping[str, str]) -> list[Path]:
    """The settings files that hold for a project, those that go before others first."""
    return [managed_file(), *(settings_file(scope, project, home, environment) for scope in reversed(SCOPES))]


def look(project: Path, home: Path, environment: Mapping[str, str]) -> tuple[list[Finding], list[Installed]]:
    """Findings about settings, and where the hook is."""
    findings: list[Finding] = []
    found: dict[Path, Mapping[str, Any]] = {}
    for path in files(project, home, environment):
        try:
            found[path] = read_settings(path)
        except UnreadableError as error:
            findings.append(Finding("error", f"{error}: Claude Code ignores a file like this", error.help))
    installed = [
        Installed(path, event, matcher, each)
        for path, settings in found.items()
        for event in EVENTS
        for matcher, each in handlers(settings, event)
    ]
    findings += _silenced(found, installed)
    findings += _in_place(installed)
    for each in installed:
        findings += _as_it_should(each)
    return findings, installed


def _silenced(found: Mapping[Path, Mapping[str, Any]], installed: list[Installed]) -> Iterator[Finding]:
    for path, settings in found.items():
        if settings.get("disableAllHooks") not in (None, False):
            yield Finding("error", f"{path}: `disableAllHooks` silences every hook", "delete it")
        variables = settings.get("env")
        names = [name for name in variables if name.startswith("AXTARY_")] if isinstance(variables, dict) else []
        if names:
            message = f"{path}: {quoted(names[0])} is set for the hook by a settings file"
            yield Finding("warning", message, "give options to `axtary hook install` instead")
    managed = managed_file()
    only_managed = found.get(managed, {}).get("allowManagedHooksOnly") not in (None, False)
    if only_managed and not any(each.file == managed for each in installed):
        message = f"{managed}: `allowManagedHooksOnly` silences the hooks of all other files"
        yield Finding("error", message, "have the hook put into this file")


def _in_place(installed: list[Installed]) -> Iterator[Finding]:
    for event in EVENTS:
        where = sorted({str(each.file) for each in installed if each.event == event})
        count = sum(each.event == event for each in installed)
        if not where:
            yield Finding("error", f"the hook is not installed for {event}", _INSTALL)
        elif count > 1:
            message = f"the hook stands {count} times under {event}, and each decides: {', '.join(where)}"
            yield Finding("warning", message, "keep one: `axtary hook uninstall --scope …`")
        else:
            yield Finding("ok", f"{event}: {where[0]}")


def _as_it_should(found: Installed) -> Iterator[Finding]:
    place = f"{found.file} ({found.event})"
    if found.matcher not in ALL_TOOLS:
        yield Finding("error", f"{place}: the matcher {quoted(found.matcher)} leaves tools out", _INSTALL)
    if found.handler.get("onFailure") != "block":
        yield Finding("error", f"{place}: without `onFailure: block` a hook that fails lets tools run", _INSTALL)
    if found.handler.get("async"):
        yield Finding("error", f"{place}: a hook that is `async` cannot block", _INSTALL)
    if "if" in found.handler:
        yield Finding("error", f"{place}: `if` leaves calls out", _INSTALL)
    timeout = found.handler.get("timeout", 60)
    if not isinstance(timeout, (int, float)) or timeout <= seconds_of(found):
        yield Finding("error", f"{place}: Claude Code gives up before the hook does", _INSTALL)
    yield from _program(found, place)


def option_of(found: Installed, name: str) -> str | None:
    """The value of an option of the hook."""
    words = found.words
    for index, word in enumerate(words):
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
        if word == name and name in VALUED and index + 1 < len(words):
            return words[index + 1]
    return None


def seconds_of(found: Installed) -> float:
    """When the hook's own clock runs out."""
    try:
        return float(option_of(found, "--timeout") or SECONDS)
    except ValueError:
        return SECONDS


def _program(found: Installed, place: str) -> Iterator[Finding]:
    program = shutil.which(found.words[0])
    if program is None:
        yield Finding("error", f"{place}: {quoted(found.words[0])} is not there, or cannot be run", _INSTALL)
    elif os.name == "posix" and Path(program).stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield Finding("error", f"{place}: others can change {program}", f"chmod go-w {program}")
    token = option_of(found, "--token-file")
    if token is not None:
        yield from _token(Path(token), place)


def _token(path: Path, place: str) -> Iterator[Finding]:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            yield Finding("error", f"{place}: others can read the token file {path}", f"chmod 600 {path}")
    except OSError:
        yield Finding("error", f"{place}: the token file {path} cannot be read", "make it, or install without it")


def version(environment: Mapping[str, str]) -> Finding:
    """Does the Claude Code on PATH know `onFailure`?"""
    program = shutil.which("claude", path=environment.get("PATH"))
    wanted = ".".join(map(str, LEAST_VERSION))
    if program is None:
        return Finding("note", "`claude` is not on PATH, so its version is not known", f"it must be {wanted} or newer")
    try:
        done = subprocess.run(  # noqa: S603
            [program, "--version"], capture_output=True, text=True, timeout=30, check=False, env=dict(environment)
        )
        found = re.match(r"(\d+)\.(\d+)\.(\d+)", done.stdout.strip())
    except (OSError, ValueError, subprocess.TimeoutExpired):
        found = None
    if found is None:
        return Finding("warning", f"{program} does not say which version it is", f"it must be {wanted} or newer")
    if tuple(map(int, found.groups())) < LEAST_VERSION:
        message = f"Claude Code {found[0]} does not know `onFailure`: a hook that is killed lets tools run"
        return Finding("error", message, f"update to {wanted} or newer")
    return Finding("ok", f"Claude Code {found[0]}")
