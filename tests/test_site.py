"""The site builds without a warning, has every page, and loads nothing from other hosts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from axtary.grammars import pages as code_pages
from tests.docs_pages import ROOT, fences

DOCS = ROOT / "docs"


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """`mkdocs build --strict` of the project at `root`."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    return subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of the site, and what MkDocs said of it."""
    site = tmp_path_factory.mktemp("site")
    done = build(ROOT, site)
    assert done.returncode == 0, done.stderr
    return site, done.stdout + done.stderr


def listed(nav: str) -> list[str]:
    """The pages that the navigation of `mkdocs.yml` names, in order."""
    return re.findall(r"^ +- (?:\w+: )?(\S+\.md)$", nav, re.MULTILINE)


def test_nothing_is_warned_of(built: tuple[Path, str]) -> None:
    _, said = built
    assert "Documentation built" in said
    assert not re.search(r"^(WARNING|ERROR)", said, re.MULTILINE), said


def test_a_bad_link_a_bad_anchor_and_a_page_that_is_left_out_are_seen(tmp_path: Path) -> None:
    """The build of a copy in which each of these was done once."""
    for name in ("grammars", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "README.md", "LICENSE"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    tmp_path.joinpath("docs", "new.md").write_text("# New\n\n[a](none.md) [b](language.md#none) [c](../README.md)\n")
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode == 1
    warnings = re.findall(r"^WARNING +-  (.*)$", done.stderr, re.MULTILINE)
    assert len(warnings) == 3
    assert 'not included in the "nav"' in warnings[0]
    assert "'none.md'" in warnings[1]
    assert "anchor '#none'" in warnings[2]


def test_each_page_is_in_the_navigation_once() -> None:
    named = listed((ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2])
    assert sorted(named) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def test_each_page_and_each_code_is_in_the_site(built: tuple[Path, str]) -> None:
    site, _ = built
    expected = {str(page.relative_to(DOCS).with_suffix(".html")) for page in DOCS.rglob("*.md")}
    expected |= {f"codes/{code}.html" for code in code_pages()}
    expected |= {f"project/{name}.html" for name in ("security", "contributing", "changelog")}
    found = {str(page.relative_to(site)) for page in site.rglob("*.html")}
    assert found - {"404.html", "search.html"} == expected
    assert not list(site.rglob("*.py*"))


def test_no_page_loads_from_another_host(built: tuple[Path, str]) -> None:
    site, _ = built
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=[\"']([^\"']+)", text)
        assert loaded
        assert not [address for address in loaded if re.match(r"(https?:)?//", address)], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//|@import", sheet.read_text(encoding="utf-8")), sheet


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("index.html", "project/security.html"),  # ../SECURITY.md
        ("errors.html", "codes/AX0301.html"),  # ../grammars/…/AX0301.md
        ("project/security.html", "../bundles.html"),  # docs/bundles.md
        ("project/changelog.html", "../index.html"),  # a link by reference
    ],
)
def test_links_between_files_lead_to_pages(built: tuple[Path, str], page: str, link: str) -> None:
    site, _ = built
    main = (site / page).read_text(encoding="utf-8").partition('role="main"')[2]
    assert f'href="{link}"' in main
    assert (site / page).parent.joinpath(link).is_file()


def test_files_that_are_no_pages_are_linked_in_the_repository(built: tuple[Path, str]) -> None:
    site, _ = built
    text = (site / "reference.html").read_text(encoding="utf-8")
    assert 'href="https://github.com/axtary/axtary/blob/main/grammars/axtary/grammars/condition.lark"' in text


def test_code_is_shown_as_it_is_written(built: tuple[Path, str]) -> None:
    site, _ = built
    text = (site / "language.html").read_text(encoding="utf-8")
    assert "<code>-?(0|[1-9][0-9]*)(\\.[0-9]+)?</code>" in text
    blocks = len(list(fences((DOCS / "language.md").read_text(encoding="utf-8"))))
    assert text.count('<div class="codehilite"') == blocks


def test_files_have_their_names_and_test_files_are_coloured_as_yaml(built: tuple[Path, str]) -> None:
    site, _ = built
    text = (site / "cookbook" / "repositories.html").read_text(encoding="utf-8")
    _, found, rest = text.partition('<p class="file">small-prs/axtary.test.yml</p>\n\n<div class="codehilite"')
    assert found and '<span style="color: #' in rest.partition("</div>")[0]


def test_the_search_finds_what_pages_say(built: tuple[Path, str]) -> None:
    site, _ = built
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    places = {entry["location"] for entry in index["docs"] if "default deny" in entry["text"]}
    assert "semantics.html#from-rules-to-a-decision" in places
