"""The forms of claims: what a value must look like before anybody asks what it is worth."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.passes.errors import Reason, RefusedError

MAX_TEXT = 1024  # characters of a name; an actor or a resource that is longer gets no pass
MAX_TIME = 253_402_300_799  # seconds since 1970: the end of the year 9999

Form = Callable[[object], bool]


def hold(payload: Mapping[str, Any], forms: Mapping[str, Form], required: Set[str]) -> None:
    """All that is required is there, nothing else but what has a form, and each in its form.

    Raises RefusedError CLAIM_MISSING, CLAIM_UNKNOWN, CLAIM_ILL_TYPED.
    """
    for claim in sorted(payload.keys() - forms.keys()):
        raise RefusedError(Reason.CLAIM_UNKNOWN, quoted(claim))
    for claim in sorted(required - payload.keys()):
        raise RefusedError(Reason.CLAIM_MISSING, claim)
    for claim, value in payload.items():
        if not forms[claim](value):
            raise RefusedError(Reason.CLAIM_ILL_TYPED, claim)


def text(value: object) -> bool:
    """Text, perhaps empty."""
    return isinstance(value, str) and len(value) <= MAX_TEXT


def name(value: object) -> bool:
    """Text that is not empty."""
    return text(value) and value != ""


def time(value: object) -> bool:
    """Whole seconds since 1970."""
    return type(value) is int and 0 <= value <= MAX_TIME


def like(pattern: re.Pattern[str]) -> Form:
    """Text that begins like this; the pattern says where it ends."""
    return lambda value: isinstance(value, str) and pattern.match(value) is not None


HASH = like(re.compile(r"sha256:[0-9a-f]{64}\Z"))
