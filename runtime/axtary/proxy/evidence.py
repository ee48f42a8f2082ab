"""What others verify with, and what watches the proxy: keys, checkpoints, health, metrics."""

from __future__ import annotations

from axtary.ledger import LedgerError
from axtary.passes.errors import RefusedError
from axtary.proxy.metrics import TYPE
from axtary.proxy.service import Service
from axtary.proxy.wire import Call, HttpError, Reply, unavailable
from axtary.runtime.policyfile import UnreadableError

_PUBLIC = {"Cache-Control": "public, max-age=300"}


def jwks(service: Service, _call: Call) -> Reply:
    """The public keys, for those who verify passes, approvals and checkpoints."""
    try:
        return Reply(200, service.keys().to_json(), _PUBLIC)
    except (UnreadableError, RefusedError):
        raise HttpError(503, "unavailable", "the keys cannot be read", "try again", {"Retry-After": "1"}) from None


def checkpoint(service: Service, _call: Call) -> Reply:
    """The newest signed checkpoint of the ledger, signed now if need be."""
    ledger = service.pipeline.ledger
    try:
        ledger.checkpoint()
        head = ledger.rows.head()
        signed = ledger.rows.checkpoint_of(0)
    except LedgerError as error:
        raise unavailable(error) from None
    if signed is None:
        raise HttpError(404, "no_checkpoint", "the ledger is empty")
    shown = {"origin": head.origin, "size": signed.size, "jws": signed.jws, "note": signed.note}
    return Reply(200, {name: value for name, value in shown.items() if value is not None})


def live(_service: Service, _call: Call) -> Reply:
    """The process answers."""
    return Reply(200, {"status": "ok"})


def ready(service: Service, call: Call) -> Reply:
    """Can it decide, record and execute? Why not is for callers and the log: it may name files."""
    found = service.health()
    good = all(said == "ok" for said in found.values())
    brief = {name: "ok" if said == "ok" else "failed" for name, said in found.items()}
    shown = dict(found) if call.caller is not None else brief
    return Reply(200 if good else 503, {"status": "ok" if good else "failed", "checks": shown})


def metrics(service: Service, _call: Call) -> Reply:
    """For Prometheus."""
    return Reply(200, service.metrics.text(), media=TYPE)
