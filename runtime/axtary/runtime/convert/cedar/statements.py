"""Cedar text -> its policies, each with its place, and the draft of their rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from axtary.backends.verdict import EngineMissing
from axtary.compiler.diagnostics import quoted
from axtary.compiler.edits import Lines
from axtary.runtime.convert.cedar.comparisons import Expression, Unsaid
from axtary.runtime.convert.cedar.expressions import Translator
from axtary.runtime.convert.cedar.formulas import (
    FALSE,
    TRUE,
    Formula,
    Joined,
    Literal,
    condition,
    joined,
    negation,
)
from axtary.runtime.convert.draft import Draft, Effect, exactly
from axtary.runtime.convert.errors import ConversionError, Finding, Place

MAX_BYTES = 1024 * 1024
# Cedar's parser recurses over brackets and along chains of operators, and a stack that runs out ends the process.
MAX_BRACKETS = 64
MAX_OPERATORS = 2000  # in one policy
_OPERATOR = re.compile(r"&&|\|\||==|::|[.!+*<>\[-]|\bif\b")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|[()\[\]{};]|[^\s"/()\[\]{};]+|/', re.DOTALL)
_EFFECTS: dict[str, Effect] = {"permit": "allow", "forbid": "deny"}
_OTHER = "other tool"
_HEAD = (("principal", "actor", "Agent"), ("action", "tool", "Action"), ("resource", "resource", "Resource"))


def read(sources: Sequence[tuple[str, bytes]], draft: Draft) -> None:
    """Read files of policies, which hold together. Raises EngineMissing without cedarpy."""
    found = [(place, statement) for name, data in sources for place, statement in _statements(name, data)]
    if not found:
        draft.wrong(Place(sources[0][0], 1, 1), "there is no policy in it", "give a file with `permit` and `forbid`")
    for number, (place, statement) in enumerate(found):
        policy = _parsed(place, statement, draft)
        if policy is not None:
            _rule(number, place, policy, draft)


def _statements(name: str, data: bytes) -> Iterator[tuple[Place, str]]:
    """The policies as text. Raises ConversionError."""
    text = _text(name, data)
    lines = Lines(text)
    start, depth, operators = -1, 0, 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word.startswith("//"):
            continue
        start = token.start() if start < 0 else start
        depth += (word in "([{") - (word in ")]}")
        operators += 0 if word[0] == '"' else len(_OPERATOR.findall(word))
        if depth > MAX_BRACKETS or operators > MAX_OPERATORS:
            message = f"more than {MAX_BRACKETS} open brackets, or more than {MAX_OPERATORS} operators in a policy"
            raise ConversionError(
                [Finding(Place(name, *lines.position(token.start())), message, "write it flatter", "AX1302")]
            )
        if word == ";" and depth <= 0:
            yield Place(name, *lines.position(start)), text[start : token.end()]
            start, depth, operators = -1, 0, 0
    if start >= 0:
        message = "a policy that does not end with `;`"
        raise ConversionError([Finding(Place(name, *lines.position(start)), message, "write `;` behind it", "AX1302")])


def _text(name: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise ConversionError([Finding(Place(name), f"more than {MAX_BYTES} bytes", "split the file", "AX1302")])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8"
        raise ConversionError([Finding(Place(name), message, "save the file as UTF-8", "AX1302")]) from None


def _parsed(place: Place, statement: str, draft: Draft) -> dict[str, Any] | None:
    try:
        from cedarpy import policies_to_json_str
    except ImportError as error:
        raise EngineMissing("to read Cedar policies needs the package `cedarpy`: pip install cedarpy") from error
    try:
        parsed = json.loads(policies_to_json_str(statement))
    except RecursionError:
        draft.no_restriction(place, "the policy nests too deep", "write it flatter")
        return None
    except ValueError as error:
        draft.wrong(place, f"Cedar does not read this policy: {error}", "mend it: `cedar check-parse` says more")
        return None
    if parsed["templates"] or len(parsed["staticPolicies"]) != 1:
        draft.no_restriction(place, "a template has no meaning before it is linked", "write the policy for its values")
        return None
    found: dict[str, Any] = next(iter(parsed["staticPolicies"].values()))
    return found


def _rule(number: int, place: Place, policy: dict[str, Any], draft: Draft) -> None:
    effect = _EFFECTS[policy["effect"]]
    name = policy.get("annotations", {}).get("id") or f"policy{number}"
    translator = Translator(forbids=effect == "deny")
    try:
        match = _scope(policy)
        when = _when(translator, policy["conditions"])
    except Unsaid as error:
        draft.refuse(effect, place, f"the policy {quoted(name)}: {error.why}", error.help)
        return
    except RecursionError:
        draft.refuse(effect, place, f"the policy {quoted(name)} nests too deep", "write it flatter")
        return
    for note in dict.fromkeys(translator.notes):
        draft.note(place, f"the policy {quoted(name)} {note}")
    if when == FALSE:
        draft.note(place, f"the policy {quoted(name)} never holds, and is no rule")
        return
    tools, when = _tools(match, when)
    said = None if when == TRUE else condition(when)
    description = f"Cedar: {policy['effect']} {name}"
    draft.add(name, effect, {"tool": tools} | {k: v for k, v in match.items() if k != "tool"}, said, description, place)


def _when(translator: Translator, conditions: Sequence[Expression]) -> Formula:
    """The condition of the rule. A forbid fires where it is not false, so there it is the negation of the negation."""
    body: Expression = {"Value": True}
    for part in conditions:
        one = part["body"] if part["kind"] == "when" else {"!": {"arg": part["body"]}}
        body = {"&&": {"left": body, "right": one}}
    if translator.forbids:
        return negation(translator.true(body, False, frozenset(), False))
    return translator.true(body, True, frozenset(), True)


def _tools(match: dict[str, list[str]], when: Formula) -> tuple[Sequence[str], Formula]:
    """The tool patterns; without any in the scope, those that the condition asks for in all cases."""
    if "tool" in match:
        return match["tool"], when
    items = when.items if isinstance(when, Joined) and when.word == "and" else (when,)
    for item in items:
        if isinstance(item, Literal) and item.tools and not item.negated:
            return item.tools, joined("and", [other for other in items if other is not item])
    return ["*"], when


def _scope(policy: dict[str, Any]) -> dict[str, list[str]]:
    """What the head of a policy says, as patterns by field."""
    match: dict[str, list[str]] = {}
    for part, field, kind in _HEAD:
        names = _names(part, kind, policy[part])
        if names is not None:
            match[field] = [exactly(name) for name in names]
            if field != "tool" and "" in names:
                raise Unsaid(f"the empty {part} has no pattern", "compare the context")
    if any(name == _OTHER for name in match.get("tool", ())):
        raise Unsaid(f"the action `{_OTHER}` stands for all tools that a policy does not name", "name the tools")
    return match


def _names(part: str, kind: str, said: dict[str, Any]) -> list[str] | None:
    """The entities that a part of the head admits; None for all."""
    operator = said["op"]
    if operator == "All" or (operator == "is" and said["entity_type"] == kind and "in" not in said):
        return None
    entities = said.get("entities") or [said.get("entity")]
    if operator == "is" or (operator == "in" and part != "action"):
        help_text = f'name them: `{part} == {kind}::"…"`'
        raise Unsaid(f"who is in a group of the {part} is said by entities, which actions do not have", help_text)
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") != kind:
            seen = quoted(str(entity.get("type")) if isinstance(entity, dict) else "?slot")
            raise Unsaid(f"the {part} is of the type {seen}, in requests it is `{kind}`", f'write `{kind}::"…"`')
    return [entity["id"] for entity in entities]
