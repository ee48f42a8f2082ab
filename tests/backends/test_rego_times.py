"""Timestamps are real dates in one strict form, compared by the nanosecond; hours are local."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests import reference
from tests.backends.rego_engines import action, agree, policy, rule

from axtary.compiler.ir import Attribute, Compare, Effect, Hours, Instant, Not, OneOf, Policy, Type, Window

READ = Attribute("payload", ("t",), Type.TIMESTAMP)
GOOD = (
    "1678-01-01T00:00:00Z", "1678-01-01T00:00:00+23:59", "2261-12-31T23:59:59.999999999-23:59", "1970-01-01T00:00:00Z",
    "2024-02-29T23:59:59.5Z", "2000-02-29T00:00:00-00:00", "1969-12-31T23:59:59.999999999Z", "2026-11-22T10:00:00.000Z",
)  # fmt: skip
BAD = (
    "1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "2024-04-31T00:00:00Z", "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-32T00:00:00Z", "2024-01-01T24:00:00Z",
    "2024-01-01T23:60:00Z", "2024-01-01T23:59:60Z", "2024-01-01t00:00:00Z", "2024-01-01T00:00:00z",
    "2024-01-01 00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00Z", "2024-01-01", "",
    "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+0100", "2024-01-01T00:00:00+01",
    "2024-01-01T00:00:00+01:60", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z",
    "2024-01-01T00:00:00,5Z", " 2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z\n", "2024-01-01T00:00:00Z ",
    "\u0662024-01-01T00:00:00Z", "24-01-01T00:00:00Z", "-2024-01-01T00:00:00Z",
)  # fmt: skip


def mutated(seed: int, count: int) -> list[str]:
    """Timestamps near the good ones: random fields, some of them impossible."""
    pick = random.Random(seed)
    found = []
    for _ in range(count):
        date = f"{pick.choice([1678, 1900, 2000, 2023, 2024, 2100, 2261, pick.randint(1600, 2300)]):04}"
        date += f"-{pick.randint(0, 13):02}-{pick.choice([1, 28, 29, 30, 31, 32]):02}"
        clock = f"{pick.randint(0, 24):02}:{pick.choice([0, 59, 60]):02}:{pick.choice([0, 59, 60]):02}"
        part = pick.choice(["", ".5", ".123456789", ".000000001", "."])
        found.append(f"{date}T{clock}{part}{pick.choice(['Z', '+00:00', '-23:59', '+14:00', '+24:00', 'z'])}")
    return found


def test_a_timestamp_is_the_same_nanosecond_or_undefined_as_the_reference_says() -> None:
    texts = [*GOOD, *BAD, *mutated(1, 400)]
    instants = [instant for text in texts if (instant := reference.timestamp(text)) is not None]
    assert len(GOOD) < len(instants) < len(texts) - len(BAD)
    assert not any(reference.timestamp(text) for text in BAD)
    edges = [instant.ns + by for instant in instants[:12] for by in (-1, 0, 1)]
    rules = [rule(f"at-{n}", when=OneOf(READ, (Instant(edge),))) for n, edge in enumerate(edges)]
    rules += [rule(f"after-{n}", when=Compare(READ, ">", Instant(edge))) for n, edge in enumerate(edges)]
    rules.append(rule("undefined", Effect.DENY, when=Not(Compare(READ, "<=", Instant(2**63 - 1)))))
    agree(policy(*rules), [(action(payload={"t": text}), {}) for text in [*texts, 0, None, ["2024-01-01T00:00:00Z"]]])


def opening(*windows: Window) -> Policy:
    return policy(*(rule(f"h{n}", obligations=(Hours((window,)),)) for n, window in enumerate(windows)))


def moments(start: datetime, hours: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """A moment each 20 minutes, and the seconds around it."""
    steps = [start + timedelta(minutes=20 * n) for n in range(hours * 3)]
    around = [step + timedelta(seconds=by) for step in steps for by in (-1, 0)]
    return [(action(time=moment.strftime("%Y-%m-%dT%H:%M:%S.9Z")), {}) for moment in around]


def test_hours_are_local_over_both_changes_of_the_clock() -> None:
    windows = [Window((5, 6), start, end, zone) for start, end in ((60, 180), (120, 150), (1380, 140), (0, 1440))
               for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")]  # fmt: skip
    changes = [
        datetime(2026, 3, 28, 20),
        datetime(2026, 10, 24, 20),
        datetime(2026, 3, 7, 22),
        datetime(2026, 10, 31, 22),
    ]
    documents = [document for change in changes for document in moments(change.replace(tzinfo=UTC), 14)]
    verdicts = agree(opening(*windows), documents)
    assert len({verdict.reasons for verdict in verdicts}) > 8


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    friday_night = opening(
        Window((4,), 1320, 360, "Asia/Kathmandu"), Window((6, 0), 1439, 1, "UTC"), Window((2,), 600, 1440, "UTC")
    )
    verdicts = agree(friday_night, moments(datetime(2026, 11, 16, tzinfo=UTC), 8 * 24))
    assert len({verdict.reasons for verdict in verdicts}) > 3


def test_hours_are_not_met_without_a_time() -> None:
    always = opening(Window(tuple(range(7)), 0, 1440, "UTC"))
    documents: list[tuple[dict[str, Any], dict[str, Any]]] = [(action(), {}), (action(time="now"), {})]
    assert [verdict.decision for verdict in agree(always, documents)] == ["deny", "deny"]
    assert agree(always, [(action(time=GOOD[0]), {})])[0].decision == "allow"
