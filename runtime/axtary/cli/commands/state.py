"""`axtary budget` and `axtary rate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import DEFAULT, JsonOption

budget = typer.Typer(help="See what is spent, and release what is held.", no_args_is_help=True, rich_markup_mode=None)
rate = typer.Typer(help="See how often what was called.", no_args_is_help=True, rich_markup_mode=None)

StateOption = Annotated[
    str | None, typer.Option("--state", help="The state, if not that of the policy.", metavar="FILE|URL")
]
PolicyOption = Annotated[Path, typer.Option("--policy", help="The policy whose state it is.", metavar="FILE")]


@budget.command(name="list", epilog="Example: axtary budget list --policy axtary.yml")
def budget_list(policy: PolicyOption = DEFAULT, state: StateOption = None, json: JsonOption = False) -> None:
    """List all budgets: what is spent, reserved and left, and by whom."""
    from axtary.cli import state as command

    command.listed("budget", policy, state, json)


@budget.command(name="show", epilog="Example: axtary budget show spending --json")
def budget_show(
    name: Annotated[str, typer.Argument(help="The id of a rule, or of a reservation.", metavar="RULE|RESERVATION")],
    policy: PolicyOption = DEFAULT,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show the budget of a rule with the reservations that are open, or one reservation."""
    from axtary.cli import state as command

    command.shown(name, policy, state, json)


@budget.command(name="release", epilog="Example: axtary budget release rsv_1f0c…")
def budget_release(
    reservations: Annotated[list[str] | None, typer.Argument(help="What is not needed any more.")] = None,
    expired: Annotated[bool, typer.Option("--expired", help="All that have expired.")] = False,
    policy: PolicyOption = DEFAULT,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Roll reservations back: what they hold is free again. Exit 1 if one of them is not open."""
    from axtary.cli import state as command

    command.released(reservations or [], expired, policy, state, json)


@rate.command(name="list", epilog="Example: axtary rate list --json")
def rate_list(policy: PolicyOption = DEFAULT, state: StateOption = None, json: JsonOption = False) -> None:
    """List all rates: the calls in the window, what is left, and the attempts that were denied."""
    from axtary.cli import state as command

    command.listed("rate", policy, state, json)
