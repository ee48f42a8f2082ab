"""What is counted, and what comes of it. Amounts are whole numbers: calls, or ten-thousandths of a budget's unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["rate", "budget"]

CALL = "call"  # the unit of a rate


class StateError(Exception):
    """The state cannot be read or written: whoever sees it denies. The text says why, without secrets."""


class UnknownReservation(StateError):
    """No such reservation: it never was, or was closed long ago."""


class ClosedReservation(StateError):
    """The reservation was committed or rolled back before."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One meter: a rule's rate or budget, for one actor, tenant, owner, task, tool or resource."""

    kind: Kind
    rule: str
    per: str
    subject: str
    unit: str = CALL


@dataclass(frozen=True, slots=True)
class Claim:
    """An amount that an action asks of a meter. `window` is in microseconds."""

    key: Key
    limit: int
    window: int
    amount: int


@dataclass(frozen=True, slots=True)
class About:
    """Whose reservation it is, for people and for the ledger."""

    agent: str = ""
    owner: str = ""
    task: str = ""
    tool: str = ""
    action_hash: str = ""
    policy_version: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """What a meter shows: `committed` within the window, and `reserved` by reservations that are open."""

    committed: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class Reserved:
    """All claims are granted. `id` is None if there is nothing to commit: rates count at once."""

    id: str | None
    expires: int | None  # microseconds since 1970


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing is granted: these claims are beyond their limits."""

    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Overrun:
    """A budget of which more was spent than was reserved or left; it counts all the same."""

    key: Key
    reserved: int  # what was held for it; 0 after the reservation had expired
    spent: int
    above: int  # what is spent beyond the limit now


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter for people. Times are microseconds since 1970; `limit` and `window` are those of the last claim."""

    key: Key
    limit: int
    window: int
    level: Level
    denied: int
    denied_at: int | None
    overrun: int

    @property
    def left(self) -> int:
        """What may still be claimed now."""
        return max(0, self.limit - self.level.committed - self.level.reserved)


@dataclass(frozen=True, slots=True)
class Open:
    """A reservation that is neither committed nor rolled back. `expired`: what it held is free again."""

    id: str
    about: About
    at: int
    expires: int
    expired: bool
    amounts: Mapping[Key, int]


class Store(Protocol):
    """Where spending is counted. Every method is one atomic step and raises StateError."""

    def levels(self, claims: Sequence[Claim]) -> list[Level]:
        """What the claims' meters show; nothing is written."""

    def reserve(self, claims: Sequence[Claim], about: About, hold: int) -> Reserved | Refused:
        """All claims, or none. Budgets are held for `hold` microseconds at most; rates count at once.

        A refusal is counted as a denied attempt on the meters that are beyond their limits.
        """

    def commit(self, reservation: str, actual: Mapping[str, int]) -> tuple[Overrun, ...]:
        """Count what was spent: of each rule the actual amount, or what was reserved.

        Raises UnknownReservation, ClosedReservation. An expired reservation is counted as well: what was spent was.
        """

    def roll_back(self, reservation: str) -> None:
        """Give back what is reserved: nothing was spent. Raises UnknownReservation, ClosedReservation."""

    def denied(self, claims: Sequence[Claim]) -> None:
        """Count a denied attempt on the meters of these claims."""

    def meters(self, kind: Kind) -> list[Meter]:
        """All meters of a kind, sorted."""

    def open(self) -> list[Open]:
        """All reservations that are open, oldest first."""

    def close(self) -> None:
        """Give connections back."""
