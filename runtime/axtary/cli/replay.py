"""`axtary policy simulate --ledger`: recorded decisions, made again."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axtary.cli.output import EFFECT_COLOURS, FINDINGS, OK, colour, fail, invalid_input, leave, load, print_json
from axtary.cli.progress import Step, progress
from axtary.ledger import LedgerError
from axtary.ledger.changes import Changes
from axtary.ledger.replay import Replay
from axtary.ledger.sources import Source, source
from axtary.runtime.messages import cut
from axtary.runtime.policyfile import DEFAULT, UnreadableError
from axtary.runtime.state import is_url

_SHOWN = 20  # groups that people see; --json has all
_EVERY = 500  # records between two steps of a progress bar
_WIDE = 100  # characters of what somebody else named


def chosen(policy: Path, new: Path | None, where: str | None, others: Mapping[str, object], as_json: bool) -> Path:
    """The policy that decides again; `others` are options that do not go with `--ledger`."""
    if where is None:
        fail("`--policy` goes with `--ledger`", "name the policy as the argument", as_json)
    for name in (name for name, given in others.items() if given):
        fail(f"`{name}` does not go with `--ledger`: each record has what it was decided with", "leave it out", as_json)
    if new is not None and policy != DEFAULT:
        fail("two policies are given", "name one, as the argument or with `--policy`", as_json)
    return new if new is not None else policy


def run(path: Path, where: str, as_json: bool) -> None:
    """Decide the decisions of a ledger or export again; exit 1 if one is surely another."""
    policy = load(path, as_json).policy
    with invalid_input(as_json), opened(where) as found, progress("records") as step:
        changes = _changes(Replay(policy), found, step)
        if not changes.decisions:
            raise UnreadableError(shown(where), "has no decisions", "give a ledger with records of the kind `decision`")
    head = {"policy_version": policy.policy_version, "ledger": shown(where), "origin": found.origin}
    result = head | changes.to_json()
    if as_json:
        print_json(result)
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _text(path, result)))
    leave(FINDINGS if result["changed"] else OK)


@contextmanager
def opened(where: str) -> Iterator[Source]:
    """The records of a ledger or export. Raises UnreadableError, also while they are read."""
    try:
        with source(where) as found:
            yield found
    except LedgerError as error:
        help_text = "give the file or database of a ledger, or what `axtary ledger export` wrote"
        raise UnreadableError(shown(where), str(error), help_text) from None


def shown(where: str) -> str:
    """What was given, without the password that a URL may have."""
    return "ledger" if is_url(where) else where


def _changes(replay: Replay, found: Source, step: Step) -> Changes:
    changes = Changes()
    for number, record in enumerate(found.records):
        if number % _EVERY == 0:
            step("deciding", number, found.size)
        kind = record.content["kind"]
        if kind == "decision":
            changes.add(replay.again(record))
        elif kind == "imported":
            changes.imported += 1
        else:
            changes.others += 1
    return changes


def _text(path: Path, result: dict[str, Any]) -> Iterator[str]:
    counts = ", ".join(f"{result[name]} {name}" for name in ("unchanged", "changed", "indeterminate"))
    yield f"{result['decisions']} decisions of {_named(result['origin'])} by {_named(path)}: {counts}"
    yield f"kept whole: {result['whole']}"
    if result["imported"]:
        yield f"{result['imported']} imported records left out: they are decisions of others"
    yield from _section("changed", [_change(each) for each in result["changes"]])
    yield from _section("by rule", [_rule(each) for each in result["rules"]])
    yield from _section("indeterminate", [_missing(each) for each in result["missing"]])


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield title
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  … and {len(lines) - _SHOWN} more: --json has all"


def _change(each: dict[str, Any]) -> str:
    if not each["from"]:
        return f"{each['count']} others{_examples(each)}"
    was, now = _grounds(each["was"]), _grounds(each["now"])
    return f"{each['count']}  {_turn(each)}: was {was}, now {now}{_examples(each)}"


def _rule(each: dict[str, Any]) -> str:
    turns = ", ".join(f"{turn['count']} {_turn(turn)}" for turn in each["changed"])
    return f"{_named(each['rule'] or 'other rules')}: {turns}"


def _missing(each: dict[str, Any]) -> str:
    missing = ", ".join(map(_named, each["missing"])) or "several things"
    then = f" {each['from']}" if each["from"] else ""
    return f"{each['count']}{then}: not recorded: {missing}{_examples(each)}"


def _turn(each: dict[str, Any]) -> str:
    then, now = (colour(each[name], EFFECT_COLOURS[each[name]]) for name in ("from", "to"))
    return f"{then} -> {now}"


def _grounds(grounds: Sequence[dict[str, str]]) -> str:
    return cut(", ".join(f"{each['code']} {each['rule']}".strip() for each in grounds), _WIDE) or "not known"


def _examples(each: dict[str, Any]) -> str:
    more = ", …" if each["count"] > len(each["examples"]) else ""
    return f" (record {', '.join(map(str, each['examples']))}{more})"


def _named(text: object) -> str:
    return cut(str(text), _WIDE)
