"""Cedar policies, converted, decide as Cedar does on requests as axtary makes them; what axtary exports comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from cedarpy import Decision, is_authorized
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.golden_files import behaviours, compiled
from tests.laws import examples

from axtary.backends import cedar, native
from axtary.compiler import compile_text
from axtary.compiler.analysis.diff import Verdict, diff
from axtary.compiler.ir import Policy
from axtary.runtime.convert import Conversion, ConversionError, convert


def converted(text: str, *, partial: bool = False) -> Conversion:
    return convert([("policies.cedar", text.encode())], "cedar", partial)


def request(action: Mapping[str, Any]) -> dict[str, Any]:
    """The request for an action, for the attributes that the tests read."""
    payload = action.get("payload", {})
    records: dict[str, dict[str, Any]] = {"string": {}, "boolean": {}, "number": {}, "strings": {}}
    for name, value in payload.items():
        key = f"payload.{name}"
        if isinstance(value, bool):
            records["boolean"][key] = value
        elif isinstance(value, str):
            records["string"][key] = value
        elif isinstance(value, int):
            records["number"][key] = {"__extn": {"fn": "decimal", "arg": f"{value}.0"}}
        elif isinstance(value, list):
            records["strings"][key] = value
    agent, resource = action.get("actor", {}).get("agent", ""), action.get("resource", "")
    present = [f"payload.{name}" for name in payload]
    fields = {"tool": action["tool"], "resource": resource, "actor": agent, "tenant": "", "owner": "", "task": ""}
    return {
        "principal": {"type": "Agent", "id": agent},
        "action": {"type": "Action", "id": action["tool"]},
        "resource": {"type": "Resource", "id": resource},
        "context": records | fields | {"present": present},
    }


def cedar_decision(text: str, action: Mapping[str, Any]) -> str:
    answer = is_authorized(request(action), text, [])
    assert answer.decision is not Decision.NoDecision, answer.diagnostics.errors
    return "allow" if answer.decision is Decision.Allow else "deny"


def act(tool: str = "t", resource: str | None = None, agent: str | None = None, **payload: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"version": 1, "tool": tool, "payload": payload}
    found |= {"resource": resource} if resource is not None else {}
    return found | ({"actor": {"agent": agent}} if agent is not None else {})


S, B, N, L = (
    f'context.{record}["payload.{name}"]'
    for record, name in zip(("string", "boolean", "number", "strings"), "sbnl", strict=True)
)
HAS_S, HAS_B, HAS_N, HAS_L = (
    f'context.{record} has "payload.{name}"'
    for record, name in zip(("string", "boolean", "number", "strings"), "sbnl", strict=True)
)

EXAMPLE = f"""\
@id("small")
permit (principal == Agent::"bot", action in [Action::"pr", Action::"issue"], resource)
when {{ {HAS_S} && {S} == "main" && {HAS_N} && {N}.lessThan(decimal("10.0")) }};

