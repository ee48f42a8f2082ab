"""The smallest cases that show all of a policy: each rule fired and not, each condition alone deciding (MC/DC), each
obligation met and violated. What cannot be shown comes with its proof. Knows no engine."""

from axtary.compiler.analysis.mcdc.generate import Found, Generated, Open, generate
from axtary.compiler.analysis.mcdc.goals import Goal, goals
from axtary.compiler.analysis.mcdc.seen import Observer, Seen

__all__ = ["Found", "Generated", "Goal", "Observer", "Open", "Seen", "generate", "goals"]
