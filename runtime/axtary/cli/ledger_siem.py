"""`axtary ledger export --format`: records in the formats that a SIEM reads."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from axtary.cli.ledger import opened
from axtary.cli.ledger_chosen import Asked, chosen, is_stdout, target
from axtary.cli.output import OK, fail, invalid_input, leave, print_json
from axtary.cli.progress import progress
from axtary.compiler.diagnostics import printable
from axtary.ledger.siem import FORMATS, exported
from axtary.ledger.siem.syslog import counted


def export(
    output: Path | None, form: str, framing: str | None, asked: Asked, policy: Path, where: str | None, as_json: bool
) -> NoReturn:
    """Write all that is asked for. Where it goes to standard output, nothing else does."""
    if framing is not None and form != "syslog":
        fail("only syslog has a framing", "leave `--framing` out, or write with `--format syslog`", as_json)
    with invalid_input(as_json):
        wanted = chosen(asked)
        with opened(policy, where) as rows, progress("records") as step, target(output) as file:
            how, count = FORMATS[form], 0 if FORMATS[form].header is None else -1
            looked = lambda done, whole: step("writing", done, whole)  # noqa: E731
            for line in exported(rows, how, wanted, version("axtary"), looked):
                file.write(counted(line) if framing == "octets" else line.encode() + b"\n")
                count += 1
    if output is not None and not is_stdout(output):
        _tell(output, form, count, as_json)
    leave(OK)


def _tell(output: Path, form: str, count: int, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(output), "format": form, "count": count})
    else:
        sys.stdout.write(f"{count} records to {printable(str(output))}\n")
