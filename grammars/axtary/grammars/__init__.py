"""The language itself, as data: Lark grammars, the built-in presets and the JSON Schemas for editors.

`grammar("condition")`, `preset("coding-agent")` and `schema("axtary")` return text; `presets()` and `schemas()` list
what there is.
"""

from importlib import resources

_ROOT = resources.files(__name__)


def grammar(name: str) -> str:
    """The text of `<name>.lark`."""
    return _ROOT.joinpath(f"{name}.lark").read_text(encoding="utf-8")


def presets() -> tuple[str, ...]:
    """Names of the built-in presets, sorted."""
    return _names("presets", ".yml")


def preset(name: str) -> bytes:
    """The policy source of a built-in preset. `name` must be one of `presets()`."""
    return _ROOT.joinpath("presets", f"{name}.yml").read_bytes()


def schemas() -> tuple[str, ...]:
    """Names of the JSON Schemas, sorted."""
    return _names("schemas", ".schema.json")


def schema(name: str) -> str:
    """The text of a JSON Schema (draft 2020-12). `name` must be one of `schemas()`."""
    return _ROOT.joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")


def _names(folder: str, suffix: str) -> tuple[str, ...]:
    names = (entry.name for entry in _ROOT.joinpath(folder).iterdir())
    return tuple(sorted(name.removesuffix(suffix) for name in names if name.endswith(suffix)))


__all__ = ["grammar", "preset", "presets", "schema", "schemas"]
