"""What options say, and those that many commands have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class ExportTarget(StrEnum):
    """For whom `policy export` writes."""

    opa_bundle = "opa-bundle"
    native = "native"
    cedar = "cedar"


class CedarService(StrEnum):
    """A hosted Cedar engine that an export must fit."""

    avp = "avp"
    agentcore = "agentcore"


class Target(StrEnum):
    """What `policy compile` prints."""

    ir = "ir"
    cedar = "cedar"
    rego = "rego"
    all = "all"


class EngineName(StrEnum):
    """What `policy simulate` and `policy test` ask."""

    native = "native"
    cedar = "cedar"
    rego = "rego"
    all = "all"


class Format(StrEnum):
    """In what form `policy check` reports."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"
    junit = "junit"


class EffectName(StrEnum):
    """What a rule does, for `policy table`."""

    allow = "allow"
    deny = "deny"
    step_up = "step_up"


class Expected(StrEnum):
    """The answer to `policy ask` that is fine."""

    yes = "yes"
    no = "no"


class CatalogForm(StrEnum):
    """What `tools import` reads."""

    mcp = "mcp"
    openapi = "openapi"
    json_schema = "json-schema"


class LedgerFormat(StrEnum):
    """In what form `ledger export` writes."""

    attested = "attested"
    ocsf = "ocsf"
    ecs = "ecs"
    cef = "cef"
    leef = "leef"
    syslog = "syslog"
    cloudevents = "cloudevents"
    jsonl = "jsonl"
    csv = "csv"


class Framing(StrEnum):
    """What separates messages of syslog."""

    newline = "newline"
    octets = "octets"


class DiffFormat(StrEnum):
    """How `policy diff` prints."""

    text = "text"
    markdown = "markdown"


class ForeignFormat(StrEnum):
    """What `policy convert` reads."""

    claude_code = "claude-code"
    agt = "agt"
    cedar = "cedar"
    rego = "rego"
    axtary_preset = "axtary-preset"


PolicyArgument = Annotated[Path, typer.Argument(help="The policy file.", metavar="[POLICY]")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RecordsOption = Annotated[
    str | None,
    typer.Option("--ledger", help="Recorded decisions: a ledger, or an export of one.", metavar="FILE|URL"),
]
DEFAULT = Path("axtary.yml")
