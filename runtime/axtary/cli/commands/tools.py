"""`axtary tools`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import CatalogForm, JsonOption

tools = typer.Typer(help="Turn catalogs of tools into declarations.", no_args_is_help=True, rich_markup_mode=None)


@tools.command("import", epilog="Example: axtary tools import github.json --prefix mcp.github. -o tools.yml")
def import_(
    sources: Annotated[
        list[str], typer.Argument(help="Catalogs in JSON or YAML; - for standard input.", metavar="SOURCE...")
    ],
    form: Annotated[
        CatalogForm | None, typer.Option("--from", help="What they are; by default what they look like.")
    ] = None,
    prefix: Annotated[str, typer.Option(help="Goes before the name of each tool.", metavar="TEXT")] = "",
    open: Annotated[bool, typer.Option("--open", help="Declare no tool to be complete.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to this file, for `include:`.", metavar="FILE")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Declare the tools of MCP servers, OpenAPI documents and JSON Schemas, with the types of their fields."""
    from axtary.cli import tools as command

    command.run(sources, form.value if form else None, prefix, not open, output, json)
