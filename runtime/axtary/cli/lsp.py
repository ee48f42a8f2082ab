"""`axtary lsp`."""

from __future__ import annotations

import sys

from axtary.cli.output import fail, leave


def run(lint: bool, as_json: bool) -> None:
    """Serve until the editor ends it."""
    try:
        import pygls  # noqa: F401
    except ModuleNotFoundError:
        fail("the language server needs the package `pygls`", "run `pip install 'axtary[lsp]'`", as_json)
    from axtary.lsp.server import run as serve

    if sys.stdin is not None and sys.stdin.isatty():
        sys.stderr.write("a language server: editors start it and speak to it; Ctrl-C ends\n")
    leave(serve(lint=lint))
