"""`axtary schema`."""

from __future__ import annotations

import json
import sys

from axtary.cli.output import fail, print_json
from axtary.compiler.diagnostics import did_you_mean, quoted
from axtary.grammars import schema, schemas


def run(name: str | None, as_json: bool) -> None:
    """List them, or print one."""
    if name is not None and name not in schemas():
        help_text = f"{did_you_mean(name, schemas())}there are: {', '.join(schemas())}"
        fail(f"there is no schema {quoted(name)}", help_text, as_json)
    if name is not None:
        text = schema(name)
        if as_json:
            print_json({"name": name, "schema": json.loads(text)})
        else:
            sys.stdout.write(text)
        return
    found = [{"name": known, "title": json.loads(schema(known))["title"]} for known in schemas()]
    if as_json:
        print_json(found)
        return
    width = max(len(entry["name"]) for entry in found)
    for entry in found:
        sys.stdout.write(f"{entry['name'].ljust(width)}  {entry['title']}\n")
