"""`approvers:` in a policy, or in a file of its own: what is read from it, and that it decides nothing."""

from __future__ import annotations

import pytest

from axtary.compiler import CompileError, compile_policy
from axtary.compiler.approvers import Approver, ApproverList, approvers_of_file, folded
from axtary.passes.keys import PrivateKey, generate

KEYS = {name: generate(algorithm) for name, algorithm in (("es", "ES256"), ("ed", "Ed25519"), ("service", "ES256"))}
RULES = "version: 1\npolicies:\n  - {id: deploys, effect: step_up, match: {tool: deploy.start}}\n"


def jwk(key: PrivateKey, **more: str) -> str:
    members = {**key.public.jwk, **more}
    return "{" + ", ".join(f'{name}: "{value}"' for name, value in members.items()) + "}"


def read(text: str, **files: str) -> ApproverList:
    return compile_policy("axtary.yml", (RULES + text).encode(), lambda name: files[name].encode()).approvers


def plain(found: ApproverList) -> list[Approver]:
    return [Approver(each.id, each.roles, each.key, each.may_approve_own) for each in found.people]


def codes(text: str, **files: str) -> list[str]:
    with pytest.raises(CompileError) as caught:
        read(text, **files)
    return [each.code for each in caught.value.diagnostics]


@pytest.mark.parametrize("name", ["es", "ed"])
def test_a_key_is_its_thumbprint_however_it_is_written(name: str) -> None:
    key = KEYS[name]
    written = [f"key: {key.kid}", f"jwk: {jwk(key)}", f"jwk: {jwk(key, kid=key.kid, alg=key.algorithm, use='sig')}"]
    for each in written:
        found = read(f'approvers:\n  - {{id: "user:ana", roles: [a, b, a], {each}}}\n')
        assert plain(found) == [Approver("user:ana", ("a", "b"), key.kid)]
    assert codes(f'approvers:\n  - {{id: "user:ana", roles: [a], jwk: {jwk(key, kid="A" * 43)}}}\n') == ["AX0211"]


def test_a_policy_without_approvers_has_none() -> None:
    assert read("") == ApproverList()
    assert ApproverList().audience == "axtary"


def test_a_service_signs_for_people_without_keys() -> None:
    found = read(
        f'approvers:\n  audience: prod\n  service: {{id: "service:ok", key: {KEYS["service"].kid}}}\n'
        '  people:\n    - {id: "user:ana", roles: a, may_approve_own: true}\n'
    )
    assert plain(found) == [Approver("user:ana", ("a",), None, True)]
    assert (found.audience, found.service and (found.service.id, found.service.key)) == (
        "prod",
        ("service:ok", KEYS["service"].kid),
    )


def test_a_file_of_its_own_says_the_same() -> None:
    inner = f'approvers:\n  - {{id: "user:ana", roles: [a], key: {KEYS["es"].kid}}}\n'
    files = {"people.yml": f"version: 1\n{inner}"}
    assert plain(read("approvers: {file: people.yml}\n", **files)) == plain(read(inner))
    assert plain(approvers_of_file("people.yml", files["people.yml"].encode())) == plain(read(inner))


def test_a_file_of_approvers_names_no_other_and_stays_in_the_folder() -> None:
    assert codes("approvers: {file: a.yml}\n", **{"a.yml": "version: 1\napprovers: {file: b.yml}\n"}) == [
        "AX0202",  # no people
        "AX0201",  # file
    ]
    assert codes("approvers: {file: ../a.yml}\n") == ["AX0207"]
    assert codes("approvers: {file: /a.yml}\n") == ["AX0207"]
    assert codes("approvers: {file: a.yml}\n", **{"a.yml": "version: 1\npolicies: []\n"}) == ["AX0202", "AX0201"]
    assert codes("approvers: {file: a.yml}\n", **{"a.yml": "approvers: [\n"}) == ["AX0104"]


def test_approvers_are_no_part_of_the_version() -> None:
    before = compile_policy("axtary.yml", RULES.encode()).policy
    text = RULES + f'approvers:\n  - {{id: "user:ana", roles: [a], key: {KEYS["es"].kid}}}\n'
    assert compile_policy("axtary.yml", text.encode()).policy == before


def test_one_key_is_found_twice_also_if_it_is_written_in_two_ways() -> None:
    key = KEYS["es"]
    first = f'{{id: "user:ana", roles: [a], key: {key.kid}}}'
    second = f'{{id: "user:ben", roles: [a], jwk: {jwk(key)}}}'
    assert codes(f"approvers: [{first}, {second}]\n") == ["AX0211"]
    service = f'{{id: "service:ok", key: {key.kid}}}'
    assert codes(f"approvers: {{service: {service}, people: [{first}]}}\n") == ["AX0211"]
    named = f'{{id: "user:ana", key: {KEYS["ed"].kid}}}'
    assert codes(f"approvers: {{service: {named}, people: [{first}]}}\n") == ["AX0206"]


@pytest.mark.parametrize("id", ["", " ", " user:ana", "user:a\\u200bna", "a" * 1025])
def test_an_id_that_is_no_name(id: str) -> None:
    assert codes(f'approvers:\n  - {{id: "{id}", roles: [a], key: {KEYS["es"].kid}}}\n') == ["AX0211"]


@pytest.mark.parametrize(
    "wrong",
    [
        "roles: [a]",
        'id: "user:ana"',
        'id: "user:ana", roles: []',
        'id: "user:ana", roles: [a], may_approve_own: perhaps',
        'id: "user:ana", roles: [a], quorum: 2',
    ],
)
def test_a_file_of_approvers_is_as_strict(wrong: str) -> None:
    with pytest.raises(CompileError):
        approvers_of_file("a.yml", f"version: 1\napprovers: [{{{wrong}, key: {KEYS['es'].kid}}}]\n".encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"version: 1\n", b"version: 2\napprovers: []\n", b"[]", b"a: " * 9])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(CompileError):
        approvers_of_file("a.yml", data)


def test_spellings_of_one_name() -> None:
    assert folded("User:ANA\u200b ") == folded("user:ana")
    assert folded("user:ana") != folded("user:anna")


def test_rules_that_too_few_can_approve_are_told_where_they_can_be_mended() -> None:
    """At the rule; of a preset, which nobody edits, at the approvers."""
    people = f'approvers:\n  - {{id: "user:ana", roles: [lead], key: {KEYS["es"].kid}}}\n'

    def found(text: str) -> list[tuple[str, int]]:
        warnings = compile_policy("axtary.yml", text.encode()).warnings
        return [(each.span.file, each.span.line) for each in warnings if each.code == "AX0733"]

    def asking(approvers: str) -> str:
        return RULES.replace("deploy.start}", f"deploy.start}}, obligations: {{approvers: {approvers}}}")

    assert found(RULES + people) == []  # any approver
    assert found(asking("[lead, other]") + people) == []
    assert found(asking("[other]") + people) == [("axtary.yml", 3)]
    assert found(asking("{roles: [lead], quorum: 2}") + people) == [("axtary.yml", 3)]
    assert found(asking("[other]")) == []  # no approvers: they come from elsewhere
    assert set(found(f"version: 1\npreset: coding-agent\n{people}")) == {("axtary.yml", 4)}
