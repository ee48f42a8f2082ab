"""How many examples a law is tried on: a third of what a long run tries.

`AXTARY_EXAMPLES=all pytest` is the long run.
"""

from __future__ import annotations

import os

_SHARE = 1 if os.environ.get("AXTARY_EXAMPLES") == "all" else 3


def examples(many: int) -> int:
    """Of so many in a long run."""
    return -(-many // _SHARE)
