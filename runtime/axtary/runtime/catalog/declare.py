"""Shapes -> declarations: the `tools:` of a policy as text, and notes on what they do not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from axtary.compiler import CompileError
from axtary.compiler.declarations import ANY
from axtary.compiler.diagnostics import quoted
from axtary.compiler.format import format_policy
from axtary.compiler.format.scalars import quoted as in_quotes
from axtary.compiler.ir import path_text
from axtary.runtime.catalog.forms import Form, tools_of
from axtary.runtime.catalog.found import Found
from axtary.runtime.catalog.notes import Note, refuse
from axtary.runtime.catalog.reading import read
from axtary.runtime.catalog.shapes import Kind, Reason, Shape

MAX_TOOLS = 5_000
MAX_NAME = 256  # characters of the name of a tool or of a field
MAX_NESTING = 16  # objects in objects
MAX_SCHEMAS = 200_000  # of all tools together
MAX_FIELDS = 50_000  # of all tools together: what a policy file can hold

Payload = dict[str, "str | Payload"]
_SHOWN = 4  # names in one note


@dataclass(frozen=True, slots=True)
class Source:
    """A catalog: the name that messages show, and its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Declared:
    """A tool as it is declared. `payload`: field -> type, or the fields of an object."""

    name: str
    source: str
    pointer: str
    payload: Payload
    complete: bool

    @property
    def fields(self) -> int:
        """How many fields have a declaration, those of objects counted instead of the object."""
        return _count(self.payload)


@dataclass(frozen=True, slots=True)
class Imported:
    """`text` is a policy file; `tools` and `notes` are sorted."""

    text: str
    tools: tuple[Declared, ...]
    notes: tuple[Note, ...]


def import_tools(sources: Iterable[Source], form: Form | None = None, prefix: str = "", close: bool = True) -> Imported:
    """Declarations of the tools in catalogs, as a policy file in canonical layout.

    `form`: that of all catalogs; None to tell each from its content. `prefix` goes before each name. `close`: declare
    tools to be complete whose fields are all known. Raises DoorError, and CompileError for what is no YAML.
    """
    importing = _Import(prefix, close)
    name = ""
    for source in sources:
        name = source.name
        for found in tools_of(read(source.name, source.data), form, source.name, importing.notes):
            importing.add(found)
    if not importing.tools:
        refuse("AX1202", "the catalog has no tool that can be declared", "give one that has tools", name)
    declared = tuple(importing.tools[tool] for tool in sorted(importing.tools))
    return Imported(_text(declared, name), declared, importing.sorted_notes())


@dataclass
class _Import:
    prefix: str
    close: bool
    tools: dict[str, Declared] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    schemas: int = 0
    fields: int = 0

    def add(self, found: Found) -> None:
        self.schemas += found.schemas
        self._cap(len(self.tools) + 1, MAX_TOOLS, "tools", found)
        self._cap(self.schemas, MAX_SCHEMAS, "schemas", found)
        name = self.prefix + found.name
        if problem := _unnameable(name):
            self.notes.append(Note("AX1204", f"the name {quoted(name)} {problem}", found.source, found.pointer))
            return
        notes = _Notes(name, found.source)
        payload = notes.payload(found.payload)
        declared = Declared(name, found.source, found.pointer, payload, self.close and not notes.more)
        self.fields += declared.fields
        self._cap(self.fields, MAX_FIELDS, "fields", found)
        first = self.tools.setdefault(name, declared)
        if (first.payload, first.complete) != (declared.payload, declared.complete):
            message = f"two tools are called {quoted(name)}, one of them in {first.source} at {first.pointer or '/'}"
            refuse("AX1203", message, "import each with a `--prefix` of its own", found.source, found.pointer)
        self.notes += notes.found() if first is declared else ()

    @staticmethod
    def _cap(number: int, limit: int, what: str, found: Found) -> None:
        if number > limit:
            message = f"more than {limit:,} {what} up to this tool"
            refuse("AX1201", message, "import a part of the tools", found.source, found.pointer)

    def sorted_notes(self) -> tuple[Note, ...]:
        unique = dict.fromkeys(self.notes)
        return tuple(sorted(unique, key=lambda n: (n.tool, n.code, n.source, n.pointer, n.message)))


