"""`policy test --mutate`: what is said of a mutant is so."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests import generate as policies
from tests import reference

from axtary.compiler import compile_text
from axtary.compiler.analysis.diff import diff, some_changes
from axtary.compiler.analysis.mutation import Mutant, mutants
from axtary.compiler.analysis.space import Limits
from axtary.compiler.testfiles import suite_text
from axtary.runtime.testing.files import Ready, read_cases
from axtary.runtime.testing.generate import missing_cases
from axtary.runtime.testing.mutation import Mutation, MutationReport, Tried
from axtary.runtime.testing.naming import distinct
from axtary.runtime.testing.run import Outcome, differences

SEEDS = st.sampled_from(range(13))
LAW = settings(max_examples=4, derandomize=True, deadline=None)

POLICY = """\
version: 1
policies:
  - id: small
    effect: allow
    match: {tool: pr.create, resource: "repo:acme/*", actor: ["agent:a", "agent:b-*"]}
    when: payload.base != "main" and (payload.n <= 12 or any paths matches ["src/**", ".env*"]) and has payload.x
    obligations: {rate: 20 per 1h per actor, hours: Mon-Fri 08:00-19:00 UTC, ttl: 5m, blocked_paths: [infra/]}
  - id: prod
    effect: step_up
    match: {tool: "pr.*"}
    obligations: {approvers: {roles: [lead, boss], quorum: 2}, budget: {limit: "5.5", unit: USD, per: task, window: 1d}}
