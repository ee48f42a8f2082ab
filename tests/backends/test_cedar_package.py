"""The files for a team with Cedar alone: valid, two forms of one thing, and complete in what they say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import cedarpy
import pytest
from tests import golden_files
from tests.backends.cedar_random import ZONES, Maker
from tests.backends.test_cedar_export import POLICY

from axtary.backends.cedar import zonetables
from axtary.backends.cedar.local_time import zone_bytes, zone_info
from axtary.backends.cedar.package import HELPERS, NAMESPACE, is_namespace, package
from axtary.backends.cedar.zonetables import FIRST, LAST, zone_table
from axtary.backends.verdict import EngineError
from axtary.compiler.ir import Effect, Field, Hours, Match, Pattern, Policy, Rule, Window

Json = Any
NAMES = ["policies.cedar", "policies.json", "schema.cedarschema", "schema.cedarschema.json"]
NAMES += ["entities.json", "request.json", "hoisted.json", *HELPERS]


def _policies() -> list[Policy]:
    golden = [golden_files.compiled(name).policy for name in golden_files.behaviours()[::4]]
    return [POLICY, Policy(()), *golden, *(Maker(seed).policy() for seed in range(2000, 2020))]


def test_both_schemas_are_one_and_every_policy_is_valid_by_each() -> None:
    for policy in _policies():
        files = package(policy).files
        text, in_json = files["schema.cedarschema"], files["schema.cedarschema.json"]
        built_in = str(cedarpy.Schema.from_json_str(in_json)).replace("__cedar::", "")  # as it prints `__cedar::Long`
        assert str(cedarpy.Schema.from_str(text)) == built_in
        for schema in (text, json.loads(in_json)):
            assert cedarpy.validate_policies(files["policies.cedar"], schema).errors == []


def test_both_forms_of_the_policies_are_one() -> None:
    for policy in _policies():
        files = package(policy).files
        own = json.loads(files["policies.json"])["staticPolicies"]
        assert list(own.values()) == list(
            json.loads(cedarpy.policies_to_json_str(files["policies.cedar"]))["staticPolicies"].values()
        )
        assert all(name == each["annotations"]["id"] for name, each in own.items())


def test_the_templates_fit_the_schema() -> None:
    for policy in _policies():
        files = package(policy).files
        request, schema = json.loads(files["request.json"]), files["schema.cedarschema"]
        entities = cedarpy.Entities.from_json_str(files["entities.json"], schema=cedarpy.Schema.from_str(schema))
        answer = cedarpy.is_authorized(request, files["policies.cedar"], entities, schema)
        assert (answer.diagnostics.errors, answer.decision != cedarpy.Decision.NoDecision) == ([], True)
        hoisted = json.loads(files["hoisted.json"])
        shown = set(re.findall("<[a-z.]+>", files["request.json"] + files["entities.json"]))
        assert shown == set(hoisted["placeholders"])


@pytest.mark.skipif(shutil.which("cedar") is None, reason="no `cedar` command on this machine; cedarpy validates")
def test_the_cedar_command_validates_in_strict_mode(tmp_path: Path) -> None:
    for number, policy in enumerate(_policies()):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, text in package(policy).files.items():
            (folder / name).write_text(text, encoding="utf-8")
        for schema, form in (("schema.cedarschema", "cedar"), ("schema.cedarschema.json", "json")):
            command = ["cedar", "validate", "--policies", "policies.cedar", "--schema", schema, "--schema-format", form]
            subprocess.run(command, cwd=folder, check=True)


def test_the_same_policy_gives_the_same_files() -> None:
    assert package(POLICY).files == package(POLICY).files
    assert list(package(POLICY).files) == NAMES
    assert all(text.isascii() for name, text in package(Maker(3).policy()).files.items() if name.endswith("a.json"))


def _hoisted(policy: Policy) -> Json:
    return json.loads(package(policy).files["hoisted.json"])


def test_each_attribute_says_who_reads_it_and_how_it_is_computed() -> None:
    hoisted = _hoisted(POLICY)
    found = {
        entry["name"]: (entry["type"], [(each["rule"], each["source"]) for each in entry["sources"]])
        for entry in hoisted["attributes"]
    }
    assert found == {
        "context.tool": ("String", [("files", "axtary.yml:3"), ("held", "")]),
        "context.resource": ("String", [("files", "axtary.yml:4")]),
        **{f"context.{name}": ("String", []) for name in ("actor", "tenant", "owner", "task")},
        'context.decimal["payload.amount"]': ("decimal", [("files", "axtary.yml:3")]),
        '"payload.amount" in context.present': ("String", [("files", "axtary.yml:3")]),
        'context.usage["files"]': ("Long", [("files", "axtary.yml:3")]),
        '"held" in context.approved': ("String", [("held", "")]),
        'context.derived["files:blocked_paths"]': ("Bool", [("files", "axtary.yml:11")]),
        'context.derived["files:hours"]': ("Bool", [("files", "axtary.yml:12")]),
        'context.derived["files:match.resource"]': ("Bool", [("files", "axtary.yml:4")]),
        'context.derived["files:when.3"]': ("Bool", [("files", "axtary.yml:6")]),
        'context.derived["files:when.4"]': ("Bool", [("files", "axtary.yml:7")]),
        'context.derived["files:when.5"]': ("Bool", [("files", "axtary.yml:8")]),
        'context.derived["files:when.6"]': ("Bool", [("files", "axtary.yml:9")]),
    }
    words = {entry["name"]: entry["compute"] for entry in hoisted["attributes"]}
    assert words['"held" in context.approved'].startswith(
        'true if at least 2 different ids of facts.approval.approvers hold one of the roles "lead"'
    )
    assert words['context.derived["files:when.5"]'].startswith(
        "true if count(paths) <= 3, else false; duplicates count"
    )
    assert (hoisted["policy_version"], bool(hoisted["tzdata"])) == (POLICY.policy_version, True)
    assert list(hoisted["zones"]) == ["Europe/Berlin"]
    assert set(hoisted["reading"]) == {"decimal", "number", "integer", "path", "paths", "timestamp"}


def test_every_attribute_of_the_schema_is_explained() -> None:
    """Law: what the schema declares is what `hoisted.json` explains, each read by some rule, and no more."""
    for policy in _policies():
        files = package(policy).files
        call = json.loads(files["schema.cedarschema.json"])[NAMESPACE]["commonTypes"]["Call"]["attributes"]
        declared = {(name, key) for name, member in call.items() for key in member.get("attributes", ())}
        declared |= {("", name) for name, member in call.items() if member["type"] == "String"}
        entries = json.loads(files["hoisted.json"])["attributes"]
        explained = {(entry["in"], entry["key"]) for entry in entries if entry["as"] != "element"}
        assert explained == declared
        assert all(entry["sources"] or entry["as"] == "field" for entry in entries)
        sets = {entry["in"] for entry in entries if entry["as"] == "element"}
        assert sets <= {name for name, member in call.items() if member["type"] == "Set"}


@pytest.mark.parametrize("name", ["", "a b", "a::b", "1a", "a-b", "é", "if", "like", "__cedar", "x" * 101, "a\n"])
def test_what_is_no_namespace_is_refused(name: str) -> None:
    assert not is_namespace(name)
    with pytest.raises(EngineError, match="no name of a Cedar namespace"):
        package(POLICY, name)


@pytest.mark.parametrize("name", ["_", "Acme", "namespace", "Action", "Agent", "String", "x" * 100])
def test_a_namespace_is_on_every_type(name: str) -> None:
    files = package(POLICY, name).files
    assert f'{name}::Action::"fs.read"' in files["policies.cedar"]
    assert cedarpy.validate_policies(files["policies.cedar"], files["schema.cedarschema"]).errors == []
    assert {each["uid"]["type"] for each in json.loads(files["entities.json"])} == {
        f"{name}::Agent",
        f"{name}::Resource",
    }
    assert json.loads(files["request.json"])["action"].startswith(f"{name}::Action::")


# --- zones ------------------------------------------------------------------------------------------------------------

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ODD_ZONES = ["Africa/Casablanca", "America/Nuuk", "Australia/Lord_Howe", "Antarctica/Troll", "Europe/Dublin"]


@pytest.mark.parametrize("zone", [*ZONES, *ODD_ZONES])
def test_a_table_has_the_offset_of_every_instant(zone: str) -> None:
    """Law: at and around each change, and at any second between, the table says what the zone data says."""
    table, known = zone_table(zone), zone_info(zone)
    random = Random(zone)
    seconds = [at + step for at, _ in table[1:] for step in (-1, 0, 1)] + [FIRST, LAST - 1]
    seconds += [random.randrange(FIRST, LAST) for _ in range(3000)]
    for second in seconds:
        offset = next(offset for at, offset in reversed(table) if at <= second)
        local = (_EPOCH + timedelta(seconds=second)).astimezone(known)
        assert local.utcoffset() == timedelta(seconds=offset), second
    assert [at for at, _ in table] == sorted({at for at, _ in table})
    assert all(before[1] != after[1] for before, after in pairwise(table))


def test_a_table_covers_every_timestamp() -> None:
    first, last = datetime(1678, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
    day = timedelta(days=1)
    assert (first - day - _EPOCH).total_seconds() > FIRST and (last + day - _EPOCH).total_seconds() < LAST


def test_later_years_are_in_the_table() -> None:
    years = {(_EPOCH + timedelta(seconds=at)).year for at, _ in zone_table("Europe/Berlin")}
    assert set(range(1980, 2262)) <= years


RULES = ["CET-1CEST,M3.5.0,M3.5.0/3", "CET-1CEST,M3.5.0,M4.1.0/3", "CET-1CEST,M12.5.0,M1.1.0", "CET-1CEST,J60,J300"]
RULES += ["", "CET-1CEST"]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_the_table_could_get_wrong_is_refused(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zone_bytes("Europe/Berlin")
    changed = data[: data.rindex(b"\n", 0, -1)] + f"\n{rule}\n".encode()
    monkeypatch.setattr(zonetables, "zone_bytes", lambda name: changed)
    with pytest.raises(EngineError, match="is not one that can be tabled"):
        zone_table.__wrapped__("Europe/Berlin")


@pytest.mark.parametrize(
    "data", [b"", b"TZif2", b"x" * 200, b"TZif1" + b"\0" * 200, b"TZif2" + b"\0" * 39 + b"TZif2" + b"\0" * 39 + b"\xff"]
)
def test_zone_data_that_cannot_be_read_is_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zonetables, "zone_bytes", lambda name: data)
    with pytest.raises(EngineError, match="cannot be read"):
        zone_table.__wrapped__("Europe/Berlin")


def test_an_unknown_zone_is_refused() -> None:
    hours = Hours((Window((0,), 0, 60, "Mars/Base"),))
    with pytest.raises(EngineError, match="no time zone"):
        package(Policy((Rule("r", Effect.ALLOW, (Match(Field.TOOL, (Pattern(("t",)),)),), None, (hours,)),)))
