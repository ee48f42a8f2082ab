"""`groups:` and `tools:`: what rules refer to. Collected over all files before any rule is read."""

from __future__ import annotations

import re

from axtary.compiler.diagnostics import Label, did_you_mean, quoted, surely_meant
from axtary.compiler.drafts import Declarations, FieldDeclaration
from axtary.compiler.fixes import renamed
from axtary.compiler.hints import word_hint
from axtary.compiler.ir import Pattern, Type, path_text
from axtary.compiler.patterns import Dialect
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Sequence, Text
from axtary.compiler.syntax import SyntaxProblem

MAX_LEVELS = 16  # of groups in groups
TOOL_KEYS = ("complete", "payload")
ANY = "any"  # the type of a field that is there, and of which the declaration says no more
_GROUP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_TYPE_NAMES = [t.value for t in (Type.STRING, Type.BOOLEAN, Type.NUMBER, Type.INTEGER, Type.DECIMAL, Type.TIMESTAMP)]
_TYPE_NAMES.append(ANY)
_SHORT = {"str": "string", "bool": "boolean", "int": "integer"}  # names that other languages have


def is_group_name(text: str) -> bool:
    """Can a group be called so?"""
    return _GROUP_NAME.match(text) is not None


def read_groups(node: Node, into: Declarations, reader: Reader) -> None:
    """`groups: {name: [members]}`; members may be `@other`."""
    groups = reader.mapping(node, "`groups`", None, '`coders: ["agent:codex-*"]`')
    for name, value in groups.entries if groups else ():
        if not is_group_name(name.value):
            help_text = "use letters, digits, `.`, `_` and `-`; the `@` stands only where the group is used"
            reader.report.error("AX0205", name.span, f"{quoted(name.value)} is not a group name", help_text)
            continue
        members = value.items if isinstance(value, Sequence) else None
        if members == ():
            message = f"the group {quoted(name.value)} is empty"
            reader.report.error("AX0405", name.span, message, "give it a member, or delete it")
            continue
        texts = reader.texts(value, f"the group {quoted(name.value)}", '`["agent:codex-*"]`')
        if name.value in into.groups:
            label = Label(into.groups[name.value][0].span, "first declared here")
            message = f"the group {quoted(name.value)} is declared twice"
            reader.report.error("AX0209", name.span, message, "keep one of the two", label)
            continue
        into.groups[name.value] = (name, tuple(texts))


def read_tools(node: Node, into: Declarations, reader: Reader) -> None:
    """`tools: {name: {complete: true, payload: {field: type}}}`; several declarations of one tool are merged.

    It is complete if one of them says so.
    """
    tools = reader.mapping(node, "`tools`", None, "`github.pull_requests.create: {payload: {base: string}}`")
    for name, value in tools.entries if tools else ():
        if "*" in name.value or name.value.startswith("@") or not name.value:
            message = f"{quoted(name.value)} is not the name of one tool"
            reader.report.error("AX0205", name.span, message, "declare each tool by its full name")
            continue
        body = reader.mapping(value, f"the tool {quoted(name.value)}", TOOL_KEYS, "`payload: {base: string}`")
        payload, complete = (body.get(key) if body else None for key in ("payload", "complete"))
        fields = into.tools.setdefault(name.value, {})
        if complete is not None and reader.choice(complete, "a value of `complete`", ["true", "false"]) == "true":
            into.complete.setdefault(name.value, complete.span)
        if payload is not None:
            _read_fields(payload, ("payload",), fields, reader)


def _read_fields(
    node: Node, path: tuple[str, ...], into: dict[tuple[str, ...], FieldDeclaration], reader: Reader
) -> None:
    fields = reader.mapping(node, f"{quoted(path_text(path))}", None, "`{base: string}`")
    for name, value in fields.entries if fields else ():
        here = (*path, name.value)
        if isinstance(value, Mapping):
            _read_fields(value, here, into, reader)
            continue
        found = _read_type(value, reader)
        if found is None:
            continue
        first = into.get(here)
        if first is None or first.type is None:
            into[here] = found
        elif found.type not in (first.type, None):
            label = Label(first.span, f"first declared here as {first.type.value}")
            message = f"{quoted(path_text(here))} is declared with two types"
            reader.report.error("AX0209", value.span, message, "keep one of the two", label)


