"""Policies of other systems as policies of axtary, where their meaning can be kept. docs/migration.md is the contract.

A converter reads its source with line numbers, fills a Draft, and refuses what it cannot keep. `convert` then formats
the rules and compiles them, so that nothing leaves here that `policy check` would refuse.
"""

from axtary.runtime.convert.compiled import Conversion
from axtary.runtime.convert.convert import FORMATS, convert
from axtary.runtime.convert.errors import ConversionError, Finding, Place

__all__ = ["FORMATS", "Conversion", "ConversionError", "Finding", "Place", "convert"]
