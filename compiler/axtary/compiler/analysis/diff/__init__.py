"""What do two policies decide differently? Exact over the whole language; each change comes with an action."""

from axtary.compiler.analysis.diff.compare import diff, some_changes
from axtary.compiler.analysis.diff.result import Change, Difference, Direction, Kind, Undecided, Verdict

__all__ = ["Change", "Difference", "Direction", "Kind", "Undecided", "Verdict", "diff", "some_changes"]
