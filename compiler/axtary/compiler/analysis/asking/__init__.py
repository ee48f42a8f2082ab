"""Is there an action that fits a question? Exact over the whole language: an action that shows it, or a proof."""

from axtary.compiler.analysis.asking.inquiry import Found, Inquiry

__all__ = ["Found", "Inquiry"]
