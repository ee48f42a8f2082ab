"""Mutants of a policy: small changes of one rule that tests should notice, made in the IR and never in the text."""

from axtary.compiler.analysis.mutation.mutants import Mutant, mutants
from axtary.compiler.analysis.mutation.neighbours import Neighbours

__all__ = ["Mutant", "Neighbours", "mutants"]
