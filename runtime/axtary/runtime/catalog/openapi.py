"""OpenAPI 3.0 and 3.1: an operation is a tool; its parameters and the fields of its JSON body are the payload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.runtime.catalog.found import Found, as_payload, with_any_fields
from axtary.runtime.catalog.notes import Note, refuse, step
from axtary.runtime.catalog.schemas import MAX_SCHEMAS, References, TooManyError, UnfollowedError, Walk
from axtary.runtime.catalog.shapes import Kind, Reason, Shape, any_of, other, unsaid

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_IGNORED = frozenset({"accept", "content-type", "authorization"})  # headers that a parameter cannot describe
_HELP = "give an OpenAPI 3.0 or 3.1 document"


def tools(value: Any, source: str, notes: list[Note]) -> Iterator[Found]:
    """The operations of a document that have an `operationId`. Raises DoorError."""
    if not isinstance(value, dict) or not ({"openapi", "swagger"} & value.keys()):
        refuse("AX1202", "this is no OpenAPI document: it has no `openapi`", _HELP, source)
    version = str(value.get("openapi", value.get("swagger")))
    if not version.startswith(("3.0", "3.1")) or "openapi" not in value:
        help_text = "convert it to OpenAPI 3.0 or 3.1"
        refuse("AX1202", f"OpenAPI {quoted(version)} is not read", help_text, source, "/openapi")
    paths = value.get("paths", {})
    if not isinstance(paths, dict):
        refuse("AX1202", "`paths` is not an object", _HELP, source, "/paths")
    document = _Document(References(value), source, version.startswith("3.1"), notes)
    for path, item in paths.items():
        yield from document.path(item, step("/paths", path))


class _Document:
    def __init__(self, references: References, source: str, siblings: bool, notes: list[Note]) -> None:
        self._references = references
        self._source = source
        self._siblings = siblings
        self._notes = notes

    def path(self, item: Any, pointer: str) -> Iterator[Found]:
        """The operations of one path."""
        try:
            item, pointer = self._references.resolve(item, pointer)
        except UnfollowedError as error:
            self._left_out(f"none of the path: {error}", pointer)
            return
        for method in _METHODS if isinstance(item, dict) else ():
            operation, at = item.get(method), step(pointer, method)
            if isinstance(operation, dict) and isinstance(operation.get("operationId"), str):
                yield self._tool(operation, at, (item, pointer))
            elif method in item:
                self._left_out("the operation has no `operationId`", at)

    def _left_out(self, message: str, pointer: str) -> None:
        self._notes.append(Note("AX1204", message, self._source, pointer))

    def _tool(self, operation: dict[str, Any], pointer: str, around: tuple[dict[str, Any], str]) -> Found:
        payload = _Payload(self._references, Walk(self._references, siblings=self._siblings))
        try:
            payload.parameters((around, (operation, pointer)))
            if "requestBody" in operation:
                payload.body(operation["requestBody"], step(pointer, "requestBody"))
            shape = payload.shape(pointer)
        except TooManyError:
            shape = with_any_fields(f"its schemas stand for more than {MAX_SCHEMAS:,} schemas", pointer)
        return Found(operation["operationId"], self._source, pointer, shape, payload.schemas)


class _Payload:
    """Collects the fields of one operation."""

    def __init__(self, references: References, walk: Walk) -> None:
        self._references = references
        self._walk = walk
        self._fields: dict[str, Shape] = {}
        self._more: list[Reason] = []

    @property
    def schemas(self) -> int:
        return self._walk.schemas

    def shape(self, pointer: str) -> Shape:
        """The payload, when everything is collected."""
        return Shape(Kind.OBJECT, pointer, False, self._fields, tuple(self._more))

    def parameters(self, owners: tuple[tuple[dict[str, Any], str], ...]) -> None:
        """The parameters of a path and of its operation; the latter's take the place of those with the same name."""
        found: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}
        for owner, pointer in owners:
            listed, here = owner.get("parameters"), step(pointer, "parameters")
            for index, each in enumerate(listed if isinstance(listed, list) else ()):
                at = step(here, index)
                try:
                    parameter, at = self._references.resolve(each, at)
                except UnfollowedError as error:
                    self._more.append(Reason(f"a parameter is not known: {error}", at))
                    continue
                if isinstance(parameter, dict) and isinstance(name := parameter.get("name"), str):
                    found[str(parameter.get("in")), name] = parameter, at
                else:
                    self._more.append(Reason("a parameter has no name", at))
        for (place, name), (parameter, at) in found.items():
            if place != "header" or name.lower() not in _IGNORED:
                self._add(name, self._of_parameter(parameter, at), at)

    def _of_parameter(self, parameter: dict[str, Any], pointer: str) -> Shape:
        if "schema" in parameter:
            return self._walk.shape(parameter["schema"], step(pointer, "schema"))
        content = parameter.get("content")
        for kind, media in content.items() if isinstance(content, dict) else ():
            if _is_json(kind):
                return self._of_media(media, step(step(pointer, "content"), kind))
        return unsaid(pointer)

    def body(self, body: Any, pointer: str) -> None:
        """The fields of a JSON body that is an object."""
        try:
            body, pointer = self._references.resolve(body, pointer)
        except UnfollowedError as error:
            self._more.append(Reason(f"its body is not known: {error}", pointer))
            return
        content = body.get("content") if isinstance(body, dict) else None
        at = step(pointer, "content")
        kinds = [kind for kind in content if _is_json(kind)] if isinstance(content, dict) else []
        if not kinds or not isinstance(content, dict):
            self._more.append(Reason("its body is not JSON", at))
            return
        shape = as_payload(any_of([self._of_media(content[kind], step(at, kind)) for kind in kinds], at))
        self._more += shape.more
        for name, field in shape.fields.items():
            self._add(name, field, field.pointer)

    def _of_media(self, media: Any, pointer: str) -> Shape:
        schema = media.get("schema", True) if isinstance(media, dict) else True
        return self._walk.shape(schema, step(pointer, "schema"))

    def _add(self, name: str, shape: Shape, pointer: str) -> None:
        if name in self._fields and self._fields[name].kind is not Kind.NEVER:
            shape = other("it stands for two values: two parameters, or a parameter and a field of the body", pointer)
        self._fields[name] = shape


def _is_json(kind: str) -> bool:
    essence = kind.partition(";")[0].strip().lower()
    return essence == "application/json" or (essence.startswith("application/") and essence.endswith("+json"))
