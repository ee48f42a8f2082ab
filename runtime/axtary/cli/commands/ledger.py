"""`axtary ledger`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import JsonOption

ledger = typer.Typer(help="Read records of decisions.", no_args_is_help=True, rich_markup_mode=None)


@ledger.callback()
def _group() -> None:
    pass


@ledger.command(
    "import", epilog="Example: axtary ledger import opa-decisions.json.gz -o actions.jsonl --policy axtary.yml"
)
def import_(
    logs: Annotated[list[Path], typer.Argument(help="Decision logs of OPA: JSON Lines or arrays, also gzipped.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the actions here, for replay.", metavar="FILE.jsonl")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Compare each decision with what this policy says.", metavar="FILE")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Read what a fleet of OPA decided, for replay. With `--policy`, exit 1 if a decision differs."""
    from axtary.cli import ledger_import as command

    command.run(logs, output, policy, json)
