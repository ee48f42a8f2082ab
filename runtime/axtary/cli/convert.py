"""`axtary policy convert`: a policy of another system as one of axtary's, or the reasons why not."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from axtary.cli.output import INVALID, OK, colour, invalid_input, leave, print_json
from axtary.cli.progress import waiting
from axtary.compiler.diagnostics import printable
from axtary.compiler.source import MAX_BYTES
from axtary.runtime.convert import Conversion, ConversionError, Finding, convert
from axtary.runtime.policyfile import includes, read_bytes, write_new


def run(paths: Sequence[Path], form: str | None, partial: bool, output: Path | None, as_json: bool) -> None:
    """Convert, then write: the policy to a new file or standard output, the report beside it."""
    with invalid_input(as_json):
        sources = [(str(path), read_bytes(path, MAX_BYTES)) for path in dict.fromkeys(paths)]
        try:
            with waiting(f"converting {printable(str(paths[0]))}"):
                found = convert(sources, form, partial, includes(paths[0]))
        except ConversionError as error:
            _refused(error.findings, as_json)
            leave(INVALID)
        if output is not None:
            write_new(output, found.text.encode())
    _report(found, output, as_json)
    leave(OK)


def _refused(findings: Iterable[Finding], as_json: bool) -> None:
    if as_json:
        print_json({"errors": [found.to_json() for found in findings]})
        return
    for found in findings:
        head = colour("error", "red", sys.stderr)
        sys.stderr.write(f"{head}[{found.code}]: {printable(found.message)}\n  --> {printable(str(found.place))}\n")
        if found.help:
            sys.stderr.write(f"  = help: {printable(found.help)}\n")


def _report(found: Conversion, output: Path | None, as_json: bool) -> None:
    if as_json:
        where = {"written": str(output)} if output is not None else {"written": None, "policy": found.text}
        print_json(found.to_json() | where)
        return
    if output is None:
        sys.stdout.buffer.write(found.text.encode())  # in UTF-8, whatever a terminal would get
    else:
        count = len(found.sources)
        rules = "1 rule" if count == 1 else f"{count} rules"
        sys.stdout.write(f"{colour('ok', 'green')} wrote {printable(str(output))}: {rules}\n")
    sys.stdout.flush()  # before what is said beside it
    for word, name, listed in (("left out", "yellow", found.left_out), ("note", "bold", found.notes)):
        for each in listed:
            head = colour(word, name, sys.stderr)
            sys.stderr.write(f"{head}: {printable(str(each.place))}: {printable(each.message)}\n")
