"""`axtary connectors`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import DEFAULT, JsonOption

connectors = typer.Typer(
    help="See the services that a runtime calls for agents, and try their credentials.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PolicyOption = Annotated[Path, typer.Option("--policy", help="The policy that has the connectors.", metavar="FILE")]


@connectors.command(name="list", epilog="Example: axtary connectors list --json")
def connectors_list(policy: PolicyOption = DEFAULT, json: JsonOption = False) -> None:
    """List the connectors, their tools, and whether their credentials are there. Calls nobody."""
    from axtary.cli import connectors as command

    command.listed(policy, json)


@connectors.command(name="check", epilog="Example: axtary connectors check github")
def connectors_check(
    names: Annotated[list[str] | None, typer.Argument(help="These only.", metavar="[NAME]...")] = None,
    policy: PolicyOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Make one call to each service that changes nothing. Exit 1 if one of them does not answer as it should."""
    from axtary.cli import connectors as command

    command.checked(names or [], policy, json)
