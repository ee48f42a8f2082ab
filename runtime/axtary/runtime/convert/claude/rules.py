"""One rule of Claude Code (`Tool` or `Tool(specifier)`) as a match and a condition.

How a call of Claude Code becomes an action is the contract of docs/migration.md: Bash is `shell.run`, Read is
`fs.read`, what edits files is `fs.write`, WebFetch is `web.fetch`, `mcp__server__tool` is `mcp.server.tool`, any other
tool is `claude.<name>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from axtary.compiler.diagnostics import quoted
from axtary.runtime.convert.claude import commands, paths
from axtary.runtime.convert.claude.paths import Unsaid
from axtary.runtime.convert.draft import Draft, Effect, exactly, text, texts
from axtary.runtime.convert.errors import Place

SHELL, READ, WRITE, FETCH = "shell.run", "fs.read", "fs.write", "web.fetch"
EDITORS = ("Edit", "Write", "MultiEdit", "NotebookEdit")
SEARCHES = ("Grep", "Glob", "LS")
_TEXTS = ("Bash", "Read", *EDITORS)  # whose specifier is a command or a path
NO_ENVIRONMENT = 'not has payload.env and (not has payload.cwd or payload.cwd == ".")'
_HAS_COMMAND = "has payload.command and "

_RULE = re.compile(r"(?P<tool>[A-Za-z][A-Za-z0-9_-]*|\*|mcp__\S*?)(?:\((?P<specifier>.*)\))?", re.DOTALL)
_MCP = re.compile(r"mcp__(?P<server>(?:(?!__)[A-Za-z0-9_-])+)(?:__(?P<tool>[A-Za-z0-9_*-]+))?")
_PARAMETER = re.compile(r"[A-Za-z_]+:(?!\*\Z)")
_DOMAIN = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_COMPOUNDS = (
    "only the command as it stands is granted; Claude Code also grants compounds of granted commands, and "
    "commands behind `timeout` and the like"
)


@dataclass(frozen=True)
class Written:
    """A rule as it stands in a file."""

    effect: Effect
    text: str
    place: Place


@dataclass(frozen=True)
class Said:
    """A rule in axtary's words."""

    tools: tuple[str, ...]  # name patterns
    when: str | None = None
    guard: str = ""  # what a condition on any action asks first

    @property
    def reaches(self) -> str:
        """The same as a condition on any action."""
        tool = f"tool like {texts(self.tools)}"
        if len(self.tools) == 1 and "*" not in self.tools[0]:
            tool = f"tool == {text(self.tools[0])}"
        return tool if self.when is None else f"({tool} and {self.guard}{self.when})"


