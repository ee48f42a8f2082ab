"""`axtary approval`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import DEFAULT, JsonOption

approval = typer.Typer(
    help="Approve exactly one action, and see what approvals are worth.", no_args_is_help=True, rich_markup_mode=None
)

ActionOption = Annotated[
    str, typer.Option("--action", help="The action; - for standard input.", metavar="FILE", show_default=False)
]
PolicyOption = Annotated[Path, typer.Option("--policy", help="The policy that holds the action.", metavar="FILE")]
ApproversOption = Annotated[
    Path | None, typer.Option("--approvers", help="Who may approve, if not those of the policy.", metavar="FILE")
]


@approval.command(epilog="Example: axtary approval sign --action a.json --as user:ana@acme.com --key ana.jwk > ana.jws")
def sign(
    action: ActionOption,
    approver: Annotated[str, typer.Option("--as", help="Who approves.", metavar="ID", show_default=False)],
    key: Annotated[
        Path,
        typer.Option("--key", help="Their private key, or the service's.", metavar="FILE|DIR", show_default=False),
    ],
    deny: Annotated[bool, typer.Option("--deny", help="Say no: other approvals then are worth nothing.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for people.", metavar="TEXT", show_default=False)] = "",
    ttl: Annotated[str, typer.Option(help="How long it is good for; 1h at most.", metavar="DURATION")] = "10m",
    policy: PolicyOption = DEFAULT,
    approvers: ApproversOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: JsonOption = False,
) -> None:
    """Show what is to be approved and why it is held, ask, and sign. Exit 1 if the approval would be worth nothing."""
    from axtary.cli import approval_sign as command

    command.run(command.Order(action, approver, key, deny, reason, ttl, policy, approvers, yes), json)


@approval.command(epilog="Example: axtary approval verify ana.jws ben.jws --action a.json > facts.json")
def verify(
    artifacts: Annotated[list[str], typer.Argument(help="Files with an artifact on each line.", metavar="ARTIFACT...")],
    action: ActionOption,
    policy: PolicyOption = DEFAULT,
    approvers: ApproversOption = None,
    json: JsonOption = False,
) -> None:
    """Print the facts that artifacts are for an action. Nothing is used up. Exit 1 if one of them is refused."""
    from axtary.cli import approval_verify as command

    command.run(artifacts, action, policy, approvers, json)
