"""The command line: groups of commands, and what stands beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

import typer

from axtary.cli.commands.lazy import LazyGroup
from axtary.cli.commands.options import JsonOption


class _Root(LazyGroup):
    """The groups, and commands that stand beside them but are declared elsewhere."""

    lazy: ClassVar = {
        "policy": "policy:policy",
        "budget": "state:budget",
        "rate": "state:rate",
        "tools": "tools:tools",
        "connectors": "connectors:connectors",
        "mcp": "mcp:mcp",
        "proxy": "proxy:proxy",
        "hook": "hooks:hook",
        "doctor": "hooks:doctor",
        "ledger": "ledger:ledger",
        "attest-ledger": "ledger:attest_ledger",
        "verify-export": "ledger:verify_export",
        "approval": "approvals:approval",
        "approvals": "approvals:approvals",
        "keys": "keys:keys",
        "pass": "chains:passes",  # the group of passes.py, with what it adds
    }


app = typer.Typer(
    name="axtary",
    cls=_Root,
    help="Decides, before it runs, whether an AI agent may do exactly this: allow, deny or step_up.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"axtary {version('axtary')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command(epilog="Example: axtary init --preset coding-agent")
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write.", metavar="[FOLDER]")] = Path(),
    preset: Annotated[str, typer.Option(help="The built-in preset to begin with.")] = "coding-agent",
    json: JsonOption = False,
) -> None:
    """Write a first policy (axtary.yml), its tests (axtary.test.yml) and actions to try it on (actions.jsonl)."""
    from axtary.cli import init as command

    command.run(folder, preset, json)


@app.command(epilog="Example: axtary demo")
def demo(
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Play it in this new folder, and keep it.", metavar="FOLDER")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Play six scenes of an agent that goes wrong: offline, with the real runtime and a fake provider."""
    from axtary.cli.demo import run as command

    command.run(keep, json)


@app.command(epilog="Example: axtary explain AX0301")
def explain(
    code: Annotated[str | None, typer.Argument(help="An error code; without one, all.", metavar="[CODE]")] = None,
    json: JsonOption = False,
) -> None:
    """Print the page of an error code: what it says, why it is bad, what to write instead."""
    from axtary.cli import explain as command

    command.run(code, json)


@app.command(epilog="Example: axtary schema axtary > axtary.schema.json")
def schema(
    name: Annotated[str | None, typer.Argument(help="Print this one.", metavar="[NAME]")] = None,
    json: JsonOption = False,
) -> None:
    """List the JSON Schemas for editors (policy, test file, action, facts), or print one."""
    from axtary.cli import schema as command

    command.run(name, json)


@app.command(epilog="Example: axtary lsp --lint")
def lsp(
    lint: Annotated[bool, typer.Option("--lint", help="Prove more, as `policy check --lint` does.")] = False,
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Speak over standard input and output: always so; some editors ask for it.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print errors of starting it as JSON.")] = False,
) -> None:
    """Serve editors: findings while typing, hovers, definitions, renaming, fixes. Needs `axtary[lsp]`."""
    from axtary.cli import lsp as command

    command.run(lint, json)
