"""`axtary hook` and `axtary doctor`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.lazy import Single
from axtary.cli.commands.options import JsonOption

hook = typer.Typer(
    help="Stand between an agent and its tools: decide each call before it runs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class ScopeName(StrEnum):
    """Which settings of Claude Code."""

    user = "user"
    project = "project"
    local = "local"


ScopeOption = Annotated[
    ScopeName, typer.Option("--scope", help="user: all projects; project: shared; local: this project, only you.")
]
ProjectOption = Annotated[Path, typer.Option("--project", help="The project's folder.", metavar="FOLDER")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", "--diff", help="Show the change and write nothing.")]
PolicyOption = Annotated[
    str | None, typer.Option("--policy", help="Decide by this policy if no proxy listens.", metavar="FILE")
]
ProxyOption = Annotated[str | None, typer.Option("--proxy", help="Ask this proxy, on this machine.", metavar="URL")]
TokenOption = Annotated[
    str | None, typer.Option("--token-file", help="The token for the proxy, in a file of mode 0600.", metavar="FILE")
]
AgentOption = Annotated[str | None, typer.Option("--agent", help="Who the agent is, in actions.", metavar="ID")]
TaskOption = Annotated[str | None, typer.Option("--task", help="What it works on, in actions.", metavar="ID")]
AskOption = Annotated[
    bool, typer.Option("--ask", help="Leave a step_up to the prompt of Claude Code: only where somebody sits there.")
]
WholeOption = Annotated[
    bool, typer.Option("--whole-commands", help="Never take commands of the shell apart: each is one shell.run.")
]


@hook.command(name="claude-code", epilog="Example: axtary hook claude-code --policy axtary.yml < event.json")
def claude_code(
    policy: PolicyOption = None,
    proxy: ProxyOption = None,
    token_file: TokenOption = None,
    timeout: Annotated[float | None, typer.Option("--timeout", help="Seconds until the call is blocked.")] = None,
    agent: AgentOption = None,
    task: TaskOption = None,
    ask: AskOption = False,
    whole_commands: WholeOption = False,
    json: Annotated[bool, typer.Option("--json", hidden=True)] = False,
) -> None:
    """Answer one event of Claude Code, from standard input. Claude Code runs this; anything that fails exits with 2."""
    # The command never comes here: `axtary.cli` hands it to `axtary.hooks.client` before anything else is imported.
    raise typer.Exit(2)


@hook.command(epilog="Example: axtary hook install --scope local --dry-run")
def install(
    scope: ScopeOption = ScopeName.user,
    project: ProjectOption = Path(),
    policy: PolicyOption = None,
    proxy: ProxyOption = None,
    token_file: TokenOption = None,
    agent: AgentOption = None,
    task: TaskOption = None,
    ask: AskOption = False,
    whole_commands: WholeOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
) -> None:
    """Put the hook into Claude Code's settings, for every tool, so that what fails blocks. Nothing else is changed."""
    from axtary.cli import hook as command

    files = {"--policy": policy, "--token-file": token_file}
    texts = {"--proxy": proxy, "--agent": agent, "--task": task}
    options = [word for name, value in files.items() if value for word in (name, str(Path(value).absolute()))]
    options += [word for name, text in texts.items() if text for word in (name, text)]
    options += [name for name, given in {"--ask": ask, "--whole-commands": whole_commands}.items() if given]
    command.install(scope.value, project, options, dry_run, json)


@hook.command(epilog="Example: axtary hook uninstall --scope local")
def uninstall(
    scope: ScopeOption = ScopeName.user,
    project: ProjectOption = Path(),
    dry_run: DryRunOption = False,
    json: JsonOption = False,
) -> None:
    """Take the hook out of Claude Code's settings. Nothing else is changed."""
    from axtary.cli import hook as command

    command.uninstall(scope.value, project, dry_run, json)


def _doctor(
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Try whether the hook of Claude Code really blocks, and look for what would silence it. Exit 1 if not."""
    from axtary.cli import doctor as command

    command.run(project, json)


doctor = Single(_doctor, "Example: axtary doctor --json")
