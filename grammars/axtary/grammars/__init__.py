"""The language itself, as data: Lark grammars, built-in presets, JSON Schemas, and a page for each error code.

`grammar("condition")`, `preset("coding-agent")`, `schema("axtary")` and `page("AX0301")` return text; `presets()`,
`schemas()` and `pages()` list what there is.
"""

from functools import cache
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


def pages() -> tuple[str, ...]:
    """The error codes that have a page, sorted."""
    return _names("codes", ".md")


def page(code: str) -> str:
    """The page of an error code, in Markdown. `code` must be one of `pages()`."""
    return _ROOT.joinpath("codes", f"{code}.md").read_text(encoding="utf-8")


@cache
def _names(folder: str, ending: str) -> tuple[str, ...]:
    entries = _ROOT.joinpath(folder).iterdir()
    return tuple(sorted(entry.name.removesuffix(ending) for entry in entries if entry.name.endswith(ending)))


__all__ = ["grammar", "page", "pages", "preset", "presets", "schema", "schemas"]
