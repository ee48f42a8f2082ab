"""Limits of hosted Cedar services: each is found just where it begins, and none without a public page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.backends.test_cedar_export import POLICY

from axtary.backends.cedar.limits import LIMITS, Service, check
from axtary.backends.cedar.package import NAMESPACE, Package, package
from axtary.backends.cedar.text import statement
from axtary.compiler.ir import Attribute, Effect, Field, Match, OneOf, Pattern, Policy, Rule, Type

DOCS = Path(__file__).parents[2] / "docs"


def _found(made: Package, namespace: str = NAMESPACE) -> set[tuple[str, str, str]]:
    return {(finding.limit.service, finding.limit.name, finding.rule) for finding in check(made, namespace)}


def _rule(name: str, tool: str = "t", text: str = "x") -> Rule:
    when = OneOf(Attribute("payload", ("a",), Type.STRING), (text,))
    return Rule(name, Effect.ALLOW, (Match(Field.TOOL, (Pattern((tool,)),)),), when)


def _of_size(size: int, name: str = "r") -> Rule:
    """A rule whose one policy has just so many bytes."""
    (made,) = (len(statement(each).encode()) for _, each in package(Policy((_rule(name, text=""),))).statements)
    return _rule(name, text="x" * (size - made))


@pytest.mark.parametrize("service", Service)
def test_a_policy_has_at_most_10_000_bytes(service: Service) -> None:
    fits, over = (package(Policy((_of_size(size),))) for size in (10_000, 10_001))
    assert len(statement(fits.statements[0][1]).encode()) == 10_000
    assert (service, "policy-size", "r") not in _found(fits)
    assert (service, "policy-size", "r") in _found(over)


def test_a_size_is_in_bytes() -> None:
    assert ("avp", "policy-size", "r") in _found(package(Policy((_rule("r", text="é" * 5_000),))))


@pytest.mark.parametrize("service", Service)
def test_all_policies_have_at_most_200_000_bytes(service: Service) -> None:
    rules = [_of_size(8_000, f"r{n:02}") for n in range(25)]
    fits = package(Policy(tuple(rules)))
    over = package(Policy((*rules[:-1], _of_size(8_001, "r24"))))
    assert (service, "policies-size", "") not in _found(fits)
    assert (service, "policies-size", "") in _found(over)


def test_an_engine_has_at_most_1_000_policies() -> None:
    made = package(Policy((_rule("r"),)))
    for count, expected in ((1_000, False), (1_001, True)):
        many = dataclasses.replace(made, statements=made.statements * count)
        assert (("agentcore", "policies", "") in _found(many)) == expected


@pytest.mark.parametrize(
    ("name", "file", "most"),
    [("schema-size", "schema.cedarschema.json", 100_000), ("request-size", "request.json", 1_000_000)],
)
def test_a_schema_and_a_request_have_a_size(name: str, file: str, most: int) -> None:
    made = package(POLICY)
    for size, expected in ((most, False), (most + 1, True)):
        sized = dataclasses.replace(made, files={**made.files, file: "x" * size})
        assert (("avp", name, "") in _found(sized)) == expected


def test_the_id_of_an_action_has_at_most_512_characters() -> None:
    made = package(Policy((_rule("fits", "é" * 512), _rule("long", "é" * 513))))
    assert {rule for _, name, rule in _found(made) if name == "action-id"} == {"long"}


@pytest.mark.parametrize("name", ["aws", "Amazon", "CEDAR"])
def test_some_namespaces_are_taken(name: str) -> None:
    assert ("avp", "namespace", "") in _found(package(POLICY, name), name)
    assert ("avp", "namespace", "") not in _found(package(POLICY))


def test_what_a_gateway_does_not_have_is_told_rule_by_rule() -> None:
    found = {(name, rule) for service, name, rule in _found(package(POLICY)) if service == "agentcore"}
    assert found == {("resource", ""), ("entity-types", "files"), ("context", "files"), ("context", "held")}
    messages = [each.message for each in check(package(POLICY), NAMESPACE) if each.limit.name == "context"]
    assert messages == [
        "its policies read `context.decimal`, `context.derived`, `context.present`, `context.usage`; "
        "a gateway has `context.input` only",
        "its policies read `context.approved`, `context.tool`; a gateway has `context.input` only",
    ]


def test_a_rule_that_reads_nothing_breaks_less() -> None:
    every = Rule("r", Effect.ALLOW, (Match(Field.TOOL, (Pattern(("t",)),)),))
    assert {(name, rule) for _, name, rule in _found(package(Policy((every,))))} == {
        ("resource", ""),
        ("entity-types", "r"),
    }


def test_a_policy_that_fits_everywhere_but_for_its_types_has_no_finding_for_avp() -> None:
    assert {service for service, _, _ in _found(package(POLICY))} == {"agentcore"}
    assert check(package(Policy(())), NAMESPACE) == []


def test_findings_are_in_order_and_once_each() -> None:
    made = package(Policy(tuple(_of_size(10_001, f"r{n}") for n in (2, 1, 3))))
    found = check(dataclasses.replace(made, statements=made.statements * 2), NAMESPACE)
    order = [(LIMITS.index(finding.limit), finding.rule) for finding in found]
    assert order == sorted(set(order))


def test_every_limit_has_its_page_in_the_docs() -> None:
    text = (DOCS / "cedar.md").read_text()
    for limit in LIMITS:
        assert f"`{limit.name}`" in text and limit.source in text, limit
        assert limit.source.startswith("https://docs.aws.amazon.com/")
        if limit.most is not None:
            assert f"{limit.most:,}" in text
