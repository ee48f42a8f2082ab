"""The codes of what is wrong in a test file and nowhere else; what test files share with policies keeps its code."""

from __future__ import annotations

CODES: dict[str, str] = {
    "AX0901": "a case name stands twice",
    "AX0902": "an action that the test file does not define",
    "AX0903": "a change that cannot be made to the action",
    "AX0904": "an expectation that says nothing or contradicts itself",
    "AX0905": "a rule that the policy does not have",
    "AX0906": "a test file that is about another policy",
    "AX0907": "a test file without a case",
}
