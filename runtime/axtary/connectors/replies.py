"""From replies to outcomes: one place that says which of succeeded, failed and unknown it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axtary.compiler.diagnostics import printable
from axtary.connectors.limits import Answer
from axtary.connectors.provider import ProviderError, Ran
from axtary.connectors.transport import Reply

_LONGEST = 300  # characters of a message of a service


def settled(reply: Reply, service: str, reason: Callable[[Answer], str]) -> Answer | Ran:
    """The answer of a request that succeeded, or what became of it. Raises ProviderError if nothing was sent."""
    answer = reply.answer
    if answer is None and not reply.doubtful:
        code = "rate_limited" if reply.limited else "unreachable"
        message = reply.message if reply.limited else f"{service} cannot be reached: {reply.message}"
        raise ProviderError(code, message, "nothing was sent: try again later")
    if answer is not None and answer.good:
        return answer
    why = reply.message or (refusal(service, answer, reason(answer)) if answer is not None else "")
    if reply.doubtful:
        return Ran("unknown", message=f"it may have happened: {why}")
    if answer is not None and 200 <= answer.status <= 299:
        return Ran("unknown", message=f"it may have happened: {answer.problem}")
    return Ran("failed", message=why)


def refusal(service: str, answer: Answer, reason: str = "") -> str:
    """In words, why a service did not do it."""
    if 300 <= answer.status <= 399:
        return f"{service} redirects to another address, which is not followed"
    known = {401: "does not accept the credential", 403: "does not permit it", 404: "does not find it"}
    said = f": {shown(reason)}" if reason else ""
    return f"{service} {known.get(answer.status, f'answers with status {answer.status}')}{said}"


def looked_up(answer: Answer, service: str, what: str, reason: str = "") -> Any:
    """The body of an answer to a look-up. Raises ProviderError for all but success."""
    if answer.good and isinstance(answer.body, (dict, list)):
        return answer.body
    codes = {401: "unauthorized", 403: "forbidden", 404: "not_found"}
    code = codes.get(answer.status, "refused")
    if 200 <= answer.status <= 299:
        raise bad_answer(service, what, answer.problem)
    help_text = "check the credential and what it may see" if code != "refused" else "check the payload"
    if 300 <= answer.status <= 399:
        code, help_text = "moved", "write its present name"
    raise ProviderError(code, f"{what}: {refusal(service, answer, reason)}", help_text)


def bad_answer(service: str, what: str, problem: str = "") -> ProviderError:
    """The error for an answer of a shape that the service does not describe."""
    message = f"{what}: {service} gives an answer that cannot be read" + (f" ({problem})" if problem else "")
    return ProviderError("bad_answer", message, "check the `url` of the connector")


def shown(text: Any) -> str:
    """What a service says, fit to be read."""
    return printable(text[:_LONGEST]) if isinstance(text, str) else ""
