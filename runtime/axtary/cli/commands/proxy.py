"""`axtary proxy`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import DEFAULT, JsonOption

proxy = typer.Typer(
    help="Serve the pipeline over HTTP, to callers with tokens or certificates. Needs `axtary[proxy]`.",
    invoke_without_command=True,
    rich_markup_mode=None,
    epilog="Example: axtary proxy --policy axtary.yml --port 8411",
)
token = typer.Typer(help="Let callers in, and put them out.", no_args_is_help=True, rich_markup_mode=None)
proxy.add_typer(token, name="token")

PolicyOption = Annotated[Path, typer.Option("--policy", help="The policy that decides.", metavar="FILE")]
CallersOption = Annotated[
    Path, typer.Option("--policy", help="The policy whose proxy it is: the callers are beside it.", metavar="FILE")
]
NameArgument = Annotated[str, typer.Argument(help="The caller's name.", metavar="NAME")]


@proxy.callback()
def serve(
    context: typer.Context,
    policy: PolicyOption = DEFAULT,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 for any that is free.", min=0, max=65535)] = 8411,
    uds: Annotated[
        Path | None, typer.Option("--uds", help="Listen at a Unix socket and no port.", metavar="PATH")
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", help="The server's certificate, PEM.", metavar="FILE")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="Its private key, PEM.", metavar="FILE")] = None,
    client_ca: Annotated[
        Path | None, typer.Option("--client-ca", help="Who signs certificates of callers, PEM.", metavar="FILE")
    ] = None,
    public_url: Annotated[
        str | None, typer.Option("--public-url", help="The URL by which others know the proxy.", metavar="URL")
    ] = None,
    allowed_host: Annotated[
        list[str] | None, typer.Option("--allowed-host", help="A name by which it may be called.", metavar="NAME")
    ] = None,
    insecure_bind: Annotated[
        bool, typer.Option("--insecure-bind", help="Listen for other machines without TLS.")
    ] = False,
    threads: Annotated[int, typer.Option(help="Requests at work at one time.", min=1, max=1000)] = 32,
    stop_seconds: Annotated[
        int, typer.Option("--stop-seconds", help="How long to wait for what runs when it is to stop.", min=0, max=3600)
    ] = 30,
    json: JsonOption = False,
) -> None:
    """Serve until SIGTERM or SIGINT."""
    if context.invoked_subcommand is not None:
        return
    from axtary.cli import proxy as command

    order = command.Arguments(
        policy=policy,
        host=host,
        port=port,
        uds=uds,
        certificate=tls_cert,
        key=tls_key,
        authority=client_ca,
        public_url=public_url,
        allowed_hosts=tuple(allowed_host or ()),
        anywhere=insecure_bind,
        threads=threads,
        patience=stop_seconds,
    )
    command.run(order, json)


@token.command(epilog="Example: axtary proxy token add codex --agent agent:codex-1 --owner user:ana@acme.com")
def add(
    name: NameArgument,
    agent: Annotated[str, typer.Option(help="The agent that asks.", metavar="ID", show_default=False)],
    owner: Annotated[str, typer.Option(help="The human behind it.", metavar="ID", show_default=False)] = "",
    tenant: Annotated[str, typer.Option(help="The organisation.", metavar="ID", show_default=False)] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="A role of the actor.", metavar="ROLE")] = None,
    gateway: Annotated[bool, typer.Option("--gateway", help="It is trusted to name other actors.")] = False,
    approvals: Annotated[bool, typer.Option("--approvals", help="It sees and answers the requests of others.")] = False,
    certificate: Annotated[
        str, typer.Option(help="The name in its client certificate.", metavar="KIND:NAME", show_default=False)
    ] = "",
    workspace: Annotated[
        Path | None,
        typer.Option(help="For a hook: the project's folder. Default: that of the policy.", metavar="FOLDER"),
    ] = None,
    task: Annotated[
        str, typer.Option(help="For a hook: what the agent works on.", metavar="ID", show_default=False)
    ] = "",
    ask: Annotated[bool, typer.Option("--ask", help="For a hook: leave a step_up to Claude Code's prompt.")] = False,
    whole_commands: Annotated[
        bool, typer.Option("--whole-commands", help="For a hook: never take commands of the shell apart.")
    ] = False,
    no_token: Annotated[bool, typer.Option("--no-token", help="The certificate alone lets it in.")] = False,
    policy: CallersOption = DEFAULT,
    json: JsonOption = False,
) -> None:
    """Let a caller in, and print its token, once."""
    from axtary.cli import proxy_tokens as command

    given = command.Given(
        name=name,
        agent=agent,
        owner=owner,
        tenant=tenant,
        roles=tuple(role or ()),
        gateway=gateway,
        approvals=approvals,
        certificate=certificate,
        workspace=str(workspace.absolute()) if workspace is not None else "",
        task=task,
        ask=ask,
        whole_commands=whole_commands,
    )
    command.add(policy, given, not no_token, json)


@token.command("list", epilog="Example: axtary proxy token list --json")
def list_(policy: CallersOption = DEFAULT, json: JsonOption = False) -> None:
    """List the callers. Tokens are not among it: only their hashes are kept."""
    from axtary.cli import proxy_tokens as command

    command.listed(policy, json)


@token.command(epilog="Example: axtary proxy token revoke codex")
def revoke(name: NameArgument, policy: CallersOption = DEFAULT, json: JsonOption = False) -> None:
    """Put a caller out, from the next request on."""
    from axtary.cli import proxy_tokens as command

    command.revoke(policy, name, json)
