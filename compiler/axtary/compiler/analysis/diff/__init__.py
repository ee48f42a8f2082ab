"""What do two policies decide differently? Exact over the whole language; the changes come with actions that show them."""

from axtary.compiler.analysis.diff.compare import diff
from axtary.compiler.analysis.diff.result import Change, Difference, Direction, Kind, Undecided, Verdict

__all__ = ["Change", "Difference", "Direction", "Kind", "Undecided", "Verdict", "diff"]
