"""Templates, in which every value is escaped, and characters that nobody sees are shown as escapes.

Nothing is markup but what this module makes: a value of a template is text, whatever it looks like.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from axtary.approvals.showing import exact, is_unseen, visible
from axtary.runtime.action import time_text
from axtary.runtime.pages import asset as base

_SECOND = 1_000_000
ASSETS = {"style.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8"}


def page(template: str, **values: object) -> str:
    """The text of a page."""
    frame = {"session": None, "path": "", "notice": "", "refresh": ""}
    return _environment().get_template(template).render(frame | values)


@cache
def asset(name: str) -> str:
    """A file of `static`. The style begins with what all pages share."""
    shared = base("base.css") if name == "style.css" else ""
    return shared + resources.files(__package__).joinpath("static", name).read_text(encoding="utf-8")


def integrity(name: str) -> str:
    """Its hash, as a page names it: another text is not taken by the browser."""
    return f"sha384-{base64.b64encode(hashlib.sha384(asset(name).encode()).digest()).decode()}"


def address(name: str) -> str:
    """Where it is: under its hash, so that it may be kept for ever."""
    return f"/ui/static/{hashlib.sha256(asset(name).encode()).hexdigest()[:16]}/{name}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("axtary.proxy.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"exact": _exact, "marked": marked, "instant": _instant}
    made.globals |= {"address": address, "integrity": integrity}
    return made


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _exact(value: Any) -> Markup:
    """A JSON value, each escape of a character that nobody sees marked."""
    return marked(exact(value, raw=True))


def marked(text: str) -> Markup:
    """A text with line ends and tabs, in which characters that nobody sees are escapes that stand out."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return Markup(escape(text))  # noqa: S704  # escaped right here
    parts: list[str] = []
    plain: list[str] = []
    for char in text:
        if char in "\n\t" or not is_unseen(char):
            plain.append(char)
            continue
        parts += [str(escape("".join(plain))), f"<mark>{escape(visible(char))}</mark>"]
        plain = []
    return Markup("".join([*parts, str(escape("".join(plain)))]))  # noqa: S704


def _instant(micros: int) -> Markup:
    """An instant, from microseconds since 1970, which the script turns into local time."""
    text = time_text(micros / _SECOND)
    return Markup('<time datetime="{0}">{1}</time>').format(text, text[:19].replace("T", " ") + " UTC")
