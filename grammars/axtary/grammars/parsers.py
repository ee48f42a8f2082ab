"""The parsers of the Lark grammars, from tables made ahead: to build them would take longer than most decisions.

`tables.json` holds them as one version of Lark writes them; with any other version they are built from the grammars.
`python -m axtary.grammars.parsers` writes the file anew, after a change of a grammar or of the pinned Lark.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, Final

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from axtary.grammars import grammar

_TABLES = resources.files("axtary.grammars").joinpath("tables.json")
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "condition": {"keep_all_tokens": True},
    "pattern": {},
    "schedule": {"start": ["window", "rate", "duration"]},
}


def parser(name: str, transformer: lark.Transformer[Any, Any] | None = None) -> lark.Lark:
    """The LALR parser of `<name>.lark`; a transformer runs inside it, bottom up."""
    tables = _tables()
    if tables["lark"] != lark.__version__:
        return _built(name, transformer)
    load: Callable[..., lark.Lark] = lark.Lark._load_from_dict  # what Lark's own stand-alone parsers call
    return load(*tables["parsers"][name], transformer=transformer)


def sources() -> dict[str, Any]:
    """What tables are made of: the version of Lark, and the SHA-256 of each grammar."""
    hashes = {name: hashlib.sha256(grammar(name).encode()).hexdigest() for name in _OPTIONS}
    return {"lark": lark.__version__, "grammars": hashes}


def made() -> str:
    """The text of `tables.json`."""
    parsers = {name: _built(name, None).memo_serialize([TerminalDef, Rule]) for name in _OPTIONS}
    return json.dumps({**sources(), "parsers": parsers}, separators=(",", ":")) + "\n"


def _built(name: str, transformer: lark.Transformer[Any, Any] | None) -> lark.Lark:
    options: Any = {"maybe_placeholders": False, "transformer": transformer, **_OPTIONS[name]}
    return lark.Lark(grammar(name), parser="lalr", **options)


@cache
def _tables() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_TABLES.read_bytes(), object_pairs_hook=_numbered)
    return loaded


def _numbered(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    """An object of JSON; its keys that are numbers of states and symbols are numbers again."""
    return {int(key) if key.isdigit() else key: value for key, value in pairs}


if __name__ == "__main__":
    with resources.as_file(_TABLES) as path:
        path.write_text(made(), encoding="utf-8")
