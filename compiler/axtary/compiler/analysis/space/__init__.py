"""Is there an action on which these predicates hold? A finite space of classes, and a search that answers exactly.

survey -> space (classes of each attribute, formulas over them) -> encode and sat (a choice of classes) -> realize (an
action). Knows the normal form and no engine.
"""

from axtary.compiler.analysis.space.encode import Choice, Search
from axtary.compiler.analysis.space.limits import Exhausted, Limits
from axtary.compiler.analysis.space.realize import linked, realize, simplified
from axtary.compiler.analysis.space.space import Space
from axtary.compiler.analysis.space.survey import Survey
from axtary.compiler.analysis.space.witness import Doubtful, Finder

__all__ = [
    "Choice",
    "Doubtful",
    "Exhausted",
    "Finder",
    "Limits",
    "Search",
    "Space",
    "Survey",
    "linked",
    "realize",
    "simplified",
]