def _read_type(node: Node, reader: Reader) -> FieldDeclaration | None:
    if isinstance(node, Sequence):
        if len(node.items) == 1 and isinstance(node.items[0], Text) and node.items[0].value == "string":
            return FieldDeclaration(Type.STRINGS, node.span)
        reader.report.error("AX0504", node.span, "the only list type is `[string]`", "write `[string]`")
        return None
    text = reader.text(node, "a type", "`string`")
    if text is None:
        return None
    if text.value in _TYPE_NAMES:
        return FieldDeclaration(Type(text.value) if text.value != ANY else None, text.span)
    help_text = f"{word_hint(text.value, [*_TYPE_NAMES, '[string]'])}write one of: {', '.join(_TYPE_NAMES)}, [string]"
    fix = renamed(text, _SHORT.get(text.value.lower()) or surely_meant(text.value, _TYPE_NAMES))
    reader.report.error("AX0504", text.span, f"{quoted(text.value)} is not a type", help_text, fix=fix)
    return None


class Groups:
    """Expands `@name` into the patterns of its members, in the dialect of the place of use."""

    def __init__(self, declarations: Declarations, reader: Reader) -> None:
        self._groups = declarations.groups
        self._used = declarations.used_groups
        self._reader = reader
        self._known: dict[tuple[str, Dialect], tuple[Pattern, ...]] = {}
        self._levels: dict[str, int] = {}

    def check(self) -> None:
        """Report what is wrong in groups, used or not."""
        for name in self._groups:
            self._members(name, Dialect.NAME, ())

    def patterns(self, text: Text, dialect: Dialect) -> tuple[Pattern, ...]:
        """The patterns of one `match` value."""
        return self._patterns(text, dialect, ())

    def _patterns(self, text: Text, dialect: Dialect, through: tuple[str, ...]) -> tuple[Pattern, ...]:
        try:
            if text.value.startswith("@"):
                found = self._group(text, dialect, through)
                self._reader.spend(len(found), text.value)
                return found
            return self._reader.patterns(text.value, dialect, text.span)
        except SyntaxProblem as problem:
            self._reader.problem(text, problem)
            return ()

    def _group(self, text: Text, dialect: Dialect, through: tuple[str, ...]) -> tuple[Pattern, ...]:
        name = text.value[1:]
        if name in through:
            circle = " -> ".join(f"@{step}" for step in (*through[through.index(name) :], name))
            message = f"the group {quoted(name)} contains itself"
            self._reader.report.error("AX0405", text.span, message, f"break the circle {quoted(circle)}")
            return ()
        if name not in self._groups:
            names = [f"@{group}" for group in sorted(self._groups)]
            known = ", ".join(names[:20] + ["…"] * (len(names) > 20)) or "none"
            help_text = f"{did_you_mean(text.value, names)}declared groups: {known}; write `\\@` for a plain `@`"
            message, fix = f"there is no group {quoted(text.value)}", renamed(text, surely_meant(text.value, names))
            self._reader.report.error("AX0404", text.span, message, help_text, fix=fix)
            return ()
        if not through:
            self._used.add(name)
        found = () if len(through) > MAX_LEVELS else self._members(name, dialect, through)
        if len(through) > MAX_LEVELS or len(through) + self._levels.get(name, 0) > MAX_LEVELS:
            message = f"groups nest more than {MAX_LEVELS} levels deep"
            self._reader.report.error("AX0405", text.span, message, "name the members themselves")
            return ()
        return found

    def _members(self, name: str, dialect: Dialect, through: tuple[str, ...]) -> tuple[Pattern, ...]:
        if (name, dialect) not in self._known:
            found: dict[Pattern, None] = {}  # in order, each once: members that overlap must not multiply
            inner = [member for member in self._groups[name][1] if member.value.startswith("@")]
            for member in self._groups[name][1]:
                found |= dict.fromkeys(self._patterns(member, dialect, (*through, name)))
            self._levels[name] = 1 + max((self._levels.get(member.value[1:], 0) for member in inner), default=0)
            self._known[name, dialect] = tuple(found)
        return self._known[name, dialect]
