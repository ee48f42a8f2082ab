"""The OpenAPI document says what the server does: schemathesis makes requests of it, and looks at every answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.proxy.server import Server, prepare, running

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EACH = 15  # requests of an operation


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("openapi")
    with running(folder, prepare(folder)) as found:
        yield found


def test_each_answer_is_one_that_the_document_knows(server: Server) -> None:
    """Requests that fit the document, and requests that do not: no answer is a failure or a surprise."""
    api = schemathesis.openapi.from_url(f"http://{server.at}/openapi.json")
    token = {"Authorization": f"Bearer {server.tokens['pep']}"}
    seen = 0
    for found in api.get_all_operations():
        assert isinstance(found, Ok)
        operation: Any = found.ok()
        for mode in schemathesis.GenerationMode:

            @settings(
                max_examples=EACH,
                derandomize=True,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal seen
                seen += 1
                case.call_and_validate(headers=token, checks=CHECKS, timeout=60)

            try:
                ask()
            except Unsatisfiable:  # nothing can be wrong with a request that takes nothing
                assert mode.is_negative, operation.label
    assert seen > 200


def test_the_document_has_every_route_and_no_other(server: Server) -> None:
    document = server.get("/openapi.json", "").json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations) == 18
    for each in operations:
        assert set(each["responses"]) & {"200", "201", "202"}


def test_the_metrics_are_counted_by_route(server: Server) -> None:
    server.get("/openapi.json", "")
    assert 'route="/openapi.json"' in server.get("/metrics", "").body.decode()
