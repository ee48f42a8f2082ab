"""Tool catalogs -> `tools:` of a policy: MCP `tools/list`, OpenAPI 3.0 and 3.1, JSON Schema. Pure; docs/tools.md.

reading (bytes -> JSON value) -> forms (mcp, openapi, jsonschema: which tools there are) -> schemas (what a schema says
of a value: shapes) -> declare (types of the language, and notes on what it cannot say) -> text

Catalogs are written by others: every size is capped before it is worked on, and only names and types get out.
"""

from axtary.runtime.catalog.declare import Imported, Source, import_tools
from axtary.runtime.catalog.forms import Form
from axtary.runtime.catalog.notes import CODES, Note

__all__ = ["CODES", "Form", "Imported", "Note", "Source", "import_tools"]
