"""Do the engines agree on this policy? Cases in, a certificate or the smallest disagreement out."""

from axtary.runtime.prove.certificate import Certificate
from axtary.runtime.prove.run import Outcome, prove

__all__ = ["Certificate", "Outcome", "prove"]
