"""Standard input and output for messages alone: whatever else is printed goes to standard error."""

from __future__ import annotations

import io
import os
import sys
from typing import BinaryIO


def streams() -> tuple[BinaryIO, BinaryIO]:
    """Input and output as pipes of bytes, which nothing else in this process uses from here on."""
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = io.TextIOWrapper(os.fdopen(os.dup(2), "wb"), encoding="utf-8", errors="backslashreplace")
    return stdin, stdout
