"""What a client and its model are told of a call that did not run: why, and what would have to be otherwise.

Nothing of the payload is repeated but what a rule looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from axtary.backends import native
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Policy
from axtary.mcp.frames import DENIED, Id, Response, refusal
from axtary.pipeline import Result
from axtary.runtime.nearmiss import Explainer

_MISSES = 3  # that are told


class Words:
    """Under one policy. Safe to use from any thread."""

    def __init__(self, policy: Policy, hints: bool = True) -> None:
        """`hints`: tell what to change, which shows the limits of the policy."""
        self.policy = policy
        self._hints = hints
        self._lock = threading.Lock()
        self._explainer: Explainer | None = None

    def why(self, result: Result) -> str:
        """Why an action did not run, in sentences."""
        reasons = "; ".join(dict.fromkeys(ground.message for ground in result.grounds))
        if result.status == "pending":
            return printable(
                f"held for approval: {reasons}. Nothing was done. A person has to approve the request {result.request}:"
                f" `axtary approvals approve {result.request}`. Then make the same call again, without any change."
            )
        if result.status == "blocked":
            return printable(f"denied: {reasons}. Nothing was done.{self._hint(result)}")
        if result.status == "malformed":
            return printable(f"refused: {reasons}. Nothing was done.")
        told = result.ran.message if result.ran is not None else reasons
        return printable(f"failed: {told or reasons}")

    def _hint(self, result: Result) -> str:
        decision = result.decision
        if not self._hints or decision is None or decision.policy_version != self.policy.policy_version:
            return ""
        with self._lock:
            if self._explainer is None:
                self._explainer = Explainer(self.policy, native.compile(self.policy), lambda _span: {})
            found = self._explainer.explain(decision.action, decision.facts)
        sentences = [each["sentence"] for each in found["near_miss"][:_MISSES]]
        if sentences:
            return f" It {'; or it '.join(sentences)}."
        return f" Do not try again: {found['near_miss_note']}." if found["near_miss_note"] else ""


def tool_error(id: Id, text: str, is_new: bool) -> Response:
    """A failed call, as a result that a model reads."""
    result: dict[str, Any] = {"content": [{"type": "text", "text": text}], "isError": True}
    return Response(id, result | ({"resultType": "complete"} if is_new else {}))


def denied(id: Id, text: str, result: Result) -> Response:
    """What is no call of a tool, and did not run."""
    data: Mapping[str, Any] = {
        "status": result.status,
        "reasons": [{"code": ground.code, "rule": ground.rule} for ground in result.grounds],
    }
    return refusal(id, DENIED, text, {**data, "request": result.request} if result.request else data)
