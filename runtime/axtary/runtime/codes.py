"""Every error code with its one-line meaning: of policies, of test files, and of the door."""

from __future__ import annotations

from collections.abc import Mapping

from axtary.compiler import diagnostics, testfiles
from axtary.runtime import errors

MEANINGS: Mapping[str, str] = dict(sorted((diagnostics.CODES | testfiles.CODES | errors.CODES).items()))
