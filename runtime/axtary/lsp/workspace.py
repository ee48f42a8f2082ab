"""What the server knows: the texts that are open, and the policies (projects) that they belong to.

A project is a policy file with what it includes and its open test files. Files go by their real paths. Only the loop's
thread touches this; the compiling thread gets copies and gives results.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from axtary.compiler import Compiled, included
from axtary.compiler.ir import Span
from axtary.compiler.source import MAX_BYTES, Text
from axtary.lsp import names
from axtary.lsp.drift import Drift, drift
from axtary.lsp.names import Name
from axtary.lsp.parsing import Parsed, parse
from axtary.lsp.positions import UTF16, DocumentText
from axtary.runtime.policyfile import DEFAULT, UnreadableError, includes, read_bytes
from axtary.runtime.testing.files import is_test_file, policy_named

_MAX_PARENTS = 16  # folders above a file in which a policy that includes it is looked for
_AT_ONCE = 64 * 1024  # characters of a text that is parsed while somebody waits
_AT_FIRST = 512 * 1024  # the same, of a text that nothing is known of; a longer one is waited for
_VERSION = re.compile(r"^[\"']?version[\"']?[ \t]*:", re.MULTILINE)
_POLICY = re.compile(r"^[\"']?(policies|policy|preset|invariants|groups|tools)[\"']?[ \t]*:", re.MULTILINE)
_CASES = re.compile(r"^[\"']?cases[\"']?[ \t]*:", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A text that is open in the editor."""

    uri: str
    path: Path
    version: int
    text: DocumentText

    @cached_property
    def is_test(self) -> bool:
        return is_test_file(self.path)

    @property
    def data(self) -> bytes:
        return encoded(self.text.text)


@dataclass
class Project:
    """A policy. `good` is the last compilation without errors; `files` are the paths by the names that spans use."""

    root: Path
    good: Compiled | None = None
    files: dict[str, Path] = field(default_factory=dict)
    published: set[Path] = field(default_factory=set)

    def path(self, name: str) -> Path | None:
        """Where a source of the policy stands; None for what is built in."""
        return None if name.startswith("preset:") else self.files.get(name, real(self.root.parent / name))

    def name(self, path: Path) -> str:
        """What spans call a file of the policy."""
        return next((name for name, known in self.files.items() if known == path), path.name)


@dataclass(frozen=True)
class View:
    """A file as it was read last, seen from the text that it has now."""

    project: Project
    parsed: Parsed
    now: DocumentText

    @property
    def drift(self) -> Drift:
        return drift(self.parsed.text, self.now.text)

    def range(self, start: int, end: int) -> types.Range | None:
        """Where indices of the text that was read stand now; None if they were changed."""
        moved = self.drift.forward(start), self.drift.forward(end)
        return self.now.range(moved[0], moved[1]) if moved[0] is not None and moved[1] is not None else None

    def text_range(self, text: Text) -> types.Range | None:
        return self.range(text.start, text.end)

    def span_range(self, span: Span) -> types.Range | None:
        lines = DocumentText(self.parsed.text, UTF16)
        return self.range(*lines.extent(span))

    def index(self, position: types.Position) -> int | None:
        """The index in the text that was read."""
        return self.drift.back(self.now.index(position))


