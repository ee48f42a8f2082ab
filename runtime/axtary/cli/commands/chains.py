"""`axtary pass grant` and `axtary pass delegate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import DEFAULT, JsonOption
from axtary.cli.commands.passes import AtOption, passes

__all__ = ["delegate", "grant", "passes"]

SignerOption = Annotated[
    Path, typer.Option("--key", help="The private key that signs: a file with a JWK.", metavar="FILE")
]
TakerOption = Annotated[
    str, typer.Option("--to", help="Whose it is then: a thumbprint, a public JWK, or a file with one.", metavar="KEY")
]
AgentOption = Annotated[str, typer.Option(help="The agent that it is for.", metavar="NAME")]
ToolOption = Annotated[
    list[str] | None, typer.Option("--tool", help="Only these tools: name patterns.", metavar="PATTERN")
]
ResourceOption = Annotated[
    list[str] | None, typer.Option("--resource", help="Only these resources: path patterns.", metavar="PATTERN")
]
WhenOption = Annotated[
    list[str] | None,
    typer.Option("--when", help='Only such payloads: "payload.amount <= 50", or JSON.', metavar="CONDITION"),
]
BudgetOption = Annotated[
    list[str] | None, typer.Option("--budget", help='Spend no more, in all: "10.00 USD".', metavar="AMOUNT")
]
HopsOption = Annotated[int, typer.Option(help="How often it may be handed on.", min=0, max=7)]


@passes.command(epilog="Example: axtary pass grant --key operator.jwk --to ana.jwk --agent agent:ana --tool 'github.*'")
def grant(
    key: SignerOption,
    to: TakerOption,
    agent: AgentOption,
    owner: Annotated[str, typer.Option(help="For whom the agent acts.", metavar="NAME")] = "",
    tenant: Annotated[str, typer.Option(help="Of which organisation.", metavar="NAME")] = "",
    task: Annotated[str, typer.Option(help="On which task.", metavar="NAME")] = "",
    tool: ToolOption = None,
    resource: ResourceOption = None,
    when: WhenOption = None,
    budget: BudgetOption = None,
    ttl: Annotated[str, typer.Option(help="How long it is valid.", metavar="DURATION")] = "5m",
    hops: HopsOption = 0,
    issuer: Annotated[str, typer.Option(help="Who issues passes.", metavar="NAME")] = "axtary",
    audience: Annotated[str, typer.Option(help="For whom they are.", metavar="NAME")] = "axtary-proxy",
    policy: Annotated[Path, typer.Option("--policy", help="The policy that it is for.", metavar="FILE")] = DEFAULT,
    at: AtOption = None,
    json: JsonOption = False,
) -> None:
    """Grant an agent all actions within limits, and print the pass: the root of a chain."""
    from axtary.cli import pass_chain as command

    about = command.About(agent, owner, tenant, task, issuer, audience)
    wanted = command.Wanted(tool or (), resource or (), when or (), budget or (), hops)
    command.grant(policy, key, to, about, wanted, ttl, at, json)


@passes.command(epilog="Example: axtary pass delegate chain --key ana.jwk --to bob.jwk --agent agent:bob --ttl 2m")
def delegate(
    chain: Annotated[
        str, typer.Argument(help="A file with one token a line, root first; - for standard input.", metavar="CHAINFILE")
    ],
    key: SignerOption,
    to: TakerOption,
    agent: AgentOption,
    tool: ToolOption = None,
    resource: ResourceOption = None,
    when: WhenOption = None,
    budget: BudgetOption = None,
    ttl: Annotated[
        str | None, typer.Option(help="How long it is valid; else as long as what it comes from.", metavar="DURATION")
    ] = None,
    hops: HopsOption = 0,
    at: AtOption = None,
    json: JsonOption = False,
) -> None:
    """Hand a pass on, narrower, and print the chain with the new one. Exit 1 with the reason if it is not narrower."""
    from axtary.cli import pass_chain as command

    wanted = command.Wanted(tool or (), resource or (), when or (), budget or (), hops)
    command.delegate(chain, key, to, agent, wanted, ttl, at, json)
