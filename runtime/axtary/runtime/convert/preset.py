"""The preset keys (`policy:`) of a policy, written out as ordinary rules. All else of the file stays as it is.

That both policies decide alike on every action is proved before anything is returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from axtary.compiler import Compiled, CompileError, compile_policy
from axtary.compiler.analysis.diff import Verdict, diff
from axtary.compiler.compile import Loader
from axtary.compiler.diagnostics import Reporter
from axtary.compiler.ir import Rule, Span
from axtary.compiler.source import Mapping, Node, Source, Text
from axtary.compiler.source import Sequence as Listed
from axtary.compiler.source import read as read_yaml
from axtary.compiler.text import condition_text, pattern_text
from axtary.runtime.convert.compiled import Conversion, compiled_text, findings
from axtary.runtime.convert.draft import exactly, text
from axtary.runtime.convert.errors import ConversionError, Finding, Place

_BLOCKS = "write `policy` and `policies` in lines of their own, without `{…}` and `[…]`"


def expand(sources: Sequence[tuple[str, bytes]], load: Loader) -> Conversion:
    """The policy without its preset keys. Raises ConversionError."""
    if len(sources) != 1:
        message = "preset keys are written out in one file at a time"
        raise ConversionError([Finding(Place(sources[1][0]), message, "convert each file for itself", "AX1302")])
    name, data = sources[0]
    try:
        old = compile_policy(name, data, load)
    except CompileError as error:
        raise ConversionError(findings(error)) from None
    source, tree = read_yaml(name, data, Reporter())
    place = Place(name, 1, 1)
    key, body = _entry(tree, "policy", place)
    rules = [rule for rule in old.policy.rules if _within(rule.span, key, body)]
    new, written = compiled_text(_rewritten(source, tree, key, body, rules), place, load)
    _prove(old, new, place)
    places = {rule.id: Place(name, rule.span.line, rule.span.column) for rule in rules}
    note = Finding(place, "both policies decide alike on every action: this is proved")
    return Conversion("axtary-preset", written, new, places, (note,), ())


def _entry(tree: Node | None, wanted: str, place: Place) -> tuple[Text, Node]:
    for key, value in tree.entries if isinstance(tree, Mapping) else ():
        if key.value == wanted:
            return key, value
    raise ConversionError([Finding(place, "there are no preset keys", "give a policy with `policy:`", "AX1302")])


def _within(span: Span, key: Text, body: Node) -> bool:
    return span.file == key.span.file and key.span.line <= span.line <= _last_line(body)


def _rewritten(source: Source, tree: Node | None, key: Text, body: Node, rules: Sequence[Rule]) -> str:
    """The text of the file without the keys and with the rules."""
    lines = source.text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    listed = tree.get("policies") if isinstance(tree, Mapping) else None
    indent, at = _where(lines, listed, key, source.name)
    added = "".join(_rule_text(rule, indent) for rule in rules)
    if listed is None:
        added = f"\npolicies:\n{added or '  []'}"
    removed = range(key.span.line - 1, _last_line(body))
    before = [line for number, line in enumerate(lines[:at]) if number not in removed]
    after = [line for number, line in enumerate(lines[at:], at) if number not in removed]
    return "".join([*before, added, *after])


def _where(lines: Sequence[str], listed: Node | None, key: Text, name: str) -> tuple[str, int]:
    """How far rules are indented, and behind which line they go."""
    plain = key.span.column == 1 and not key.flow
    if listed is None and plain:
        return "  ", len(lines)
    if isinstance(listed, Listed) and listed.items and plain:
        first = listed.items[0].span
        line = lines[first.line - 1]
        indent = line[: first.column - 1].rstrip(" ")
        if indent.endswith("-") and not indent[:-1].strip(" "):
            return indent[:-1], _last_line(listed)
    raise ConversionError([Finding(Place(name, key.span.line, key.span.column), "a flow mapping", _BLOCKS, "AX1302")])


def _rule_text(rule: Rule, indent: str) -> str:
    tools = [text(exactly(pattern_text(pattern))) for match in rule.match for pattern in match.patterns]
    lines = [
        f"- id: {text(rule.id)}",
        f"  description: {text(rule.description)}",
        f"  effect: {rule.effect.value}",
        f"  match: {{tool: {tools[0]}}}",
        *([f"  when: {text(condition_text(rule.when))}"] if rule.when is not None else []),
    ]
    return "\n" + "".join(f"{indent}{line}\n" for line in lines)


def _last_line(node: Node) -> int:
    """The last line on which something of the node stands."""
    return max(_ends(node))


def _ends(node: Node) -> Iterator[int]:
    if isinstance(node, Text):
        yield node.span.end_line
        return
    inner = [child for entry in node.entries for child in entry] if isinstance(node, Mapping) else list(node.items)
    flow = any(isinstance(child, Text) and child.flow for child in inner) or not inner
    if flow:
        yield node.span.end_line
    for child in inner:
        yield from _ends(child)


def _prove(old: Compiled, new: Compiled, place: Place) -> None:
    if diff(old.policy, new.policy).verdict is not Verdict.EQUIVALENT:
        message = "that both policies decide alike could not be proved"
        raise ConversionError([Finding(place, message, "write the rules out by hand", "AX1306")])
