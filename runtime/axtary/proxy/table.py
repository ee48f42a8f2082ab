"""All routes, for the server and for the OpenAPI document: one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from axtary.hooks.event import MAX_BYTES as MAX_EVENT
from axtary.proxy import actions, approving, evidence, hooks
from axtary.proxy.authzen import evaluate, requests
from axtary.proxy.service import Service
from axtary.proxy.wire import Call, Reply
from axtary.runtime.strictjson import MAX_BYTES

Handler = Callable[[Service, Call], Reply]
Access = Literal["caller", "open", "known", "local"]
"""caller: with credentials. open: anybody. known: anybody, who sees more with credentials. local: with credentials, or
from this machine if the proxy listens on it alone."""


@dataclass(frozen=True)
class Route:
    """`body` names the schema of what is sent, `answers` that of each status. With `authzen`, errors are as there.

    `quick`: it needs no thread, because it waits for nothing. `most`: bytes of the body.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    summary: str
    answers: dict[int, str]
    access: Access = "caller"
    body: str = ""
    key: bool = False  # takes an `Idempotency-Key`
    authzen: bool = False
    quick: bool = False
    most: int = MAX_BYTES


_RESULTS = {200: "Result", 202: "Result", 403: "ResultOrErrors", 409: "Result", 422: "Result", 502: "Result"}

ROUTES = (
    Route("POST", "/v1/actions", actions.submit, "Run an action", _RESULTS, body="Action", key=True),
    Route("POST", "/v1/authorize", actions.authorize, "Have an action authorized", _RESULTS, body="Action", key=True),
    Route(
        "POST",
        "/v1/attempts/{key}/outcome",
        actions.outcome,
        "Say what came of an action",
        {200: "Result", 404: "Result", 409: "ResultOrErrors"},
        body="Outcome",
    ),
    Route("GET", "/v1/attempts/{key}", actions.attempt, "How far an attempt came", {200: "Attempt", 404: "Errors"}),
    Route("GET", "/v1/approvals", approving.listed, "What waits for people", {200: "Approvals"}),
    Route("GET", "/v1/approvals/{id}", approving.shown, "One request", {200: "Approval", 404: "Errors"}),
    Route(
        "POST",
        "/v1/approvals/{id}/answer",
        approving.answered,
        "Hand in what an approver signed",
        {200: "Approval", 404: "Errors", 409: "Errors", 422: "Errors"},
        body="Answer",
    ),
    Route(
        "POST",
        "/hooks/claude-code",
        hooks.claude_code,
        "Answer a hook of Claude Code",
        {200: "HookAnswer"},
        body="HookEvent",
        most=MAX_EVENT,
    ),
    Route(
        "GET", "/v1/ledger/checkpoint", evidence.checkpoint, "The newest checkpoint", {200: "Checkpoint", 404: "Errors"}
    ),
    Route(
        "POST",
        "/access/v1/evaluation",
        evaluate.evaluation,
        "AuthZEN: one decision",
        {200: "Decision", 403: "Errors"},
        body="Evaluation",
        authzen=True,
    ),
    Route(
        "POST",
        "/access/v1/evaluations",
        evaluate.evaluations,
        "AuthZEN: many decisions",
        {200: "Decisions", 403: "Errors"},
        body="Evaluations",
        authzen=True,
    ),
    Route(
        "POST",
        "/access/v1/requests",
        requests.submitted,
        "AuthZEN: request access",
        {201: "Task", 202: "Task", 400: "Problem", 403: "Errors"},
        body="AccessRequest",
        authzen=True,
    ),
    Route(
        "GET", "/access/v1/requests/{id}", requests.followed, "AuthZEN: how it stands", {200: "Task", 404: "Problem"}
    ),
    Route(
        "GET",
        "/.well-known/authzen-configuration",
        evaluate.metadata,
        "AuthZEN: where everything is",
        {200: "Metadata"},
        "open",
        quick=True,
    ),
    Route("GET", "/.well-known/jwks.json", evidence.jwks, "The public keys", {200: "Keys"}, "open"),
    Route("GET", "/healthz", evidence.live, "Does it answer?", {200: "Health"}, "open", quick=True),
    Route("GET", "/readyz", evidence.ready, "Can it decide?", {200: "Health", 503: "HealthOrErrors"}, "known"),
    Route("GET", "/metrics", evidence.metrics, "For Prometheus", {200: "text"}, "local"),
)