def _unnameable(name: str) -> str:
    """Why a tool cannot be declared under a name; "" if it can."""
    if not name:
        return "is empty"
    if "*" in name or name.startswith("@"):
        return "reads as a pattern or a group in a policy"
    return f"has more than {MAX_NAME} characters" if len(name) > MAX_NAME else ""


class _Notes:
    """Declares the fields of one tool and notes what is lost."""

    def __init__(self, tool: str, source: str) -> None:
        self._tool = tool
        self._source = source
        self._notes: list[Note] = []
        self._nullable: list[tuple[str, str]] = []
        self.more: list[Reason] = []

    def payload(self, shape: Shape) -> Payload:
        """The declaration of the fields."""
        return self._object(shape, ("payload",))

    def found(self) -> Iterator[Note]:
        """All notes."""
        yield from self._notes
        for reason in self.more:
            yield Note("AX1206", f"not complete: {reason.text}", self._source, reason.pointer, self._tool)
        if self._nullable:
            names = [name for name, _ in self._nullable]
            listed = ", ".join(names[:_SHOWN] + ["…"] * (len(names) > _SHOWN))
            message = f"null is a value of no type, so a test of it is undefined: {listed}"
            yield Note("AX1208", message, self._source, self._nullable[0][1], self._tool)

    def _object(self, shape: Shape, path: tuple[str, ...]) -> Payload:
        self.more += shape.more
        found: Payload = {}
        for name, inner in sorted(shape.fields.items()):
            if inner.kind is Kind.NEVER:
                continue
            if len(name) > MAX_NAME:
                self.more.append(Reason(f"the name of a field has more than {MAX_NAME} characters", inner.pointer))
                continue
            found[name] = self._field(inner, (*path, name))
        return found

    def _field(self, shape: Shape, path: tuple[str, ...]) -> str | Payload:
        problem = _untyped(shape, len(path) - 1)
        if problem is not None:
            message = f"{quoted(path_text(path))} has no type: {problem.text}"
            self._notes.append(Note("AX1205", message, self._source, problem.pointer, self._tool))
            return ANY
        if shape.nullable:
            self._nullable.append((quoted(path_text(path)), shape.pointer))
        if shape.kind is Kind.OBJECT:
            return self._object(shape, path) or ANY
        return shape.kind.value


def _untyped(shape: Shape, level: int) -> Reason | None:
    """Why the language has no type for a field."""
    if shape.kind is Kind.NULL:
        return Reason("it is always null", shape.pointer)
    if shape.kind is not Kind.OBJECT:
        return shape.why
    if not shape.fields:
        return shape.more[0] if shape.more else Reason("it is an object whose fields are not named", shape.pointer)
    return Reason(f"it nests more than {MAX_NESTING} objects", shape.pointer) if level > MAX_NESTING else None


def _count(payload: Payload) -> int:
    return sum(1 if isinstance(kind, str) else _count(kind) for kind in payload.values())


# --- text -----------------------------------------------------------------------------------------------------------


def _text(declared: Iterable[Declared], source: str) -> str:
    """The policy file. Every name is in quotes here: the formatter takes them off where it is sure."""
    tools = (f"  ? {in_quotes(each.name)}\n  : {_flow(_body(each))}\n" for each in declared)
    text = "version: 1\ntools:\n" + "".join(tools)
    try:
        return format_policy("tools", text.encode())
    except CompileError as error:
        message = f"the declarations are too large for a policy: {error.diagnostics[0].message}"
        refuse("AX1201", message, "import a part of the tools into each file", source)


def _body(tool: Declared) -> Payload:
    complete: Payload = {"complete": "true"} if tool.complete else {}
    return {**complete, "payload": tool.payload} if tool.payload else complete


def _flow(value: str | Payload) -> str:
    if isinstance(value, str):
        return value
    return "{" + ", ".join(f"? {in_quotes(name)} : {_flow(inner)}" for name, inner in value.items()) + "}"
