"""What goes with a bundle, to prove it on an OPA elsewhere: tests, and a schema of the input."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from axtary.backends import native
from axtary.backends.rego.tests import Case, tests_text
from axtary.compiler.analysis.cases import generate
from axtary.compiler.ir import Policy
from axtary.grammars import schema
from axtary.runtime.action import check_action
from axtary.runtime.errors import DoorError
from axtary.runtime.facts import check_facts

Json = Any
Named = tuple[str, Mapping[str, Json], Mapping[str, Json]]  # name, action, facts
MAX_GENERATED = 1000


def opa_tests(policy: Policy, written: Iterable[Named] = (), generated: int = MAX_GENERATED) -> str:
    """Tests for `opa test`, with the verdicts of the native engine: of cases of test files, and of generated ones.

    Tests that are slow to run are run by nobody: of a large policy the most telling cases, `generated` at most.
    """
    engine = native.compile(policy)
    cases = chain(written, _generated(policy, generated))
    found: Iterator[Case] = ((name, action, facts, engine.decide(action, facts)) for name, action, facts in cases)
    return tests_text(found)


def _generated(policy: Policy, limit: int) -> Iterator[Named]:
    for case in generate(policy, native.evaluate, limit=limit):
        try:
            yield case.note, check_action(case.action), check_facts(case.facts)
        except DoorError:  # what never passes the door never reaches an engine
            continue


def input_schema() -> str:
    """JSON Schema (draft 2020-12) of the input, `{"action": …, "facts": …}`."""
    action, facts = json.loads(schema("action")), json.loads(schema("facts"))
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The input of data.axtary.decision",
        "type": "object",
        "required": ["action"],
        "properties": {"action": {"$ref": "#/$defs/action"}, "facts": {"$ref": "#/$defs/facts"}},
        "$defs": {"action": action, "facts": facts},
    }
    return json.dumps(document, indent=2) + "\n"
