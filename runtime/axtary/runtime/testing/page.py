"""Coverage as one HTML page that paints the policy's source.

One file, no script, nothing loaded: a content security policy says so, and names the style by its hash. Every text of
the policy is escaped. Colours never stand alone: the underline differs too, and what is missing is listed in words.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from importlib import resources

from axtary.compiler.diagnostics import printable
from axtary.runtime.testing.coverage import CoverageReport, Item, RuleCoverage

_MARKS = {"all": "✓", "part": "◐", "none": "✗"}
_STATES = {"all": "all shown", "part": "partly shown", "none": "not shown"}


def page(report: CoverageReport, sources: Mapping[str, str], title: str) -> str:
    """The page. `sources` are the texts of the policy by the names that spans use; `title` is the policy's path."""
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    files = _Files(report, sources)
    own = [name for name in sources if not _is_preset(name)]
    body = [
        _header(report, title),
        _legend(),
        _table("Rules", report.own, files),
        _gaps(report.own, files),
        *(files.painted(name) for name in own),
        *_presets(report, sources, files),
    ]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_text(f'Coverage of {title}')}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )
    return head + "\n".join(part for part in body if part) + "\n</body>\n</html>\n"


def _is_preset(name: str) -> bool:
    return name.startswith("preset:")


def _text(text: str) -> str:
    return escape(printable(text), quote=True)


