"""A difference as one HTML page: no script, nothing loaded from anywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from axtary.cli.diff_text import happened_text, history_text, title
from axtary.compiler.diagnostics import printable

Json = Any

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin: 0 }
section { border: 1px solid #8886; border-left-width: 6px; border-radius: 4px; padding: .8rem 1rem; margin: 1rem 0 }
section.more { border-left-color: #c60 } section.less { border-left-color: #06c }
section.open { border-left-color: #c00 }
table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0; vertical-align: top }
code, pre { font: 14px/1.45 ui-monospace, monospace } pre { overflow-x: auto; background: #8881; padding: .6rem }
small { color: #888 }
"""
_CLASSES = {"more permissive": "more", "less permissive": "less", "different": "open"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(result: Json) -> str:
    """The result of `policy diff --json` as a page."""
    changes = [_change(number, change) for number, change in enumerate(result["changes"], 1)]
    undecided = [_section("open", "Undecided", _paragraph(_undecided(each))) for each in result["undecided"]]
    gates = [_gate(gate) for gate in result.get("gates", ())]
    names = " → ".join(f"<code>{_text(result[side]['name'])}</code>" for side in ("old", "new"))
    versions = "<br>".join(f"{side} {_text(result[side]['policy_version'])}" for side in ("old", "new"))
    recorded = [_paragraph(history_text(result["history"]))] if "history" in result else []
    head = [f"<h1>{_text(result['verdict'])}</h1>", f"<p>{names}</p>", *recorded]
    body = "\n".join([*head, *gates, *changes, *undecided])
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>Policy diff: {_text(result['verdict'])}</title>\n<style>{_STYLE}</style>\n"
        f"{body}\n<p><small>Every action was decided by native, Cedar and Rego.<br>{versions}</small></p>\n</html>\n"
    )


def _text(text: object) -> str:
    return escape(printable(str(text)))


def _paragraph(text: str) -> str:
    return f"<p>{_text(text)}</p>"


def _section(kind: str, head: str, *parts: str) -> str:
    return f'<section class="{kind}"><h2>{_text(head)}</h2>{"".join(parts)}</section>'


def _change(number: int, change: Json) -> str:
    rows = "".join(_row(side, change["rules"][side]) for side in ("old", "new"))
    tools = ", ".join(f"<code>{_text(tool)}</code>" for tool in change["tools"])
    rows += f"<tr><td>tools</td><td>{tools}</td></tr>"
    if "happened" in change:
        rows += f"<tr><td>happened</td><td>{happened_text(change['happened'])}</td></tr>"
    table = f"<table>{rows}</table>"
    head = f"{number}. {title(change)}: {change['direction']}"
    return _section(
        _CLASSES[change["direction"]], head, _paragraph(change["sentence"]), table, _json(change["witness"])
    )


def _row(side: str, rules: Sequence[Json]) -> str:
    cells = "<br>".join(
        f"<code>{_text(r['rule'])}</code> {_text(r['effect'])} <small>{_text(r['file'])}:{_text(r['line'])}</small>"
        for r in rules
    )
    return f"<tr><td>{side}</td><td>{cells or 'no rule'}</td></tr>"


def _json(value: Json) -> str:
    return f"<pre>{_text(json.dumps(value, ensure_ascii=True))}</pre>"


def _undecided(each: Json) -> str:
    return f"{', '.join(each['tools']) or 'all tools'}: {each['why']}"


def _gate(gate: Json) -> str:
    head = f"--{gate['gate']}: {'passed' if gate['passed'] else 'failed'}"
    parts = [_paragraph(change["sentence"]) + _json(change["witness"]) for change in gate["violations"]]
    parts += [_paragraph(_undecided(each)) for each in gate["undecided"]]
    return _section("less" if gate["passed"] else "open", head, *parts)