"""


def _told(rule: str) -> list[tuple[str, str]]:
    return [(each.kind, each.what) for each in mutants(compile_text(POLICY)) if each.rule.id == rule]


def test_each_part_of_a_rule_is_changed() -> None:
    told = _told("small")
    expected = [
        ("rule", "the rule is dropped"),
        ("effect", "`effect: allow` becomes `effect: deny`"),
        ("pattern", '`tool: "pr.create"` becomes `tool: "pr.*"`'),
        ("match", '`resource: "repo:acme/*"` is dropped'),
        ("pattern", '`resource: "repo:acme/*"` becomes `resource: "repo:acme/**"`'),
        ("literal", '`actor: "agent:a"` is dropped'),
        ("condition", '`payload.base != "main"` is dropped'),
        ("condition", '`payload.base != "main"` becomes `payload.base == "main"`'),
        ("comparison", "`payload.n <= 12` becomes `payload.n < 12`"),
        ("boundary", "`payload.n <= 12` becomes `payload.n <= 11`"),
        ("boundary", "`payload.n <= 12` becomes `payload.n <= 13`"),
        ("literal", '`any paths matches ["src/**", ".env*"]` becomes `any paths matches ".env*"`'),
        ("pattern", '`any paths matches ["src/**", ".env*"]` becomes `any paths matches ["src/*", ".env*"]`'),
        ("condition", "`has payload.x` becomes `not has payload.x`"),
        ("obligation", "`rate: 20 per 1h per actor` becomes `rate: 21 per 1h per actor`"),
        ("obligation", "`rate: 20 per 1h per actor` becomes `rate: 20 per 30m per actor`"),
        ("obligation", "`hours: Mon-Fri 08:00-19:00 UTC` becomes `hours: Mon-Fri 08:00-19:01 UTC`"),
        ("obligation", '`blocked_paths: "infra/"` is dropped'),
        ("ttl", "`ttl: 5m` becomes `ttl: 10m`"),
    ]
    assert [each for each in expected if each not in told] == []
    joined = [what for _, what in told if " or any paths" in what and "becomes `payload.n <= 12 and any paths" in what]
    assert len(joined) == 1
    told = _told("prod")
    expected = [
        ("effect", "`effect: step_up` becomes `effect: allow`"),
        ("pattern", '`tool: "pr.*"` becomes `tool: "*"`'),
        ("pattern", '`tool: "pr.*"` becomes `tool: "pr.*.*"`'),
        ("obligation", "`budget: 1 of 5.5 USD per 1d per task` becomes `budget: 1 of 5.6 USD per 1d per task`"),
        ("approvers", "`approvers: lead, boss, quorum 2` becomes `approvers: lead, boss`"),
        ("approvers", "`approvers: lead, boss, quorum 2` becomes `approvers: boss, quorum 2`"),
        ("approvers", "`approvers: lead, boss, quorum 2` becomes `approvers: any, quorum 2`"),
    ]
    assert [each for each in expected if each not in told] == []


def test_a_mutant_stands_where_its_part_stands() -> None:
    lines = POLICY.splitlines()
    for each in mutants(compile_text(POLICY)):
        if each.kind in ("comparison", "boundary") and each.before.startswith("payload.n"):
            assert lines[each.span.line - 1][each.span.column - 1 :].startswith("payload.n <= 12")


def test_no_mutant_is_the_rule_itself_or_another_mutant() -> None:
    for seed in range(30):
        policy = policies.compile_draft(policies.draft(seed))
        forms = [(each.rule.id, each.changed) for each in mutants(policy)]
        assert len(forms) == len(set(forms))
        assert all(each.changed != each.rule for each in mutants(policy))


def _fails(mutant: Mutant, seed_policy: object, ready: Ready) -> bool:
    verdict = reference.decide(mutant.of(seed_policy), ready.action, ready.facts)  # type: ignore[arg-type]
    return bool(differences(ready.case.expected, Outcome("reference", verdict)))


@LAW
@given(SEEDS)
def test_what_is_said_of_mutants_is_so(seed: int) -> None:
    """Laws: the case that kills a mutant fails on it; a case that is offered passes on the policy and fails on the
    mutant; an equivalent mutant decides random actions alike, with the same obligations where it permits. All by the
    reference. An undecided one has a reason."""
    policy = policies.compile_draft(policies.draft(seed))
    known = list(distinct(missing_cases(policy, []).cases))[::2]
    ready = read_cases("it.test.yml", suite_text(known), policy) if known else []
    report = Mutation(policy, ready).run()
    rng = Random(seed)
    for each in report.tried:
        if each.state == "killed":
            assert each.by is not None and _fails(each.mutant, policy, each.by), each
        elif each.state == "survived":
            assert each.offer is not None
            (offered,) = read_cases("it.test.yml", suite_text([each.offer]), policy)
            verdict = reference.decide(policy, offered.action, offered.facts)
            assert not differences(offered.case.expected, Outcome("reference", verdict)), each
            assert _fails(each.mutant, policy, offered), each
            assert not any(_fails(each.mutant, policy, case) for case in ready), each
        elif each.state == "equivalent":
            changed = each.mutant.of(policy)
            for action, facts in policies.cases(rng, policy, 20):
                one, other = (reference.decide(p, action, facts) for p in (policy, changed))
                assert one.decision == other.decision, (each.mutant.what, action, facts)
                if one.decision != "deny":
                    kept = ("ttl_seconds", "rates", "budgets")
                    assert all(one.obligations.get(key) == other.obligations.get(key) for key in kept), each.mutant
        else:
            assert each.state == "undecided" and each.why


def _report(*states: str) -> MutationReport:
    mutant = next(iter(mutants(compile_text(POLICY))))
    return MutationReport(tuple(Tried(mutant, state) for state in states))  # type: ignore[arg-type]


def test_the_score_leaves_equivalent_mutants_out_and_undecided_ones_in() -> None:
    report = _report("killed", "killed", "survived", "equivalent", "undecided")
    assert (report.killed, report.counted, report.percent) == (2, 4, 50.0)
    assert report.reaches(50) and not report.reaches(50.1)
    assert _report("killed", "killed", "survived").percent == 66.6
    assert _report("equivalent").percent == 100.0


def test_a_rule_that_says_nothing_new_is_equivalent_and_a_ttl_is_told_apart() -> None:
    policy = compile_text(
        "version: 1\npolicies:\n"
        "  - {id: all, effect: allow, match: {tool: '*'}, obligations: {ttl: 5m}}\n"
        "  - {id: some, effect: allow, match: {tool: fs.read}}\n"
    )
    states = {(each.mutant.rule.id, each.mutant.what): each for each in Mutation(policy, []).run().tried}
    assert states["some", "the rule is dropped"].state == "equivalent"
    longer = states["all", "`ttl: 5m` becomes `ttl: 10m`"]
    assert longer.offer is not None and longer.offer.expect["obligations"] == {"ttl_seconds": 300}


def test_two_runs_say_the_same() -> None:
    policy = compile_text(POLICY[: POLICY.index("  - id: prod")])
    once, again = (Mutation(policy, []).run().to_json() for _ in range(2))
    assert once == again and once["undecided"] == 0


def test_after_the_last_step_mutants_are_undecided() -> None:
    """A limit of work, never of time: the mutants before it are as they always are, the others have the reason."""
    policy = compile_text(POLICY[: POLICY.index("  - id: prod")])
    whole, cut = Mutation(policy, []).run(), Mutation(policy, [], steps=2_000).run()
    why = "the mutants before it took all the steps that there are"
    left = [each.why == why for each in cut.tried]
    assert True in left[1:] and False in left and left == sorted(left)
    assert cut.tried[: left.index(True)] == whole.tried[: left.index(True)]
    assert {each.state for each in cut.tried[left.index(True) :]} == {"undecided"}


def test_some_changes_are_found_where_there_are_any() -> None:
    """Of all changes, those for the first class of tools that has one; none if there are none."""
    policy = compile_text(POLICY)
    for each in list(mutants(policy))[::4]:
        every = diff(policy, each.of(policy))
        some = some_changes(policy, each.of(policy), Limits())
        assert bool(some.changes) == bool(every.changes) and not some.undecided, each.what
        assert len(some.changes) <= len(every.changes) and (some.work > 0 or not every.changes)
