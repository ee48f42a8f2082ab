"""Pages as a browser shows them: headless Chromium, and what the page holds after its script has run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
    "--dump-dom",
)

needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH: pages are not tested in a browser")


def dom(page: Path, fragment: str = "") -> str:
    """The document after its script has run, as HTML."""
    with tempfile.TemporaryDirectory() as profile:
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", f"{page.resolve().as_uri()}{fragment}"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)
    return done.stdout


@dataclass
class Element:
    """One element: its attributes, and all text within."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Group:
    """A tool of the table, what is said about it, and its rules."""

    tool: str
    note: str = ""
    rules: list[str] = field(default_factory=list)


_VOID = {"meta", "input", "br", "img", "link", "hr"}


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attributes))
        self.found.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, text: str) -> None:
        for element in self._open:
            element.text += text


def elements(text: str) -> list[Element]:
    """Every element of a document, in order."""
    collector = _Collector()
    collector.feed(text)
    collector.close()
    return collector.found


def groups(text: str) -> list[Group]:
    """The rows of a decision table under their tools."""
    found: list[Group] = []
    scope: str | None = None  # of the heading in which we are
    for element in elements(text):
        if element.tag in ("th", "td"):
            scope = element.attributes.get("scope")
        if scope == "rowgroup" and element.tag == "th":
            found.append(Group(""))
        elif scope == "rowgroup" and element.tag == "code":
            found[-1].tool = element.text
        elif scope == "rowgroup" and element.tag == "span":
            found[-1].note += element.text
        elif scope == "row" and element.tag == "code":
            found[-1].rules.append(element.text)
    return found
