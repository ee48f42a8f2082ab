"""The server: what an editor may ask, and who answers. `run` is all that a front end needs.

A handler never fails: what goes wrong in it is logged to the editor, and the answer is nothing. Only a refusal that
the user is to read leaves as an error.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from importlib.metadata import version
from typing import Any, BinaryIO, TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer

from axtary.compiler import CompileError
from axtary.compiler.format import format_policy
from axtary.lsp import actions, stdio
from axtary.lsp.completion import TRIGGERS, completions
from axtary.lsp.definitions import definitions, references
from axtary.lsp.edits import between, workspace_edit
from axtary.lsp.hover import hover
from axtary.lsp.positions import UTF16
from axtary.lsp.protocol import Protocol
from axtary.lsp.rename import RefusedError, placeholder, rename
from axtary.lsp.session import Session, described
from axtary.lsp.symbols import symbols
from axtary.lsp.threads import aside
from axtary.lsp.workspace import Document
from axtary.runtime.streams import streams

T = TypeVar("T")
_SWITCH = 0.001  # seconds after which a compilation lets a request in
_GARBAGE = 100_000  # objects between two looks for circles among them: each look makes requests wait


class Server(LanguageServer):
    """pygls' server, whose errors go to the editor's log and not to a window."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what no answer tells: the error of a request is its answer."""
        if source is FeatureRequestError:
            return
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, described(error)))


def run(*, lint: bool) -> int:
    """Serve standard input and output until the end. The exit code: 0 if the editor asked to shut down first."""
    sys.setswitchinterval(_SWITCH)
    gc.set_threshold(_GARBAGE, 20, 20)
    return asyncio.run(_run(*streams(), lint))


async def _run(stdin: BinaryIO, stdout: BinaryIO, lint: bool) -> int:
    protocol: Any = Protocol
    server = Server(
        "axtary", version("axtary"), text_document_sync_kind=types.TextDocumentSyncKind.Full, protocol_cls=protocol
    )
    # Full texts: pygls cuts lines at characters that are no line ends to an editor, and would apply changes elsewhere.
    _Features(server, Session(server, lint=lint)).register()
    await stdio.serve(server, stdin, stdout)
    return 0 if isinstance(server.protocol, Protocol) and server.protocol.was_shut_down else 1


