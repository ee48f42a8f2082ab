"""What a service that has only Cedar must compute for a request, as data: `hoisted.json` of the export.

One entry for each attribute of the context: its name and type in Cedar, the rules and lines that read it, how to
compute it as data (`how`, for the helpers that go with the export) and in words (`compute`, for people).

An entry goes into the context by its `as`: a `field` is the member `key`; a `member` is `key` of the record `in`, and
is left out if it is undefined; an `element` is the string `key` in the set `in` if it is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from axtary.backends.cedar.derived import PATHS, TIME, Hoistable
from axtary.backends.cedar.export import READING
from axtary.backends.cedar.instructions import (
    ACTION_WORDS,
    approval_words,
    boolean_words,
    field_words,
    reading_words,
    usage_words,
)
from axtary.backends.cedar.local_time import zone_data_version
from axtary.backends.cedar.lower import Lowering, Reads
from axtary.backends.cedar.readers import Source, readers
from axtary.backends.cedar.schema import ACTION, CEDAR_TYPES, PRINCIPAL, RESOURCE, SETS, qualified, records
from axtary.backends.cedar.text import quote
from axtary.backends.cedar.zonetables import zone_table
from axtary.compiler.ir import (
    NOWHERE,
    Attribute,
    BlockedPaths,
    CompareAttributes,
    Count,
    Field,
    Hours,
    Like,
    Match,
    Pattern,
    Policy,
    Quantified,
    Span,
    Type,
    Window,
    attributes,
    path_text,
)

Json = Any
FORMAT = "axtary-cedar-request/1"


def hoisted_json(policy: Policy, lowering: Lowering, namespace: str) -> dict[str, Json]:
    """The content of `hoisted.json`. Raises EngineError for a zone that cannot be tabled."""
    entries = list(_entries(lowering.reads))
    reading = readers(policy)
    kinds = {kind for kind, _ in lowering.reads.attributes}
    kinds |= {kind for item in lowering.reads.derived.values() for kind in _types(item.test)}
    if Type.DECIMAL in kinds:
        kinds.add(Type.NUMBER)  # the reading of one refers to that of the other
    return {
        "format": FORMAT,
        "policy_version": policy.policy_version,
        "tzdata": zone_data_version() if lowering.reads_local_time else "",
        "types": {
            "principal": qualified(PRINCIPAL, namespace),
            "action": qualified(ACTION, namespace),
            "resource": qualified(RESOURCE, namespace),
        },
        "actions": {"named": sorted(lowering.tools), "other": lowering.other, "compute": ACTION_WORDS},
        "records": [name for name, _, _ in records(lowering.reads)],
        "sets": list(SETS),
        "placeholders": {f"<{path_text(field.path)}>": field_words(field) for field in Field},
        "reading": {kind.value: READING[kind.value] for kind in Type if kind in kinds},
        "attributes": [entry.to_json(reading.get((entry.inside, entry.key), ())) for entry in entries],
        "zones": {zone: [list(change) for change in zone_table(zone)] for zone in _zones(lowering.reads)},
    }


@dataclass(frozen=True)
class _Entry:
    """An attribute of the context. `inside` is the record or set that it is in; a field is in none."""

    inside: str
    key: str
    place: str
    type: str
    how: Mapping[str, Json]
    compute: str

    @property
    def name(self) -> str:
        match self.place:
            case "field":
                return f"context.{self.key}"
            case "element":
                return f"{quote(self.key)} in context.{self.inside}"
            case _:
                return f"context.{self.inside}[{quote(self.key)}]"

    def to_json(self, sources: tuple[Source, ...]) -> dict[str, Json]:
        return {
            "name": self.name,
            "type": self.type,
            "as": self.place,
            "in": self.inside,
            "key": self.key,
            "sources": [{"rule": rule, "source": _shown(span)} for rule, span in sources],
            "how": dict(self.how),
            "compute": self.compute,
        }


def _shown(span: Span) -> str:
    return f"{span.file}:{span.line}" if span != NOWHERE else ""


def _entries(reads: Reads) -> Iterator[_Entry]:
    how: dict[str, Json]
    for field in Field:
        how = {"do": "text", "path": list(field.path)}
        yield _Entry("", field.value, "field", "String", how, field_words(field))
    for (kind, key), attribute in sorted(reads.attributes.items()):
        yield _Entry(
            *(kind.value, key, "member", CEDAR_TYPES[kind]),
            {"do": "read"} | _attribute(attribute),
            f"{reading_words(attribute)}; else leave it out",
        )
    for key, path in sorted(reads.present.items()):
        compute = (
            f"true if the action has the key {key}, whatever its value; a step through anything but an object is not"
        )
        yield _Entry("present", key, "element", "String", {"do": "present", "path": list(path)}, compute)
    for rule in sorted(reads.usage):
        yield _Entry("usage", rule, "member", "Long", {"do": "usage", "rule": rule}, usage_words(rule))
    for rule, wanted in sorted(reads.approvals.items()):
        how = {"do": "approved", "roles": list(wanted.roles), "quorum": wanted.quorum}
        yield _Entry("approved", rule, "element", "String", how, approval_words(wanted))
    for name, item in sorted(reads.derived.items()):
        yield _Entry("derived", name, "member", "Bool", _test(item.test), boolean_words(item.test))


# --- how, as data -----------------------------------------------------------------------------------------------------


def _attribute(attribute: Attribute) -> dict[str, Json]:
    return {"type": attribute.type.value, "path": list(attribute.path)}


def _patterns(patterns: tuple[Pattern, ...]) -> list[Json]:
    """Literals as strings, wildcards as objects, so that no literal is ever taken for a wildcard."""
    return [
        {
            "tokens": [
                token if isinstance(token, str) else {"wildcard": token.name.lower()} for token in pattern.tokens
            ],
            "inside": pattern.inside,
        }
        for pattern in patterns
    ]


def _test(test: Hoistable) -> dict[str, Json]:
    match test:
        case Match():
            return {"do": "match", "path": list(test.field.path), "patterns": _patterns(test.patterns)}
        case Like():
            return {"do": "like"} | _attribute(test.attribute) | {"patterns": _patterns(test.patterns)}
        case Quantified():
            choices = {"values": list(test.values), "patterns": _patterns(test.patterns)}
            return {"do": "quantified", "quantifier": test.quantifier} | _attribute(test.attribute) | choices
        case Count():
            return {"do": "count", "op": test.op, "n": test.n} | _attribute(test.attribute)
        case CompareAttributes():
            return {"do": "compare", "left": _attribute(test.left), "op": test.op, "right": _attribute(test.right)}
        case BlockedPaths():
            return {"do": "blocked_paths"} | _attribute(PATHS) | {"patterns": _patterns(test.patterns)}
        case Hours():
            return {"do": "hours"} | _attribute(TIME) | {"windows": list(map(_window, test.windows))}
        case _:
            assert_never(test)


def _window(window: Window) -> dict[str, Json]:
    return {"days": list(window.days), "from": window.start, "to": window.end, "zone": window.zone}


def _types(test: Hoistable) -> set[Type]:
    match test:
        case Match():
            return set()
        case BlockedPaths():
            return {PATHS.type}
        case Hours():
            return {TIME.type}
        case _:
            return {attribute.type for attribute in attributes(test)}


def _zones(reads: Reads) -> list[str]:
    tests = [item.test for item in reads.derived.values()]
    return sorted({window.zone for test in tests if isinstance(test, Hours) for window in test.windows})
