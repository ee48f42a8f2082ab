"""Policy documents -> the rules in the order in which they are tried, and the draft that decides alike."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from axtary.compiler.diagnostics import Reporter, Severity, TooManyErrors, did_you_mean, quoted
from axtary.compiler.ir import Span
from axtary.compiler.source import Mapping, Node, Text
from axtary.compiler.source import Sequence as Listed
from axtary.compiler.source import read as read_yaml
from axtary.runtime.convert.agt.conditions import OPERATORS, Unsaid, test
from axtary.runtime.convert.agt.order import Ordered, write
from axtary.runtime.convert.agt.values import Scalar, Untyped, typed
from axtary.runtime.convert.draft import Draft, Effect
from axtary.runtime.convert.errors import ConversionError, Finding, Place

_ACTIONS: dict[str, Effect] = {
    "allow": "allow",
    "audit": "allow",
    "deny": "deny",
    "block": "deny",
    "require_approval": "step_up",
}
_TOP = ("version", "name", "description", "rules", "defaults", "inherit", "scope")
_RULE = ("name", "condition", "action", "priority", "message", "override", "description")
_LIMITS = ("max_tokens", "max_tool_calls", "confidence_threshold", "max_cpu", "max_memory_mb", "timeout_seconds")
_DEFAULTS = ("action", *_LIMITS, "network_default")
_STRICT = "axtary keeps only what it knows, although the toolkit itself ignores other keys"


class _Wrong(Exception):
    """Ends the reading of one rule; it is reported."""


def read(sources: Sequence[tuple[str, bytes]], draft: Draft) -> None:
    """Read documents as one evaluator loads them: all rules in one order, the default of the first."""
    rules: list[Ordered] = []
    documents = [_Document(name, draft) for name, _ in sources]
    for document, (name, data) in zip(documents, sources, strict=True):
        rules += document.read(_tree(name, data))
    draft.check()
    rules.sort(key=lambda rule: -rule.priority)  # stable: alike as written
    write(rules, documents[0].default, draft)


def _tree(name: str, data: bytes) -> Node:
    report, tree = Reporter(), None
    with suppress(TooManyErrors):
        _, tree = read_yaml(name, data, report)
    errors = [found for found in report.diagnostics if found.severity is Severity.ERROR]
    if tree is None or errors:
        raise ConversionError(Finding(_place(found.span), found.message, found.help, found.code) for found in errors)
    return tree


def _place(span: Span) -> Place:
    return Place(span.file, span.line, span.column)


class _Document:
    def __init__(self, name: str, draft: Draft) -> None:
        self._draft, self._name = draft, name
        self.default: tuple[Effect, Place] = ("allow", Place(name, 1, 1))

    def read(self, tree: Node) -> list[Ordered]:
        """The rules, as written."""
        if not isinstance(tree, Mapping):
            self._draft.wrong(_place(tree.span), "a policy document is a mapping", "write `rules: […]`")
            return []
        self._keys(tree, _TOP)
        scope, defaults, rules = tree.get("scope"), tree.get("defaults"), tree.get("rules")
        if scope is not None and not self._is_null(scope):
            message = "a `scope` ties the document to folders, which actions do not name"
            self._draft.no_restriction(_place(scope.span), message, "convert a document without `scope`")
        if defaults is not None:
            self._defaults(defaults)
        else:
            self._draft.note(self.default[1], "there are no `defaults`: what no rule matches is allowed, as there")
        if rules is None or not isinstance(rules, Listed):
            place = _place(rules.span) if rules is not None else Place(self._name, 1, 1)
            self._draft.wrong(place, "`rules` is no list", "write `rules:` with a list")
            return []
        return [found for node in rules.items if (found := self._rule(node)) is not None]

    def _defaults(self, node: Node) -> None:
        if not isinstance(node, Mapping):
            self._draft.wrong(_place(node.span), "`defaults` is no mapping", "write `defaults: {action: deny}`")
            return
        self._keys(node, _DEFAULTS)
        action = node.get("action")
        for key, _ in node.entries:
            if key.value in _LIMITS:
                message = f"`{key.value}` takes no part in decisions there either: whoever enforces it still must"
                self._draft.note(_place(key.span), message)
        if action is None:
            self._draft.note(_place(node.span), "`defaults` has no `action`: what no rule matches is allowed, as there")
            return
        with suppress(_Wrong):
            self.default = (self._action(action), _place(action.span))

    def _rule(self, node: Node) -> Ordered | None:
        if not isinstance(node, Mapping):
            self._draft.wrong(_place(node.span), "a rule is a mapping", "write name, condition and action")
            return None
        self._keys(node, _RULE)
        place = _place(node.entries[0][0].span) if node.entries else _place(node.span)
        try:
            name = self._string(self._required(node, "name", place), "name")
            effect = self._action(self._required(node, "action", place))
            priority = self._priority(node.get("priority"))
            self._override(node.get("override"))
            message = node.get("message")
            said = self._string(message, "message") if message is not None else ""
            if isinstance(action := node.get("action"), Text) and action.value == "audit":
                note = f"the rule {quoted(name)} allows; that it asks for a log is not kept: log what axtary decides"
                self._draft.note(place, note)
            return self._ordered(node, name, effect, priority, said, place)
        except _Wrong:
            return None

    def _ordered(
        self, node: Mapping, name: str, effect: Effect, priority: int, message: str, place: Place
    ) -> Ordered | None:
        condition = self._required(node, "condition", place)
        if not isinstance(condition, Mapping):
            help_text = "write `condition: {field: …, operator: …, value: …}`"
            raise self._wrong(condition, "a condition is a mapping of field, operator and value", help_text)
        self._keys(condition, ("field", "operator", "value"))
        at = _place(condition.span)
        field = self._string(self._required(condition, "field", at), "field")
        operator = self._required(condition, "operator", at)
        word = self._string(operator, "operator")
        if word not in OPERATORS:
            help_text = f"{did_you_mean(word, OPERATORS)}known are {', '.join(OPERATORS)}"
            raise self._wrong(operator, f"the operator {quoted(word)} is not known", help_text)
        try:
            found = test(field, word, self._value(self._required(condition, "value", at)))
        except Unsaid as error:
            self._draft.refuse(effect, at, f"the rule {quoted(name)}: {error.why}", error.help)
            return None
        if found.note:
            self._draft.note(at, f"the rule {quoted(name)}: {found.note}")
        return Ordered(name, effect, priority, found, message, place)

    def _value(self, node: Node) -> Scalar | list[Scalar]:
        try:
            if isinstance(node, Text):
                return typed(node)
            if isinstance(node, Listed) and all(isinstance(item, Text) for item in node.items):
                return [typed(item) for item in node.items if isinstance(item, Text)]
        except Untyped as error:
            raise self._wrong(node, f"{error} cannot be compared here", "write a text, a number or a boolean") from None
        raise self._wrong(node, "a value is a text, a number, a boolean or a list of them", "write one of them")

    def _action(self, node: Node) -> Effect:
        word = self._string(node, "action")
        if word not in _ACTIONS:
            help_text = f"{did_you_mean(word, _ACTIONS)}known are {', '.join(_ACTIONS)}"
            raise self._wrong(node, f"the action {quoted(word)} is not known", help_text)
        return _ACTIONS[word]

    def _priority(self, node: Node | None) -> int:
        if node is None:
            return 0
        value = self._value(node)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(node, "`priority` is no whole number", "write for example `100`")
        return value

    def _override(self, node: Node | None) -> None:
        if node is not None and self._value(node) is not False:
            raise self._wrong(node, "`override` replaces a rule of a parent folder", "convert the merged document")

    def _required(self, node: Mapping, key: str, place: Place) -> Node:
        found = node.get(key)
        if found is None:
            self._draft.wrong(place, f"`{key}` is missing", f"add `{key}`")
            raise _Wrong
        return found

    def _string(self, node: Node, key: str) -> str:
        value = self._value(node)
        if not isinstance(value, str):
            raise self._wrong(node, f"`{key}` is no text", "write a text")
        return value

    def _keys(self, node: Mapping, known: Sequence[str]) -> None:
        for key, _ in node.entries:
            if key.value not in known:
                help_text = f"{did_you_mean(key.value, known)}delete it if it restricts nothing: {_STRICT}"
                self._draft.no_restriction(_place(key.span), f"the key {quoted(key.value)} is not known", help_text)

    def _is_null(self, node: Node) -> bool:
        return isinstance(node, Text) and not node.style and node.value in ("", "null", "~", "Null", "NULL")

    def _wrong(self, node: Node, message: str, help_text: str) -> _Wrong:
        self._draft.wrong(_place(node.span), message, help_text)
        return _Wrong()
