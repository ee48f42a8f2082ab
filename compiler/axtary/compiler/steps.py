"""A place in a tree of keys and indexes, as text."""

from __future__ import annotations

import json
import re

from axtary.compiler.diagnostics import printable

Steps = tuple[str | int | None, ...]  # keys and list indexes; None: inside a mapping, before its first key

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_STEP_LIMIT = 60
_PATH_LIMIT = 200


def steps_text(steps: Steps) -> str:
    """A place in a tree as an author writes it: `payload.a["odd key"][3]`. Printable, and cut if it is long."""
    text = "".join(_step(step, index == 0) for index, step in enumerate(steps))
    return text if len(text) <= _PATH_LIMIT else text[: _PATH_LIMIT - 1] + "…"


def _step(step: str | int | None, first: bool) -> str:
    if step is None:
        return ""
    if isinstance(step, int):
        return f"[{step}]"
    if len(step) <= _STEP_LIMIT and _PLAIN.match(step):
        return step if first else f".{step}"
    cut = step if len(step) <= _STEP_LIMIT else step[: _STEP_LIMIT - 1] + "…"
    return f"[{printable(json.dumps(cut, ensure_ascii=False))}]"
