"""Bytes of a catalog -> one JSON value. JSON is strict, YAML is the subset of policies; both are capped before."""

from __future__ import annotations

from typing import Any

from axtary.compiler import CompileError
from axtary.compiler.diagnostics import Reporter
from axtary.compiler.source import MAX_BYTES as MAX_YAML
from axtary.compiler.source import read as read_yaml
from axtary.compiler.testfiles.jsontext import json_text
from axtary.runtime import strictjson
from axtary.runtime.catalog.notes import refuse
from axtary.runtime.locate import Origin

MAX_JSON = 16 * 1024 * 1024


def read(name: str, data: bytes) -> Any:
    """The value of a catalog called `name`. Raises DoorError, and CompileError for what is no YAML.

    A name that ends in `.json` is JSON, in `.yml` or `.yaml` YAML; else JSON is what begins with a bracket. Numbers
    decide nothing in a catalog, so they may be such that a double rounds them.
    """
    is_json = name.endswith(".json") or data.lstrip()[:1] in (b"{", b"[")
    if name.endswith((".yml", ".yaml")):
        is_json = False
    limit = MAX_JSON if is_json else MAX_YAML
    if len(data) > limit:
        help_text = "import a part of it" if is_json else f"write it as JSON, which may have {MAX_JSON} bytes"
        refuse("AX1201", f"more than {limit} bytes", help_text, name)
    if not data.strip():
        refuse("AX1202", "the catalog is empty", "give the answer of a server to `tools/list`, or a schema", name)
    return strictjson.read(data if is_json else _as_json(name, data), Origin(name), 8 * MAX_JSON, rounded=True)


def _as_json(name: str, data: bytes) -> bytes:
    report = Reporter()
    source, tree = read_yaml(name, data, report)
    if tree is None or report.failed:
        raise CompileError(report.diagnostics, {name: source.text})
    return json_text(tree).text.encode()
