"""`axtary doctor`: does the hook really block?"""

from __future__ import annotations

import sys
from pathlib import Path

from axtary.cli.output import FINDINGS, OK, colour, leave, print_json
from axtary.cli.progress import waiting
from axtary.compiler.diagnostics import printable
from axtary.hooks.doctor import examine

_COLOURS = {"ok": "green", "note": "dim", "warning": "yellow", "error": "red"}


def run(project: Path, as_json: bool) -> None:
    """Exit 1 if a call could pass the hook."""
    with waiting("trying the hook"):
        findings = examine(project.absolute(), Path.home())
    blocks = not any(each.level == "error" for each in findings)
    if as_json:
        print_json({"blocks": blocks, "findings": [each.to_json() for each in findings]})
    else:
        for each in findings:
            sys.stdout.write(f"{colour(each.level, _COLOURS[each.level])} {printable(each.message)}\n")
            if each.help:
                sys.stdout.write(f"  = help: {printable(each.help)}\n")
        sys.stdout.write("the hook blocks\n" if blocks else "calls can pass the hook\n")
    leave(OK if blocks else FINDINGS)
