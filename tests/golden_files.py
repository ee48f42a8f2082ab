"""The corpus in golden/: where its files are, how they are read, and what the generated ones hold."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from axtary.backends import cedar, rego
from axtary.compiler import Compiled, CompileError, Diagnostic, IncludeError, compile_policy, ir
from axtary.compiler.lint import exact
from axtary.runtime.action import check_action
from axtary.runtime.facts import check_facts
from axtary.runtime.invariants import checked
from axtary.runtime.strictjson import loads

GOLDEN = Path(__file__).parent.parent / "golden"
MISTAKES = GOLDEN / "mistakes"
PRELUDE = GOLDEN / "prelude.rego"
_WIDTH = 118

JSON = Any


@dataclasses.dataclass(frozen=True)
class Case:
    """One action, and what must come of it. `obligations` is None where the case does not say."""

    name: str
    action: Mapping[str, JSON]
    facts: Mapping[str, JSON]
    decision: str
    fired: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    obligations: Mapping[str, JSON] | None


def behaviours() -> list[str]:
    """The names of the behaviours, sorted."""
    return sorted(path.name for path in GOLDEN.iterdir() if path.is_dir() and path != MISTAKES)


@cache
def compiled(name: str) -> Compiled:
    """The policy of a behaviour."""
    return compile_folder(GOLDEN / name)


def compile_folder(folder: Path) -> Compiled:
    """`policy.yml` of a folder, with what it includes from there."""

    def load(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except OSError as error:
            raise IncludeError("there is no such file") from error

    return compile_policy("policy.yml", (folder / "policy.yml").read_bytes(), load)


def findings(name: str) -> tuple[tuple[Diagnostic, ...], dict[str, str]]:
    """The diagnostics on a mistake, those that take a proof too, and the sources that they point into."""
    source = MISTAKES / f"{name}.yml"
    try:
        if source.exists():
            result = checked(compile_policy("policy.yml", source.read_bytes()))
        else:
            result = checked(compile_folder(MISTAKES / name))
    except CompileError as error:
        return error.diagnostics, error.sources
    return exact.check(result).compiled.warnings, result.sources


# --- cases ---

_REQUIRED = {"name", "action", "decision", "fired", "reasons"}
_MEMBERS = _REQUIRED | {"facts", "obligations"}


def cases(name: str) -> list[Case]:
    """The cases of a behaviour. Raises ValueError where one says too little, too much or the same as another."""
    found = [_case(entry) for entry in loads((GOLDEN / name / "cases.json").read_bytes())]
    names = [case.name for case in found]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"golden/{name}: the cases need names of their own, and there must be one")
    return found


def _case(entry: JSON) -> Case:
    if not isinstance(entry, dict) or not _REQUIRED <= entry.keys() <= _MEMBERS:
        raise ValueError(f"a case has {', '.join(sorted(_REQUIRED))}, perhaps facts and obligations: {entry}")
    if not entry["reasons"]:
        raise ValueError(f"a case without a reason expects nothing: {entry}")
    return Case(
        name=entry["name"],
        action=check_action(entry["action"]),
        facts=check_facts(entry.get("facts", {})),
        decision=entry["decision"],
        fired=tuple(entry["fired"]),
        reasons=tuple((code, rule) for code, rule in entry["reasons"]),
        obligations=entry.get("obligations"),
    )


def unknown_files(name: str) -> list[str]:
    """Files of a behaviour that nothing reads."""
    folder = GOLDEN / name
    known = {"cases.json", *generated(name), *compiled(name).sources}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    return sorted(found - known)


# --- generated files ---


@cache
def generated(name: str) -> dict[str, str]:
    """What the generated files of a behaviour must hold. One with a preset has none: nobody would review them."""
    if any(source.startswith("preset:") for source in compiled(name).sources):
        return {}
    policy = stable(compiled(name).policy)
    return {
        "ir.json": laid_out(ir.to_json(policy, spans=False)) + "\n",
        "policy.cedar": cedar.export(policy)["policy.cedar"],
        "policy.rego": rego.export(policy)["policy.rego"].removesuffix(prelude()),
    }


def stable(policy: ir.Policy) -> ir.Policy:
    """The policy without the release of the zone data: a golden must not change with what is installed."""
    return dataclasses.replace(policy, tzdata="any" if policy.tzdata else "")


@cache
def prelude() -> str:
    """The part of a Rego module that is the same for every policy."""
    return files("axtary.backends.rego").joinpath("prelude.rego").read_text(encoding="utf-8")


def laid_out(value: JSON, indent: int = 0) -> str:
    """JSON for reading: on one line what fits there, else one line per member."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= _WIDTH or not isinstance(value, dict | list):
        return flat
    margin = " " * (indent + 2)
    members = ",\n".join(margin + text for text in _members(value, indent + 2))
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{members}\n{' ' * indent}{closing}"


def _members(value: JSON, indent: int) -> Iterator[str]:
    if isinstance(value, list):
        yield from (laid_out(item, indent) for item in value)
        return
    for key, item in value.items():
        name = json.dumps(key, ensure_ascii=False)
        yield f"{name}: {laid_out(item, indent)}"
