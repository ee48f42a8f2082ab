"""`expect:` of a case: a decision alone, or what must come of it in detail."""

from __future__ import annotations

import json
from typing import Any

from axtary.compiler.clauses import Reason
from axtary.compiler.diagnostics import Label, quoted
from axtary.compiler.ir import Effect
from axtary.compiler.reading import Reader
from axtary.compiler.source import Node, Sequence, Text
from axtary.compiler.testfiles.jsontext import check_values, json_text
from axtary.compiler.testfiles.suite import Expectation

KEYS = ("decision", "fired", "not_fired", "reasons", "obligations")
OBLIGATIONS = ("ttl_seconds", "approvers", "rates", "budgets")  # the keys of `clauses.merged_obligations`
DECISIONS = tuple(effect.value for effect in Effect)

_EXAMPLE = "`allow`, or `{decision: allow, fired: [small-prs]}`"
_DECIDES = {Reason.GRANTED: "allow", Reason.APPROVAL_REQUIRED: "step_up"}  # every other reason is one of a deny

Because = tuple[Reason, Text | None]


class Expectations:
    """Reads expectations; `None` means that the problem is already reported."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._report = reader.report

    def read(self, node: Node) -> Expectation | None:
        """`allow`, or a mapping that says at least one thing."""
        if isinstance(node, Text):
            decision = self._reader.choice(node, "a decision", DECISIONS)
            return Expectation(decision) if decision is not None else None
        body = self._reader.mapping(node, "`expect`", KEYS, _EXAMPLE)
        if body is None:
            return None
        if not body.entries:
            self._report.error("AX0904", body.span, "`expect` says nothing", f"write for example {_EXAMPLE}")
            return None
        decision_node, reasons_node = body.get("decision"), body.get("reasons")
        expected = Expectation(
            self._reader.choice(decision_node, "a decision", DECISIONS) if decision_node is not None else None,
            self._rules(body.get("fired"), "fired"),
            self._rules(body.get("not_fired"), "not_fired") or (),
            self._reasons(reasons_node) if reasons_node is not None else None,
            self._obligations(body.get("obligations")),
        )
        self._contradictions(expected, reasons_node)
        return expected

    def _rules(self, node: Node | None, key: str) -> tuple[Text, ...] | None:
        """Rule ids; the list may be empty: no rule fired."""
        if node is None:
            return None
        if isinstance(node, Sequence) and not node.items:
            return ()
        return tuple(self._reader.texts(node, f"`{key}`", "`[small-prs]`"))

    def _reasons(self, node: Node) -> tuple[Because, ...]:
        listed = self._reader.sequence(node, "`reasons`", "`[[granted, small-prs]]`")
        if listed is not None and not listed.items:
            help_text = "delete `reasons:`, or write for example `[[granted, small-prs]]`"
            self._report.error("AX0904", listed.span, "no decision is without a reason", help_text)
        found = [self._reason(item) for item in listed.items] if listed is not None else []
        return tuple(reason for reason in found if reason is not None)

    def _reason(self, node: Node) -> Because | None:
        """`[granted, small-prs]`; the default deny is no rule's and stands alone: `[default_deny]`."""
        pair = self._reader.sequence(node, "a reason", "`[granted, small-prs]`")
        texts = self._reader.texts(pair, "a reason", "`[granted, small-prs]`") if pair is not None else []
        if pair is None or len(texts) < len(pair.items) or not texts:
            return None
        code = self._reader.choice(texts[0], "a reason code", [reason.value for reason in Reason])
        if code is None:
            return None
        has_rule = code != Reason.DEFAULT_DENY
        if len(texts) != 1 + has_rule:
            example = f"[{code}, small-prs]" if has_rule else f"[{code}]"
            message = f"the reason `{code}` has {'one rule' if has_rule else 'no rule'}"
            self._report.error("AX0203", pair.span, message, f"write for example `{example}`")
            return None
        return Reason(code), texts[1] if has_rule else None

    def _obligations(self, node: Node | None) -> dict[str, Any] | None:
        """Some keys of the obligations, as the result of a decision has them."""
        example = "`{ttl_seconds: 300}`"
        body = self._reader.mapping(node, "`obligations`", OBLIGATIONS, example) if node is not None else None
        if body is None or not check_values(body, self._report, "`obligations`"):
            return None
        if not body.entries:
            self._report.error("AX0904", body.span, "`obligations` says nothing", f"write for example {example}")
            return None
        found: dict[str, Any] = json.loads(json_text(body).text)
        return found

    def _contradictions(self, expected: Expectation, reasons_node: Node | None) -> None:
        fired = {rule.value: rule for rule in expected.fired or ()}
        for rule in expected.not_fired:
            if rule.value in fired:
                message = f"{quoted(rule.value)} is to fire and not to fire"
                label = Label(fired[rule.value].span, "is to fire")
                self._report.error("AX0904", rule.span, message, "delete it in one of the two lists", label)
        decisions = {_DECIDES.get(code, "deny") for code, _ in expected.reasons or ()}
        decisions |= {expected.decision} if expected.decision is not None else set()
        if reasons_node is not None and len(decisions) > 1:
            message = f"these reasons cannot stand together: they are of {', '.join(sorted(decisions))}"
            help_text = "`granted` is of allow, `approval_required` of step_up, every other reason of deny"
            self._report.error("AX0904", reasons_node.span, message, help_text)
