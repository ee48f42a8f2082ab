"""Every error code with its one-line meaning: of policies, test files, the door, bundles and conversions."""

from __future__ import annotations

from collections.abc import Mapping

from axtary.compiler import diagnostics, testfiles
from axtary.runtime import errors
from axtary.runtime.bundle import errors as bundle_errors
from axtary.runtime.convert import errors as convert_errors

MEANINGS: Mapping[str, str] = dict(
    sorted((diagnostics.CODES | testfiles.CODES | errors.CODES | bundle_errors.CODES | convert_errors.CODES).items())
)
