"""The door for facts: strict JSON and an object; the rest is for the engines to read or to count as absent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from axtary.runtime.errors import DoorError
from axtary.runtime.facts import check_facts, parse_facts


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"usage": {"small-prs": 3}, "approval": {"approvers": [{"id": "user:ana", "roles": ["security"]}]}},
        {"unknown": 1, "usage": {"r": 1, "s": "ill-typed"}, "approval": {"approvers": 7, "more": None}},
        {"usage": None, "approval": []},
    ],
)
def test_an_object_is_taken_as_it_is(facts: dict[str, Any]) -> None:
    assert parse_facts(json.dumps(facts).encode()) == facts
    assert check_facts(facts) == facts


def test_usage_goes_by_value() -> None:
    facts = parse_facts(b'{"usage": {"r": 3.0, "s": 3e0, "t": -0}}')
    assert repr(facts["usage"]) == "{'r': 3, 's': 3, 't': 0}"


@pytest.mark.parametrize("value", [[], "x", 1, None, True])
def test_a_document_that_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(DoorError) as caught:
        parse_facts(json.dumps(value).encode())
    assert [problem.code for problem in caught.value.problems] == ["AX0813"]
    with pytest.raises(DoorError):
        check_facts(value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "AX0802"),
        (b'{"usage": {"r": 0}, "usage": {"r": 9}}', "AX0803"),
        (b'{"usage": {"r": 1e400}}', "AX0804"),
        (b'{"usage": {"r": NaN}}', "AX0802"),
        (b'{"a": ' * 65, "AX0807"),
        (b" " * (1024 * 1024 + 1), "AX0808"),
    ],
)
def test_facts_are_strict_json(data: bytes, code: str) -> None:
    with pytest.raises(DoorError) as caught:
        parse_facts(data)
    assert code in [problem.code for problem in caught.value.problems]
    assert caught.value.source == "facts"
