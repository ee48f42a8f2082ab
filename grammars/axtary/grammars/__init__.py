"""The language itself, as data: Lark grammars and the built-in presets.

`grammar("condition")` and `preset("coding-agent")` return text; `presets()` lists the built-in ones.
"""

from importlib import resources

_ROOT = resources.files(__name__)


def grammar(name: str) -> str:
    """The text of `<name>.lark`."""
    return _ROOT.joinpath(f"{name}.lark").read_text(encoding="utf-8")


def presets() -> tuple[str, ...]:
    """Names of the built-in presets, sorted."""
    folder = _ROOT.joinpath("presets")
    return tuple(sorted(entry.name.removesuffix(".yml") for entry in folder.iterdir() if entry.name.endswith(".yml")))


def preset(name: str) -> bytes:
    """The policy source of a built-in preset. `name` must be one of `presets()`."""
    return _ROOT.joinpath("presets", f"{name}.yml").read_bytes()


__all__ = ["grammar", "preset", "presets"]
