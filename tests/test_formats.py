"""The page on formats: its vectors are right by a second way of writing, and its tables name every member."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import is_dataclass

import rfc8785

from axtary.compiler import compile_text, ir
from axtary.runtime.action import parse_action
from axtary.runtime.bundle import archive, verify
from axtary.runtime.hashing import action_hash, payload_hash
from axtary.runtime.prove.certificate import Certificate, Coverage
from tests.docs_pages import ROOT, blocks, code, table

PAGE = ROOT / "docs" / "formats.md"
TEXT = PAGE.read_text(encoding="utf-8")
FILES = {block.file: block.body for block in blocks(PAGE) if block.file}


def sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_canonical_forms() -> None:
    rows = table(PAGE, "canonical forms")
    assert len(rows) == 4
    for row in rows:
        (given,), (canonical,) = code(row[0]), code(row[1])
        assert rfc8785.dumps(json.loads(given)).decode() == canonical
        value = parse_action(f'{{"version": 1, "tool": "t", "payload": {given}}}'.encode())["payload"]
        assert payload_hash({"payload": value}) == sha256(canonical)


def test_action_hashes() -> None:
    rows = table(PAGE, "action hashes")
    assert len(rows) == 5
    found = {}
    for row in rows:
        (text,), (payload,), (whole,) = map(code, row)
        action = parse_action(text.encode())
        assert (payload_hash(action), action_hash(action)) == (payload, whole), text
        found[text] = payload, whole
    first, second, third, fourth, _ = found.values()
    assert first[0] == sha256("null") != second[0] == sha256("{}")
    assert first[1] != third[1] == fourth[1]
    assert first[1] == sha256('{"tool":"fs.read","version":1}')


def test_the_program_on_the_page_gives_these_hashes() -> None:
    texts = [code(row[0])[0] for row in table(PAGE, "action hashes")]
    done = subprocess.run(
        [sys.executable, "-c", FILES["hashes.py"]],
        input="\n".join(texts),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == [
        hash_ for row in table(PAGE, "action hashes") for hash_ in code(row[1]) + code(row[2])
    ]


def test_the_version_of_the_policy_that_is_shown() -> None:
    policy = compile_text(FILES["axtary.yml"])
    canonical = FILES["canonical.json"].replace("\n", "")
    assert rfc8785.dumps(ir.to_json(policy, spans=False)).decode() == canonical
    assert policy.policy_version == sha256(canonical)
    assert f"and the version `{policy.policy_version}`." in TEXT


def test_each_node_of_the_ir_is_listed_with_its_members() -> None:
    listed = {name: code(row[1]) for row in table(PAGE, "nodes") for name in code(row[0])}
    silent = {"Span", "Number", "Instant", "Policy"}  # written as a text, or described before the table
    nodes = {name: kind for name, kind in vars(ir).items() if isinstance(kind, type) and is_dataclass(kind)}
    assert listed == {name: [*ir.field_names(kind)] for name, kind in nodes.items() if name not in silent}


def test_wildcards_and_types_are_listed() -> None:
    assert set(re.findall(r'`\{"wildcard": "(.*?)"\}`', TEXT)) == {each.value for each in ir.Wildcard}
    (attribute,) = [row for row in table(PAGE, "nodes") if code(row[0]) == ["Attribute"]]
    assert {kind.value for kind in ir.Type} <= set(code(attribute[2]))


def test_each_member_of_the_certificate_is_listed_in_order() -> None:
    rows = {code(row[0])[0]: row[1] for row in table(PAGE, "certificate")}
    assert [*rows] == [*Certificate.model_fields]
    assert code(rows["coverage"]) == [*Coverage.model_fields]


def test_the_limits_of_bundles_are_those_of_the_code() -> None:
    packed, unpacked = archive.MAX_ARCHIVE // 2**20, archive.MAX_UNPACKED // 2**20
    assert f"`{verify.MODULE}`" in TEXT and f"`{verify.IR}`" in TEXT
    assert f"At most {packed} MiB packed, {unpacked} MiB unpacked, {archive.MAX_FILES} files." in TEXT
