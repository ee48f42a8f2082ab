"""Settings files of Claude Code -> a draft: their rules, and what happens to a call that no rule names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from axtary.compiler.diagnostics import did_you_mean, quoted
from axtary.compiler.edits import Lines
from axtary.compiler.steps import Steps
from axtary.runtime.convert.claude import paths, protected
from axtary.runtime.convert.claude.rules import READ, WRITE, Said, Speaker, Written
from axtary.runtime.convert.draft import Draft, Effect, texts
from axtary.runtime.convert.errors import ConversionError, Finding, Place
from axtary.runtime.errors import DoorError
from axtary.runtime.locate import places
from axtary.runtime.strictjson import loads

_LISTS: dict[str, Effect] = {"deny": "deny", "ask": "step_up", "allow": "allow"}
_MODES = ("default", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions")
_DENY_INSTEAD, _NO_READS, _NO_WRITES = (
    "denyInsteadOfPrompting",
    "blockReadsOutsideWorkingDirectories",
    "blockWritesOutsideWorkingDirectories",
)
_SWITCHES = (_DENY_INSTEAD, _NO_READS, _NO_WRITES)
_HARMLESS = ("disableBypassPermissionsMode", "disableAutoMode")  # they only take modes away
_KEYS = (*_LISTS, "defaultMode", "additionalDirectories", *_SWITCHES, *_HARMLESS)
_OUTSIDE = 'any paths matches ["@home", "@home/**", "@root", "@root/**"]'


class _File:
    """The permissions of one settings file."""

    def __init__(self, name: str, data: bytes, draft: Draft) -> None:
        self.name, self._draft = name, draft
        try:
            value = loads(data, source=name)
        except DoorError as error:
            raise ConversionError(
                Finding(Place(name, p.line or 0, p.column or 0), p.message, p.help, p.code) for p in error.problems
            ) from None
        text = data.decode()
        self._lines, self._places = Lines(text), places(text, 3)
        self.permissions = self._object(value)

    def place(self, *steps: str | int) -> Place:
        """Where a value of `permissions` stands."""
        key: Steps = ("permissions", *steps)
        return Place(self.name, *self._lines.position(self._places.get(key, 0)))

    def _object(self, value: Any) -> Mapping[str, Any]:
        found = value.get("permissions") if isinstance(value, dict) else None
        if not isinstance(found, dict):
            self._draft.wrong(Place(self.name, 1, 1), "it has no object `permissions`", "give a settings file")
            return {}
        if "hooks" in value:
            self._draft.note(Place(self.name), "hooks are not converted: they stay with Claude Code")
        for key in found.keys() - set(_KEYS):
            help_text = f"{did_you_mean(key, _KEYS)}known are {', '.join(_KEYS)}"
            self._draft.no_restriction(self.place(key), f"the permission setting {quoted(key)} is not known", help_text)
        return found

    def rules(self) -> list[Written]:
        """The rules, denials first."""
        return [
            Written(effect, text, self.place(key, index))
            for key, effect in _LISTS.items()
            for index, text in enumerate(self.strings(key))
        ]

    def strings(self, key: str) -> list[str]:
        """A list of strings, empty if it is absent or no such list, which is reported."""
        found = self.permissions.get(key, [])
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return found
        self._draft.wrong(self.place(key), f"`{key}` is no list of strings", 'write for example `["Bash(npm test)"]`')
        return []

    def switch(self, key: str) -> bool:
        """A boolean, false if it is absent."""
        found = self.permissions.get(key, False)
        if not isinstance(found, bool):
            self._draft.wrong(self.place(key), f"`{key}` is neither true nor false", "write `true` or `false`")
        return found is True


def read(sources: Sequence[tuple[str, bytes]], draft: Draft) -> None:
    """Read settings files, whose rules hold together."""
    files = [_File(name, data, draft) for name, data in sources]
    rules = [rule for file in files for rule in file.rules()]
    asks = _asks(files, draft)
    if not asks:
        rules = [_denied_instead(rule, draft) for rule in rules]
    speaker = Speaker(draft, rules)
    granted: list[str] = []
    for rule in sorted(rules, key=lambda rule: ("deny", "step_up", "allow").index(rule.effect)):
        said = speaker.say(rule)
        if said is not None:
            word = "ask" if rule.effect == "step_up" else rule.effect
            _add(draft, f"{word}-{rule.text}", rule.effect, said, f"Claude Code: {word} {rule.text}", rule.place)
            granted += [said.reaches] if rule.effect == "allow" else []
    _protect(files[0].name, rules, "step_up" if asks else "deny", draft)
    for file in files:
        _blocks(file, draft)
    if asks:
        _defaults(files, granted, draft)
    elif not rules:
        draft.wrong(Place(files[0].name, 1, 1), "there is no rule to convert", "add `allow`, `ask` or `deny`")


def _protect(name: str, rules: Sequence[Written], effect: Effect, draft: Draft) -> None:
    """Where edits or all commands are allowed, what no rule can allow there is not allowed here."""
    place = Place(name, 1, 1)
    allowed = [rule.text for rule in rules if rule.effect == "allow"]
    if any(text.startswith("Edit") for text in allowed):
        description = "Claude Code: no rule allows writing what is run or read later"
        _add(draft, "protected-writes", effect, protected.writes(), description, place)
        draft.note(place, "which files no rule allows to write depends on the version: more are held here than there")
    if any(text in ("Bash", "Bash(*)") for text in allowed):
        description = "Claude Code: no rule allows critical removals"
        _add(draft, "protected-removals", effect, protected.removals(), description, place)
        draft.note(place, "every command that removes files is held, not just those that no rule allows there")


def _denied_instead(rule: Written, draft: Draft) -> Written:
    if rule.effect != "step_up":
        return rule
    draft.note(rule.place, f"{quoted(rule.text)} denies: nobody is asked in this mode")
    return Written("deny", rule.text, rule.place)


def _add(draft: Draft, name: str, effect: Effect, said: Said, description: str, place: Place) -> None:
    draft.add(name, effect, {"tool": said.tools}, said.when, description, place)


def _asks(files: Sequence[_File], draft: Draft) -> bool:
    """Is a human asked about a call that no rule names? If not, it is denied."""
    modes = {}
    for file in files:
        mode = file.permissions.get("defaultMode")
        if mode is not None:
            modes[_mode(file, mode, draft)] = file
    if len(modes) > 1:
        last = list(modes.values())[-1]
        message = "the files have different modes, and which one wins depends on where they lie"
        draft.no_restriction(last.place("defaultMode"), message, "give one file that has `defaultMode`")
    instead = [file.switch(_DENY_INSTEAD) for file in files]  # all are looked at, so that each is checked
    return "dontAsk" not in modes and True not in instead


def _mode(file: _File, mode: Any, draft: Draft) -> str:
    """The mode, or what remains of it without what it grants."""
    place = file.place("defaultMode")
    if mode not in _MODES:
        draft.wrong(place, f"{quoted(str(mode))} is no mode", f"write one of {', '.join(_MODES)}")
    elif mode == "plan":
        draft.no_restriction(place, "`plan` forbids every edit until a plan is approved", "deny `Edit`, or delete it")
    elif mode not in ("default", "dontAsk"):
        message = f"what `{mode}` grants is a built-in list or a judgement, and no rule"
        draft.no_grant(place, message, "write `default`: what no rule allows is asked for")
    return "dontAsk" if mode == "dontAsk" else "default"


def _blocks(file: _File, draft: Draft) -> None:
    for key, tool in ((_NO_READS, READ), (_NO_WRITES, WRITE)):
        if file.switch(key):
            description = f"Claude Code: {key}"
            _add(draft, f"deny-{key}", "deny", Said((tool,), _OUTSIDE), description, file.place(key))
            if file.permissions.get("additionalDirectories"):
                draft.note(file.place(key), f"`{key}` holds in the additional directories too")


def _defaults(files: Sequence[_File], granted: Sequence[str], draft: Draft) -> None:
    """Reading the workspace is allowed, and a human is asked about everything that no rule allows."""
    place = Place(files[0].name, 1, 1)
    reads = Said((READ,), f"all paths matches {texts(['**', *_directories(files, draft)])}")
    _add(draft, "default-read", "allow", reads, "Claude Code: files of the working directories are read", place)
    reached = " or ".join([reads.reaches, *granted])
    description = "Claude Code: a human is asked about what no rule allows"
    _add(draft, "default-ask", "step_up", Said(("*",), f"not ({reached})"), description, place)
    draft.note(place, "commands that Claude Code knows as read-only, and searches, are asked for too")


def _directories(files: Sequence[_File], draft: Draft) -> list[str]:
    """The additional directories, as patterns of what is in them."""
    found: list[str] = []
    for file in files:
        for index, directory in enumerate(file.strings("additionalDirectories")):
            place = file.place("additionalDirectories", index)
            absolute = f"/{directory}" if directory.startswith("/") else directory
            try:
                said = paths.translate(f"{absolute.rstrip('/') or '/'}/**")
            except paths.Unsaid as error:
                draft.no_grant(place, f"the directory {quoted(directory)}: {error.why}", error.help)
                continue
            found += said.patterns
    return found