class Speaker:
    """Says rules; knows of the others, because a grant can hang on them."""

    def __init__(self, draft: Draft, rules: Sequence[Written]) -> None:
        self._draft = draft
        self._has_path_rules = any(
            rule.effect != "allow" and rule.text.startswith(("Read(", "Edit(", "Read", "Edit")) for rule in rules
        )
        self._bare_edit = any(rule.effect == "allow" and rule.text == "Edit" for rule in rules)

    def say(self, rule: Written) -> Said | None:
        """The rule, or None: it is refused then."""
        try:
            found = _RULE.fullmatch(rule.text)
            if found is None:
                raise Unsaid("it is no `Tool` and no `Tool(specifier)`", "write for example `Bash(npm test)`")
            specifier = found["specifier"]
            return self._tool(rule, found["tool"], None if specifier in ("*", "") else specifier)
        except Unsaid as error:
            self._draft.refuse(rule.effect, rule.place, f"{quoted(rule.text)}: {error.why}", error.help)
            return None

    def _tool(self, rule: Written, tool: str, specifier: str | None) -> Said:
        if tool == "*" or tool.startswith("mcp__"):
            if specifier is not None:
                raise Unsaid("a rule of MCP tools has no specifier", "write `mcp__server__tool`")
            return self._everything(rule) if tool == "*" else self._mcp(rule, tool)
        if specifier is not None and tool in _TEXTS and _PARAMETER.match(specifier):
            raise Unsaid("it reads like a parameter of the tool with its value", "write the command or the path itself")
        if tool == "Bash":
            return self._shell(rule) if specifier is None else self._command(rule, specifier)
        if tool == "WebFetch":
            return Said((FETCH,)) if specifier is None else self._domain(rule, specifier)
        if tool == "Read":
            return self._read(rule, specifier)
        if tool in EDITORS:
            return self._edit(rule, tool, specifier)
        if specifier is not None:
            raise Unsaid(f"axtary knows no attribute that stands for a specifier of `{tool}`", f"write `{tool}` alone")
        if tool in SEARCHES and rule.effect == "allow" and self._has_path_rules:
            why = f"Claude Code holds what `{tool}` finds to the rules for `Read`; a decision before the call cannot"
            raise Unsaid(why, "leave the rule out: each search is then asked for")
        return Said((exactly(f"claude.{tool}"),))

    def _everything(self, rule: Written) -> Said:
        if rule.effect == "allow":
            raise Unsaid("Claude Code skips an allow rule for all tools", "name the tools, or delete the rule")
        return Said(("*",))

    def _mcp(self, rule: Written, name: str) -> Said:
        if name == "mcp__*" and rule.effect != "allow":
            return Said(("mcp.*",))
        found = _MCP.fullmatch(name)
        if found is None:
            raise Unsaid("it names no server and tool of MCP", "write `mcp__server` or `mcp__server__tool`")
        return Said((f"mcp.{found['server']}.{found['tool'] or '*'}",))

    def _shell(self, rule: Written) -> Said:
        if rule.effect == "allow" and self._has_path_rules:
            why = "Claude Code holds the files that commands name to the rules for `Read` and `Edit` too"
            raise Unsaid(why, "allow the exact commands, one rule each")
        return Said((SHELL,))

    def _command(self, rule: Written, specifier: str) -> Said:
        if rule.effect == "allow":
            return self._granted_command(rule, specifier)
        self._draft.note(
            rule.place,
            f"{quoted(rule.text)} reaches further here: every command that holds "
            f"{quoted(commands.described(specifier))} as words in this order, wherever they stand",
        )
        tests = [f"payload.command like {text(pattern)}" for pattern in commands.containing(specifier)]
        return Said((SHELL,), " and ".join(tests))

    def _granted_command(self, rule: Written, specifier: str) -> Said:
        if not commands.is_exact(specifier):
            why = "a pattern over a command grants what is hidden in its arguments and behind `;`, `&&` or `|`"
            raise Unsaid(why, "allow the exact commands, one rule each")
        if not commands.is_plain(specifier):
            why = "Claude Code takes a command with operators or quotes apart, and compares its parts"
            raise Unsaid(why, "allow each command by a rule of its own")
        if commands.removes(specifier):
            why = "Claude Code asks before critical removals whatever is allowed"
            raise Unsaid(why, "leave the rule out: the command is then asked for")
        if self._has_path_rules and commands.names_files(specifier):
            why = "Claude Code holds the files that the command names to the rules for `Read` and `Edit` too"
            raise Unsaid(why, "leave the rule out: the command is then asked for")
        self._draft.note(rule.place, f"{quoted(rule.text)}: {_COMPOUNDS}")
        return Said((SHELL,), f"payload.command == {text(specifier)} and {NO_ENVIRONMENT}", _HAS_COMMAND)

    def _domain(self, rule: Written, specifier: str) -> Said:
        domain = specifier.removeprefix("domain:").lower()
        if not specifier.startswith("domain:") or not _DOMAIN.fullmatch(domain):
            raise Unsaid("it is no `domain:` with a host name", "write `WebFetch(domain:example.com)`")
        if domain.startswith("*."):
            if rule.effect == "allow":
                raise Unsaid("how many levels `*` stands for is not sure", "allow the hosts, one rule each")
            self._draft.note(rule.place, f"{quoted(rule.text)} holds for subdomains of every depth")
            return Said((FETCH,), f"resource like {text('domain:' + domain)}")
        return Said((FETCH,), f"resource == {text('domain:' + domain)}")

    def _read(self, rule: Written, specifier: str | None) -> Said:
        if rule.effect == "deny":
            self._draft.note(rule.place, f"{quoted(rule.text)} also denies writing, notebooks included")
        tools = (READ, WRITE) if rule.effect == "deny" else (READ,)
        return Said(tools, None if specifier is None else self._paths(rule, specifier))

    def _edit(self, rule: Written, tool: str, specifier: str | None) -> Said:
        if tool == "Edit":
            return Said((WRITE,), None if specifier is None else self._paths(rule, specifier))
        if rule.effect == "allow" and specifier is not None:
            why = f"Claude Code never consults a path rule for `{tool}`, so it grants nothing there"
            raise Unsaid(why, f"write `Edit({specifier})` if it is meant")
        if rule.effect == "allow" and not self._bare_edit:
            why = f"`{tool}` alone cannot be told from other edits: all of them are the tool `{WRITE}`"
            raise Unsaid(why, "write `Edit` if every edit is meant")
        if rule.effect != "allow":
            what = "Claude Code never consults this rule" if specifier is not None else "edits of every kind are meant"
            self._draft.note(rule.place, f"{quoted(rule.text)} restricts more here: {what}")
        return Said((WRITE,), None if specifier is None else self._paths(rule, specifier))

    def _paths(self, rule: Written, specifier: str) -> str:
        found = paths.translate(specifier)
        if found.assumes:
            who = "neither the workspace nor the home lies" if found.assumes[0] == "/" else "the workspace does not lie"
            self._draft.note(rule.place, f"{quoted(rule.text)} is kept exactly if {who} in {quoted(found.assumes)}")
        if specifier.startswith("/") and not specifier.startswith("//"):
            self._draft.note(rule.place, f"{quoted(rule.text)} is read as in the project's own settings")
        quantifier = "all" if rule.effect == "allow" else "any"
        return f"{quantifier} paths matches {texts(found.patterns)}"