class Workspace:
    """All of it."""

    def __init__(self, encoding: str = UTF16) -> None:
        self.encoding = encoding
        self.documents: dict[Path, Document] = {}
        self.projects: dict[Path, Project] = {}
        self._parsed: dict[Path, Parsed] = {}
        self._includes: dict[Path, tuple[bytes, tuple[str, ...]]] = {}  # of a policy: its text, and what it includes
        self._unreadable: dict[Path, str] = {}  # the last text that is no YAML

    # --- open texts ---

    def open(self, uri: str, version: int, text: str) -> Document | None:
        """Take a text; None if it is no file, or neither a policy nor a test file."""
        path = path_of(uri)
        if path is None:
            return None
        document = Document(uri, path, version, DocumentText(text, self.encoding))
        if not self._is_ours(document):
            return None
        self.documents[path] = document
        return document

    def change(self, uri: str, version: int, text: str) -> Document | None:
        """The new text of a document. One that was none of ours may become one."""
        path = path_of(uri)
        old = self.documents.get(path) if path is not None else None
        if old is None:
            return self.open(uri, version, text)
        self.documents[old.path] = Document(uri, old.path, version, DocumentText(text, self.encoding))
        return self.documents[old.path]

    def close(self, uri: str) -> Path | None:
        path = path_of(uri)
        return path if path is not None and self.documents.pop(path, None) is not None else None

    def document(self, uri: str) -> Document | None:
        path = path_of(uri)
        return self.documents.get(path) if path is not None else None

    def unsaved(self) -> dict[Path, bytes]:
        """What is open, as the compiler is to read it."""
        return {path: document.data for path, document in self.documents.items()}

    def uri(self, path: Path) -> str:
        """The name that the editor has for a file."""
        return self.documents[path].uri if path in self.documents else from_fs_path(str(path)) or ""

    def _is_ours(self, document: Document) -> bool:
        text = document.text.text
        if document.is_test:
            return _CASES.search(text) is not None or _VERSION.search(text) is not None or not text.strip()
        name = document.path.name
        if name in (str(DEFAULT), "axtary.yaml") or name.endswith((".axtary.yml", ".axtary.yaml")):
            return True
        if any(document.path in project.files.values() for project in self.projects.values()):
            return True
        if not name.endswith((".yml", ".yaml")):
            return False
        if _VERSION.search(text) is not None and _POLICY.search(text) is not None:
            return True
        return self._includer(document.path) is not None

    # --- projects ---

    def project_of(self, document: Document) -> Project:
        """The policy that a document belongs to; a new one if none is known."""
        path = document.path
        root = self.policy_of_test(path, self.parsed(path)) if document.is_test else self._root(path)
        return self.projects.setdefault(root, Project(root, files={root.name: root}))

    def members(self, project: Project) -> list[Document]:
        """The open documents of a project, by path."""
        found = [document for document in self.documents.values() if self.project_of(document) is project]
        return sorted(found, key=lambda document: document.path)

    def _root(self, path: Path) -> Path:
        for root, project in sorted(self.projects.items()):
            if root != path and path in project.files.values():
                return root
        return path if path in self.projects else self._includer(path) or path

    def _includer(self, path: Path) -> Path | None:
        """The policy in a folder above that includes the file."""
        for folder in list(path.parents)[:_MAX_PARENTS]:
            root = folder / DEFAULT
            if root == path or not (root in self.documents or root.is_file()):
                continue
            if any(real(folder / name) == path for name in self._included(root)):
                return root
        return None

    def _included(self, root: Path) -> tuple[str, ...]:
        """What a policy includes; read again only if its first file has changed, for this is asked at every key."""
        unsaved = self.unsaved()
        try:
            data = unsaved[root] if root in unsaved else read_bytes(root, MAX_BYTES)
        except UnreadableError:
            return ()
        known = self._includes.get(root)
        if known is None or known[0] != data:
            known = data, included(root.name, data, includes(root, unsaved))
            self._includes[root] = known
        return known[1]

    def policy_of_test(self, path: Path, parsed: Parsed | None) -> Path:
        """The policy that a test file is about, as far as it could be read."""
        named = names.get(parsed.tree, "policy") if parsed is not None else None
        return real(policy_named(path, named.value if isinstance(named, Text) and named.value else None))

    # --- trees ---

    def learn(self, parsed: Parsed) -> None:
        """Remember a file as it was read. What is no YAML does not replace what was."""
        if parsed.tree is not None or parsed.path not in self._parsed:
            self._parsed[parsed.path] = parsed
        if parsed.tree is None:
            self._unreadable[parsed.path] = parsed.text

    def parsed(self, path: Path) -> Parsed | None:
        """A file as it was read last. A short text that is open is read at once if it was not yet."""
        document, known = self.documents.get(path), self._parsed.get(path)
        text = document.text.text if document is not None else None
        stale = text is not None and (known is None or known.text != text) and self._unreadable.get(path) != text
        if document is not None and stale and len(document.text.text) <= (_AT_FIRST if known is None else _AT_ONCE):
            self.learn(parse(path, path.name, document.data))
        return self._parsed.get(path)

    def view(self, path: Path, project: Project) -> View | None:
        """A file with a readable tree, as it was read last; None if there is none."""
        parsed = self.parsed(path)
        if parsed is None or parsed.tree is None:
            return None
        return self.view_of(parsed, project)

    def fresh(self, path: Path, project: Project) -> View | None:
        """A file as it is at this moment, read again if need be; None if it cannot be read."""
        document = self.documents.get(path)
        try:
            data = document.data if document is not None else read_bytes(path, MAX_BYTES)
        except UnreadableError:
            return None
        parsed = parse(path, project.name(path), data)
        return self.view_of(parsed, project) if parsed.tree is not None else None

    def view_of(self, parsed: Parsed, project: Project) -> View:
        """A file that was read, and the text that it has now: if it is not open, the same."""
        document = self.documents.get(parsed.path)
        return View(project, parsed, document.text if document else DocumentText(parsed.text, self.encoding))

    def views(self, project: Project) -> list[View]:
        """Every readable file of a policy, without tests."""
        found = [self.view(path, project) for path in dict.fromkeys(project.files.values())]
        return [view for view in found if view is not None]

    def test_views(self, project: Project) -> list[View]:
        """Every readable test file of the policy that is open."""
        found = [self.view(document.path, project) for document in self.members(project) if document.is_test]
        return [view for view in found if view is not None]

    def declared(self, project: Project, kind: names.Kind, name: str) -> Iterator[tuple[View, Name]]:
        """Where a group or rule is declared."""
        for view in self.views(project):
            for found in view.parsed.names:
                if found.whole is not None and found.kind is kind and found.name == name:
                    yield view, found


def encoded(text: str) -> bytes:
    """A text as the compiler reads it; half a surrogate pair becomes bytes that it refuses."""
    return text.encode("utf-8", "surrogatepass")


def real(path: Path) -> Path:
    """The path with its links resolved."""
    return Path(os.path.realpath(path)) if "\0" not in str(path) else path


def path_of(uri: str) -> Path | None:
    """The file of an URI; None for anything else."""
    if not uri.startswith("file:"):
        return None
    try:
        name = to_fs_path(uri)
    except ValueError:
        return None
    return real(Path(name)) if name and "\0" not in name else None


def included_path(view: View, written: str) -> Path:
    """The file that an include of a view names."""
    base = view.project.name(view.parsed.path)
    return real(view.project.root.parent / posixpath.normpath(posixpath.join(posixpath.dirname(base), written)))
