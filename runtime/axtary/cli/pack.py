"""`axtary policy pack`."""

from __future__ import annotations

import sys
from pathlib import Path

from axtary.cli.output import fail, invalid_input, print_json
from axtary.cli.progress import waiting
from axtary.cli.recorded import INSTALL, read_recorded
from axtary.compiler.diagnostics import printable
from axtary.runtime.policyfile import write


def run(source: str, output: Path, as_json: bool) -> None:
    """Write the actions of a file as a recording."""
    try:
        from axtary.runtime import recording
    except ImportError:
        fail("columns need pyarrow", INSTALL, as_json)
    with invalid_input(as_json), waiting(f"packing {source}"):
        actions = read_recorded(source).actions
        data = recording.dump(actions)
        write(output, data)
    if as_json:
        print_json({"actions": len(actions), "bytes": len(data), "output": str(output)})
    else:
        sys.stdout.write(f"wrote {printable(str(output))}: {len(actions)} actions, {len(data)} bytes\n")
