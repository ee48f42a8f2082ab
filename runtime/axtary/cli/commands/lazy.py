"""Commands are built when somebody asks for them: to build all of them takes longer than most of them run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group


class LazyGroup(TyperGroup):
    """A group with commands that are declared in other modules of this package."""

    lazy: ClassVar[Mapping[str, str]] = {}
    """By name `module:attribute`: a Typer, or a Single."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Those that are here, then the others."""
        return [*(name for name in super().list_commands(ctx) if name not in self.lazy), *self.lazy]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Built on the first call."""
        if cmd_name in self.lazy and cmd_name not in self.commands:
            self.add_command(_built(self.lazy[cmd_name], cmd_name), cmd_name)
        return super().get_command(ctx, cmd_name)


@dataclass(frozen=True)
class Single:
    """A command that stands beside the groups."""

    function: Callable[..., None]
    epilog: str


def _built(where: str, name: str) -> Any:
    module, _, attribute = where.partition(":")
    found = getattr(import_module(f"axtary.cli.commands.{module}"), attribute)
    if not isinstance(found, Single):
        return get_group(found)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name=name, epilog=found.epilog)(found.function)
    return get_command(alone)
