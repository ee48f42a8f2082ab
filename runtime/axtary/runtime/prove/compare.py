"""One case on every engine, and the smallest case on which they still differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axtary.backends.verdict import Engine, EngineError, Verdict

Json = Any
_LIMIT = 2000  # decisions spent on making a disagreement small


@dataclass(frozen=True)
class Disagreement:
    """An action, with facts, on which the engines do not give one verdict."""

    action: Mapping[str, Json]
    facts: Mapping[str, Json]
    verdicts: Mapping[str, Verdict | EngineError]

    def to_json(self) -> dict[str, Json]:
        """The JSON form: action, facts and what each engine said."""
        return {"action": self.action, "facts": self.facts, "engines": {n: said(v) for n, v in self.verdicts.items()}}


def said(verdict: Verdict | EngineError) -> dict[str, Json]:
    """A verdict, or a failure, as JSON."""
    if isinstance(verdict, EngineError):
        return {"error": str(verdict)}
    return {
        "decision": verdict.decision,
        "fired": list(verdict.fired),
        "reasons": [{"code": code.value, "rule": rule} for code, rule in verdict.reasons],
        "obligations": dict(verdict.obligations),
    }


def compare(
    engines: Sequence[Engine], action: Mapping[str, Json], facts: Mapping[str, Json]
) -> tuple[Verdict | None, Disagreement | None]:
    """The verdict that every engine gives, or how they differ. An engine that fails does not agree."""
    verdicts: dict[str, Verdict | EngineError] = {}
    for engine in engines:
        try:
            verdicts[engine.name] = engine.decide(action, facts)
        except EngineError as error:
            verdicts[engine.name] = error
    first = next(iter(verdicts.values()))
    if isinstance(first, Verdict) and all(verdict == first for verdict in verdicts.values()):
        return first, None
    return None, Disagreement(action, facts, verdicts)


def smallest(engines: Sequence[Engine], found: Disagreement, admit: Callable[[dict[str, Json]], bool]) -> Disagreement:
    """Take parts away while the engines still differ; `admit` says whether what is left is still an action."""
    spent = 0
    shrinking = True
    while shrinking and spent < _LIMIT:
        shrinking = False
        whole = {"action": found.action, "facts": found.facts}
        for smaller in _smaller(whole):
            if not admit(smaller["action"]):
                continue
            spent += 1
            _, still = compare(engines, smaller["action"], smaller["facts"])
            if still is not None:
                found, shrinking = still, True
                break
            if spent >= _LIMIT:
                break
    return found


def _smaller(value: Json) -> Iterator[Json]:
    """Values with one part less, the largest parts first."""
    if isinstance(value, dict):
        for key in sorted(value, key=lambda key: -len(json.dumps(value[key]))):
            if key not in ("action", "facts"):
                yield {name: item for name, item in value.items() if name != key}
        for key, item in value.items():
            yield from ({**value, key: less} for less in _smaller(item))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], less, *value[index + 1 :]] for less in _smaller(item))
    elif isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]
        yield value[len(value) // 2 :]
        yield value[1:]
        yield value[:-1]
