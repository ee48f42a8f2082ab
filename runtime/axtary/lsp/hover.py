"""What an editor shows about the text under the pointer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from axtary.backends.native.patterns import any_of
from axtary.compiler.inference import named
from axtary.compiler.ir import NUMERIC, Field, Rule, Span, Type, path_text
from axtary.compiler.patterns import Dialect
from axtary.compiler.patterns import parse as parse_pattern
from axtary.compiler.source import Source, Text
from axtary.compiler.syntax import SyntaxProblem
from axtary.compiler.text import condition_text, match_text
from axtary.grammars import page, pages
from axtary.lsp import attributes, names
from axtary.lsp.drift import drift
from axtary.lsp.names import Kind, Name
from axtary.lsp.prose import Prose
from axtary.lsp.rows import rows_of
from axtary.lsp.schemas import Schema
from axtary.lsp.spots import Spot, spot_at
from axtary.lsp.workspace import View, Workspace
from axtary.runtime.codes import MEANINGS
from axtary.runtime.table import obligation_texts
from axtary.runtime.testing.files import is_test_file

_SHOWN = 12  # names of a list
_CODE = re.compile(r"\bAX[0-9]{4}\b")


def hover(workspace: Workspace, view: View, position: types.Position, *, markdown: bool) -> types.Hover | None:
    """What is known of a place; None if that is nothing."""
    prose = Prose(markdown=markdown)
    if (code := _code_at(view, position)) is not None:
        start, end, word = code
        _explain(prose, word)
        return types.Hover(prose.content(), view.now.range(start, end))
    spot = spot_at(view, position)
    if spot is None or not isinstance(spot.place.node, Text):
        return None
    told = _Hover(workspace, spot, prose)
    told.tell(spot.place.node)
    return types.Hover(prose.content(), view.range(*told.extent)) if prose else None


def _code_at(view: View, position: types.Position) -> tuple[int, int, str] | None:
    """The error code that stands at a position, in a comment that ignores it, say."""
    index = view.now.index(position)
    start = max(0, index - 6)
    for found in _CODE.finditer(view.now.text, start, index + 6):
        if found.start() <= index <= found.end() and found[0] in MEANINGS:
            return found.start(), found.end(), found[0]
    return None


def _explain(prose: Prose, code: str) -> None:
    prose.head(f"{code}: {MEANINGS[code]}")
    if code in pages():
        said = page(code).split("\n## ")
        prose.own(said[1].partition("\n")[2].strip())
    prose.line(f"{prose.code(f'axtary explain {code}')} has more")


class _Hover:
    def __init__(self, workspace: Workspace, spot: Spot, prose: Prose) -> None:
        self._workspace, self._spot, self._prose = workspace, spot, prose
        self._project, self._good = spot.view.project, spot.view.project.good
        self.extent = (0, 0)  # of what is told of, in the text that was read

    def tell(self, text: Text) -> None:
        name, steps = self._spot.name, self._spot.steps
        self.extent = text.start, text.end
        if name is not None and name.text is text:
            self._group(name) if name.kind is Kind.GROUP else self._rule(name)
            return
        if self._spot.place.is_key:
            self._key(text)
            return
        match steps:
            case ("policies", _, "when") | ("policies", _, "obligations", "budget", "cost"):
                self._attribute(text)
            case ("invariants", _, "never", "when"):
                self._attribute(text)
            case ("policies", _, "match", str(field), *_) | ("invariants", _, "never", str(field), *_):
                if field in names.FIELDS:
                    self._pattern(Field(field), text)
            case _:
                self._schema(steps)

    # --- names ---

    def _group(self, name: Name) -> None:
        prose = self._prose
        prose.head(f"group {prose.code('@' + name.name)}")
        members = self._members(name.name, set())
        if members is None:
            prose.line("no such group is declared")
            return
        prose.list([prose.code(member) for member in members[:_SHOWN]] + _more(len(members) - _SHOWN))

    def _members(self, group: str, seen: set[str]) -> list[str] | None:
        """The patterns of a group, groups in it expanded; None if it is not declared."""
        declared = next(self._workspace.declared(self._project, Kind.GROUP, group), None)
        if declared is None:
            return None
        seen.add(group)
        found: dict[str, None] = {}
        for item in names.items(declared[1].whole):
            if isinstance(item, Text):
                inner = item.value[1:] if item.value.startswith("@") else None
                if inner is None:
                    found[item.value] = None
                elif inner not in seen:
                    found |= dict.fromkeys(self._members(inner, seen) or [item.value])
        return list(found)

    def _rule(self, name: Name) -> None:
        prose = self._prose
        rule = self._good.policy.by_id.get(name.name) if self._good is not None else None
        if rule is None:
            prose.head(f"rule {prose.code(name.name)}")
            prose.line("the policy has no such rule" if self._good is not None else "the policy does not compile yet")
            return
        prose.head(f"{rule.effect.value} {prose.code(rule.id)}")
        if rule.description:
            prose.line(prose.code(rule.description))
        prose.list(prose.code(text) for text in _says(rule))
        self._rows(rule)

    def _rows(self, rule: Rule) -> None:
        """The rows of the decision table in which the rule stands."""
        assert self._good is not None  # noqa: S101 - the rule is from there
        prose, lines = self._prose, []
        rows, count = rows_of(self._good, rule, _SHOWN)
        for row in rows:
            effects = (f"{effect.value} {_listed(prose, found)}" for effect, found in row.by_effect.items())
            lines.append(f"{prose.code(row.tool)}: {'; '.join(effects)}")
        if lines:
            prose.line("In the decision table, the effects in the order in which they overrule each other:")
            prose.list(lines + _more(count - len(rows)))

    # --- conditions and patterns ---

    def _attribute(self, text: Text) -> None:
        reference = attributes.at(text, self._spot.index)
        if reference is None:
            self._schema(self._spot.steps)
            return
        self.extent = text.extent(reference.start, reference.end) or self.extent
        prose, shown = self._prose, path_text(reference.steps)
        known = (
            attributes.known(self._good, self._spot.place, self._spot.owner, reference)
            if self._good is not None
            else None
        )
        prose.head(f"{prose.code(shown)}: {named(known.type) if known is not None else 'of no known type'}")
        if reference.steps in attributes.MEANINGS:
            prose.line(f"{attributes.MEANINGS[reference.steps]}; built in")
        elif known is not None and known.span is not None:
            where = prose.code(f"{known.span.file}:{self._line(known.span)}")
            prose.line(f"{'declared' if known.origin == 'declared' else 'inferred from its use'} in {where}")
        elif self._good is None:
            prose.line("types are known once the policy compiles")
        else:
            prose.line("nothing tells its type: declare it under `tools`, or compare it with a literal")
        if known is not None:
            prose.line(_undefined(known.type))

    def _line(self, span: Span) -> int:
        """The line on which something stands now that the last good compilation saw at a span."""
        project, good = self._project, self._good
        path = project.path(span.file)
        view = self._workspace.view(path, project) if path is not None else None
        if good is None or view is None:
            return span.line
        before = Source(span.file, good.sources[span.file])
        index = drift(before.text, view.now.text).forward(before.index(span.line, span.column))
        return view.now.position(index).line + 1 if index is not None else span.line

    def _pattern(self, field: Field, text: Text) -> None:
        prose = self._prose
        self._schema(self._spot.steps)
        if self._good is None:
            return
        try:
            matches = any_of(parse_pattern(text.value, Dialect.RESOURCE if field is Field.RESOURCE else Dialect.NAME))
        except SyntaxProblem:
            return
        known = sorted(set(self._known(field)))
        found = [name for name in known if matches(name)]
        what = "tools" if field is Field.TOOL else "texts"
        head = f"{prose.code(text.value)} matches {len(found)} of {len(known)} {what} that the policy names"
        prose.line(head + (":" if found else ""))
        prose.list([prose.code(name) for name in found[:_SHOWN]] + _more(len(found) - _SHOWN))

    def _known(self, field: Field) -> Iterator[str]:
        """What the policy names exactly in this field; of tools also those that it declares."""
        assert self._good is not None  # noqa: S101 - the caller has looked
        if field is Field.TOOL:
            yield from self._good.tools
        for rule in self._good.policy.rules:
            for match in rule.match:
                if match.field is field:
                    yield from (pattern.literal for pattern in match.patterns if pattern.literal is not None)

    # --- the language ---

    def _key(self, text: Text) -> None:
        match self._spot.steps:
            case ("tools", str(tool)):
                self._prose.head(f"tool {self._prose.code(tool)}")
        self._schema(self._spot.steps)

    def _schema(self, steps: tuple[str | int | None, ...]) -> None:
        schema = Schema("test" if is_test_file(self._spot.view.parsed.path) else "axtary")
        if description := schema.description(steps):
            self._prose.own(description)


def _says(rule: Rule) -> list[str]:
    when = [f"when: {condition_text(rule.when)}"] if rule.when is not None else []
    return [*map(match_text, rule.match), *when, *obligation_texts(rule)]


def _listed(prose: Prose, ids: list[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return ", ".join(prose.code(each) for each in ids[:_SHOWN]) + more


def _more(count: int) -> list[str]:
    return [f"and {count} more"] if count > 0 else []


def _undefined(kind: Type) -> str:
    numbers = ", or if it has more than 4 fraction digits" if kind in NUMERIC and kind is not Type.INTEGER else ""
    return f"Undefined if it is missing or of another type{numbers}: an allow rule then does not apply, others do."
