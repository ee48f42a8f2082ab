"""Pages for a browser: each is one file that loads nothing and runs nothing but its own script.

The policy's words are hostile: they come in as escaped text (`escaped`) or as data (`document`), never as markup.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Template
from typing import Any

from axtary.compiler.diagnostics import printable

_ROOT = resources.files(__name__)


@cache
def asset(name: str) -> str:
    """A template, style sheet or script of this folder."""
    return _ROOT.joinpath(name).read_text(encoding="utf-8")


def fill(template: str, **values: str) -> str:
    """A template with its `$names` replaced by markup."""
    return Template(asset(template)).substitute(values)


def escaped(text: str) -> str:
    """Any text as markup that shows it, control and bidirectional characters as escapes."""
    return html.escape(printable(text))


def document(name: str, title: str, body: str, data: Mapping[str, Any]) -> str:
    """The page `name`: `body` is markup, `title` text, `data` what its script reads from the element `data`."""
    style, script = asset("base.css") + asset(f"{name}.css"), asset(f"{name}.js")
    policy = f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; base-uri 'none'"
    return fill(
        "page.html",
        policy=f"{policy}; form-action 'none'",
        title=escaped(title),
        style=style,
        body=body,
        data=script_json(data),
        script=script,
    )


def script_json(data: Any) -> str:
    """JSON that nothing in it can end a script element, or begin a comment in one."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _source(text: str) -> str:
    """What a content security policy calls a script or style with this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
