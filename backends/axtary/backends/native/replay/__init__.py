"""Deciding many recorded actions at once, column by column, with numpy."""

from axtary.backends.native.replay.columns import Coded, Columns, Path
from axtary.backends.native.replay.decide import decide

__all__ = ["Coded", "Columns", "Path", "decide"]
