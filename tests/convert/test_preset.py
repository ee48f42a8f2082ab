"""Preset keys, written out as rules: an equivalent policy, and all else of the file as it was."""

from __future__ import annotations

import pytest

from axtary.compiler import compile_text
from axtary.compiler.analysis.diff import Verdict, diff
from axtary.runtime.convert import Conversion, ConversionError, convert

KEYS = """\
policy:
  github:
    pullRequests:
      requiredBaseBranch: main
      maxFilesChanged: 12   # small
      denyPathPrefixes: ["infra/prod/", "a*{b}"]
      stepUpPathPrefixes:
        - db/
      requiresTests: true
  slack: {messages: {allowedChannels: ["#agents",
    "#bots"]}}
"""
SHORT = "policy: {slack: {messages: {allowedChannels: [a]}}}\n"
RULES = """\
policies:
  # the first
  - id: mine  # of mine
    effect: deny
    match: {tool: fs.read}
    when: >-
      payload.a ==
        "b"
"""
TOOLS = "tools: {fs.read: {payload: {a: string}}}\n"


def expanded(text: str) -> Conversion:
    return convert([("axtary.yml", text.encode())])


@pytest.mark.parametrize(
    "parts",
    [
        (KEYS,),
        (SHORT,),
        (SHORT, RULES),
        (KEYS, RULES),
        (RULES, KEYS),
        (TOOLS, KEYS, RULES),
        (RULES, TOOLS, KEYS),
        (KEYS.rstrip("\n"),),
    ],
)
def test_the_rules_decide_as_the_keys(parts: tuple[str, ...]) -> None:
    text = "# head\nversion: 1\n" + "".join(parts)
    found = expanded(text)
    assert found.format == "axtary-preset" and found.text.startswith("# head\nversion: 1\n")
    assert "policy:" not in found.text and found.compiled.sources["axtary.yml"] == found.text
    old, new = compile_text(text), found.compiled.policy
    assert diff(old, new).verdict is Verdict.EQUIVALENT
    assert {rule.id for rule in old.rules} == {rule.id for rule in new.rules}
    assert {rule.description for rule in old.rules} == {rule.description for rule in new.rules}
    assert ("# the first\n  - id: mine  # of mine" in found.text) == (RULES in parts)


def test_a_rule_comes_from_its_key() -> None:
    found = expanded(f"version: 1\n{KEYS}")
    assert {name: str(place) for name, place in found.sources.items()} == {
        "github-pull-requests": "axtary.yml:5:7",
        "github-pull-requests-deny-paths": "axtary.yml:7:7",
        "github-pull-requests-step-up-paths": "axtary.yml:8:7",
        "github-pull-requests-requires-tests": "axtary.yml:10:7",
        "slack-messages": "axtary.yml:11:22",
    }
    assert [note.message for note in found.notes] == ["both policies decide alike on every action: this is proved"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("version: 1\npolicies: []\n", "AX1302"),
        ("{version: 1, policy: {slack: {messages: {allowedChannels: [a]}}}}\n", "AX1302"),
        (f"version: 1\n{KEYS}policies: [{{id: a, effect: allow, match: {{tool: x}}}}]\n", "AX1302"),
        (f"version: 1\n{KEYS}policies:\n- {{id: slack-messages, effect: allow, match: {{tool: x}}}}\n", "AX0206"),
        ("version: 1\npolicy: {github: {}}\n  x\n", "AX0104"),
    ],
)
def test_what_is_no_file_with_keys_is_refused(text: str, code: str) -> None:
    with pytest.raises(ConversionError) as caught:
        convert([("axtary.yml", text.encode())], "axtary-preset")
    assert [found.code for found in caught.value.findings] == [code]


def test_one_file_at_a_time() -> None:
    with pytest.raises(ConversionError, match="one file at a time"):
        convert([(name, f"version: 1\n{KEYS}".encode()) for name in ("a.yml", "b.yml")])
