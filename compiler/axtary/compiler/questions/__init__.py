"""Is there an action that fits and is decided so? Asked on a command line, or, as an invariant, in a policy file.

sentence, invariants (as written) -> read (types, patterns) -> question, which analysis.asking answers
"""

from axtary.compiler.questions.invariants import InvariantReader
from axtary.compiler.questions.question import Invariant, Question
from axtary.compiler.questions.read import QuestionReader, QuestionTexts, Vocabulary, compile_question

__all__ = [
    "Invariant",
    "InvariantReader",
    "Question",
    "QuestionReader",
    "QuestionTexts",
    "Vocabulary",
    "compile_question",
]
