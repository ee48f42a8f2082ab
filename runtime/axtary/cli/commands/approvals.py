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
StateOption = Annotated[
    str | None, typer.Option("--state", help="The state, if not that of the policy.", metavar="FILE|URL")
]
OwnerOption = Annotated[Path, typer.Option("--policy", help="The policy whose requests they are.", metavar="FILE")]
AsOption = Annotated[str, typer.Option("--as", help="Who says it.", metavar="ID", show_default=False)]
KeyOption = Annotated[
    Path, typer.Option("--key", help="Their private key, or the service's.", metavar="FILE|DIR", show_default=False)
]
ReasonOption = Annotated[str, typer.Option(help="Why, for people.", metavar="TEXT", show_default=False)]
TtlOption = Annotated[str, typer.Option(help="How long it is good for; 1h at most.", metavar="DURATION")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
RequestArgument = Annotated[str, typer.Argument(help="The id of a request.", metavar="REQUEST")]


@approval.command(epilog="Example: axtary approval sign --action a.json --as user:ana@acme.com --key ana.jwk > ana.jws")
def sign(
    action: ActionOption,
    approver: AsOption,
    key: KeyOption,
    deny: Annotated[bool, typer.Option("--deny", help="Say no: other approvals then are worth nothing.")] = False,
    reason: ReasonOption = "",
    ttl: TtlOption = "10m",
    policy: PolicyOption = DEFAULT,
    approvers: ApproversOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Show what is to be approved and why it is held, ask, and sign. Exit 1 if the approval would be worth nothing."""
    from axtary.cli import approval_sign as command
    from axtary.cli.approval_signer import Words

    command.run(action, Words(approver, key, deny, reason, ttl, yes), policy, approvers, json)


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


# --- requests that wait -----------------------------------------------------------------------------------------------

approvals = typer.Typer(
    help="See the actions that wait for approval, and answer them.", no_args_is_help=True, rich_markup_mode=None
)


@approvals.command(name="list", epilog="Example: axtary approvals list --json")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Those that ended as well.")] = False,
    policy: OwnerOption = DEFAULT,
    approvers: ApproversOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """List the requests that wait, oldest first: what is asked, by whom, how it stands, and until when."""
    from axtary.cli import requests as command

    command.listed(every, command.Place(policy, state, approvers), json)


@approvals.command(epilog="Example: axtary approvals show req_1f0c…")
def show(
    request: RequestArgument,
    policy: OwnerOption = DEFAULT,
    approvers: ApproversOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show all of a request: the exact action, what it changes in files, the rules that hold it, and the answers."""
    from axtary.cli import requests as command

    command.shown(request, command.Place(policy, state, approvers), json)


@approvals.command(epilog="Example: axtary approvals approve req_1f0c… --as user:ana@acme.com --key ana.jwk")
def approve(
    request: RequestArgument,
    approver: AsOption,
    key: KeyOption,
    reason: ReasonOption = "",
    ttl: TtlOption = "10m",
    policy: OwnerOption = DEFAULT,
    approvers: ApproversOption = None,
    state: StateOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Show the request, ask, sign, and answer it with yes. Exit 1 if the answer is worth nothing or comes too late."""
    from axtary.cli import request_answer as command
    from axtary.cli.approval_signer import Words
    from axtary.cli.requests import Place

    command.run(request, Words(approver, key, False, reason, ttl, yes), Place(policy, state, approvers), json)


@approvals.command(epilog="Example: axtary approvals deny req_1f0c… --as user:ana@acme.com --key ana.jwk --reason no")
def deny(
    request: RequestArgument,
    approver: AsOption,
    key: KeyOption,
    reason: ReasonOption = "",
    ttl: TtlOption = "10m",
    policy: OwnerOption = DEFAULT,
    approvers: ApproversOption = None,
    state: StateOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Show the request, ask, sign, and answer it with no: that ends it. Exit 1 if the answer comes too late."""
    from axtary.cli import request_answer as command
    from axtary.cli.approval_signer import Words
    from axtary.cli.requests import Place

    command.run(request, Words(approver, key, True, reason, ttl, yes), Place(policy, state, approvers), json)


@approvals.command(epilog="Example: axtary approvals cancel req_1f0c…")
def cancel(
    request: RequestArgument, policy: OwnerOption = DEFAULT, state: StateOption = None, json: JsonOption = False
) -> None:
    """End a request that nobody needs any more. Exit 1 if it has ended."""
    from axtary.cli import requests as command

    command.cancelled(request, command.Place(policy, state), json)


@approvals.command(epilog="Example: axtary approvals login --as user:ana@acme.com")
def login(
    approver: Annotated[str, typer.Option("--as", help="Who is let in.", metavar="ID", show_default=False)],
    key: Annotated[
        Path | None,
        typer.Option("--key", help="The service's private key, if not that beside the policy.", metavar="FILE|DIR"),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="The proxy, if not at its usual place.", metavar="URL")
    ] = None,
    policy: OwnerOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Print a link that lets an approver into the pages of the proxy, once, within 5 minutes."""
    from axtary.cli import request_login as command

    command.run(approver, key, url, policy, json)
