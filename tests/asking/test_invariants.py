"""Invariants in policy files: read everywhere, proved by `checked` only, and without any part in a decision."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from axtary.compiler import Compiled, CompileError, Diagnostic, compile_policy
from axtary.compiler.ir import to_json
from axtary.runtime.invariants import checked
from axtary.runtime.policyfix import mend

RULES = """\
version: 1
policies:
  - {id: writes, effect: allow, match: {tool: "fs.*"}}
  - {id: prod, effect: step_up, match: {tool: fs.write}, when: any paths matches "infra/prod/"}
"""
HELD = """\
invariants:
  - {id: prod, never: {tool: fs.write, when: 'any paths matches "infra/prod/"', unapproved: true}}
"""
BROKEN = HELD.replace("tool: fs.write", "tool: fs.delete")


def compiled(text: str, **files: str) -> Compiled:
    named = {f"{name}.yml": content.encode() for name, content in files.items()}
    return compile_policy("axtary.yml", text.encode(), named.__getitem__)


def complaints(text: str, **files: str) -> list[tuple[str, str, int]]:
    """Code, file and line of each finding."""
    try:
        found = checked(compiled(text, **files)).warnings
    except CompileError as error:
        found = error.diagnostics
    return [(each.code, each.span.file, each.span.line) for each in found]


def test_an_invariant_that_holds_is_silent() -> None:
    assert complaints(RULES + HELD) == []


def broken(text: str) -> Diagnostic:
    """The only finding on a policy whose invariant does not hold."""
    with pytest.raises(CompileError) as caught:
        checked(compiled(text))
    (found,) = caught.value.diagnostics
    assert found.code == "AX1001"
    return found


def test_a_broken_invariant_shows_the_action_and_the_rule() -> None:
    found = broken(RULES + BROKEN)
    assert found.path == "invariants[0].id"
    assert found.message == "the invariant `prod` does not hold: fs.delete is allowed by writes"
    assert [(label.span.line, label.text) for label in found.labels] == [(3, "`writes` allows it")]
    assert '{"version": 1, "tool": "fs.delete", "paths": ["infra/prod/x"]}' in found.help
    assert "facts" not in found.help


def test_the_facts_that_an_action_needs_are_shown() -> None:
    found = broken(RULES + HELD.replace("unapproved: true", "unapproved_by: lead"))
    assert 'with facts {"approval": {"approvers": [{"id": "user:1", "roles": []}]}}' in found.help


def test_every_decision_can_be_excluded() -> None:
    never = "invariants:\n  - {{id: i, never: {{tool: fs.write, when: not has paths, decision: {}}}}}\n"
    assert complaints(RULES + never.format("deny")) == []
    assert complaints(RULES + never.format("[deny, allow]")) == [("AX1001", "axtary.yml", 6)]  # once approved
    assert complaints(RULES + never.format("step_up")) == [("AX1001", "axtary.yml", 6)]


def test_warnings_stand_beside_broken_invariants() -> None:
    assert complaints("version: 1\ngroups: {g: [x]}\n" + RULES[11:] + BROKEN) == [
        ("AX0710", "axtary.yml", 2),
        ("AX1001", "axtary.yml", 7),
    ]


def test_an_invariant_uses_groups() -> None:
    text = 'groups: {coders: ["agent:c*"]}\n' + HELD.replace("fs.write", 'fs.write, actor: "@coders"')
    assert complaints(RULES + text) == []


# --- files ----------------------------------------------------------------------------------------------------------


def test_invariants_of_included_files_are_about_all_rules() -> None:
    assert complaints(f"{RULES}include: guard.yml\n", guard=f"version: 1\n{BROKEN}") == [("AX1001", "guard.yml", 3)]
    assert complaints("version: 1\ninclude: [rules.yml]\n" + BROKEN, rules=RULES) == [("AX1001", "axtary.yml", 4)]


def test_ids_are_unique_over_all_files_and_may_be_those_of_rules() -> None:
    assert complaints(f"{RULES}{HELD}include: guard.yml\n", guard=f"version: 1\n{HELD}") == [("AX0206", "guard.yml", 3)]
    assert "id: prod," in RULES and "id: prod," in HELD


# --- no part of any decision ----------------------------------------------------------------------------------------


def test_invariants_are_no_part_of_the_policy() -> None:
    with_them, without = compiled(RULES + BROKEN), compiled(RULES)
    assert with_them.policy == without.policy
    assert with_them.policy.policy_version == without.policy.policy_version
    assert to_json(with_them.policy) == to_json(without.policy)
    assert [each.id for each in with_them.invariants] == ["prod"] and not without.invariants


def test_invariants_type_nothing_for_rules_nor_for_each_other() -> None:
    unknown = "version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: t}, when: payload.a == payload.b}\n"
    one = "  - {id: one, never: {tool: t, when: payload.a == 1}}\n"
    with pytest.raises(CompileError) as caught:
        compiled(f"{unknown}invariants:\n{one}")
    assert "AX0502" in [found.code for found in caught.value.diagnostics]
    two = one.replace("one", "two").replace("== 1", '== "x"')
    assert len(compiled(f"{RULES}invariants:\n{one}{two}").invariants) == 2


def test_an_invariant_reads_an_attribute_as_rules_do() -> None:
    typed = "version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: t}, when: payload.a < 5}\n"
    wrong = 'invariants:\n  - {id: i, never: {tool: t, when: payload.a == "x"}}\n'
    assert complaints(typed + wrong) == [("AX0501", "axtary.yml", 5)]


def test_a_policy_without_invariants_loads_nothing_to_check_them() -> None:
    text = compiled(RULES)
    assert checked(text) is text
    program = (
        "import sys; from axtary.cli import check; from pathlib import Path\n"
        "try: check.run(Path('axtary.yml'), False, 'text', check.Changes(False, False), False)\n"
        "except SystemExit: pass\n"
        "assert 'axtary.runtime.policyfile' in sys.modules\n"
        "for name in ('axtary.runtime.asking', 'axtary.backends.native', 'axtary.compiler.analysis'):\n"
        "    assert name not in sys.modules, name\n"
    )
    folder = Path(__file__).parents[2] / "golden" / "deny_alone_never_allows"
    done = subprocess.run(
        [sys.executable, "-c", program.replace("axtary.yml", str(folder / "policy.yml"))], check=False
    )
    assert done.returncode == 0


# --- fixes ----------------------------------------------------------------------------------------------------------

FIXABLE = """\
version: 1
policies:
  - {id: docs, effect: allow, match: {tool: fs.read}, when: 'any paths matches "*.md"'}
"""


def test_a_fix_that_breaks_an_invariant_is_taken_back(tmp_path: Path) -> None:
    """The fix of AX0702 writes `**/*.md`, so that files outside are not read any more."""
    path = tmp_path / "axtary.yml"
    path.write_text(FIXABLE)
    assert "**/*.md" in mend(path).changed["axtary.yml"]
    when = 'any paths in ["@home/a.md"] and count(paths) == 1'
    outside = f"invariants:\n  - {{id: i, never: {{tool: fs.read, when: '{when}', decision: deny}}}}\n"
    path.write_text(FIXABLE + outside)
    mended = mend(path)
    assert not mended.changed
    assert [found.code for found in mended.refused] == ["AX0702"]
