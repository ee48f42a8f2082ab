"""Payload fields that no declared tool has: what to say of one, and the error where the declarations are complete.

Where nobody says that a declaration is complete, an unknown field is only a warning: see `lint.names`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from axtary.compiler.diagnostics import Fix, Label, Reporter, closest, quoted, surely_meant
from axtary.compiler.drafts import BudgetDraft, Declarations, Fields, RuleDraft, is_declared, leaves, paths_of
from axtary.compiler.edits import Change, Mend
from axtary.compiler.fixes import rewrite
from axtary.compiler.ir import Field, Pattern, Span, path_text
from axtary.compiler.matching import covered
from axtary.compiler.source import Text
from axtary.compiler.syntax import Bare, HasTest, Path, SyntaxProblem, parse_condition

Steps = tuple[str, ...]
_SHOWN = 8  # declared fields that a help lists


@dataclass(frozen=True, slots=True)
class Known:
    """Declared tools, and the payload fields that they have together."""

    tools: list[str]
    fields: Fields


@dataclass(frozen=True, slots=True)
class Unknown:
    """What to say of a field that is not declared."""

    message: str
    help: str
    labels: tuple[Label, ...] = ()


def named(patterns: tuple[Pattern, ...], declarations: Declarations) -> Known | None:
    """The tools that are matched, if each is named exactly and declared with its fields.

    None where a wildcard or an undeclared tool is matched: then nothing says which fields there are.
    """
    names = {pattern.literal for pattern in patterns}
    tools = covered(patterns, declarations.tools) if None not in names else []
    if len(tools) < len(names) or not all(map(declarations.tells_fields, tools)):
        return None
    return Known(tools, {path: found for tool in tools for path, found in declarations.tools[tool].items()})


def unknown(path: Steps, known: Known) -> Unknown:
    """What to say of a payload attribute that is not declared, or that is declared as an object."""
    inside = [field for field in known.fields if field[: len(path)] == path]
    if inside:
        message = f"{quoted(path_text(path))} is declared as an object"
        return Unknown(message, f"name a field of it: {_listed(inside)}")
    name, message = path_text(path), f"the declared tool {quoted(known.tools[0])} has no {quoted(path_text(path))}"
    if len(known.tools) > 1:
        message = f"none of the {len(known.tools)} declared tools here has {quoted(name)}"
    dotted = next((key for key in (("payload", ".".join(path[1:])), ("payload", name)) if key in known.fields), None)
    if dotted is not None:
        nested = "".join(f"{{{step}: " for step in path[1:]) + "…" + "}" * (len(path) - 1)
        help_text = f"a dot in a declared name is a part of the name: declare `payload: {nested}`"
        return Unknown(message, help_text, (Label(known.fields[dotted].span, "declared here"),))
    meant = _nearest(path, known.fields)
    hint = f"did you mean {quoted(path_text(meant))}? " if meant is not None else ""
    labels = (Label(known.fields[meant].span, "declared here"),) if meant is not None else ()
    declared = f"declared: {_listed(known.fields) or 'no fields'}; if there is such a field, declare it too"
    return Unknown(message, hint + declared, labels)


def _nearest(path: Steps, fields: Fields) -> Steps | None:
    names = {path_text(field).removeprefix("payload."): field for field in fields}
    return names.get(closest(path_text(path).removeprefix("payload."), names))


def _listed(paths: Iterable[Steps]) -> str:
    texts = [path_text(path) for path in paths]
    return ", ".join(texts[:_SHOWN] + ["…"] * (len(texts) > _SHOWN))


# --- where declarations are complete --------------------------------------------------------------------------------


def refused(rule: RuleDraft, declarations: Declarations, report: Reporter) -> set[Steps]:
    """Report each payload field in a rule that none of its tools has, if all of them are complete; the fields.

    `has` is no excuse: who says that a declaration is complete says that there is no such field to ask for.
    """
    patterns = next((match.patterns for match in rule.match if match.field is Field.TOOL), ())
    known = named(patterns, declarations) if declarations.complete else None
    if known is None or not known.tools or any(tool not in declarations.complete for tool in known.tools):
        return set()
    found: set[Steps] = set()
    for path, text, asked in _reads(rule):
        if path.steps[0] == "payload" and len(path.steps) > 1 and not _is_there(path.steps, asked, known.fields):
            found.add(path.steps)
            _report(path, text, known, declarations.complete[known.tools[0]], report)
    return found


def _is_there(path: Steps, asked: bool, fields: Fields) -> bool:
    """`asked`: only with `has`, which an object answers too."""
    return is_declared(path, fields) or (asked and any(field[: len(path)] == path for field in fields))


def _report(path: Path, text: Text, known: Known, complete: Span, report: Reporter) -> None:
    what = unknown(path.steps, known)
    labels = (*what.labels, Label(complete, "declared to be complete here"))
    span = text.part(path.start, path.end)
    report.error("AX0505", span, what.message, what.help, *labels, fix=_fix(path, text, known.fields))


def _fix(path: Path, text: Text, fields: Fields) -> Fix | None:
    beside = {field[-1]: field for field in fields if field[:-1] == path.steps[:-1]}
    name = surely_meant(path.steps[-1], beside)
    if name is None:
        return None
    meant = path_text(beside[name])
    return rewrite(text, Mend(f"write {quoted(meant)}", (Change(path.start, path.end, meant),)))


def _reads(rule: RuleDraft) -> Iterator[tuple[Path, Text, bool]]:
    """The attributes that a rule names, with the text that they stand in, and whether `has` asks for them."""
    if rule.when_text is not None:
        for leaf in leaves(rule.when):
            yield from ((path, rule.when_text, False) for path in paths_of(leaf))
            if isinstance(leaf, HasTest) and isinstance(leaf.subject, Path):
                yield leaf.subject, rule.when_text, True
    for obligation in rule.obligations:
        if isinstance(obligation, BudgetDraft) and obligation.cost is not None:
            cost = cost_path(obligation.cost)
            if cost is not None:
                yield cost, obligation.cost, False


def cost_path(text: Text) -> Path | None:
    """The attribute path of a budget's cost, or None if it is none."""
    try:
        expression = parse_condition(text.value)
    except SyntaxProblem:
        return None
    return expression.operand if isinstance(expression, Bare) and isinstance(expression.operand, Path) else None
