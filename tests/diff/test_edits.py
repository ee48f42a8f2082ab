"""One token is edited: the change has the decisions, the kind and the rule that one expects, and a small witness."""

from __future__ import annotations

import pytest
from tests.diff.texts import Short, compared, short

from axtary.compiler.analysis.diff import Difference

POLICY = """\
version: 1
tools: {pay.send: {payload: {amount: decimal, by: string}}}
policies:
  - id: small
    effect: allow
    match: {tool: "github.*", resource: "repo:acme/*"}
    when: payload.files <= 12 and payload.base == "main"
    obligations:
      blocked_paths: ["infra/**", ".env*"]
      hours: Mon-Fri 08:00-19:00 Europe/Berlin
      rate: 20 per 1h per actor
      ttl: 5m
  - id: pay
    effect: step_up
    match: {tool: pay.send}
    when: payload.by != actor.owner
    obligations:
      approvers: {roles: [finance], quorum: 2}
      budget: {limit: "50", unit: USD, per: task, window: 1d, cost: payload.amount}
  - id: secrets
    effect: deny
    match: {tool: fs.read}
    when: any paths matches [".env*", "secrets/"]
  - id: reads
    effect: allow
    match: {tool: fs.read}
"""
UP, DOWN = ("deny", "allow"), ("allow", "deny")


def edited(old: str, new: str) -> Difference:
    """The difference that an edit makes."""
    assert POLICY.count(old) == 1, old
    return compared(POLICY, POLICY.replace(old, new))


EDITS: dict[tuple[str, str], set[Short]] = {
    ("files <= 12", "files < 12"): {(*DOWN, "effect", ("small",))},
    ("files <= 12", "files <= 13"): {(*UP, "effect", ("small",))},
    ('base == "main"', 'base != "main"'): {(*UP, "effect", ("small",)), (*DOWN, "effect", ("small",))},
    ("12 and", "12 or"): {(*UP, "effect", ("small",))},
    ('"github.*"', '"github.pr.*"'): {(*DOWN, "effect", ("small",))},
    ('"repo:acme/*"', '"repo:acme/**"'): {(*UP, "effect", ("small",))},
    ('"infra/**", ', ""): {(*UP, "blocked_paths", ("small",))},
    ("infra/**", "infra/*"): {(*UP, "blocked_paths", ("small",))},
    ("Mon-Fri", "Mon-Sat"): {(*UP, "hours", ("small",))},
    ("08:00", "08:01"): {(*DOWN, "hours", ("small",))},
    ("Europe/Berlin", "Europe/London"): {(*UP, "hours", ("small",)), (*DOWN, "hours", ("small",))},
    ("20 per 1h", "21 per 1h"): {(*UP, "rate", ("small",)), ("allow", "allow", "rate", ("small",))},
    ("20 per 1h", "20 per 2h"): {("allow", "allow", "rate", ("small",))},
    ("per actor", "per task"): {("allow", "allow", "rate", ("small",))},
    ("ttl: 5m", "ttl: 4m"): {("allow", "allow", "ttl", ("small",))},
    ("      ttl: 5m\n", ""): {("allow", "allow", "ttl", ("small",))},
    ("quorum: 2", "quorum: 1"): {("step_up", "allow", "approvers", ("pay",))},
    ("[finance]", "[finance, lead]"): {("step_up", "allow", "approvers", ("pay",))},
    ("[finance]", "[lead]"): {("step_up", "allow", "approvers", ("pay",)), ("allow", "step_up", "approvers", ("pay",))},
    ("by != actor", "by == actor"): {
        *((one, other, "effect", ("pay",)) for one, other in (("deny", "step_up"), ("deny", "allow"))),
        *((one, other, "effect", ("pay",)) for one, other in (("step_up", "deny"), ("allow", "deny"))),
    },
    ('"50"', '"51"'): {
        *((*pair, "budget", ("pay",)) for pair in (UP, ("deny", "step_up"), ("allow", "allow"), ("step_up", "step_up")))
    },
    ("unit: USD", "unit: EUR"): {
        ("allow", "allow", "budget", ("pay",)),
        ("step_up", "step_up", "budget", ("pay",)),
    },
    ('".env*", "secrets/"', '".env*"'): {(*UP, "effect", ("secrets",))},
    ("any paths", "all paths"): {(*UP, "effect", ("secrets",))},
    ("effect: deny", "effect: step_up"): {
        *((*pair, "effect", ("secrets",)) for pair in (UP, ("deny", "step_up")))
    },
    ("id: small", "id: tiny"): {
        (*UP, "rate", ("small",)),
        (*DOWN, "rate", ("tiny",)),
        ("allow", "allow", "rate", ("small",)),
        ("allow", "allow", "rate", ("tiny",)),
    },
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=[f"{old.strip()} to {new.strip()}" for old, new in EDITS])
def test_an_edit_shows(edit: tuple[str, str]) -> None:
    found = edited(*edit)
    assert {short(change) for change in found.changes} == EDITS[edit]
    assert not found.undecided
