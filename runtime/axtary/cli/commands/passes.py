"""`axtary pass`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.keys import Algorithm
from axtary.cli.commands.options import DEFAULT, JsonOption

passes = typer.Typer(
    help="Issue passes for single actions, verify them, and call them back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

KeysOption = Annotated[
    Path | None, typer.Option("--keys", help="The folder with the keys; by default beside the policy.", metavar="DIR")
]
PolicyOption = Annotated[Path, typer.Option("--policy", help="The policy file.", metavar="FILE")]
ActionOption = Annotated[str, typer.Option("--action", help="The action; - for standard input.", metavar="FILE|-")]
TokenArgument = Annotated[str, typer.Argument(help="A file with the token; - for standard input.", metavar="TOKENFILE")]
IssuerOption = Annotated[str, typer.Option("--issuer", help="Who issues passes.", metavar="NAME")]
AudienceOption = Annotated[str, typer.Option("--audience", help="For whom they are.", metavar="NAME")]
TtlOption = Annotated[int, typer.Option("--max-ttl", help="Seconds that a pass is valid at most.", min=1)]
ListOption = Annotated[
    Path | None,
    typer.Option("--revocations", help="The list of what is revoked; by default beside the policy.", metavar="FILE"),
]
AtOption = Annotated[str | None, typer.Option("--at", help="As if it were then.", metavar="TIME")]


@passes.command(epilog="Example: axtary pass issue --action action.json > token")
def issue(
    action: ActionOption = "-",
    policy: PolicyOption = DEFAULT,
    keys: KeysOption = None,
    holder: Annotated[
        str | None, typer.Option(help="Bind it to this key: a JWK, a file with one, or a thumbprint.", metavar="KEY")
    ] = None,
    approval: Annotated[
        list[str] | None, typer.Option(help="What an approver signed for it; may be given again.", metavar="FILE")
    ] = None,
    approvers: Annotated[
        Path | None, typer.Option(help="Who may approve, if not as the policy says.", metavar="FILE")
    ] = None,
    issuer: IssuerOption = "axtary",
    audience: AudienceOption = "axtary-proxy",
    max_ttl: TtlOption = 300,
    json: JsonOption = False,
) -> None:
    """Decide an action, reserve what it costs, and print a pass for it. Exit 1 if it is not allowed."""
    from axtary.cli import passes as command
    from axtary.passes.issue import Terms

    order = command.Order(action, holder, approval or [], approvers)
    command.issue(order, policy, keys, Terms(issuer, audience, max_ttl), json)


@passes.command(epilog="Example: axtary pass verify token --action action.json --consume")
def verify(
    token: TokenArgument,
    action: ActionOption,
    keys: KeysOption = None,
    jwks: Annotated[
        Path | None, typer.Option(help="Trust these public keys, in place of a folder.", metavar="FILE")
    ] = None,
    issuer: IssuerOption = "axtary",
    audience: AudienceOption = "axtary-proxy",
    max_ttl: TtlOption = 300,
    leeway: Annotated[int, typer.Option(help="Seconds by which clocks may differ.", min=0, max=60)] = 5,
    policy_version: Annotated[
        str | None, typer.Option(help="It must have been issued under this policy.", metavar="HASH")
    ] = None,
    require_holder: Annotated[bool, typer.Option("--require-holder", help="It must name a holder.")] = False,
    proof: Annotated[Path | None, typer.Option(help="The holder's proof of possession (DPoP).", metavar="FILE")] = None,
    method: Annotated[str | None, typer.Option(help="The method that the proof is for.", metavar="M")] = None,
    uri: Annotated[str | None, typer.Option(help="The URI that the proof is for.", metavar="U")] = None,
    revocations: ListOption = None,
    consume: Annotated[bool, typer.Option("--consume", help="Use it up: it is good for one time.")] = False,
    policy: PolicyOption = DEFAULT,
    state: Annotated[
        str | None, typer.Option("--state", help="With --consume: the state, if another.", metavar="FILE|URL")
    ] = None,
    at: AtOption = None,
    json: JsonOption = False,
) -> None:
    """Verify a pass for the action that is about to run. Exit 0 if it is good, 1 with the reason if not."""
    from axtary.cli import passes as command

    asked = command.Asked(
        policy=policy,
        keys=keys,
        jwks=jwks,
        issuer=issuer,
        audience=audience,
        max_ttl=max_ttl,
        leeway=leeway,
        policy_version=policy_version,
        require_holder=require_holder,
        revocations=revocations,
    )
    proved = command.Proved(proof, method, uri)
    command.verify(token, action, asked, proved, command.Use(consume, state), at, json)


@passes.command(name="holder-key", epilog="Example: axtary pass holder-key agent.jwk")
def holder_key(
    path: Annotated[Path, typer.Argument(help="Where to write it. It must not be there yet.", metavar="FILE")],
    alg: Annotated[Algorithm, typer.Option(help="How it signs.")] = Algorithm.es256,
    json: JsonOption = False,
) -> None:
    """Make the key of an agent, that passes can be bound to. The file is for the agent only."""
    from axtary.cli import prove_possession as command

    command.holder_key(path, alg.value, json)


@passes.command(epilog="Example: axtary pass prove token --key agent.jwk --method POST --uri https://mcp.example/")
def prove(
    token: TokenArgument,
    key: Annotated[Path, typer.Option("--key", help="The private key of its holder, a JWK.", metavar="FILE")],
    method: Annotated[str | None, typer.Option(help="Of the request; without, of the call it is for.")] = None,
    uri: Annotated[str | None, typer.Option(help="Of the request. Query and fragment are left out.")] = None,
    nonce: Annotated[str | None, typer.Option(help="What the server gave in DPoP-Nonce.")] = None,
    json: JsonOption = False,
) -> None:
    """Prove that it is the holder of a pass who makes a request now: print the value of a DPoP header field."""
    from axtary.cli import prove_possession as command

    command.run(token, key, method, uri, nonce, json)


@passes.command(epilog="Example: axtary pass inspect token")
def inspect(token: TokenArgument, json: JsonOption = False) -> None:
    """Show what a token says. Nothing is verified, and nothing of it must be believed."""
    from axtary.cli import passes as command

    command.inspect(token, json)


@passes.command(epilog="Example: axtary pass revoke ap_1f0c…")
def revoke(
    passes: Annotated[
        list[str] | None, typer.Argument(help="Ids of passes, or files with tokens.", metavar="ID|TOKENFILE")
    ] = None,
    renew: Annotated[bool, typer.Option("--renew", help="Only sign the list anew, before it expires.")] = False,
    valid: Annotated[str, typer.Option(help="How long the list is valid.", metavar="DURATION")] = "24h",
    policy: PolicyOption = DEFAULT,
    keys: KeysOption = None,
    issuer: IssuerOption = "axtary",
    revocations: ListOption = None,
    json: JsonOption = False,
) -> None:
    """Call passes back: they stand on a signed list until they would have expired anyway."""
    from axtary.cli import revoke as command

    where = command.Where(policy, keys, revocations, issuer)
    command.run(passes or [], renew, valid, where, json)
