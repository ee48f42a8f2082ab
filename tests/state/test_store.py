"""The store counts exactly: windows, holds, refusals, commits, and what is left of the past. On both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from axtary.runtime.state import (
    About,
    ClosedReservation,
    Key,
    Level,
    Overrun,
    Reserved,
    SqlStore,
    StateError,
    UnknownReservation,
)
from tests.state.claims import DAY, HOLD, SECOND, WINDOW, Clock, ask, budget, granted, rate, refused, rows, shown
from tests.state.conftest import opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(where: str, clock: Clock) -> Iterator[SqlStore]:
    found = opened(where, clock)
    yield found
    found.close()


# --- windows ------------------------------------------------------------------------------------------------------


def test_a_call_counts_until_its_window_is_over_and_not_a_microsecond_longer(store: SqlStore, clock: Clock) -> None:
    start = clock.now
    for each in range(3):
        clock.now = start + each * SECOND
        granted(store, rate())
    for each in range(3):
        clock.now = start + each * SECOND + WINDOW - 1
        assert refused(store, rate()) == [rate()]
        assert shown(store, rate()) == (3, 0)
        clock.now += 1
        assert shown(store, rate()) == (2, 0)
        granted(store, rate())
        assert shown(store, rate()) == (3, 0)


def test_who_spends_in_the_last_microsecond_takes_nothing_away(store: SqlStore, clock: Clock) -> None:
    granted(store, rate())
    clock.now += WINDOW - 1
    granted(store, rate())
    assert shown(store, rate()) == (2, 0)
    clock.now += 1
    granted(store, rate())
    assert shown(store, rate()) == (2, 0)


def test_what_is_committed_counts_from_the_commit_on(store: SqlStore, clock: Clock) -> None:
    name = granted(store, budget(100))
    clock.now += 5 * SECOND
    committed = clock.now
    store.commit(name, {})
    clock.now = committed + WINDOW - 1
    assert shown(store, budget()) == (100, 0)
    assert refused(store, budget(1)) == [budget(1)]
    clock.now += 1
    assert shown(store, budget()) == (0, 0)
    granted(store, budget(100))


def test_a_hold_ends_exactly_at_its_end(store: SqlStore, clock: Clock) -> None:
    found = ask(store, budget(100))
    assert isinstance(found, Reserved)
    assert found.expires == clock.now + HOLD
    clock.now += HOLD - 1
    assert shown(store, budget()) == (0, 100)
    assert refused(store, budget(1)) == [budget(1)]
    assert [each.expired for each in store.open()] == [False]
    clock.now += 1
    assert shown(store, budget()) == (0, 0)
    assert [each.expired for each in store.open()] == [True]
    granted(store, budget(100))
    assert shown(store, budget()) == (0, 100)


def test_a_clock_that_steps_back_frees_nothing_and_holds_no_shorter(store: SqlStore, clock: Clock) -> None:
    start = clock.now
    granted(store, rate(1))
    granted(store, budget(60))
    clock.now = start - 2 * DAY
    assert refused(store, rate(1)) == [rate(1)]
    granted(store, budget(40))
    assert refused(store, budget(1)) == [budget(1)]
    clock.now = start + HOLD - 1
    assert shown(store, budget()) == (0, 100)
    assert [each.expired for each in store.open()] == [False, False]
    clock.now += 1
    assert shown(store, budget()) == (0, 0)


# --- claims -------------------------------------------------------------------------------------------------------


def test_the_limit_itself_can_be_spent_and_no_more(store: SqlStore) -> None:
    assert refused(store, budget(101)) == [budget(101)]
    granted(store, budget(100))
    assert refused(store, budget(1)) == [budget(1)]
    granted(store, budget(0))


def test_all_claims_are_granted_or_none(store: SqlStore) -> None:
    granted(store, rate(1))
    before = rows(store, "entry", "line", "reservation")
    other = rate(5, rule="other")
    assert refused(store, other, budget(50), rate(1)) == [rate(1)]
    assert shown(store, budget()) == shown(store, other) == (0, 0)
    assert rows(store, "entry", "line", "reservation") == before
    granted(store, other, budget(50))
    assert shown(store, other) == (1, 0)
    assert shown(store, budget()) == (0, 50)


def test_every_meter_that_refuses_is_named_and_counts_a_denied_attempt(store: SqlStore, clock: Clock) -> None:
    granted(store, rate(1), budget(100))
    clock.now += 1
    assert {each.key.kind for each in refused(store, budget(1), rate(1), budget(1, rule="c"))} == {"budget", "rate"}
    meters = {meter.key.rule: meter for kind in ("rate", "budget") for meter in store.meters(kind)}
    assert {rule: meter.denied for rule, meter in meters.items()} == {"r": 1, "b": 1, "c": 0}
    assert {rule: meter.denied_at for rule, meter in meters.items()} == {"r": clock.now, "b": clock.now, "c": None}
    store.denied([rate(1), budget(1)])
    assert [meter.denied for kind in ("rate", "budget") for meter in store.meters(kind)] == [2, 2, 0]
    assert shown(store, rate()) == (1, 0)


def test_levels_of_what_nobody_claimed_are_zero_and_write_nothing(store: SqlStore, clock: Clock) -> None:
    assert store.levels([budget(), rate()]) == [Level(), Level()]
    granted(store, budget(10), rate())
    clock.now += DAY
    before = rows(store)
    assert store.levels([rate(), budget()]) == [Level(), Level()]
    assert store.levels([]) == []
    assert rows(store) == before
    assert before["entry"] == before["line"] == 1


def test_a_changed_limit_and_window_hold_from_the_next_claim_on(store: SqlStore, clock: Clock) -> None:
    granted(store, budget(80))
    assert refused(store, budget(1, limit=80)) == [budget(1, limit=80)]
    granted(store, budget(20, limit=100))
    granted(store, budget(50, limit=150))
    assert refused(store, budget(1, limit=10)) == [budget(1, limit=10)]
    (meter,) = store.meters("budget")
    assert (meter.limit, meter.left) == (10, 0)
    granted(store, rate(1))
    clock.now += 30 * SECOND
    short = rate(1, window=30 * SECOND)
    assert shown(store, short) == (0, 0)
    assert shown(store, rate(1)) == (1, 0)
    granted(store, short)


@pytest.mark.parametrize(
    "other",
    [
        Key("rate", "b", "task", "s", "USD"),
        Key("budget", "B", "task", "s", "USD"),
        Key("budget", "b", "actor", "s", "USD"),
        Key("budget", "b", "task", "S", "USD"),
        Key("budget", "b", "task", "s ", "USD"),
        Key("budget", "b", "task", "s", "EUR"),
    ],
)
def test_meters_of_other_keys_are_apart(store: SqlStore, other: Key) -> None:
    granted(store, budget(100))
    granted(store, replace(budget(100), key=other))
    assert refused(store, budget(1)) == [budget(1)]


def test_claims_that_make_no_sense_are_an_error_of_the_caller(store: SqlStore) -> None:
    for claims in ([budget(), budget(20)], [budget(-1)]):
        with pytest.raises(ValueError, match="one claim a meter"):
            store.reserve(claims, About(), HOLD)
    assert rows(store)["meter"] == 0


# --- commit and roll back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("actual", [None, 0, 3, 10])
def test_what_was_spent_is_counted_and_the_rest_is_free(store: SqlStore, actual: int | None) -> None:
    name = granted(store, budget(10))
    assert store.commit(name, {} if actual is None else {"b": actual}) == ()
    assert shown(store, budget()) == (10 if actual is None else actual, 0)
    assert store.open() == []
    assert store.meters("budget")[0].overrun == 0


def test_more_than_was_reserved_is_recorded_and_counted(store: SqlStore) -> None:
    name = granted(store, budget(10))
    assert store.commit(name, {"b": 25}) == (Overrun(budget().key, 10, 25, 0),)
    assert shown(store, budget()) == (25, 0)
    name = granted(store, budget(75))
    assert store.commit(name, {"b": 200}) == (Overrun(budget().key, 75, 200, 125),)
    (meter,) = store.meters("budget")
    assert (meter.level, meter.overrun, meter.left) == (Level(225, 0), 140, 0)
    assert refused(store, budget(0)) == [budget(0)]


def test_a_commit_within_its_hold_is_an_overrun_where_the_limit_was_lowered(store: SqlStore) -> None:
    name = granted(store, budget(60))
    refused(store, budget(1, limit=50))
    assert store.commit(name, {}) == (Overrun(budget().key, 60, 60, 10),)
    assert store.meters("budget")[0].overrun == 0


def test_a_late_commit_counts_all_the_same(store: SqlStore, clock: Clock) -> None:
    late = granted(store, budget(60))
    clock.now += HOLD
    other = granted(store, budget(70))
    assert store.commit(late, {}) == (Overrun(budget().key, 0, 60, 30),)
    assert shown(store, budget()) == (60, 70)
    assert store.commit(other, {}) == (Overrun(budget().key, 70, 70, 30),)
    clock.now += WINDOW
    assert shown(store, budget()) == (0, 0)


def test_each_budget_of_a_reservation_has_its_own_actual_amount(store: SqlStore) -> None:
    name = granted(store, budget(10), budget(20, rule="c"), rate())
    (held,) = store.open()
    assert (held.id, held.about, held.amounts) == (
        name,
        About(agent="a", task="t"),
        {budget().key: 10, budget(rule="c").key: 20},
    )
    assert store.commit(name, {"c": 5}) == ()
    assert shown(store, budget()) == (10, 0)
    assert shown(store, budget(rule="c")) == (5, 0)


@pytest.mark.parametrize("actual", [{"b": -1}, {"other": 1}, {"b": 1, "r": 1}])
def test_a_wrong_actual_amount_leaves_the_reservation_open(store: SqlStore, actual: dict[str, int]) -> None:
    name = granted(store, budget(10), rate())
    with pytest.raises(StateError, match=r"negative|no budget of the rule"):
        store.commit(name, actual)
    assert shown(store, budget()) == (0, 10)
    assert store.commit(name, {"b": 4}) == ()
    assert shown(store, budget()) == (4, 0)


def test_rolling_back_gives_back_budgets_and_no_calls(store: SqlStore) -> None:
    store.roll_back(granted(store, budget(100), rate(1)))
    assert shown(store, budget()) == (0, 0)
    assert store.open() == []
    assert refused(store, rate(1)) == [rate(1)]
    granted(store, budget(100))


def test_rolling_back_what_expired_frees_nothing_twice(store: SqlStore, clock: Clock) -> None:
    name = granted(store, budget(60))
    clock.now += HOLD
    granted(store, budget(100))
    store.roll_back(name)
    assert shown(store, budget()) == (0, 100)


@pytest.mark.parametrize("first", ["commit", "roll_back"])
def test_a_reservation_is_closed_once(store: SqlStore, first: str) -> None:
    ends: dict[str, Callable[[str], object]] = {
        "commit": lambda name: store.commit(name, {}),
        "roll_back": store.roll_back,
    }
    name = granted(store, budget(10))
    ends[first](name)
    before = shown(store, budget())
    for again in ends.values():
        with pytest.raises(
            ClosedReservation, match="committed already" if first == "commit" else "rolled back already"
        ):
            again(name)
    assert shown(store, budget()) == before


@pytest.mark.parametrize("name", ["", "rsv_0", "' OR 1=1 --", "é" * 500])
def test_an_unknown_reservation_is_an_error(store: SqlStore, name: str) -> None:
    granted(store, budget(10))
    with pytest.raises(UnknownReservation):
        store.commit(name, {})
    with pytest.raises(UnknownReservation):
        store.roll_back(name)
    assert shown(store, budget()) == (0, 10)


# --- odd values ---------------------------------------------------------------------------------------------------


def test_amounts_have_no_size(store: SqlStore) -> None:
    huge = 10**19 - 1  # beyond 64 bits, as fifteen digits of ten-thousandths are
    claim = budget(huge, limit=3 * huge)
    for _ in range(2):
        store.commit(granted(store, claim), {})
    name = granted(store, claim)
    assert shown(store, claim) == (2 * huge, huge)
    assert refused(store, replace(claim, amount=1)) == [replace(claim, amount=1)]
    assert store.commit(name, {"b": 10**30}) == (Overrun(claim.key, huge, 10**30, 10**30 - huge),)
    (meter,) = store.meters("budget")
    assert (meter.level.committed, meter.overrun) == (2 * huge + 10**30, 10**30 - huge)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        " ",
        "it's",
        '"; DROP TABLE meter; --',
        "?",
        "%s",
        "%",
        "\\",
        "é",
        "e\u0301",
        "日本",
        "\U0001f600",
        "\n",
        "x" * 264,
    ],
)
def test_subjects_are_any_text(store: SqlStore, subject: str) -> None:
    granted(store, budget(100, subject=subject))
    assert refused(store, budget(1, subject=subject)) != []
    assert [meter.key.subject for meter in store.meters("budget")] == [subject]
    assert [key.subject for each in store.open() for key in each.amounts] == [subject]
    granted(store, budget(100, subject=subject + "x"))


@pytest.mark.parametrize("subject", ["\0", "a\0b", "\ud800"])
def test_text_that_a_database_does_not_take_is_counted_or_an_error(store: SqlStore, subject: str) -> None:
    try:
        granted(store, budget(100, subject=subject))
    except StateError:
        assert rows(store)["meter"] == 0
    else:
        assert refused(store, budget(1, subject=subject)) != []
        granted(store, budget(100, subject=subject[0]) if len(subject) > 1 else budget(100, subject=""))
    granted(store, rate(1))


def test_numbers_beyond_the_columns_are_an_error_of_the_state(store: SqlStore) -> None:
    with pytest.raises(StateError):
        granted(store, budget(1, window=2**70))
    with pytest.raises(StateError):
        granted(store, budget(1), hold=2**70)
    assert store.open() == []
    granted(store, budget(100))


# --- the past goes ------------------------------------------------------------------------------------------------


def test_entries_are_bounded_by_what_is_within_the_window(store: SqlStore, clock: Clock) -> None:
    claim = rate(10**6, window=SECOND)
    most = 0
    for each in range(600):
        clock.now += SECOND // 100
        granted(store, claim)
        if each % 50 == 0:
            most = max(most, rows(store, "entry")["entry"])
    assert 100 <= most <= 110
    assert shown(store, claim) == (100, 0)


def test_reservations_and_meters_of_subjects_that_never_come_back_are_bounded(store: SqlStore, clock: Clock) -> None:
    most = {"meter": 0, "entry": 0, "reservation": 0, "line": 0}
    for each in range(300):
        clock.now += DAY // 4  # 28 actions in the week for which things are kept
        subject = str(each)
        name = granted(store, rate(subject=subject), budget(subject=subject), budget(rule="c", subject=subject))
        if each % 3 == 0:
            store.commit(name, {})
        elif each % 3 == 1:
            store.roll_back(name)
        if each % 20 == 0:
            found = rows(store)
            most = {table: max(count, found[table]) for table, count in most.items()}
    assert most["reservation"] <= 35
    assert most["line"] <= 70
    assert most["meter"] <= 200  # a meter outlives its reservation
    assert most["entry"] <= 150


def test_a_meter_with_a_long_past_goes_as_well(store: SqlStore, clock: Clock) -> None:
    claim = rate(10**6, window=DAY)
    for _ in range(400):
        granted(store, claim)
    clock.now += 9 * DAY
    for each in range(10):
        granted(store, rate(subject=f"other {each}"))
    assert {meter.key.subject for meter in store.meters("rate")} == {f"other {each}" for each in range(10)}
    assert rows(store, "entry") == {"entry": 10}


def test_nothing_that_is_held_is_lost_for_ever(store: SqlStore, clock: Clock) -> None:
    """Abandoned holds and closed reservations: after a week nothing is left of them, and everything is free."""
    for each in range(20):
        name = granted(store, budget(5))
        if each % 4 == 0:
            store.roll_back(name)
    assert shown(store, budget()) == (0, 75)
    clock.now += HOLD
    assert shown(store, budget()) == (0, 0)
    granted(store, budget(100))
    clock.now += 8 * DAY
    for each in range(20):
        granted(store, rate(100, subject=f"other {each}"))
    assert store.open() == []
    assert rows(store, "reservation", "line") == {"reservation": 0, "line": 0}
    granted(store, budget(100))


def test_a_reservation_outlives_its_expiry_by_a_week(store: SqlStore, clock: Clock) -> None:
    late, closed = granted(store, budget(10)), granted(store, budget(10))
    store.roll_back(closed)
    clock.now += 7 * DAY - 1
    granted(store, rate(subject="one"))
    with pytest.raises(ClosedReservation):
        store.commit(closed, {})
    assert store.commit(late, {}) == (Overrun(budget().key, 0, 10, 0),)
    clock.now += 1
    granted(store, rate(subject="other"))
    with pytest.raises(UnknownReservation):
        store.commit(closed, {})


def test_a_clock_that_was_years_ahead_does_not_keep_others_from_going(store: SqlStore, clock: Clock) -> None:
    """Holds of a meter whose time is far ahead stay; they stand in nobody's way."""
    start = clock.now
    clock.now += 1000 * DAY
    granted(store, budget(0, subject="ahead"))
    clock.now = start
    for _ in range(6):
        granted(store, budget(0, subject="ahead"))
    for _ in range(8):
        clock.now += 4 * DAY
        for _ in range(3):
            granted(store, budget(0, subject="here"))
    assert rows(store, "reservation")["reservation"] <= 7 + 3 * 5
    assert [each.expired for each in store.open()].count(False) == 7 + 3
