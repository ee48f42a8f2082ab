"""`axtary mcp`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from axtary.cli.commands.options import DEFAULT, JsonOption


class _Wrapping(TyperGroup):
    """`axtary mcp OPTIONS -- COMMAND` is `axtary mcp run OPTIONS -- COMMAND`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = not args or args[0] in self.commands or args[0] == "--help"
        return super().parse_args(ctx, args if named else ["run", *args])


mcp = typer.Typer(
    cls=_Wrapping,
    help="Stand between an MCP client and a server: `axtary mcp --server NAME -- COMMAND`.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

CommandArgument = Annotated[
    list[str] | None, typer.Argument(help="Starts the server.", metavar="-- COMMAND...", show_default=False)
]
ServerOption = Annotated[
    str, typer.Option("--server", help="What the policy calls the server.", metavar="NAME", show_default=False)
]
UrlOption = Annotated[
    str | None, typer.Option("--url", help="The address of a server, in place of a command.", show_default=False)
]
HeaderOption = Annotated[
    list[str] | None,
    typer.Option("--header-env", help="Send a header with a variable's value.", metavar="HEADER=VARIABLE"),
]
PolicyOption = Annotated[Path, typer.Option("--policy", help="The policy file.", metavar="FILE")]


@mcp.command(epilog="Example: axtary mcp --server files --agent agent:codex-1 -- npx @acme/mcp-files .")
def run(
    command: CommandArgument = None,
    server: ServerOption = "",
    url: UrlOption = None,
    header: HeaderOption = None,
    policy: PolicyOption = DEFAULT,
    agent: Annotated[str, typer.Option(help="Who calls.", metavar="ID", show_default=False)] = "",
    owner: Annotated[str, typer.Option(help="For whom.", metavar="ID", show_default=False)] = "",
    tenant: Annotated[str, typer.Option(help="Whose organisation that is.", metavar="ID", show_default=False)] = "",
    task: Annotated[str, typer.Option(help="The task that it is for.", metavar="ID", show_default=False)] = "",
    role: Annotated[list[str] | None, typer.Option(help="A role of the agent.", metavar="NAME")] = None,
    resource: Annotated[
        str, typer.Option(help="What calls act on, if not `mcp:` and the server's name.", metavar="NAME")
    ] = "",
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for an answer.")] = 300.0,
    trust: Annotated[
        bool, typer.Option("--trust-on-first-use", help="Pin the definitions seen first, if none are pinned.")
    ] = False,
    hints: Annotated[bool, typer.Option("--hints/--no-hints", help="Tell the model what to change.")] = True,
    json: JsonOption = False,
) -> None:
    """Serve a client over standard input and output; every call is decided before the server gets it."""
    from axtary.cli import mcp as implementation

    target = implementation.Target(server, tuple(command or ()), url, tuple(header or ()), policy, timeout)
    caller = (agent, owner, tenant, task, tuple(role or ()))
    implementation.run(target, implementation.Order(caller, resource, trust, hints), json)


@mcp.command(epilog="Example: axtary mcp pin --server files -- npx @acme/mcp-files .")
def pin(
    command: CommandArgument = None,
    server: ServerOption = "",
    url: UrlOption = None,
    header: HeaderOption = None,
    policy: PolicyOption = DEFAULT,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing, show what changed; exit 1 if anything did.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for an answer.")] = 30.0,
    json: JsonOption = False,
) -> None:
    """Pin the definitions of a server's tools beside the policy, and show what changed. Look at them first."""
    from axtary.cli import mcp_pin as implementation
    from axtary.cli.mcp import Target

    implementation.run(Target(server, tuple(command or ()), url, tuple(header or ()), policy, timeout), check, json)
