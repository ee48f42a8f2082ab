"""How to compute each attribute of a request, in words: `compute` of `hoisted.json`, exact enough to program by."""

from __future__ import annotations

from typing import assert_never

from axtary.backends.cedar.derived import Hoistable
from axtary.backends.cedar.text import quote
from axtary.backends.cedar.words import words
from axtary.compiler.ir import (
    Approvers,
    Attribute,
    BlockedPaths,
    CompareAttributes,
    Count,
    Field,
    Hours,
    Like,
    Match,
    Quantified,
    Type,
    path_text,
)

_MATCHING = (
    "a pattern matches a whole text, by code points: its tokens stand for the literal text, `star` for any run without "
    "a slash, `any` for any run, `segments` for nothing or any run that ends with a slash; a pattern with `inside` "
    "matches no text that is @home or @root, or begins with @home/ or @root/"
)
ACTION_WORDS = "the action of a request has the tool as its id if `named` has it, else the id `other`"
_SCALED = {Type.NUMBER, Type.DECIMAL}


def field_words(field: Field) -> str:
    """For a field of the context."""
    return f"the string at {path_text(field.path)} of the action; the empty string if there is none, or it is no string"


def reading_words(attribute: Attribute) -> str:
    """For an attribute that is read as it is, by its type; what to do without it is left to say."""
    kind = attribute.type
    text = f"the value at {path_text(attribute.path)} of the action if `reading.{kind.value}` takes it"
    if kind in _SCALED:
        return f"{text}, as a Cedar decimal"
    return f"{text}, in whole nanoseconds since 1970-01-01T00:00:00Z" if kind is Type.TIMESTAMP else text


def usage_words(rule: str) -> str:
    """For the counter of a rule."""
    return (
        f"facts.usage[{quote(rule)}], the calls before this one that count for the rule, if it is a JSON number that "
        "is integral, 0 or more and fits 64 bits; else leave it out"
    )


def approval_words(wanted: Approvers) -> str:
    """For the approval of a rule."""
    able = f"hold one of the roles {', '.join(map(quote, wanted.roles))}" if wanted.roles else "approved"
    return (
        f"true if at least {wanted.quorum} different ids of facts.approval.approvers {able}; the list counts as empty "
        "if a single entry has no string `id` or no `roles` that is a list of strings"
    )


def boolean_words(test: Hoistable) -> str:
    """For a hoisted boolean."""
    match test:
        case Match():
            return f"true if {words(test)}, else false; absent is the empty string; {_MATCHING}"
        case Like():
            return f"true if {words(test)}, else false; left out if undefined by `reading`; {_MATCHING}"
        case Quantified():
            few = "any: some item is" if test.quantifier == "any" else "all: there is an item, and each is"
            choice = f"one of `values` or matched by one of `patterns` ({few})"
            matching = f"; {_MATCHING}" if test.patterns else ""
            return f"true if {words(test)}, that is {choice}, else false; left out if undefined by `reading`{matching}"
        case Count():
            return f"true if {words(test)}, else false; duplicates count; left out if undefined by `reading`"
        case CompareAttributes():
            return f"true if {words(test)} by value, else false; left out if either is undefined by `reading`"
        case BlockedPaths():
            return f"true if {words(test)}; false if not, also if `paths` is undefined by `reading`; {_MATCHING}"
        case Hours():
            return (
                f"true if {words(test)}; false if not, also if `time` is undefined by `reading`. Local time is UTC "
                "plus the offset of the last entry of `zones` that is not after the instant, both in whole seconds; "
                "`from` is inclusive, `to` exclusive, in minutes of the day; days count from Monday, 0; a window "
                "with `from` after `to` goes on over midnight and belongs to the day on which it starts"
            )
        case _:
            assert_never(test)
