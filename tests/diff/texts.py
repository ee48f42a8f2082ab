"""Policies for tests of the diff, and its answers in short."""

from __future__ import annotations

from axtary.compiler import compile_text
from axtary.compiler.analysis.diff import Change, Difference, diff

Short = tuple[str, str, str, tuple[str, ...]]  # from, to, kind, rules that changed


def policy(*rules: str, head: str = "") -> str:
    """A policy of rules in YAML's flow style."""
    return "version: 1\n" + head + "policies:\n" + "".join(f"  - {rule}\n" for rule in rules)


def compared(old: str, new: str) -> Difference:
    """The difference of two policy texts."""
    return diff(compile_text(old), compile_text(new))


def short(change: Change) -> Short:
    """A change without its witness."""
    return change.old, change.new, change.kind.value, change.cause
