"""Random catalogs: schemas that mean something, and JSON that only looks like a catalog."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c"])
FIXED_NAMES = st.sampled_from(["a", "b", "no", "1", "a.b", "x: y", "- z", "#", "\x1b[2J", "\u202e", "?", "é"])
ODD_NAMES = st.one_of(FIXED_NAMES, st.text(min_size=1, max_size=8))
_SCALARS = st.sampled_from(["string", "boolean", "number", "integer", "null"])
_VALUES = st.sampled_from(["x", "y", 1, 2, 1.5, True, False, None])


def _object(inner: st.SearchStrategy[Any], names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    listed = st.dictionaries(names, inner, max_size=3)
    return st.one_of(
        listed.map(lambda fields: {"type": "object", "properties": fields}),
        listed.map(lambda fields: {"type": "object", "properties": fields, "additionalProperties": False}),
        st.tuples(listed, inner).map(
            lambda pair: {"type": "object", "properties": pair[0], "additionalProperties": pair[1]}
        ),
        st.tuples(listed, listed).map(
            lambda pair: {
                "type": "object",
                "properties": pair[0],
                "if": {"required": ["a"]},
                "then": {"type": "object", "properties": pair[1]},
            }
        ),
    )


def _deeper(names: st.SearchStrategy[str]) -> Any:
    def build(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        combined = st.tuples(st.sampled_from(["allOf", "anyOf", "oneOf"]), several).map(lambda pair: {pair[0]: pair[1]})
        both = st.tuples(_object(inner, names), combined).map(lambda pair: pair[0] | pair[1])
        return st.one_of(
            _object(inner, names),
            inner.map(lambda items: {"type": "array", "items": items}),
            combined,
            both,
            inner.map(lambda schema: {"$defs": {"d": schema}, "type": ["object", "null"]}),
        )

    return build


def schemas(names: st.SearchStrategy[str] = NAMES) -> st.SearchStrategy[Any]:
    """Schemas of every kind that the import reads."""
    leaves = st.one_of(
        _SCALARS.map(lambda kind: {"type": kind}),
        st.lists(_SCALARS, min_size=1, max_size=2, unique=True).map(lambda kinds: {"type": kinds}),
        st.lists(_VALUES, min_size=1, max_size=3).map(lambda values: {"enum": values}),
        st.sampled_from([True, False, {}, {"required": ["a"]}, {"$ref": "#/$defs/s"}, {"$ref": "#/$defs/o"}]),
    )
    return st.recursive(leaves, _deeper(names), max_leaves=8)


def of_tools(names: st.SearchStrategy[str] = NAMES) -> st.SearchStrategy[Any]:
    """Schemas of objects: fields, and often alternatives of objects beside them."""
    plain = _object(schemas(names), names)
    combined = st.tuples(
        plain, st.sampled_from(["allOf", "anyOf", "oneOf"]), st.lists(plain, min_size=1, max_size=3)
    ).map(lambda parts: parts[0] | {parts[1]: parts[2]})
    return st.one_of(plain, combined).map(lambda schema: schema | {"$defs": DEFINITIONS})


DEFINITIONS = {
    "s": {"type": "string"},
    "o": {"type": "object", "properties": {"b": {"type": "integer"}, "c": {"$ref": "#/$defs/s"}}},
}


_WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        """
        tools result jsonrpc nextCursor name inputSchema openapi paths get post parameters in schema requestBody content
        application/json operationId components $ref $id $defs type properties items additionalProperties allOf anyOf
        oneOf enum const nullable required title then dependentSchemas prefixItems patternProperties
        """,
    )
)
_TEXTS = st.one_of(
    st.sampled_from(
        ["string", "object", "array", "3.0.0", "3.1.0", "#", "#/", "#/a/0", "#/tools/0", "x", "*", "@", ""]
    ),
    st.text(max_size=5),
)


def junk() -> st.SearchStrategy[Any]:
    """JSON values with the words of catalogs in places where they have none."""
    leaves = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(0, 4), _TEXTS)
    keys = st.one_of(_WORDS, st.text(max_size=3))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
        max_leaves=25,
    )
