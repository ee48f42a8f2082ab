"""The command line: groups of commands, and what stands beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.approvals import approval, approvals
from axtary.cli.commands.chains import passes  # the group of passes.py, with what it adds
from axtary.cli.commands.keys import keys
from axtary.cli.commands.ledger import attest_ledger, ledger, verify_export
from axtary.cli.commands.options import JsonOption
from axtary.cli.commands.policy import policy
from axtary.cli.commands.proxy import proxy
from axtary.cli.commands.state import budget, rate
from axtary.cli.commands.tools import tools

app = typer.Typer(
    name="axtary",
    help="Decides, before it runs, whether an AI agent may do exactly this: allow, deny or step_up.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(policy, name="policy")
app.add_typer(budget, name="budget")
app.add_typer(rate, name="rate")
app.add_typer(tools, name="tools")
app.add_typer(ledger, name="ledger")
app.add_typer(approval, name="approval")
app.add_typer(approvals, name="approvals")
app.add_typer(keys, name="keys")
app.add_typer(passes, name="pass")
app.add_typer(proxy, name="proxy")
_attest = app.command(name="attest-ledger", epilog="Example: axtary attest-ledger -o ledger.jsonl --key checkpoint.jwk")
_attest(attest_ledger)
app.command(name="verify-export", epilog="Example: axtary verify-export ledger.jsonl --key keys.json")(verify_export)


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
