"""One editor's session: texts come in, projects are checked a moment later, findings go out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from axtary.compiler import Compiled
from axtary.compiler.diagnostics import printable
from axtary.lsp.actions import Shown
from axtary.lsp.checking import Checker, Found, Job
from axtary.lsp.findings import Placed
from axtary.lsp.threads import post
from axtary.lsp.workspace import Document, Project, View, Workspace
from axtary.runtime.policyfile import UnreadableError

DELAY = 0.15  # seconds without a change before a policy is compiled


@dataclass
class _Running:
    """What is going on about one project."""

    timer: asyncio.TimerHandle | None = None
    job: Job | None = None
    slow: bool = False  # are findings shown that took a proof?
    shown: dict[Path, list[Shown]] = field(default_factory=dict)
    about: Mapping[Path, bytes] = field(default_factory=dict)  # the open texts that the findings are about


class Session:
    """Everything is called in the loop's thread."""

    def __init__(self, server: LanguageServer, *, lint: bool, delay: float = DELAY) -> None:
        self._server, self._lint, self._delay = server, lint, delay
        self.workspace = Workspace()
        self._running: dict[Path, _Running] = {}
        loop = asyncio.get_running_loop()

        def in_loop(call: Callable[..., None]) -> Callable[..., None]:
            return lambda *args: post(loop, call, *args)

        self._checker = Checker(in_loop(self._found), in_loop(self._failed))

    # --- texts ---

    def opened(self, uri: str, version: int, text: str) -> None:
        document = self.workspace.open(uri, version, text)
        if document is not None:
            self._schedule(self.workspace.project_of(document), 0.0)

    def changed(self, uri: str, version: int, text: str) -> None:
        document = self.workspace.change(uri, version, text)
        if document is not None:
            self._schedule(self.workspace.project_of(document), self._delay)

    def closed(self, uri: str) -> None:
        document = self.workspace.document(uri)
        if document is None:
            return
        project = self.workspace.project_of(document)
        self.workspace.close(uri)
        if self.workspace.members(project):
            self._schedule(project, 0.0)
        else:
            self._forget(project)
        if document.path not in project.files.values() or project.root not in self.workspace.projects:
            self._publish(uri, [])

    def files_changed(self) -> None:
        """Files changed on disk: what includes them is checked again."""
        for project in list(self.workspace.projects.values()):
            self._schedule(project, self._delay)

    def view(self, uri: str) -> View | None:
        """An open document as it was read last."""
        document = self.workspace.document(uri)
        if document is None:
            return None
        return self.workspace.view(document.path, self.workspace.project_of(document))

    def shown(self, document: Document) -> list[Shown]:
        """The findings on the present text of a document; none while it is being checked."""
        running = self._running.get(self.workspace.project_of(document).root)
        if running is None or running.about.get(document.path) != document.data:
            return []
        return running.shown.get(document.path, [])

    # --- checks ---

    def _schedule(self, project: Project, delay: float) -> None:
        running = self._running.setdefault(project.root, _Running())
        if running.timer is not None:
            running.timer.cancel()
        if running.job is not None:
            running.job.cancelled.set()
        running.timer = asyncio.get_running_loop().call_later(delay, self._start, project)

    def _start(self, project: Project) -> None:
        running = self._running[project.root]
        members = self.workspace.members(project)
        tests = tuple(document.path for document in members if document.is_test)
        views = (*self.workspace.views(project), *self.workspace.test_views(project))
        known = {view.parsed.path: view.parsed for view in views}
        unsaved = self.workspace.unsaved()
        running.timer = None
        running.job = Job(project.root, unsaved, tests, known, project.good, self._lint)
        self._checker.put(running.job)

    def _found(self, found: Found) -> None:
        project = self.workspace.projects.get(found.job.root)
        running = self._running.get(found.job.root)
        if project is None or running is None or running.job is not found.job:
            return
        self._learn(project, found)
        if not found.complete and running.slow:
            return  # what was proved before stays until it is proved again
        running.slow = found.complete and any(_took_a_proof(each.code) for each in found.diagnostics)
        placed = Placed(self.workspace, project, found)
        running.shown, running.about = placed.by_file(), found.job.unsaved
        for path in sorted(project.published - running.shown.keys()):
            self._publish(self.workspace.uri(path), [])
        for path, shown in sorted(running.shown.items()):
            self._publish(self.workspace.uri(path), [seen for _, seen in shown], self._version(path, found.job))
        project.published = set(running.shown)

    def _version(self, path: Path, job: Job) -> int | None:
        """The version of an open text, if the job has read that one."""
        document = self.workspace.documents.get(path)
        return document.version if document is not None and job.unsaved.get(path) == document.data else None

    def _learn(self, project: Project, found: Found) -> None:
        """What requests are answered from; a file that now belongs to this policy is no policy of its own any more."""
        if isinstance(found.result, Compiled):
            project.good = found.result
        project.files = {project.root.name: project.root} | {name: each.path for name, each in found.parsed.items()}
        for parsed in (*found.parsed.values(), *found.tested):
            self.workspace.learn(parsed)
        for path in set(project.files.values()) - {project.root}:
            other = self.workspace.projects.get(path)
            if other is not None and other is not project:
                self._forget(other, keep=set(project.files.values()))
        for document in self.workspace.documents.values():
            owner = self.workspace.project_of(document)
            if owner.root not in self._running:
                self._schedule(owner, 0.0)

    def _forget(self, project: Project, keep: Iterable[Path] = ()) -> None:
        running = self._running.pop(project.root, None)
        if running is not None and running.timer is not None:
            running.timer.cancel()
        if running is not None and running.job is not None:
            running.job.cancelled.set()
        self.workspace.projects.pop(project.root, None)
        for path in sorted(project.published - set(keep)):
            self._publish(self.workspace.uri(path), [])

    def _failed(self, _job: Job, error: Exception) -> None:
        if isinstance(error, UnreadableError):  # the policy of a test file is not there
            self.log(f"{error}; {error.help}", types.MessageType.Warning)
        else:
            self.log_error(error)

    # --- to the editor ---

    def _publish(self, uri: str, found: list[types.Diagnostic], version: int | None = None) -> None:
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def log(self, text: str, kind: types.MessageType) -> None:
        """A line in the editor's log of this server."""
        self._server.window_log_message(types.LogMessageParams(kind, printable(text)))

    def log_error(self, error: BaseException) -> None:
        """An error of the server itself: where, for a report of it; nothing of the policy's text."""
        self.log(described(error), types.MessageType.Error)


def described(error: BaseException) -> str:
    """The kind of an error and where it came up."""
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"internal error: {type(error).__name__}{place}: {str(error)[:200]}"


def _took_a_proof(code: str) -> bool:
    return code.startswith("AX10") or "AX0720" <= code < "AX0731"
