"""Mending: every fix is made, none makes a policy worse, and what has no fix stays as it is."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.compiler.test_any_text import mutated
from tests.golden_files import GOLDEN, MISTAKES, behaviours

from axtary.compiler import Compiled, CompileError
from axtary.compiler import diagnostics as d
from axtary.compiler.ir import Span
from axtary.compiler.patternfixes import MAX_FIXES
from axtary.runtime import policyfix
from axtary.runtime.policyfix import Mended, findings, mend

RULE = "  - {id: it, effect: allow, match: {tool: t}"


def fixable(mended: Mended) -> list[d.Diagnostic]:
    return [found for found in findings(mended.after) if found.fix is not None]


def place(name: str) -> Path:
    file = MISTAKES / f"{name}.yml"
    return file if file.exists() else MISTAKES / name / "policy.yml"


@pytest.mark.parametrize("name", sorted(path.stem for path in MISTAKES.glob("*.json")))
def test_a_mistake_has_no_fix_left(name: str) -> None:
    """fixable(mend(p)) = {}, and a finding without a fix stays."""
    mended = mend(place(name))
    assert not mended.refused
    assert not fixable(mended)
    assert bool(mended.changed) == bool(mended.fixed) == any(found.fix for found in findings(mended.before))
    if not mended.fixed:
        assert findings(mended.after) == findings(mended.before)


@pytest.mark.parametrize("name", behaviours())
def test_a_policy_without_errors_is_changed_only_where_it_is_warned(name: str) -> None:
    """A policy in order has no error afterwards, and only the lines of its warnings and lines beside them change."""
    mended = mend(GOLDEN / name / "policy.yml")
    assert isinstance(mended.before, Compiled) and isinstance(mended.after, Compiled)
    assert not fixable(mended) and not mended.refused
    assert all(found.severity is d.Severity.WARNING for found in mended.fixed)
    if not mended.fixed:
        assert not mended.changed
        assert mended.after.policy == mended.before.policy
    for file, text in mended.changed.items():
        old, new = mended.before.sources[file].splitlines(), text.splitlines()
        warned = {found.span.line for found in findings(mended.before) if found.span.file == file}
        assert all(line in new for number, line in enumerate(old, 1) if number not in warned)


def test_mutated_policies_never_get_worse(tmp_path: Path) -> None:
    """compiles(p) => compiles(mend(p)), and reading as YAML gets at least as far."""
    rng = random.Random(20261125)
    path = tmp_path / "axtary.yml"
    made = 0
    for _ in range(400):
        path.write_bytes(mutated(rng))
        mended = mend(path)
        made += len(mended.fixed)
        assert not fixable(mended) or mended.refused
        assert isinstance(mended.after, Compiled) or isinstance(mended.before, CompileError)
        before, after = (yaml_errors(result) for result in (mended.before, mended.after))
        assert before or not after
    assert made > 40


def yaml_errors(result: policyfix.Result) -> int:
    return sum(found.code.startswith("AX01") for found in findings(result))


def test_included_files_are_mended_and_presets_are_not(tmp_path: Path) -> None:
    (tmp_path / "axtary.yml").write_text("version: 1\npreset: coding-agent\ninclude: [more/a.yml]\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more/a.yml").write_bytes(f"version: 1\r\npolicies:\r\n{RULE}, when: payload.x = 1}}\r\n".encode())
    mended = mend(tmp_path / "axtary.yml")
    assert mended.changed == {"more/a.yml": f"version: 1\r\npolicies:\r\n{RULE}, when: payload.x == 1}}\r\n"}
    assert isinstance(mended.after, Compiled)


def test_fixes_that_follow_from_each_other_are_made_round_by_round(tmp_path: Path) -> None:
    path = tmp_path / "axtary.yml"
    path.write_text(f"version: 1\npolicies:\n{RULE}, when: !payload.x == 'a' AND payload.y}}\n")
    mended = mend(path)
    assert [found.line for found in (f.span for f in mended.fixed)] == [3] * len(mended.fixed)
    assert mended.changed["axtary.yml"].endswith('when: "not payload.x == \\"a\\" and payload.y == true"}\n')


def test_many_signs_without_quotes_are_all_quoted(tmp_path: Path) -> None:
    path = tmp_path / "axtary.yml"
    rules = "".join(f"  - {{id: r{n}, effect: allow, match: {{tool: *}}}}\n" for n in range(30))
    path.write_text("version: 1\npolicies:\n" + rules)
    mended = mend(path)
    assert len(mended.fixed) == 30 and isinstance(mended.after, Compiled)


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (f"version: 1\npolicies:\n{RULE}, when: payload.x = 1}}\n", "["),  # the file is no YAML any more
        (f"version: 1\npolicies:\n{RULE}, obligations: {{blocked_paths: [a*]}}}}\n", "x: "),  # it had no error
    ],
)
def test_a_round_that_makes_a_policy_worse_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, bad: str
) -> None:
    """With a fix that is wrong on purpose, everything stays as it was."""
    path = tmp_path / "axtary.yml"
    path.write_text(text)
    right = d.Reporter.__call__

    def wrong(self: d.Reporter, found: d.Diagnostic) -> None:
        edit = d.Edit(Span(found.span.file, 1, 1, 1, 1), bad)
        right(self, replace(found, fix=found.fix and d.Fix("break it", (edit,))))

    monkeypatch.setattr(d.Reporter, "__call__", wrong)
    mended = mend(path)
    assert not mended.changed and not mended.fixed
    assert [found.fix.title for found in mended.refused if found.fix] == ["break it"]
    assert findings(mended.after) == findings(mended.before)


def test_the_diff_is_one_that_patch_reads(tmp_path: Path) -> None:
    shutil.copy(place("single_equals"), tmp_path / "axtary.yml")
    diff = mend(tmp_path / "axtary.yml").diff("axtary.yml", "axtary.yml")
    lines = diff.splitlines()
    assert lines[:2] == ["--- axtary.yml", "+++ axtary.yml"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        '-    when: payload.x = "a"',
        '+    when: payload.x == "a"',
    ]


def test_a_file_without_an_end_of_line_says_so_in_the_diff(tmp_path: Path) -> None:
    (tmp_path / "axtary.yml").write_text(f"version: 1\npolicies:\n{RULE}, when: payload.x = 1}}")
    diff = mend(tmp_path / "axtary.yml").diff("axtary.yml", "axtary.yml")
    assert diff.count("\n\\ No newline at end of file\n") == 2


def test_many_warnings_are_mended_in_several_rounds(tmp_path: Path) -> None:
    path = tmp_path / "axtary.yml"
    patterns = ", ".join(f'"a{n}*"' for n in range(MAX_FIXES + 50))
    path.write_text(f"version: 1\npolicies:\n{RULE}, obligations: {{blocked_paths: [{patterns}]}}}}\n")
    mended = mend(path)
    assert len(mended.fixed) == MAX_FIXES + 50 and not findings(mended.after)


def test_a_huge_file_is_mended_in_bounded_time_and_a_second_call_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "axtary.yml"
    comment = "#" * (policyfix.MAX_READ // 4)
    path.write_text(f"version: 1\npolicies: {comment}\n" + f"{RULE.replace('{tool: t}', '{tool: *}')}}}\n" * 8)
    mended = mend(path)
    assert 2 <= len(mended.fixed) < 8
    path.write_text(mended.changed["axtary.yml"])
    assert len(mend(path).fixed) >= 2
