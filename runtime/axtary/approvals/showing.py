"""What an approver sees: everything that the hash of an action is over, so that no two actions look alike.

Texts of an action are hostile. What is shown is JSON with every character in it that nobody sees, or that moves others
about, as an escape: reading it as JSON gives exactly the value.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axtary.compiler.ir import Policy, Rule
from axtary.compiler.text import condition_text
from axtary.runtime.decision import Ground
from axtary.runtime.messages import approvers_text

_INDENTED = 64 * 1024  # characters: what is deep and long would be mostly blanks
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})  # categories; of the last, all but the space
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters, marks and symbols that are drawn as nothing."""


def exact(value: Any, raw: bool = False) -> str:
    """A JSON value in lines, to be read by people: `json.loads` gives the value again.

    `raw`: with the characters that `visible` makes escapes of, for whoever shows them in another way.
    """
    compact = len(json.dumps(value, ensure_ascii=False))
    text = json.dumps(value, indent=2 if compact <= _INDENTED else 0, ensure_ascii=False)
    return text if raw else visible(text)


def visible(text: str) -> str:
    """A text with line ends, in which every other character that is not seen is a JSON escape."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(char if char == "\n" or not is_unseen(char) else _escape(char) for char in text)


def is_unseen(char: str) -> bool:
    """Is it drawn as nothing or as a blank, or does it change how others are drawn?"""
    return char != " " and (unicodedata.category(char) in _UNSEEN or _BLANK.match(char) is not None)


def _escape(char: str) -> str:
    return json.dumps(char, ensure_ascii=True)[1:-1]


def hashed(action: Mapping[str, Any]) -> dict[str, Any]:
    """What `action_hash` is over, the members that people ask for first in front."""
    rest = [name for name in action if name not in (*_FIRST, "id", "time", "version")]
    return {name: action[name] for name in (*_FIRST, *rest) if name in action}


_FIRST = ("payload", "tool", "resource", "actor", "intent", "paths", "context")


@dataclass(frozen=True)
class Holder:
    """A rule that holds an action: where it stands, what it says, and whose approval it needs."""

    rule: str
    file: str
    line: int
    needs: str
    description: str
    condition: str  # "" for none


def holder(rule: Rule) -> Holder:
    """Texts of the policy are as they are: whoever shows them escapes them."""
    condition = condition_text(rule.when) if rule.when is not None else ""
    description = " ".join(rule.description.split())
    return Holder(rule.id, rule.span.file, rule.span.line, approvers_text(rule), description, condition)


def holders(reasons: tuple[Ground, ...], policy: Policy) -> list[Holder]:
    """The rules of a policy that hold the action of a request, which was asked under that policy."""
    return [holder(policy.by_id[each.rule]) for each in reasons if each.code == APPROVAL_REQUIRED]


APPROVAL_REQUIRED = "approval_required"
