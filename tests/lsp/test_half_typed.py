"""Half-typed files: every question is answered, or answered with nothing; the server never fails.

Here in one process, for there are many texts. `AXTARY_LSP_TEXTS=20000 pytest tests/lsp/test_half_typed.py` is a long
run.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import default_converter
from tests.lsp.client import editor

from axtary.compiler import CompileError, compile_policy
from axtary.lsp import actions, edits
from axtary.lsp.checking import Job, run
from axtary.lsp.completion import completions
from axtary.lsp.definitions import definitions, references
from axtary.lsp.findings import Placed
from axtary.lsp.hover import hover
from axtary.lsp.rename import placeholder, rename
from axtary.lsp.symbols import symbols
from axtary.lsp.workspace import Project, Workspace

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "golden").glob("*/policy.yml")) + sorted((ROOT / "golden" / "mistakes").glob("*.yml"))
TEXTS = int(os.environ.get("AXTARY_LSP_TEXTS", "250"))
CONVERTER: Any = default_converter()  # type: ignore[no-untyped-call]


def texts(seed: int, count: int) -> Iterator[tuple[Path, str, str]]:
    """Files of the corpus, cut off, or with a hole, or with what somebody just typed in; and what they were before."""
    rng = Random(seed)
    for _ in range(count):
        path = rng.choice(POLICIES)
        whole = path.read_bytes().decode("utf-8", "surrogateescape")
        at, end = sorted((rng.randrange(len(whole) + 1), rng.randrange(len(whole) + 1)))
        typed = rng.choice(["", "@", "a", ": ", "\n", '"', "{", "[", "😀", "- ", "\t", "AX0301", "payload."])
        made = [whole[:at], whole[:at] + whole[end:], whole[:at] + typed + whole[at:], whole[:at] + typed + whole[end:]]
        yield path, whole, rng.choice(made)


def everything(workspace: Workspace, project: Project, path: Path, rng: Random) -> Iterator[Any]:
    """The answers to all questions at some place of an open text."""
    document = workspace.documents[path]
    position = document.text.position(rng.randrange(len(document.text.text) + 1))
    view = workspace.view(path, project)
    yield completions(workspace, project, document, position)
    if view is not None:
        yield hover(workspace, view, position, markdown=True)
        yield definitions(workspace, view, position)
        yield references(workspace, view, position, True)
        yield symbols(view)
        yield placeholder(view, position)
        try:
            yield edits.workspace_edit(workspace, rename(workspace, view, position, "new") or {}, versioned=True)
        except JsonRpcException as refused:
            assert str(refused)


def inside(text: str, found: Any) -> None:
    """Every range of an answer lies in the text."""
    if isinstance(found, dict):
        if found.keys() == {"line", "character"}:
            lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            assert found["line"] < len(lines)
            assert found["character"] <= len(lines[found["line"]].encode("utf-16-le", "surrogatepass")) // 2
        for each in found.values():
            inside(text, each)
    elif isinstance(found, list):
        for each in found:
            inside(text, each)


@pytest.mark.parametrize("part", range(5))
def test_every_question_about_every_text_has_an_answer(part: int) -> None:
    """Before it is compiled, after, and again for the text as it was: no exception, and no range outside the text."""
    rng = Random(part)
    for path, whole, text in texts(part, TEXTS // 5):
        workspace = Workspace()
        document = workspace.open(path.as_uri(), 1, whole) if "policies" in whole else None
        if document is None:
            continue
        project = workspace.project_of(document)
        for version, now in enumerate((whole, text, whole), 2):
            workspace.change(path.as_uri(), version, now)
            for found in everything(workspace, project, document.path, rng):
                inside(now, CONVERTER.unstructure(found))
            check(workspace, project, document.path, now)
            for found in everything(workspace, project, document.path, rng):
                inside(now, CONVERTER.unstructure(found))


def test_a_server_lives_through_files_being_typed(tmp_path: Path) -> None:
    """Each file as it grows, over real pipes, with a question behind each piece; at the end its findings are right."""
    rng = Random(7)
    with editor(tmp_path.resolve()) as found:
        for number, path in enumerate(rng.sample(POLICIES, 8)):
            text, name = path.read_text(encoding="utf-8", errors="replace"), f"{number}.axtary.yml"
            found.open(name, "")
            for end in sorted(rng.sample(range(len(text)), 6)):
                found.change(name, text[:end])
                line = text.count("\n", 0, end)
                found.ask(rng.choice(["hover", "definition", "completion", "prepareRename"]), name, line, 3)
            found.change(name, text)
            codes = [each["code"] for each in found.diagnostics(name)]
            assert codes == compiled(name, text)


def compiled(name: str, text: str) -> list[str]:
    try:
        return [each.code for each in compile_policy(name, text.encode()).warnings]
    except CompileError as error:
        return [each.code for each in error.diagnostics]


def check(workspace: Workspace, project: Project, path: Path, text: str) -> None:
    """What a session does with a result."""
    document = workspace.documents[path]
    (found, *_) = run(Job(path, workspace.unsaved(), (), {}, project.good))
    if not isinstance(found.result, CompileError):
        project.good = found.result
    project.files = {path.name: path} | {name: each.path for name, each in found.parsed.items()}
    for parsed in found.parsed.values():
        workspace.learn(parsed)
    shown = Placed(workspace, project, found).by_file()[path]
    inside(text, CONVERTER.unstructure([seen for _, seen in shown]))
    everywhere = types.Range(types.Position(0, 0), types.Position(10**6, 0))
    offered = actions.quick_fixes(workspace, document, shown, everywhere, versioned=False)
    assert len(offered) == sum(each.fix is not None for each, _ in shown)
    inside(text, [CONVERTER.unstructure(list((each.edit.changes or {}).values())) for each in offered if each.edit])


def test_an_error_in_a_handler_is_logged_and_answered_with_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from axtary.lsp import server as served

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("in a question")

    monkeypatch.setattr(served, "definitions", broken)
    logged = asyncio.run(_asked(served))
    assert len(logged) == 1
    assert "internal error: ZeroDivisionError at test_half_typed.py" in logged[0]


async def _asked(served: Any) -> list[str]:
    """What is logged while a definition is asked for; the answer must be nothing."""
    server = served.Server("x", "1")
    session = served.Session(server, lint=False)
    logged: list[str] = []
    server.window_log_message = lambda params: logged.append(params.message)
    server.text_document_publish_diagnostics = lambda params: None
    features = served._Features(server, session)
    uri = (ROOT / "axtary.yml").as_uri()
    session.opened(uri, 1, "version: 1\npolicies: []\n")
    params = types.DefinitionParams(types.TextDocumentIdentifier(uri), types.Position(0, 0))
    assert features._guarded(features.definition)(params) is None
    return logged