// the rest
@id("never")
forbid (principal, action, resource == Resource::"prod")
unless {{ {HAS_B} && {B} }};
"""


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (act("pr", agent="bot", s="main", n=9), "allow"),
        (act("pr", agent="bot", s="main", n=10), "deny"),
        (act("pr", agent="bot2", s="main", n=9), "deny"),
        (act("mail", agent="bot", s="main", n=9), "deny"),
        (act("pr", "prod", agent="bot", s="main", n=9), "deny"),
        (act("pr", "prod", agent="bot", s="main", n=9, b=True), "allow"),
        (act("pr", "prod", agent="bot", s="main", n=9, b="true"), "deny"),
        (act("issue", agent="bot", s="main"), "deny"),
    ],
)
def test_an_action_is_decided_as_the_policies_say(action: dict[str, Any], expected: str) -> None:
    found = converted(EXAMPLE)
    assert not found.notes
    assert native.compile(found.compiled.policy).decide(action, {}).decision == expected
    assert cedar_decision(EXAMPLE, action) == expected


def test_rules_are_called_as_the_policies_are() -> None:
    found = converted(EXAMPLE)
    assert {name: str(place) for name, place in found.sources.items()} == {
        "small": "policies.cedar:1:1",
        "never": "policies.cedar:6:1",
    }
    described = {rule.id: rule.description for rule in found.compiled.policy.rules}
    assert described == {"small": "Cedar: permit small", "never": "Cedar: forbid never"}


def test_a_guard_holds_for_all_that_it_stands_before() -> None:
    text = f'permit (principal, action, resource) when {{ {HAS_S} && ({S} == "a" || ({HAS_B} && {B})) }};'
    engine = native.compile(converted(text).compiled.policy)
    for payload, expected in (({"b": True}, "deny"), ({"b": True, "s": "b"}, "allow"), ({"s": "a"}, "allow")):
        assert engine.decide(act(**payload), {}).decision == cedar_decision(text, act(**payload)) == expected


def test_a_forbid_that_lets_other_types_pass_is_kept_stricter_and_says_so() -> None:
    text = (
        f'permit (principal, action, resource); forbid (principal, action, resource) when {{ {HAS_S} && {S} == "x" }};'
    )
    found = converted(text)
    engine = native.compile(found.compiled.policy)
    assert [note.message for note in found.notes] == [
        "the policy `policy1` also denies where `payload.s` is there with a value of another type"
    ]
    for payload, expected in (({}, "allow"), ({"s": "x"}, "deny"), ({"s": "y"}, "allow")):
        action = act(**payload)
        assert engine.decide(action, {}).decision == cedar_decision(text, action) == expected
    assert engine.decide(act(s=5), {}).decision == "deny"


GRANT, DENY = "permit (principal, action, resource) ", "forbid (principal, action, resource) "


@pytest.mark.parametrize(
    ("policy", "code", "message"),
    [
        ('permit (principal in Team::"a", action, resource);', "AX1303", "who is in a group of the principal"),
        ('forbid (principal, action, resource in Org::"a");', "AX1304", "who is in a group of the resource"),
        ("forbid (principal is User, action, resource);", "AX1304", "who is in a group"),
        ('permit (principal == User::"a", action, resource);', "AX1303", "of the type `User`"),
        ('permit (principal, action == Action::"other tool", resource);', "AX1303", "stands for all tools"),
        ("permit (principal == ?principal, action, resource);", "AX1304", "a template"),
        (f'{DENY} when {{ {S} == "a" }};', "AX1304", "is read without `has`"),
        (f'{GRANT} when {{ {S} == "a" || {HAS_N} }};', "AX1303", "is read without `has`"),
        (f"{GRANT} when {{ !({HAS_S}) }};", "AX1303", "a grant for actions without `payload.s`"),
        (f'{GRANT} when {{ context.payload.base == "main" }};', "AX1303", "`context.payload` is no record"),
        (f"{GRANT} when {{ context.mfa }};", "AX1303", "`context.mfa` is no attribute"),
        (f"{GRANT} when {{ context has mfa }};", "AX1303", "is no record with a key"),
        (f'{GRANT} when {{ principal.name == "a" }};', "AX1303", "`principal.name` is no record"),
        (f'{GRANT} when {{ context.approved.contains("a") }};', "AX1303", "is worked out by the service"),
        (f'{GRANT} when {{ context.derived has "a" }};', "AX1303", "in report.json only"),
        (f'{GRANT} when {{ context.integer has "payload.n" }};', "AX1303", "declared under `tools`"),
        (f"{GRANT} when {{ if true then true else false }};", "AX1303", "`if-then-else`"),
        (f'{GRANT} when {{ {S} != "a" }};', "AX1303", "`!=` is not kept"),
        (f'{GRANT} when {{ {N}.lessThan(decimal("x")) }};', "AX1303", "no decimal"),
        (f"{GRANT} when {{ {S} == 5 }};", "AX1303", "no text"),
        (f'{GRANT} when {{ context.string has "payload.x == 1 or payload.y" }};', "AX1303", "is no path"),
        (f'{GRANT} when {{ context.string has "nothing.x" }};', "AX1306", "has an error"),
        (
            f'{GRANT} when {{ context.strings has "paths" }};',
            "AX1303",
            "requests have no `paths`",
        ),
        ("permit (principal, action, resource)", "AX1302", "does not end with `;`"),
        ("permit (principal, action);", "AX1302", "Cedar does not read"),
        ("// nothing\n", "AX1302", "no policy in it"),
    ],
)
def test_what_cannot_be_kept_is_refused(policy: str, code: str, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        converted(policy)
    (finding,) = caught.value.findings
    assert (finding.code, message in finding.message, bool(finding.help)) == (code, True, True), finding
    if code == "AX1303":
        assert not converted(policy, partial=True).compiled.policy.rules
    else:
        with pytest.raises(ConversionError):
            converted(policy, partial=True)


def test_nesting_never_meets_the_parser() -> None:
    chains = [
        "!" * 5000,
        "- " * 5000,
        "context" + ".a" * 50_000,
        'context["a"]' + '["a"]' * 50_000,
        "1" + " + 1" * 50_000,
    ]
    chains += ["true && " * count + "true" for count in (900, 50_000)] + ["if true then true else " * 50_000 + "true"]
    for text in ("(" * 100_000, *(f"{GRANT} when {{ {chain} }};" for chain in chains)):
        with pytest.raises(ConversionError):
            converted(text)


# --- what axtary exports --------------------------------------------------------------------------------------------


def back(policy: Policy) -> Policy:
    """The policy through Cedar and back."""
    return converted(cedar.export(policy)["policy.cedar"]).compiled.policy


@pytest.mark.parametrize(
    "rules",
    [
        "- {id: a, effect: allow, match: {tool: x, resource: 'a/*'}, when: 'payload.s == \"m\" and payload.n <= 2'}",
        "- {id: a, effect: allow, match: {tool: [x, y], actor: 'agent:*'}, when: 'not payload.s in [\"a\", \"b\"]'}",
        "- {id: a, effect: deny, match: {tool: 'x.*'}, when: 'payload.s like \"a*\" or not payload.b == true'}\n"
        "- {id: b, effect: allow, match: {tool: '*'}, when: 'has payload.s and (payload.b == true or payload.n > 1)'}",
        '- {id: a, effect: deny, match: {tool: x}, when: \'any payload.l in ["a", "b"] or count(payload.l) == 0\'}\n'
        "- {id: b, effect: allow, match: {tool: x, tenant: t, task: 'A-*'}, when: 'all payload.l in [\"c\", \"d\"]'}",
        "- {id: a, effect: deny, match: {tool: t, resource: '**/x'}, when: 'not (payload.n == 1 and has payload.z)'}\n"
        "- {id: b, effect: allow, match: {tool: x, owner: ['b', 'a\\*b']}}",
    ],
)
def test_an_exported_policy_comes_back(rules: str) -> None:
    indented = "".join(f"  {line}\n" for line in rules.splitlines())
    old = compile_text(f"version: 1\npolicies:\n{indented}")
    assert diff(old, back(old)).verdict is Verdict.EQUIVALENT


def test_what_comes_back_of_the_corpus_is_equivalent() -> None:
    """For every policy p of the corpus: convert(export(p)) is refused, or decides as p on every action."""
    came = 0
    for name in behaviours():
        old = compiled(name).policy
        try:
            new = back(old)
        except ConversionError:
            continue
        came += 1
        found = diff(old, new)  # a ttl or a budget binds who executes, and is nothing that Cedar knows
        assert all(change.old == change.new for change in found.changes) and not found.undecided, name
    assert came >= 10


# --- random policies ------------------------------------------------------------------------------------------------

ATOMS = [
    *(f'{S} == "{value}"' for value in "ab"),
    f'{S} like "a*"',
    f'["a", "c"].contains({S})',
    B,
    f"{B} == false",
    f'{N}.lessThanOrEqual(decimal("1.0"))',
    f'{N} == decimal("2.0")',
    f'{L}.contains("a")',
    f'{L}.containsAny(["a", "b"])',
    f'["a", "b"].containsAll({L})',
    f"{L}.isEmpty()",
    'context.present.contains("payload.s")',
    'context.tool like "t*"',
    'context.resource == "r"',
    'context.resource like "*"',
    'context.actor like "a*"',
    "true",
    HAS_S,
    HAS_N,
]
GUARD = {S: HAS_S, B: HAS_B, N: HAS_N, L: HAS_L}


def guarded(atom: str) -> str:
    reads = [has for read, has in GUARD.items() if read in atom]
    return f"({' && '.join([*reads, atom])})"


LEAVES = st.sampled_from(ATOMS).flatmap(
    lambda atom: st.sampled_from([guarded(atom), guarded(atom), atom, f"!{guarded(atom)}"])
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
    ),
    max_leaves=4,
)
POLICIES = st.builds(
    "{} ({}, {}, {}) {} {{ {} }};".format,
    st.sampled_from(["permit", "permit", "forbid"]),
    st.sampled_from(["principal", 'principal == Agent::"a"']),
    st.sampled_from(["action", 'action == Action::"t"', 'action in [Action::"t", Action::"u"]']),
    st.sampled_from(["resource", 'resource == Resource::"r"']),
    st.sampled_from(["when", "unless"]),
    EXPRESSIONS,
)
ACTIONS = st.builds(
    lambda tool, resource, agent, payload: act(tool, resource, agent, **payload),
    st.sampled_from(["t", "u", "x"]),
    st.sampled_from([None, "", "r"]),
    st.sampled_from([None, "a"]),
    st.fixed_dictionaries(
        {},
        optional={
            "s": st.sampled_from(["a", "b", "ac", 1, None]),
            "b": st.sampled_from([True, False, "true"]),
            "n": st.sampled_from([1, 2, "1"]),
            "l": st.sampled_from([[], ["a"], ["b", "c"], "a"]),
        },
    ),
)


@settings(max_examples=examples(150), deadline=None, derandomize=True)
@given(st.lists(POLICIES, min_size=1, max_size=2), st.lists(ACTIONS, min_size=10, max_size=20))
def test_converted_policies_decide_as_cedar(policies: list[str], actions: list[dict[str, Any]]) -> None:
    """axtary(convert(p), a) = cedar(p, request(a)) for every p that is kept without a note; else never weaker."""
    text = "\n".join(policies)
    try:
        found = converted(text)
    except ConversionError:
        return
    engine = native.compile(found.compiled.policy)
    for action in actions:
        ours, theirs = engine.decide(action, {}).decision, cedar_decision(text, action)
        assert ours == theirs or (ours == "deny" and found.notes), (action, ours, theirs)


def test_many_of_the_random_policies_are_kept() -> None:
    kept = []

    @settings(max_examples=examples(60), deadline=None, derandomize=True, database=None)
    @given(POLICIES)
    def count(policy: str) -> None:
        try:
            kept.append(bool(converted(policy).notes))
        except ConversionError:
            return

    count()
    assert len(kept) > examples(60) // 3 and False in kept
