"""Which names are one slip apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.compiler.lint.nearness import MAX_LENGTH, MAX_NAMES, NearNames, is_slip

SLIPS = [
    ("security", "securty"),  # missing
    ("security", "securrity"),  # added
    ("security", "sekurity"),  # wrong
    ("security", "secuirty"),  # swapped
    ("security", "Security"),
    ("github.pull_requests.create", "github.pullRequests.create"),
    ("github.pull_requests.create", "github.pull-requests.create"),
    ("github.pull_requests.create", "github.pull_request.create"),
    ("dev", "devs"),
    ("fs.read", "fsread"),
]
NAMES_OF_THEIR_OWN = [
    ("security", "security"),
    ("security", "secrty"),  # two letters
    ("team-a", "team-b"),
    ("team-a", "team-ab"),
    ("tier1", "tier2"),
    ("tier1", "tier"),
    ("region-12", "region-21"),
    ("get", "set"),
    ("fs.read", "fs.write"),
    ("slack.messages.post", "slack.messages.list"),
    ("github.issues.create", "github.issues.update"),
    ("dev", "ops"),
    ("", "a"),
]


@pytest.mark.parametrize(("one", "two"), SLIPS)
def test_a_slip(one: str, two: str) -> None:
    assert is_slip(one, two)
    assert NearNames([one]).of(two) == [one]
    assert NearNames([two]).of(one) == [two]


@pytest.mark.parametrize(("one", "two"), NAMES_OF_THEIR_OWN)
def test_no_slip(one: str, two: str) -> None:
    assert not is_slip(one, two)
    assert NearNames([one]).of(two) == []


def test_the_word_must_be_long_enough() -> None:
    assert not is_slip("EUR", "EUX")
    assert is_slip("EUR", "EUX", shortest=3)
    assert not is_slip("kB", "kN", shortest=3)


def test_too_many_or_too_long_names_are_not_searched() -> None:
    many = [f"name-{number:04}-of-many" for number in range(MAX_NAMES + 1)]
    assert NearNames(many[1:]).of("name-0007-of-mayn") == ["name-0007-of-many"]
    assert NearNames(many).of("name-0007-of-mayn") == []
    long = "x" * MAX_LENGTH
    assert NearNames([f"{long}y"]).of(long) == []


names = st.text(alphabet="abAB-1.", max_size=6)


@settings(derandomize=True, max_examples=examples(300), deadline=None)
@given(st.lists(names, max_size=12, unique=True), names)
def test_the_index_finds_what_comparing_each_pair_finds(known: list[str], name: str) -> None:
    """set(NearNames(known).of(name)) == {n in known: is_slip(name, n)}."""
    for shortest in (1, 4):
        found = NearNames(known, shortest).of(name)
        assert set(found) == {near for near in known if is_slip(name, near, shortest)}
        assert len(found) == len(set(found))


@settings(derandomize=True, max_examples=examples(300), deadline=None)
@given(names, names)
def test_a_slip_goes_both_ways(one: str, two: str) -> None:
    """is_slip(a, b) == is_slip(b, a)."""
    for shortest in (1, 3, 4):
        assert is_slip(one, two, shortest) == is_slip(two, one, shortest)
