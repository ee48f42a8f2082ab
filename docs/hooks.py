"""What the site does beside MkDocs: pages from outside `docs/`, and links between files as GitHub has them.

A link in a page is written for a reader of the repository: relative to the file. In the site some files lie elsewhere,
and some are not there at all. So each link is followed in the repository first, and then said for the site: as a page
of it, or as an address in the public repository. A link that leads nowhere is left alone, and MkDocs warns.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
CODES = "grammars/axtary/grammars/codes"
PROJECT = ("SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")  # shown in the site as they are

_FENCE = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(\]\(|^\[[^\]\n]+\]: )([^)\s#]+)", re.MULTILINE)  # `[text](link` and `[name]: link`
_FILE = re.compile(r"^<!-- file: (\S+) -->\n```(\w+)$", re.MULTILINE)
_ROW = re.compile(r"^\|.*$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages of the error codes and those of the project."""
    for place in (*PROJECT, *(f"{CODES}/{page.name}" for page in sorted((ROOT / CODES).glob("*.md")))):
        files.append(File.generated(config, site_place(place), abs_src_path=str(ROOT / place)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The page with its links as the site needs them, and with the names of its files; their texts are left alone."""
    source = repository_place(page.file.src_uri)
    pages = {repository_place(file.src_uri) for file in files}

    def said(link: re.Match[str]) -> str:
        return link[1] + _target(link[2], source, pages, str(config.repo_url))

    parts = _FENCE.split(_FILE.sub(_named, markdown))  # every second one is a block
    parts[::2] = [_ROW.sub(lambda row: _plain_bars(row[0]), _LINK.sub(said, part)) for part in parts[::2]]
    return "".join(parts)


def site_place(place: str) -> str:
    """Where a file of the repository lies in the site: `SECURITY.md` -> `project/security.md`."""
    if place in PROJECT:
        return f"project/{place.lower()}"
    return place.replace(f"{CODES}/", "codes/", 1).removeprefix("docs/")


def repository_place(place: str) -> str:
    """The way back: `codes/AX0101.md` -> `grammars/…/AX0101.md`."""
    if place.startswith("codes/"):
        return place.replace("codes", CODES, 1)
    return {site_place(name): name for name in PROJECT}.get(place, f"docs/{place}")


def _named(file: re.Match[str]) -> str:
    """The name above a block, which a comment gives for the tests; test files and faulty policies are YAML as well."""
    kind = "yaml" if file[1].endswith(".yml") else file[2]
    return f'<p class="file">{file[1]}</p>\n\n```{kind}'


def _plain_bars(row: str) -> str:
    """A row of a table for Python-Markdown, which unlike GitHub takes a backslash in a code span as it is."""
    return re.sub(r"`[^`]*`", lambda span: span[0].replace("\\|", "|"), row)


def _target(link: str, source: str, pages: set[str], repository: str) -> str:
    """A link of the file `source`, for the site."""
    if re.match(r"[a-z]+:", link):
        return link
    place = posixpath.normpath(posixpath.join(posixpath.dirname(source), link))
    if place in pages:
        return posixpath.relpath(site_place(place), posixpath.dirname(site_place(source)) or ".")
    return f"{repository.rstrip('/')}/blob/main/{place}" if (ROOT / place).exists() else link
