"""Approvals by which requirements they meet: a search over persons added one after another, the fewest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from axtary.compiler.analysis.space.limits import Exhausted
from axtary.compiler.ir import Approvers

_STATES = 20_000
_KINDS = 256  # of persons


@dataclass(frozen=True, slots=True)
class Approval:
    """bits: bit r says whether requirement r is met; roles: those of each approver, sorted."""

    bits: int
    roles: tuple[tuple[str, ...], ...]


def approvals(required: Sequence[Approvers]) -> list[Approval]:
    """Every combination of requirements that some approval meets and no others, the fewest approvers first.

    Only how many approvers hold one of the roles of each requirement counts, and not beyond its quorum; so the counts,
    cut there, are the states of a search that is complete. Raises Exhausted.
    """
    sets = list(dict.fromkeys(frozenset(each.roles) for each in required))
    most = [max(each.quorum for each in required if frozenset(each.roles) == roles) for roles in sets]
    persons = _persons(sets)
    start = (0,) * len(sets)
    found: dict[int, Approval] = {}
    seen = {start}
    wave: list[tuple[tuple[int, ...], tuple[tuple[str, ...], ...]]] = [(start, ())]
    while wave:
        after = []
        for counts, roles in wave:
            bits = _bits(required, dict(zip(sets, counts, strict=True)))
            found.setdefault(bits, Approval(bits, roles))
            for held, named in persons:
                more = tuple(min(n + h, m) for n, h, m in zip(counts, held, most, strict=True))
                if more not in seen:
                    seen.add(more)
                    after.append((more, (*roles, named)))
        if len(seen) > _STATES:
            raise Exhausted(f"its approvers combine in more than {_STATES} ways")
        wave = after
    return sorted(found.values(), key=lambda each: (len(each.roles), each.roles))


def _persons(sets: Sequence[frozenset[str]]) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """(for each set of roles: 1 if the person holds one of it, the roles) for every kind of person there can be."""
    single: dict[tuple[str, ...], tuple[int, ...]] = {(): _held(sets, ())}
    single |= {(role,): _held(sets, (role,)) for role in sorted({r for s in sets for r in s})}
    kinds: dict[tuple[int, ...], tuple[str, ...]] = {}
    for roles, held in single.items():
        kinds.setdefault(held, roles)
    waiting = list(kinds.items())
    for held, roles in waiting:
        for role, more in list(single.items()):
            both = tuple(max(one, other) for one, other in zip(held, more, strict=True))
            if both not in kinds:
                kinds[both] = tuple(sorted({*roles, *role}))
                waiting.append((both, kinds[both]))
                if len(kinds) > _KINDS:
                    raise Exhausted(f"its roles combine in more than {_KINDS} ways")
    return sorted(kinds.items(), key=lambda item: (len(item[1]), item[1]))


def _held(sets: Sequence[frozenset[str]], roles: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(int(not wanted or not wanted.isdisjoint(roles)) for wanted in sets)


def _bits(required: Sequence[Approvers], counts: dict[frozenset[str], int]) -> int:
    met = (counts[frozenset(each.roles)] >= each.quorum for each in required)
    return sum(1 << index for index, each in enumerate(met) if each)
