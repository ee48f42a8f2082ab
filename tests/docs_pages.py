"""The pages of the documentation, taken apart: fenced blocks, console commands, links and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

_FENCE = re.compile(
    r"^(?:<!-- file: (?P<file>\S+) -->\n)?(?P<fence>```+)(?P<kind>\w*)\n(?P<body>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block. `file` is the name that a comment before it gives; `line` is where it begins."""

    kind: str
    body: str
    file: str
    line: int


@dataclass(frozen=True)
class Command:
    """A line of a console block after its `$ `, and the output that the page shows."""

    line: str
    shown: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(m["kind"], m["body"], m["file"] or "", text.count("\n", 0, m.start()) + 1) for m in fences(text)]


def fences(text: str) -> Iterator[re.Match[str]]:
    """Each fenced block of a text."""
    return _FENCE.finditer(text)


def commands(block: Block) -> list[Command]:
    """The commands of a console block; a command line that ends with a backslash goes on."""
    found: list[Command] = []
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        line, _, shown = re.sub(r"\\\n> ", "", part).partition("\n")
        found.append(Command(line, shown))
    return found


def prose(page: Path) -> str:
    """The text outside fenced blocks and code spans."""
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page.read_text(encoding="utf-8")))


def links(page: Path) -> list[str]:
    """The targets of the links that stay inside the project."""
    return [link for link in _LINK.findall(prose(page)) if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """The names that headings can be linked by, as GitHub makes them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def table(page: Path, name: str) -> list[list[str]]:
    """The rows of the table that the comment `<!-- table: NAME -->` announces."""
    text = page.read_text(encoding="utf-8")
    _, found, rest = text.partition(f"<!-- table: {name} -->\n")
    assert found, f"{page.name} has no table {name}"
    rows = []
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def code(cell: str) -> list[str]:
    """The code spans of a table cell; `\\|` is a bar."""
    return [span.replace("\\|", "|") for span in re.findall(r"`([^`]*)`", cell)]
