"""Every error code with its one-line meaning: of policies and tests, the door, bundles, catalogs, conversions."""

from __future__ import annotations

from collections.abc import Mapping

from axtary.compiler import diagnostics, testfiles
from axtary.runtime import errors
from axtary.runtime.bundle import errors as bundle_errors
from axtary.runtime.catalog import notes as catalog_notes
from axtary.runtime.convert import errors as convert_errors

_TABLES = (diagnostics, testfiles, errors, bundle_errors, catalog_notes, convert_errors)
MEANINGS: Mapping[str, str] = dict(
    sorted((code, meaning) for table in _TABLES for code, meaning in table.CODES.items())
)