class _Features:
    """The handlers."""

    def __init__(self, server: Server, session: Session) -> None:
        self._server, self._session = server, session

    @property
    def _can(self) -> types.ClientCapabilities:
        return self._server.client_capabilities

    def register(self) -> None:
        """Tell pygls of every handler."""
        options: dict[str, Any] = {
            types.TEXT_DOCUMENT_RENAME: types.RenameOptions(prepare_provider=True),
            types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(list(actions.KINDS), resolve_provider=True),
            types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(trigger_characters=TRIGGERS),
        }
        handlers: dict[str, Callable[[Any], Any]] = {
            types.INITIALIZE: self.initialize,
            types.INITIALIZED: self.initialized,
            types.TEXT_DOCUMENT_DID_OPEN: self.opened,
            types.TEXT_DOCUMENT_DID_CHANGE: self.changed,
            types.TEXT_DOCUMENT_DID_CLOSE: self.closed,
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: self.files_changed,
            types.TEXT_DOCUMENT_HOVER: self.hover,
            types.TEXT_DOCUMENT_DEFINITION: self.definition,
            types.TEXT_DOCUMENT_REFERENCES: self.references,
            types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: self.symbols,
            types.TEXT_DOCUMENT_PREPARE_RENAME: self.prepare_rename,
            types.TEXT_DOCUMENT_RENAME: self.rename,
            types.TEXT_DOCUMENT_COMPLETION: self.complete,
        }
        for method, handler in handlers.items():
            self._server.feature(method, options.get(method))(self._guarded(handler))
        slow: dict[str, Callable[[Any], Awaitable[Any]]] = {
            types.TEXT_DOCUMENT_CODE_ACTION: self.code_actions,
            types.CODE_ACTION_RESOLVE: self.resolve_action,
            types.TEXT_DOCUMENT_FORMATTING: self.format,
        }
        for method, worker in slow.items():
            self._server.feature(method, options.get(method))(self._guarded_async(worker))

    def _guarded(self, handler: Callable[[Any], T]) -> Callable[[Any], T | None]:
        @wraps(handler)
        def answer(params: Any) -> T | None:
            try:
                return handler(params)
            except JsonRpcException:
                raise
            except Exception as error:  # whatever it is, the server goes on
                self._session.log_error(error)
                return None

        return answer

    def _guarded_async(self, handler: Callable[[Any], Awaitable[T]]) -> Callable[[Any], Awaitable[T | None]]:
        @wraps(handler)
        async def answer(params: Any) -> T | None:
            try:
                return await handler(params)
            except JsonRpcException:
                raise
            except Exception as error:  # whatever it is, the server goes on
                self._session.log_error(error)
                return None

        return answer

    # --- life ---

    def initialize(self, _params: types.InitializeParams) -> None:
        self._session.workspace.encoding = _word(self._server.workspace.position_encoding)

    def initialized(self, _params: types.InitializedParams) -> None:
        """Ask to be told of files that change on disk."""
        workspace = self._can.workspace
        watching = workspace.did_change_watched_files if workspace is not None else None
        if watching is not None and watching.dynamic_registration:
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*.{yml,yaml}")])
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = types.Registration("axtary-files", method, options)
            self._server.client_register_capability(types.RegistrationParams([registration]))

    # --- texts ---

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        self._session.opened(document.uri, document.version, document.text)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        if params.content_changes:
            last = params.content_changes[-1].text  # each one is the whole text
            self._session.changed(params.text_document.uri, params.text_document.version, last)

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        self._session.closed(params.text_document.uri)

    def files_changed(self, _params: types.DidChangeWatchedFilesParams) -> None:
        self._session.files_changed()

    # --- questions ---

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        view = self._session.view(params.text_document.uri)
        can = self._can.text_document.hover if self._can.text_document is not None else None
        markdown = can is None or types.MarkupKind.Markdown in (can.content_format or [types.MarkupKind.Markdown])
        return hover(self._session.workspace, view, params.position, markdown=markdown) if view is not None else None

    def definition(self, params: types.DefinitionParams) -> list[types.Location] | None:
        view = self._session.view(params.text_document.uri)
        return (definitions(self._session.workspace, view, params.position) or None) if view is not None else None

    def references(self, params: types.ReferenceParams) -> list[types.Location] | None:
        view, declaration = self._session.view(params.text_document.uri), params.context.include_declaration
        found = references(self._session.workspace, view, params.position, declaration) if view is not None else []
        return found or None

    def symbols(self, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        view = self._session.view(params.text_document.uri)
        return symbols(view) if view is not None else None

    def complete(self, params: types.CompletionParams) -> list[types.CompletionItem] | None:
        document = self._session.workspace.document(params.text_document.uri)
        if document is None:
            return None
        project = self._session.workspace.project_of(document)
        return completions(self._session.workspace, project, document, params.position)

    # --- changes ---

    def prepare_rename(self, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        view = self._session.view(params.text_document.uri)
        return placeholder(view, params.position) if view is not None else None

    def rename(self, params: types.RenameParams) -> types.WorkspaceEdit | None:
        workspace, view = self._session.workspace, self._session.view(params.text_document.uri)
        edits = rename(workspace, view, params.position, params.new_name) if view is not None else None
        return workspace_edit(workspace, edits, versioned=self._versioned) if edits is not None else None

    async def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction] | None:
        document, only = self._session.workspace.document(params.text_document.uri), params.context.only
        if document is None:
            return None
        shown, found = self._session.shown(document), []
        if actions.wanted(types.CodeActionKind.QuickFix.value, only):
            workspace = self._session.workspace
            found += actions.quick_fixes(workspace, document, shown, params.range, versioned=self._versioned)
        if actions.wanted(actions.FIX_ALL, only) and any(each.fix is not None for each, _ in shown):
            action = actions.fix_all(document.uri)
            if self._resolves:
                found.append(action)
            elif only is not None:  # it takes a moment: for those who ask for it alone
                found.append(await self.resolve_action(action))
        return found

    async def resolve_action(self, action: types.CodeAction) -> types.CodeAction:
        workspace = self._session.workspace
        document = workspace.document(action.data) if isinstance(action.data, str) else None
        if document is None or action.kind != actions.FIX_ALL:
            return action
        project, unsaved = workspace.project_of(document), workspace.unsaved()
        names = {path: name for name, path in project.files.items()}
        texts = await aside(partial(actions.mended, project.root, unsaved, names))
        self._still(unsaved)
        action.edit = actions.all_edits(workspace, texts, versioned=self._versioned)
        return action

    async def format(self, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        document = self._session.workspace.document(params.text_document.uri)
        if document is None or document.is_test:
            return None
        unsaved = {document.path: document.data}
        text = await aside(partial(_formatted, document))
        self._still(unsaved)
        return between(document.text, text)

    def _still(self, texts: dict[Any, bytes]) -> None:
        """Are these texts still the present ones? Raises RefusedError."""
        unsaved = self._session.workspace.unsaved()
        if any(unsaved.get(path) != data for path, data in texts.items()):
            raise RefusedError("the text was changed meanwhile: try again")

    @property
    def _versioned(self) -> bool:
        workspace = self._can.workspace
        edits = workspace.workspace_edit if workspace is not None else None
        return edits is not None and bool(edits.document_changes)

    @property
    def _resolves(self) -> bool:
        """Does the editor ask for the edits of an action once it is chosen?"""
        can = self._can.text_document.code_action if self._can.text_document is not None else None
        support = can.resolve_support if can is not None else None
        return support is not None and "edit" in support.properties


def _formatted(document: Document) -> str:
    try:
        return format_policy(document.path.name, document.data)
    except CompileError as error:
        first = error.diagnostics[0]
        message = f"not formatted: line {first.span.line}, {first.code}: {first.message}; {first.help}"
        raise RefusedError(message) from None


def _word(encoding: Any) -> str:
    return str(getattr(encoding, "value", encoding) or UTF16)
