"""Each recipe of the cookbook has no finding, passes its tests on every engine, and these show all that it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtary.compiler import Compiled, CompileError, compile_policy
from axtary.compiler.analysis.coverage import Coverage
from axtary.compiler.format import format_policy
from axtary.compiler.lint import exact
from axtary.runtime.engines import NAMES
from axtary.runtime.testing import Ready, Runner, coverage_report, load_suites
from tests.docs_pages import ROOT, anchors, blocks, links

COOKBOOK = ROOT / "docs" / "cookbook"
INDEX = COOKBOOK / "index.md"
THEMES = sorted(set(COOKBOOK.glob("*.md")) - {INDEX})
FILES = {block.file: block.body for page in THEMES for block in blocks(page) if block.file}
RECIPES = sorted({file.partition("/")[0] for file in FILES})

each_recipe = pytest.mark.parametrize("recipe", RECIPES)


def compiled(recipe: str) -> Compiled:
    return compile_policy(f"{recipe}/axtary.yml", FILES[f"{recipe}/axtary.yml"].encode())


def cases_of(recipe: str, folder: Path) -> tuple[Ready, ...]:
    """The cases of a recipe, read as the command reads them."""
    file = folder / "axtary.test.yml"
    file.write_text(FILES[f"{recipe}/axtary.test.yml"], encoding="utf-8")
    try:
        return load_suites([file], compiled(recipe).policy, folder / "axtary.yml", found=True).cases
    except CompileError as error:
        pytest.fail(str(error.diagnostics))


@each_recipe
def test_a_recipe_has_no_finding(recipe: str) -> None:
    found = exact.check(compiled(recipe))
    assert not found.compiled.warnings
    assert not found.undecided


@each_recipe
def test_a_recipe_passes_its_tests_on_every_engine_and_shows_every_outcome(recipe: str, tmp_path: Path) -> None:
    policy, cases = compiled(recipe).policy, cases_of(recipe, tmp_path)
    coverage = Coverage(policy)
    runner = Runner(policy, NAMES, coverage)
    results = [runner.run(ready) for ready in cases]
    assert {result.ready.case.name.value: result.differences for result in results if result.differences} == {}
    shown = coverage_report(policy, coverage)
    items = [(rule.rule.id, item) for rule in shown.rules for item in rule.items]
    missing = [
        (rule, item.text, out.outcome) for rule, item in items for out in item.outcomes if out.state == "missing"
    ]
    assert missing == []


@each_recipe
def test_a_recipe_shows_what_it_allows_and_what_it_does_not(recipe: str, tmp_path: Path) -> None:
    decisions = {ready.case.expected.decision for ready in cases_of(recipe, tmp_path)}
    effects = {rule.effect.value for rule in compiled(recipe).policy.rules}
    assert decisions >= {"allow", "deny"} | ({"step_up"} & effects)


@each_recipe
def test_a_recipe_is_in_the_canonical_layout(recipe: str) -> None:
    text = FILES[f"{recipe}/axtary.yml"]
    assert format_policy(recipe, text.encode()) == text


def test_each_rule_is_described() -> None:
    assert [rule.id for recipe in RECIPES for rule in compiled(recipe).policy.rules if not rule.description] == []


@pytest.mark.parametrize("page", THEMES, ids=lambda page: page.stem)
def test_each_recipe_has_a_policy_and_tests_and_a_pitfall(page: Path) -> None:
    recipes = page.read_text(encoding="utf-8").split("\n## ")[1:]
    for text in recipes:
        files = [
            block.file.partition("/") for block in blocks(page) if block.file and f"<!-- file: {block.file} -->" in text
        ]
        assert [name for _, _, name in files] == ["axtary.yml", "axtary.test.yml"], text[:40]
        assert len({folder for folder, _, _ in files}) == 1
        assert text.count("**Pitfall.** ") == 1


def test_the_index_lists_each_recipe_once() -> None:
    linked = [link for link in links(INDEX) if "#" in link and not link.startswith("..")]
    titles = {f"{page.name}#{anchor}" for page in THEMES for anchor in anchors(page)}
    heads = {f"{page.name}#{page.read_text(encoding='utf-8').splitlines()[0][2:].lower()}" for page in THEMES}
    heads = {head.replace(",", "").replace(" ", "-") for head in heads}
    assert sorted(linked) == sorted(titles - heads)
    assert len(linked) == len(RECIPES) >= 20
