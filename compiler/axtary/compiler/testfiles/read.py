"""Bytes of a test file -> `Suite`, or every diagnostic."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from axtary.compiler.diagnostics import Label, Reporter, did_you_mean, quoted
from axtary.compiler.ir import Span
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Source, Text, read
from axtary.compiler.testfiles.changes import Changes
from axtary.compiler.testfiles.expectations import Expectations
from axtary.compiler.testfiles.jsontext import JsonText, check_values, json_text
from axtary.compiler.testfiles.suite import Case, Suite

KEYS = ("version", "policy", "time", "actions", "facts", "cases")
CASE_KEYS = ("name", "action", "with", "without", "facts", "expect")

MAX_VALUES = 2_000_000  # in the actions and facts of all cases together, named ones counted at each use

_CASE = "`{name: small pull requests are allowed, action: pr, expect: allow}`"
_ACTION = "`{tool: fs.read, paths: [src/a.py]}`"
_FACTS = "`{usage: {small-prs: 3}}`"


def read_suite(name: str, data: bytes, report: Reporter) -> tuple[Suite | None, str]:
    """Parse one test file. Reports every finding; gives the suite, if the file has one, and the file's text."""
    source, tree = read(name, data, report)
    body = Reader(report).mapping(tree, "a test file", KEYS, "`version: 1`") if tree is not None else None
    try:
        return (_SuiteReader(source, report).read(body) if body is not None else None), source.text
    except _TooMuch:
        return None, source.text


class _TooMuch(Exception):
    """Stops the reading of a file; the diagnostic is already reported."""


@dataclass
class _SuiteReader:
    source: Source
    report: Reporter
    names: dict[str, Text] = field(default_factory=dict)
    actions: dict[str, Mapping] = field(default_factory=dict)
    time: tuple[Text, Text] | None = None  # key and value
    facts: JsonText | None = None
    work: int = 0

    def __post_init__(self) -> None:
        self.reader = Reader(self.report)
        self.changes = Changes(self.report, self._spend)
        self.expectations = Expectations(self.reader)

    def read(self, body: Mapping) -> Suite | None:
        where = self.source.span(0, 0)
        version = self.reader.required(body, "version", where, "the file", "1")
        if version is not None:
            self.reader.choice(version, "a version of test files", ["1"])
        policy_node = body.get("policy")
        policy = self.reader.text(policy_node, "`policy`", "`axtary.yml`") if policy_node is not None else None
        self.time = self._time(body)
        self._actions(body.get("actions"))
        if (node := body.get("facts")) is not None:
            self.facts = self._facts(node)
        cases_node = self.reader.required(body, "cases", where, "the file", "[…]")
        listed = self.reader.sequence(cases_node, "`cases`", f"`- {_CASE[1:]}") if cases_node is not None else None
        if listed is None:
            return None
        if not listed.items:
            self.report.error("AX0907", listed.span, "the file has no case", f"write for example {_CASE}")
        found = [self._case(item) for item in listed.items]
        return Suite(self.source.name, policy, tuple(case for case in found if case is not None))

    # --- what cases share ---

    def _time(self, body: Mapping) -> tuple[Text, Text] | None:
        entry = next(((key, value) for key, value in body.entries if key.value == "time"), None)
        text = self.reader.text(entry[1], "`time`", '`"2026-11-23T10:00:00Z"`') if entry is not None else None
        return (entry[0], replace(text, style='"')) if entry is not None and text is not None else None

    def _actions(self, node: Node | None) -> None:
        named = (
            self.reader.mapping(node, "`actions`", None, f"`{{read: {_ACTION[1:-1]}}}`") if node is not None else None
        )
        for name, value in named.entries if named is not None else ():
            action = self.reader.mapping(value, f"the action {quoted(name.value)}", None, _ACTION)
            if action is not None and check_values(action, self.report, "the action"):
                self.actions[name.value] = action

    def _facts(self, node: Node) -> JsonText | None:
        facts = self.reader.mapping(node, "`facts`", None, _FACTS)
        return json_text(facts) if facts is not None and check_values(facts, self.report, "`facts`") else None

    # --- one case ---

    def _case(self, node: Node) -> Case | None:
        body = self.reader.mapping(node, "a case", CASE_KEYS, _CASE)
        if body is None:
            return None
        name = self._name(body)
        action = self._action(body)
        facts_node = body.get("facts")
        facts = self._facts(facts_node) if facts_node is not None else self.facts
        expect_node = self.reader.required(body, "expect", body.span, "the case", "allow")
        expected = self.expectations.read(expect_node) if expect_node is not None else None
        if name is None or action is None or expected is None:
            return None
        text = json_text(action)
        self._spend(len(text.nodes) + (len(facts.nodes) if facts is not None else 0), name.span)
        return Case(name, text, facts or JsonText("{}", (0,), (body,)), expected)

    def _spend(self, work: int, where: Span) -> None:
        """Count the values that the actions stand for: a short file must not grow into gigabytes."""
        self.work += work
        if self.work > MAX_VALUES:
            message = f"the cases up to here stand for more than {MAX_VALUES} values"
            self.report.error("AX0102", where, message, "split the file, or make the actions smaller")
            raise _TooMuch

    def _name(self, body: Mapping) -> Text | None:
        node = self.reader.required(body, "name", body.span, "the case", "small pull requests are allowed")
        name = self.reader.text(node, "`name`", "`small pull requests are allowed`") if node is not None else None
        if name is None:
            return None
        first = self.names.setdefault(name.value, name)
        if first is not name:
            message = f"the case name {quoted(name.value)} stands twice"
            label = Label(first.span, "first used here")
            self.report.error("AX0901", name.span, message, "give each case of the file a name of its own", label)
        return name

    def _action(self, body: Mapping) -> Mapping | None:
        """The case's action with everything that is said of it elsewhere."""
        node = self.reader.required(body, "action", body.span, "the case", "{tool: fs.read}")
        action = self._base(node) if node is not None else None
        if action is None:
            return None
        if action.get("version") is None:
            version = Text("version", self.source), Text("1", self.source)
            action = replace(action, entries=(version, *action.entries))
        if self.time is not None and action.get("time") is None:
            action = replace(action, entries=(*action.entries, self.time))
        return self._changed(action, body)

    def _base(self, node: Node) -> Mapping | None:
        if not isinstance(node, Text):
            action = self.reader.mapping(node, "`action`", None, f"`pr`, or {_ACTION}")
            return action if action is not None and check_values(action, self.report, "the action") else None
        name = self.reader.text(node, "`action`", f"`pr`, or {_ACTION}")
        if name is None or name.value in self.actions:
            return self.actions[name.value] if name is not None else None
        known = ", ".join(self.actions) or "none"
        help_text = f"{did_you_mean(name.value, self.actions)}defined under `actions`: {known}"
        self.report.error("AX0902", name.span, f"there is no action {quoted(name.value)}", help_text)
        return None

    def _changed(self, action: Mapping, body: Mapping) -> Mapping:
        with_node, without_node = body.get("with"), body.get("without")
        example = "`{payload.base: dev}`"
        changes = self.reader.mapping(with_node, "`with`", None, example) if with_node is not None else None
        for path, value in changes.entries if changes is not None else ():
            if check_values(value, self.report, quoted(path.value)):
                action = self.changes.put(action, path, value) or action
        removed = self.reader.texts(without_node, "`without`", "`[payload.base]`") if without_node is not None else []
        for path in removed:
            action = self.changes.remove(action, path) or action
        return action
