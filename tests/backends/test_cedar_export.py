"""The exported files: complete, valid, and honest about what Cedar does not work out itself."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import cedarpy

from axtary.backends.cedar import export
from axtary.compiler.ir import (
    And,
    Approvers,
    Attribute,
    BlockedPaths,
    Compare,
    CompareAttributes,
    Count,
    Effect,
    Field,
    Has,
    Hours,
    Like,
    Match,
    Number,
    Pattern,
    Policy,
    Quantified,
    Rate,
    Rule,
    Span,
    Type,
    Wildcard,
    Window,
)

SEGMENTS, STAR, ANY = Wildcard.SEGMENTS, Wildcard.STAR, Wildcard.ANY


def _line(line: int) -> Span:
    return Span("axtary.yml", line, 5, line, 20)


FLOATING = Pattern((SEGMENTS, ".env", STAR), text=".env*")
AMOUNT, MOST = Attribute("payload", ("amount",), Type.DECIMAL), Attribute("payload", ("most",), Type.INTEGER)
PATHS = Attribute("paths", (), Type.PATHS)
WHEN = And(
    (
        Has("payload", ("amount",)),
        Compare(AMOUNT, "<", Number(15_000)),
        CompareAttributes(AMOUNT, "<=", MOST, _line(6)),
        Quantified(PATHS, "all", patterns=(FLOATING,), span=_line(7)),
        Count(PATHS, "<=", 3, _line(8)),
        Like(Attribute("payload", ("odd key",), Type.PATH), (FLOATING,), _line(9)),
    )
)
POLICY = Policy(
    (
        Rule(
            "files",
            Effect.ALLOW,
            (
                Match(Field.TOOL, (Pattern(("fs.read",)),)),
                Match(Field.RESOURCE, (FLOATING,), _line(4)),
            ),
            WHEN,
            (
                BlockedPaths((FLOATING,), _line(11)),
                Hours((Window((0, 6), 8 * 60, 1440, "Europe/Berlin"),), _line(12)),
                Rate(3, 60, "actor"),
            ),
            span=_line(3),
        ),
        Rule("held", Effect.STEP_UP, (Match(Field.TOOL, (Pattern(("fs.", ANY)),)),), approvers=Approvers(("lead",), 2)),
    )
)


def test_the_files_go_together() -> None:
    files = export(POLICY)
    assert sorted(files) == ["policy.cedar", "policy.cedar.json", "report.json", "schema.cedarschema"]
    assert cedarpy.validate_policies(files["policy.cedar"], files["schema.cedarschema"]).errors == []
    parsed = json.loads(cedarpy.policies_to_json_str(files["policy.cedar"]))["staticPolicies"]
    assert list(json.loads(files["policy.cedar.json"])["staticPolicies"].values()) == list(parsed.values())


def test_a_policy_says_which_rule_it_is() -> None:
    policies = json.loads(export(POLICY)["policy.cedar.json"])["staticPolicies"]
    assert {key: value["effect"] for key, value in policies.items()} == {
        "files/granted": "permit",
        "held/granted": "permit",
        "held/approval_required": "forbid",
        "files/blocked_paths": "forbid",
        "files/hours": "forbid",
        "files/rate": "forbid",
    }
    assert policies["files/hours"]["annotations"] == {
        "id": "files/hours",
        "rule": "files",
        "reason": "hours",
        "source": "axtary.yml:3",
    }


def test_the_report_names_each_hoisted_boolean() -> None:
    report = json.loads(export(POLICY)["report.json"])
    found = [(item["name"], item["meaning"], item["source"]) for item in report["derived"]]
    assert found == [
        ("files:blocked_paths", 'paths are canonical and none matches any of [".env*"]', "axtary.yml:11"),
        ("files:hours", "time lies in any of Mon,Sun 08:00-24:00 Europe/Berlin", "axtary.yml:12"),
        ("files:match.resource", 'resource matches any of [".env*"]', "axtary.yml:4"),
        ("files:when.3", "payload.amount <= payload.most", "axtary.yml:6"),
        ("files:when.4", 'all paths matches any of [".env*"]', "axtary.yml:7"),
        ("files:when.5", "count(paths) <= 3", "axtary.yml:8"),
        ("files:when.6", 'payload["odd key"] matches any of [".env*"]', "axtary.yml:9"),
    ]
    assert all(item["test"]["node"] for item in report["derived"])


def test_the_report_maps_an_action_to_a_request() -> None:
    report = json.loads(export(POLICY)["report.json"])
    assert report["policy_version"] == POLICY.policy_version
    assert report["tzdata"]
    assert report["request"]["named_tools"] == ["fs.read"]
    assert report["request"]["other"] == "other tool"
    context = report["context"]
    assert context["attributes"] == [
        {"record": "decimal", "key": "payload.amount", "path": ["payload", "amount"], "cedar_type": "decimal"}
    ]
    assert set(context["reading"]) == {"decimal"}
    assert context["present"] == {"payload.amount": ["payload", "amount"]}
    assert context["usage"] == ["files"]
    assert context["approved"] == {"held": {"roles": ["lead"], "quorum": 2}}


def test_an_export_needs_no_engine() -> None:
    script = """
        import sys
        sys.modules["cedarpy"] = None
        from axtary.backends.cedar import compile, export
        from axtary.backends.verdict import EngineMissing
        from axtary.compiler.ir import Effect, Field, Match, Pattern, Policy, Rule
        policy = Policy((Rule("r", Effect.ALLOW, (Match(Field.TOOL, (Pattern(("t",)),)),)),))
        assert "permit" in export(policy)["policy.cedar"]
        try:
            compile(policy)
        except EngineMissing as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    assert "pip install cedarpy" in done.stdout