def _words(text: str) -> str:
    """A phrase, what it has in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", _text(text))


def _header(report: CoverageReport, title: str) -> str:
    fired = sum(not rule.items[0].named("missing") for rule in report.own)
    left_out = sum(outcome.state == "unreachable" for outcome in report.outcomes)
    return (
        f'<header>\n<h1>Coverage of <span class="file">{_text(title)}</span></h1>\n'
        f'<p class="total"><b>{report.percent:g} %</b> {_meter(report.percent)} '
        f"{report.shown} of {report.reachable} outcomes shown, {left_out} cannot happen; "
        f"{fired} of {len(report.own)} rules fired</p>\n"
        f'<p class="version">{_text(report.policy_version)}</p>\n</header>'
    )


def _meter(percent: float) -> str:
    return f'<meter min="0" max="100" value="{percent:g}">{percent:g} %</meter>'


def _legend() -> str:
    keys = " ".join(f'<span class="{state}">{_MARKS[state]} {words}</span>' for state, words in _STATES.items())
    return (
        f'<p class="legend">{keys} — of each condition: true, false, undefined; of each obligation: met, violated; of '
        "each rule: fires. Point at a marked part to see which outcomes are missing.</p>"
    )


def _table(title: str, rules: Iterable[RuleCoverage], files: _Files) -> str:
    rows = "\n".join(_row(rule, files) for rule in rules)
    if not rows:
        return f"<h2>{title}</h2>\n<p>The policy has no rules of its own.</p>"
    names = ("rule", "effect", "fired", "conditions", "obligations")
    head = "".join(f"<th>{name}</th>" for name in names) + '<th class="number">shown</th><th></th>'
    return (
        f'<h2>{title}</h2>\n<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n'
        "</tbody></table></div>"
    )


def _row(found: RuleCoverage, files: _Files) -> str:
    fired = not found.items[0].named("missing")
    state = "all" if fired else "none"
    cells = [
        f"<td>{files.link(found.items[0], found.rule.id)}</td>",
        f"<td>{found.rule.effect.value}</td>",
        f'<td><span class="{state}">{_MARKS[state]} {"yes" if fired else "no"}</span></td>',
        f"<td>{_ratio(found.conditions)}</td>",
        f"<td>{_ratio(found.duties)}</td>",
        f'<td class="number">{found.percent:g} %</td>',
        f"<td>{_meter(found.percent)}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _ratio(items: Iterable[Item]) -> str:
    outcomes = [outcome for item in items for outcome in item.outcomes if outcome.state != "unreachable"]
    return f"{sum(o.state == 'shown' for o in outcomes)} of {len(outcomes)}" if outcomes else "–"


def _gaps(rules: Iterable[RuleCoverage], files: _Files) -> str:
    missing: list[str] = []
    left_out: list[str] = []
    for found in rules:
        for item in found.items:
            where = f"{files.link(item, files.place(item))} <b>{_text(found.rule.id)}</b>"
            what = f"<code>{_text(item.text)}</code> " if item.kind != "rule" else ""
            for outcome in item.outcomes:
                if outcome.state == "missing":
                    missing.append(f"<li>{where} {what}<i>{outcome.outcome}</i>: {_words(outcome.hint or '')}</li>")
                elif outcome.state == "unreachable":
                    left_out.append(f"<li>{where} {what}<i>{outcome.outcome}</i>: {_words(outcome.why or '')}</li>")
    parts = [f"<h2>Not shown</h2>\n<ul>\n{chr(10).join(missing)}\n</ul>"] if missing else []
    if left_out:
        listed = "\n".join(left_out)
        parts.append(f"<details><summary>Cannot happen ({len(left_out)})</summary>\n<ul>\n{listed}\n</ul></details>")
    return "\n".join(parts)


def _presets(report: CoverageReport, sources: Mapping[str, str], files: _Files) -> Iterator[str]:
    for name in filter(_is_preset, sources):
        rules = [rule for rule in report.rules if rule.rule.span.file == name]
        table = _table("Rules of the preset, not counted above", rules, files)
        yield f"<details><summary>{_text(name)}</summary>\n{table}\n{files.painted(name)}\n</details>"


# --- source ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mark:
    """Painted code points of one line, 0-based; the end is exclusive."""

    start: int
    end: int
    state: str
    title: str


class _Files:
    """The sources, painted; each line has an anchor."""

    def __init__(self, report: CoverageReport, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._numbers = {name: number for number, name in enumerate(sources, 1)}
        self._items: dict[str, list[tuple[RuleCoverage, Item]]] = {}
        for found in report.rules:
            for item in found.items:
                self._items.setdefault(item.span.file, []).append((found, item))

    def place(self, item: Item) -> str:
        return f"{item.span.file}:{item.span.line}"

    def link(self, item: Item, text: str) -> str:
        return f'<a href="#f{self._numbers[item.span.file]}-{item.span.line}">{_text(text)}</a>'

    def painted(self, name: str) -> str:
        """One file with its line numbers and marks."""
        number = self._numbers[name]
        marks = self._marks(name)
        lines = re.split(r"\r\n|\r|\n", self._sources[name])
        if lines and not lines[-1]:
            lines.pop()
        painted = "".join(
            f'<span class="line" id="f{number}-{index}" data-n="{index}">{_line(line, marks.get(index, ()))}\n</span>'
            for index, line in enumerate(lines, 1)
        )
        return f'<h2 class="file">{_text(name)}</h2>\n<pre>{painted}</pre>'

    def _marks(self, name: str) -> dict[int, list[_Mark]]:
        """By line. Items of one place (a policy key that stands for several conditions) share a mark."""
        places: dict[tuple[int, int, int, int], list[tuple[RuleCoverage, Item]]] = {}
        for found, item in self._items.get(name, ()):
            span = item.span
            places.setdefault((span.line, span.column, span.end_line, span.end_column), []).append((found, item))
        marks: dict[int, list[_Mark]] = {}
        for (line, column, end_line, end_column), items in sorted(places.items()):
            state, title = _state(item for _, item in items), "\n".join(_title(*each) for each in items)
            for number in range(line, end_line + 1):
                start = column - 1 if number == line else 0
                end = end_column - 1 if number == end_line else 1 << 30
                if end > start:
                    marks.setdefault(number, []).append(_Mark(start, end, state, title))
        return marks


def _state(items: Iterable[Item]) -> str:
    outcomes = [outcome.state for item in items for outcome in item.outcomes if outcome.state != "unreachable"]
    shown = outcomes.count("shown")
    return "all" if shown == len(outcomes) else "part" if shown else "none"


def _title(found: RuleCoverage, item: Item) -> str:
    parts = [f"{state}: {', '.join(names)}" for state in ("shown", "missing") if (names := item.named(state))]
    parts += [f"cannot be {o.outcome}: {o.why}" for o in item.outcomes if o.state == "unreachable"]
    return (
        f"{found.rule.id}: {item.text} — {'; '.join(parts)}"
        if item.kind != "rule"
        else (f"{found.rule.id} ({found.rule.effect.value}) — {'fired' if item.named('shown') else 'never fired'}")
    )


def _line(text: str, marks: Iterable[_Mark]) -> str:
    parts: list[str] = []
    at = 0
    for mark in marks:
        indent = len(text) - len(text.lstrip()) if mark.start == 0 else 0
        start, end = max(mark.start, at, indent), min(mark.end, len(text))
        if end <= start:
            continue
        parts.append(_text(text[at:start]))
        title = "&#10;".join(map(_text, mark.title.split("\n")))
        parts.append(f'<mark class="{mark.state}" title="{title}">{_text(text[start:end])}</mark>')
        at = end
    return "".join([*parts, _text(text[at:])])
