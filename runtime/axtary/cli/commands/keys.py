"""`axtary keys`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import JsonOption

keys = typer.Typer(
    help="Make and retire the keys that sign passes, approvals and checkpoints.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Algorithm(StrEnum):
    """Of a signature."""

    es256 = "ES256"
    ed25519 = "Ed25519"


class Purpose(StrEnum):
    """What a key signs."""

    passes = "pass"
    approval = "approval"
    checkpoint = "checkpoint"


KeysOption = Annotated[Path, typer.Option("--keys", help="The folder with the keys.", metavar="DIR")]
PurposeOption = Annotated[Purpose, typer.Option(help="What the key signs.")]
KEYS = Path(".axtary") / "keys"


@keys.command(epilog="Example: axtary keys init --alg Ed25519")
def init(
    purpose: PurposeOption = Purpose.passes,
    alg: Annotated[Algorithm, typer.Option(help="How it signs.")] = Algorithm.es256,
    keys: KeysOption = KEYS,
    json: JsonOption = False,
) -> None:
    """Make the first key of a purpose. The private part stays in the folder, for its owner only."""
    from axtary.cli import keys as command

    command.init(keys, purpose.value, alg.value, json)


@keys.command("list", epilog="Example: axtary keys list --json")
def list_(keys: KeysOption = KEYS, json: JsonOption = False) -> None:
    """List all keys: what they sign, and since when."""
    from axtary.cli import keys as command

    command.listed(keys, json)


@keys.command(epilog="Example: axtary keys rotate --purpose approval")
def rotate(
    purpose: PurposeOption = Purpose.passes,
    alg: Annotated[Algorithm | None, typer.Option(help="How the new one signs; by default as the old one.")] = None,
    keys: KeysOption = KEYS,
    json: JsonOption = False,
) -> None:
    """Replace the active key: a new one signs from now on, and the old one still verifies what it signed."""
    from axtary.cli import keys as command

    command.rotate(keys, purpose.value, alg.value if alg else None, json)


@keys.command(epilog="Example: axtary keys retire NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
def retire(
    kid: Annotated[str, typer.Argument(help="Which key.", metavar="KID")],
    keys: KeysOption = KEYS,
    json: JsonOption = False,
) -> None:
    """Take a key out of use and delete its private part; it still verifies what it signed."""
    from axtary.cli import keys as command

    command.retire(keys, kid, json)


@keys.command(epilog="Example: axtary keys jwks -o jwks.json")
def jwks(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file.", metavar="FILE")] = None,
    keys: KeysOption = KEYS,
    json: JsonOption = False,
) -> None:
    """Print the public keys as a JWK Set, for those who verify."""
    from axtary.cli import keys as command

    command.jwks(keys, output, json)
