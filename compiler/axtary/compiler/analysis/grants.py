"""Facts worth trying: usage and approvals that meet a rule, just miss it, or are ill-typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from axtary.compiler.ir import Approvers, Rate, Rule

Facts = dict[str, Any]


def satisfying(rules: Iterable[Rule], *, approved: bool) -> Facts:
    """Facts under which every rate of the rules is met, and every approval if `approved`."""
    listed = list(rules)
    usage = {rule.id: 0 for rule in listed for ob in rule.obligations if isinstance(ob, Rate)}
    facts: Facts = {"usage": usage} if usage else {}
    required = [rule.approvers for rule in listed if rule.approvers is not None]
    if approved and required:
        roles = sorted({role for each in required for role in each.roles})
        people = max(each.quorum for each in required)
        facts["approval"] = {"approvers": [person(number, *roles) for number in range(people)]}
    return facts


def person(number: int, *roles: str) -> dict[str, Any]:
    """An approver."""
    return {"id": f"user:{number}", "roles": list(roles)}


def usages(rule: str, rate: Rate) -> Iterator[tuple[str, Facts]]:
    """(note, facts) around the limit of a rate, and ill-typed ones."""
    values: tuple[Any, ...] = (rate.limit - 1, rate.limit, rate.limit + 1, 0, -1, True, False, "0", None, 0.5, [0], {})
    for value in values:
        yield f"usage {value!r}", {"usage": {rule: value}}
    yield "usage missing", {"usage": {}}
    yield "no usage", {}
    ill_typed: tuple[Any, ...] = (None, [], 0, "0")
    for ill in ill_typed:
        yield f"usage ill-typed: {ill!r}", {"usage": ill}


def approvals(required: Approvers) -> Iterator[tuple[str, Any]]:
    """(note, facts.approval) around the quorum, with wrong roles, and ill-typed ones."""
    role = required.roles[0] if required.roles else "any"
    quorum = required.quorum
    enough = [person(number, role) for number in range(quorum)]
    lists: list[tuple[str, Any]] = [
        ("nobody", []),
        ("one approver", [person(0, role)]),
        ("one short of the quorum", enough[1:]),
        ("the quorum", enough),
        ("more than the quorum", [*enough, person(quorum, role)]),
        ("one person many times", [person(0, role)] * (quorum + 1)),
        ("one of the quorum twice", [*enough[1:], *enough[1:][:1]]),
        ("no roles", [person(number) for number in range(quorum)]),
        ("the wrong role", [person(number, role + "x") for number in range(quorum)]),
        ("one with the wrong role", [*enough[1:], person(0, role.swapcase() + "x")]),
        ("roles over two entries", [*(person(n) for n in range(quorum)), *enough]),
        ("each with another role", [person(n, (*required.roles, role)[-1 - n % 2]) for n in range(quorum)]),
        ("an approver that is no object", [*enough, "user:9"]),
        ("an approver without id", [*enough, {"roles": [role]}]),
        ("an id that is no string", [*enough, {"id": 9, "roles": [role]}]),
        ("an approver without roles", [*enough, {"id": "user:9"}]),
        ("a role that is no string", [*enough, {"id": "user:9", "roles": [role, 1]}]),
        ("roles that are no list", [*enough, {"id": "user:9", "roles": role}]),
        ("unknown members", [{**each, "note": 1} for each in enough]),
        ("no list", {"0": enough}),
    ]
    yield from ((note, {"approvers": value}) for note, value in lists)
    yield from (("no approvers", {}), ("approval ill-typed", enough), ("approval null", None))
