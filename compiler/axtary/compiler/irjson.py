"""The IR read back from its JSON form, without a parser, a grammar or YAML: what an exported policy is loaded from.

Strict: what `ir.to_json` would not have written, to the letter, is refused.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from axtary.compiler import ir

Json = Any
MAX_DEPTH = 64  # of nested nodes; conditions of the language have fewer levels


class IRError(Exception):
    """The JSON is no IR of this version."""


def from_json(document: Json) -> ir.Policy:
    """The policy that `to_json(policy, spans=False)` describes. Raises IRError."""
    try:
        rules = document["rules"]
        policy = ir.Policy(tuple(_node(rule, ir.Rule, 0) for rule in rules), document.get("tzdata", ""))
        again = ir.to_json(policy, spans=False)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise IRError(f"not the IR of a policy, version {ir.IR_VERSION}") from error
    if again != document:
        raise IRError(f"not the IR of a policy, version {ir.IR_VERSION}, as axtary writes it")
    return policy


def _node(value: Json, kind: type, depth: int) -> Any:
    if depth > MAX_DEPTH or value["node"] != kind.__name__:
        raise ValueError
    hints = _hints(kind)
    return kind(**{name: _value(value.get(name), hint, depth + 1) for name, hint in hints.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The fields that the JSON form has, with their types."""
    hints = get_type_hints(kind)
    return {name: hints[name] for name in ir.field_names(kind)}


def _value(value: Json, hint: Any, depth: int) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _one_of(value, get_args(hint), depth)
    if origin is tuple:
        item = get_args(hint)[0]
        return tuple(_value(each, item, depth) for each in (value if value is not None else ()))
    if origin is Literal:
        return _exactly(value, value in get_args(hint))
    if hint is str and value is None:  # left out because it is empty
        return ""
    if hint in (str, bool, int):
        return _exactly(value, type(value) is hint)
    return hint(value) if issubclass(hint, Enum) else _scalar(value, hint) or _node(value, hint, depth)


def _one_of(value: Json, choices: tuple[Any, ...], depth: int) -> Any:
    if value is None:
        return _exactly(None, type(None) in choices)
    if isinstance(value, dict):
        for kind in choices:
            if kind is ir.Wildcard and value.keys() == {"wildcard"}:
                return ir.Wildcard(value["wildcard"])
            if kind in _SCALARS and (found := _scalar(value, kind)) is not None:
                return found
        return _node(value, {kind.__name__: kind for kind in choices}[value["node"]], depth)
    return _exactly(value, type(value) in choices)


_SCALARS: dict[Any, str] = {ir.Number: "number", ir.Instant: "ns"}


def _scalar(value: Json, kind: Any) -> Any:
    """A number or an instant, if it is written as one."""
    if kind not in _SCALARS or value.keys() != {_SCALARS[kind]}:
        return None
    text = value[_SCALARS[kind]]
    return ir.Number.of(text) if kind is ir.Number else ir.Instant(int(text))


def _exactly(value: Json, right: bool) -> Json:
    if not right:
        raise ValueError
    return value
