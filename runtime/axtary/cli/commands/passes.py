"""`axtary pass`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import JsonOption

passes = typer.Typer(help="Issue, prove and verify passes.", no_args_is_help=True, rich_markup_mode=None)


@passes.command(epilog="Example: axtary pass prove pass.jwt --key agent.jwk --method POST --uri https://mcp.example/")
def prove(
    token: Annotated[Path, typer.Argument(help="The file with the pass.", metavar="TOKENFILE")],
    key: Annotated[Path, typer.Option("--key", help="The private key of its holder, a JWK.", metavar="FILE")],
    method: Annotated[str | None, typer.Option(help="Of the request; without, the tool call of the pass.")] = None,
    uri: Annotated[str | None, typer.Option(help="Of the request. Query and fragment are left out.")] = None,
    nonce: Annotated[str | None, typer.Option(help="What the server gave in DPoP-Nonce.")] = None,
    json: JsonOption = False,
) -> None:
    """Print a proof that the holder of a pass makes a request now: the value of the DPoP header field."""
    from axtary.cli import prove_possession as command

    command.run(token, key, method, uri, nonce, json)
