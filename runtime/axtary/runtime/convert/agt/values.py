"""The scalars of a policy document with the types that YAML 1.1 gives them, as its own loader does."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from axtary.compiler.source import Text

Scalar = str | bool | int | float | None


class Untyped(Exception):
    """A scalar of a type that no condition compares with: a date, a number out of range."""


@cache
def _resolver() -> Any:
    return yaml.resolver.Resolver()


def typed(node: Text) -> Scalar:
    """The value of a scalar. Raises Untyped."""
    if node.style:
        return node.value
    tag = _resolver().resolve(yaml.ScalarNode, node.value, (True, False)).rpartition(":")[2]
    if tag == "str":
        return node.value
    if tag not in ("int", "float", "bool", "null"):
        raise Untyped(f"a YAML {tag}")
    try:
        value: Scalar = yaml.safe_load(node.value)
    except (ValueError, OverflowError, yaml.YAMLError):
        raise Untyped("a number that cannot be read") from None
    return value
