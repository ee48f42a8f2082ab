"""Every error code with its one-line meaning: of policies, test files, the door, bundles, and tool catalogs."""

from __future__ import annotations

from collections.abc import Mapping

from axtary.compiler import diagnostics, testfiles
from axtary.runtime import errors
from axtary.runtime.bundle import errors as bundle_errors
from axtary.runtime.catalog import notes as catalog_notes

MEANINGS: Mapping[str, str] = dict(
    sorted((diagnostics.CODES | testfiles.CODES | errors.CODES | bundle_errors.CODES | catalog_notes.CODES).items())
)
