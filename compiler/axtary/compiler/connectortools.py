"""Tools that a connector declares: how the payload of a call becomes an HTTP request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from axtary.compiler.diagnostics import Label, quoted
from axtary.compiler.ir import NOWHERE, Span
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Text

CODE = "AX0212"
KEYS = ("method", "path", "query", "body", "resource", "paths", "expect", "idempotency", "costs")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WITH_BODY = ("POST", "PUT", "PATCH")

_TOOL = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_MEMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*")
_PATH = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_UNIT = re.compile(r"\S{1,64}")
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_EXAMPLE = "`{method: POST, path: /tickets, resource: tickets}`"


@dataclass(frozen=True, slots=True)
class Template:
    """Text with parameters: `parts` are text at even places and names of payload members at odd ones."""

    text: str
    parts: tuple[str, ...]

    @property
    def members(self) -> tuple[str, ...]:
        return self.parts[1::2]


@dataclass(frozen=True, slots=True)
class ToolMapping:
    """One tool. Members are named by `a` or `a.b`; `body` None: what stands in neither the path nor the query."""

    name: str
    method: str
    path: Template
    resource: Template
    query: tuple[str, ...] = ()
    body: tuple[str, ...] | None = None
    paths: tuple[str, ...] = ()
    expect: tuple[int, ...] = ()  # statuses; empty: 200 to 299
    idempotency: str = ""  # a header that carries the key
    costs: tuple[tuple[str, str], ...] = ()  # the unit, and the member of the response
    span: Span = NOWHERE


def read_tools(node: Node, reader: Reader) -> tuple[ToolMapping, ...]:
    """What stands under `tools` of a connector."""
    body = reader.mapping(node, "`tools`", None, f"`tickets.create: {_EXAMPLE[1:-1]}`")
    found = [_ToolReader(key, reader).read(value) for key, value in body.entries] if body is not None else []
    return tuple(tool for tool in found if tool is not None)


@dataclass
class _ToolReader:
    key: Text
    reader: Reader

    def read(self, node: Node) -> ToolMapping | None:
        what = f"the tool {quoted(self.key.value)}"
        if not _TOOL.fullmatch(self.key.value):
            self.reader.report.error("AX0205", self.key.span, f"{what[4:]} has no name", "write `tickets.create`")
            return None
        body = self.reader.mapping(node, what, KEYS, _EXAMPLE)
        if body is None:
            return None
        method_node = self.reader.required(body, "method", self.key.span, what, "POST")
        method = self.reader.choice(method_node, "a method", METHODS) if method_node is not None else None
        path = self._template(body, "path", "/tickets/{id}", _path_problem)
        resource = self._template(body, "resource", "ticket:{id}", _resource_problem)
        if method is None or path is None or resource is None:
            return None
        sent = body.get("body")
        if sent is not None and method not in WITH_BODY:
            self._error(sent, f"a {method} has no body", "delete `body`, or name its members under `query`")
        mapping = ToolMapping(
            self.key.value,
            method,
            path,
            resource,
            self._members(body, "query"),
            self._members(body, "body") if sent is not None else None if method in WITH_BODY else (),
            self._members(body, "paths"),
            self._expect(body.get("expect")),
            self._idempotency(body.get("idempotency")),
            self._costs(body.get("costs")),
            self.key.span,
        )
        self._check_once(mapping, body)
        return mapping

    def _template(self, body: Mapping, key: str, example: str, problem: Callable[[str], str]) -> Template | None:
        node = self.reader.required(body, key, self.key.span, f"the tool {quoted(self.key.value)}", example)
        text = self.reader.text(node, f"`{key}`", f"`{example}`") if node is not None else None
        if text is None:
            return None
        parts = tuple(_PARAMETER.split(text.value))
        plain = "".join(parts[::2])
        wrong = [name for name in parts[1::2] if not _MEMBER.fullmatch(name)]
        why = f"{quoted(wrong[0])} is no member of the payload" if wrong else problem("x".join(parts[::2]))
        if not why and ("{" in plain or "}" in plain):
            why = "a brace is not closed"
        if why:
            self._error(text, f"`{key}` cannot be filled in: {why}", f"write for example `{example}`")
            return None
        return Template(text.value, parts)

    def _members(self, body: Mapping, key: str) -> tuple[str, ...]:
        node = body.get(key)
        texts = self.reader.texts(node, f"`{key}`", "`[title, text]`") if node is not None else []
        for text in texts:
            if not _MEMBER.fullmatch(text.value):
                self._error(text, f"{quoted(text.value)} is no member of the payload", "write `title` or `input.title`")
        names = tuple(dict.fromkeys(text.value for text in texts))
        nested = [text for text in texts if "." in text.value and key != "paths"]
        for text in nested:
            help_text = f"write the whole member, {quoted(text.value.split('.')[0])}"
            self._error(text, f"`{key}` takes members of the payload itself", help_text)
        return names

    def _expect(self, node: Node | None) -> tuple[int, ...]:
        texts = self.reader.texts(node, "`expect`", "`[200, 201]`") if node is not None else []
        for text in texts:
            if not re.fullmatch(r"2[0-9][0-9]", text.value):
                message = f"{quoted(text.value)} is no status of a success"
                self._error(text, message, "write one of 200 to 299")
        return tuple(sorted({int(text.value) for text in texts if text.value.isascii() and text.value.isdigit()}))

    def _idempotency(self, node: Node | None) -> str:
        text = self.reader.text(node, "`idempotency`", "`Idempotency-Key`") if node is not None else None
        if text is not None and not _HEADER.fullmatch(text.value):
            self._error(text, f"{quoted(text.value)} is no name of a header", "write for example `Idempotency-Key`")
        return text.value if text is not None else ""

    def _costs(self, node: Node | None) -> tuple[tuple[str, str], ...]:
        body = self.reader.mapping(node, "`costs`", None, "`{USD: charge.amount}`") if node is not None else None
        found = []
        for key, value in body.entries if body is not None else ():
            text = self.reader.text(value, f"the cost in {quoted(key.value)}", "`charge.amount`")
            if text is None:
                continue
            if not _UNIT.fullmatch(key.value) or not _MEMBER.fullmatch(text.value):
                message = f"{quoted(text.value)} is no member of the response"
                self._error(text, message, "write for example `USD: charge.amount`")
            found.append((key.value, text.value))
        return tuple(found)

    def _check_once(self, mapping: ToolMapping, body: Mapping) -> None:
        """A member goes to one place: two that hold it could be read as two values."""
        places = (("path", _roots(mapping.path.members)), ("query", mapping.query), ("body", mapping.body or ()))
        seen: dict[str, str] = {}
        for place, names in places:
            for name in dict.fromkeys(names):
                first = seen.setdefault(name, place)
                node = body.get(place)
                if first != place and node is not None:
                    label = Label(self.key.span, "in this tool")
                    message = f"{quoted(name)} stands in both `{first}` and `{place}`"
                    self.reader.report.error(CODE, node.span, message, "delete it in one of them", label)

    def _error(self, node: Node, message: str, help_text: str) -> None:
        self.reader.report.error(CODE, node.span, message, help_text)


def _roots(members: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.split(".")[0] for name in members)


def _path_problem(filled: str) -> str:
    """What is wrong with the path of a template in which `x` stands for each value."""
    if not _PATH.fullmatch(filled):
        return "it must begin with `/` and have no `?`, `#`, space or other character that a path does not have"
    # Encoded dots and slashes too: some servers decode them before they walk the path.
    segments = re.sub("(?i)%2e", ".", re.sub("(?i)%2f|%5c", "/", filled)).split("/")[1:]
    return "it has an empty, `.` or `..` segment" if {".", ".."} & set(segments) or "" in segments[:-1] else ""


def _resource_problem(filled: str) -> str:
    return "" if filled.isprintable() and filled.strip() == filled != "" else "it has characters that nobody sees"
