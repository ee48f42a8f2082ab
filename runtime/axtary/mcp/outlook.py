"""Could a caller be allowed to call a tool, with some payload? Exact, or yes where that is not known.

What a model is not shown it does not try; what it is shown is decided for each call all the same.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from axtary.backends.native import evaluate
from axtary.compiler.analysis.actions import at
from axtary.compiler.analysis.asking import Inquiry
from axtary.compiler.ir import Effect, Field, Match, Pattern, Policy, Rule
from axtary.compiler.questions import Question

MOST = 1_000  # questions that are worked out; of more tools than that, those stay that a rule could grant

EVERY = tuple(Field)


class Outlook:
    """Of one policy; remembers its answers. Safe to use from any thread."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._lock = threading.Lock()
        self._known: dict[tuple[str | None, ...], bool] = {}

    def may_pass(self, action: Mapping[str, Any], fields: tuple[Field, ...] = EVERY) -> bool:
        """Is there an action that is allowed, or held for approval, with these fields as they are in `action`?"""
        if not any(_grants(rule, action, fields) for rule in self.policy.rules):
            return False
        texts = tuple(_text(action, field) if field in fields else None for field in Field)
        with self._lock:
            known = self._known.get(texts)
            if known is not None or len(self._known) >= MOST:
                return known is not False
        found = self._asked(action, fields)
        with self._lock:
            self._known[texts] = found
        return found

    def _asked(self, action: Mapping[str, Any], fields: tuple[Field, ...]) -> bool:
        matches = tuple(Match(field, (_exactly(_text(action, field)),)) for field in fields)
        question = Question(Rule("question", Effect.ALLOW, matches), (Effect.ALLOW, Effect.STEP_UP))
        return next(iter(Inquiry(self.policy, question).answers()), None) is not None


def _grants(rule: Rule, action: Mapping[str, Any], fields: tuple[Field, ...]) -> bool:
    """May a rule grant it, as far as its match says?"""
    known = (match for match in rule.match if match.field in fields)
    return rule.effect is not Effect.DENY and all(evaluate(match, action, {}) is True for match in known)


def _text(action: Mapping[str, Any], field: Field) -> str:
    found = at(dict(action), field.path)
    return found if isinstance(found, str) else ""


def _exactly(text: str) -> Pattern:
    return Pattern((text,) if text else (), text=text)
