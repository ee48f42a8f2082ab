"""The parts of the space, each against a slow program that says the same."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import reference
from tests.generate_patterns import name_pattern, path_pattern
from tests.laws import examples

from axtary.backends import native
from axtary.compiler.analysis.languages import is_path
from axtary.compiler.analysis.space import moments as moments_module
from axtary.compiler.analysis.space.limits import Exhausted, Limits
from axtary.compiler.analysis.space.moments import FIRST, LAST, moments
from axtary.compiler.analysis.space.numbers import Cell, cells, find, fractional, integral
from axtary.compiler.analysis.space.people import approvals
from axtary.compiler.analysis.space.sat import Solver
from axtary.compiler.analysis.space.texts import Asked, classes
from axtary.compiler.analysis.times import timestamp_text as timestamp
from axtary.compiler.ir import Approvers, Hours, Instant, Pattern, Window
from axtary.compiler.patterns import Dialect, parse
from axtary.compiler.zones import zone, zone_names

LIMITS = Limits(states=3_000, classes=1_500)
SECOND = 10**9


# --- texts ----------------------------------------------------------------------------------------------------------


def groups(rng: Random) -> list[frozenset[Pattern]]:
    """Some groups of patterns, of both dialects."""
    dialect, make = rng.choice([(Dialect.NAME, name_pattern), (Dialect.PATH, path_pattern)])
    texts = [[make(rng) for _ in range(rng.choice([1, 1, 2]))] for _ in range(rng.randint(1, 4))]
    return [frozenset(p for text in some for p in parse(text, dialect)) for some in texts]


@settings(max_examples=examples(150), deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False), st.sampled_from([(False, False), (True, False), (True, True)]))
def test_every_text_of_a_class_is_what_the_class_says(rng: Random, form: tuple[bool, bool]) -> None:
    """For each class and each of its texts: group g matches the text just if bit g is set; so for canonical paths."""
    made = groups(rng)
    try:
        found = classes(Asked(tuple(made), paths=form[0], only_paths=form[1], distinct=rng.choice([1, 3])), LIMITS)
    except Exhausted:
        return
    keys = [(each.bits, each.path, each.text if each.complete else "") for each in found]
    assert len(keys) == len(set(keys))
    for each in found:
        for text in each.texts:
            for index, group in enumerate(made):
                assert each.matches(index) == any(reference.matches(pattern, text) for pattern in group), text
            if form[0]:
                assert each.path == is_path(text), text


@settings(max_examples=examples(150), deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False), st.lists(st.text("ab./\\@homert-x", max_size=12), max_size=30))
def test_every_text_lies_in_a_class(rng: Random, texts: list[str]) -> None:
    """For each text there is a class with just the bits of the groups that match it."""
    made = groups(rng)
    try:
        found = classes(Asked(tuple(made), paths=True), LIMITS)
    except Exhausted:
        return
    known = {(each.bits, each.path) for each in found}
    for text in texts:
        bits = sum(1 << i for i, group in enumerate(made) if any(reference.matches(p, text) for p in group))
        assert (bits, is_path(text)) in known, text


def test_a_class_of_few_texts_is_split_into_them() -> None:
    made = [frozenset(parse("{a,b}", Dialect.NAME)), frozenset(parse("*", Dialect.NAME))]
    found = classes(Asked(tuple(made), distinct=2), LIMITS)
    assert sorted((each.text, each.complete) for each in found if each.matches(0)) == [("a", True), ("b", True)]
    assert [len(each.texts) >= 2 for each in found if not each.matches(0)] == [True]


def test_too_many_states_are_refused_and_none_is_left_out() -> None:
    made = tuple(frozenset(parse(f"*{word}*", Dialect.NAME)) for word in ("abc", "bcd", "cde", "def"))
    with pytest.raises(Exhausted):
        classes(Asked(made), Limits(states=20))
    assert len(classes(Asked(made), LIMITS)) == 16


# --- numbers --------------------------------------------------------------------------------------------------------


@settings(max_examples=examples(200), deadline=None, derandomize=True)
@given(st.sets(st.integers(-30_000, 30_000), max_size=8), st.integers(-40_000, 40_000))
def test_a_value_is_found_in_its_cell(cuts: set[int], value: int) -> None:
    """Cells cover the line, in order, without a gap; `find` names the one that holds a value."""
    listed = cells(cuts, -40_000, 40_000)
    assert listed[0].start == -40_000 and listed[-1].end == 40_000
    assert all(one.end + 1 == other.start for one, other in itertools.pairwise(listed))
    cell = listed[find(listed, value)]
    assert cell.start <= value <= cell.end


@settings(max_examples=examples(200), deadline=None, derandomize=True)
@given(st.integers(-(10**19), 10**19), st.integers(0, 30_000))
def test_values_lie_in_their_cell(start: int, width: int) -> None:
    """Whole numbers are whole, fractions are none and are doubles, and all lie in the cell; if there are some, one."""
    cell = Cell(start, start + width)
    whole, parts = list(integral(cell)), list(itertools.islice(fractional(cell), 20))
    assert all(start <= value <= start + width for value in (*whole, *parts))
    assert all(value % 10_000 == 0 for value in whole) and all(value % 10_000 for value in parts)
    assert bool(whole) == any(v % 10_000 == 0 and abs(v) < 2**53 * 10_000 for v in range(start, start + width + 1))


# --- instants -------------------------------------------------------------------------------------------------------


def test_moments_are_what_the_windows_say() -> None:
    """Each sample of each class is within hours h just if bit h is set; random instants show no other class."""
    rng = Random(1)
    names = ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata"]
    for _ in range(12):
        hours = [Hours(tuple(_window(rng, rng.choice(names)) for _ in range(rng.randint(1, 2)))) for _ in range(2)]
        cuts = {rng.randint(FIRST, LAST) for _ in range(rng.randint(0, 2))}
        listed = cells(cuts, FIRST, LAST)
        found = moments(hours, listed)
        for each in found:
            for ns in each.samples:
                assert find(listed, ns) == each.cell
                assert [bool(each.bits >> i & 1) for i in range(2)] == [_met(one, ns) for one in hours], ns
        known = {(each.cell, each.bits) for each in found}
        for _ in range(300):
            ns = rng.choice([rng.randint(FIRST, LAST), 1_790_000_000 * SECOND + rng.randint(-(10**16), 10**16)])
            assert (find(listed, ns), sum(1 << i for i, one in enumerate(hours) if _met(one, ns))) in known, ns


def _window(rng: Random, name: str) -> Window:
    start, end = rng.sample([0, 1, 120, 150, 480, 720, 1140, 1439], 2)
    days = tuple(sorted(rng.sample(range(7), rng.randint(1, 7))))
    return Window(days, start, end if end else 1440, name)


def _met(hours: Hours, ns: int) -> bool | None:
    return native.evaluate(hours, {"time": timestamp(Instant(ns))}, {})


@pytest.mark.parametrize("name", sorted(zone_names())[::9])
def test_no_change_of_an_offset_is_overlooked(name: str) -> None:
    """Between the changes that are found, the offset is the same at noon of every day."""
    changes = [FIRST // SECOND, *moments_module._changes(name), LAST // SECOND]
    place, epoch = zone(name), datetime(1970, 1, 1, tzinfo=UTC)
    for start, end in itertools.pairwise(sorted(changes)):
        first = (epoch + timedelta(seconds=start)).astimezone(place).utcoffset()
        for second in (*range(start, end, max(86_400, (end - start) // 40)), end - 1 if end > start else start):
            assert (epoch + timedelta(seconds=second)).astimezone(place).utcoffset() == first, second


# --- approvals ------------------------------------------------------------------------------------------------------


@settings(max_examples=examples(60), deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sets(st.sampled_from("abc"), max_size=2), st.integers(1, 3)), min_size=1, max_size=3))
def test_approvals_meet_what_they_say_and_nothing_is_missing(drawn: list[tuple[set[str], int]]) -> None:
    """The combinations found are those that up to six people with any roles show."""
    required = [Approvers(tuple(sorted(roles)), quorum) for roles, quorum in drawn]
    found = approvals(required)
    for each in found:
        assert each.bits == _bits(required, each.roles)
    kinds = [roles for size in range(4) for roles in itertools.combinations("abc", size)]
    teams = (team for size in range(5) for team in itertools.combinations_with_replacement(kinds, size))
    assert {_bits(required, team) for team in teams} <= {each.bits for each in found}


def _bits(required: list[Approvers], roles: tuple[tuple[str, ...], ...]) -> int:
    facts = {"approval": {"approvers": [{"id": f"u{n}", "roles": list(held)} for n, held in enumerate(roles)]}}
    return sum(1 << index for index, each in enumerate(required) if native.evaluate(each, {}, facts))


# --- the solver -----------------------------------------------------------------------------------------------------

CLAUSES = st.lists(
    st.lists(st.integers(1, 7).flatmap(lambda n: st.sampled_from([n, -n])), min_size=1, max_size=3), max_size=28
)
ASSUMED = st.lists(st.integers(1, 7).flatmap(lambda n: st.sampled_from([n, -n])), max_size=2)


@settings(max_examples=examples(300), deadline=None, derandomize=True)
@given(CLAUSES, st.lists(st.sampled_from([1, -1]), min_size=7, max_size=7), ASSUMED, ASSUMED)
def test_the_first_model_in_the_order_of_preference_is_found(
    clauses: list[list[int]], signs: list[int], assumed: list[int], base: list[int]
) -> None:
    """The model is the first of all models, sorted by which preferred literals hold; asked again and again, with a base
    that stays or changes, and incrementally.

    If there is none, the assumptions of the core alone have none either.
    """
    solver = Solver()
    order = [sign * solver.variable() for sign in signs]
    solver.order = order
    questions = [([], []), (assumed, []), ([], []), ([], base), (assumed, base), (base, base), (assumed, base)]
    for rest, kept in [*questions, (base, assumed), ([], [])]:
        assumptions = [*rest, *kept]
        for clause in clauses if not solver.clauses else ():
            solver.add(clause)
        best = _first(clauses, order, assumptions)
        assert solver.solve(rest, base=tuple(kept)) == (best is not None)
        if best is not None:
            assert [solver.holds(literal) for literal in order] == best
        else:
            assert set(solver.core) <= set(assumptions)
            assert _first(clauses, order, list(solver.core)) is None  # and so the core alone is enough


def _first(clauses: list[list[int]], order: list[int], assumptions: list[int]) -> list[bool] | None:
    for values in itertools.product([True, False], repeat=len(order)):
        true = {literal if value else -literal for literal, value in zip(order, values, strict=True)}
        if all(true & set(clause) for clause in clauses) and true.issuperset(assumptions):
            return list(values)
    return None


def test_a_hard_formula_ends_undecided() -> None:
    solver = Solver()
    holes = [[solver.variable() for _ in range(7)] for _ in range(8)]
    solver.order = [literal for row in holes for literal in row]
    for row in holes:
        solver.add(row)
    for one, other in itertools.combinations(holes, 2):
        for first, second in zip(one, other, strict=True):
            solver.add([-first, -second])
    with pytest.raises(Exhausted):
        solver.solve(conflicts=100)
