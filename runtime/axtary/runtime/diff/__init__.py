"""The semantic diff as a product: every witness run on every engine, gates for CI, one result for all formats."""

from axtary.runtime.diff.gates import Gate, gate, within
from axtary.runtime.diff.history import History, history
from axtary.runtime.diff.report import Report, Side, compare

__all__ = ["Gate", "History", "Report", "Side", "compare", "gate", "history", "within"]
