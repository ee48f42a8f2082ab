"""Questions as a product: every action that is shown was decided by every engine, and what is open never passes."""

from axtary.runtime.asking.answer import Answer, Witness, ask

__all__ = ["Answer", "Witness", "ask"]
