"""`axtary explain`: the page of an error code."""

from __future__ import annotations

import re
import sys

from axtary.cli.output import fail, print_json
from axtary.compiler.diagnostics import did_you_mean, quoted
from axtary.grammars import page, pages
from axtary.runtime.codes import MEANINGS


def run(code: str | None, as_json: bool) -> None:
    """Print a page, or list the codes with their meanings."""
    if code is None:
        _list(as_json)
        return
    wanted = code.upper()
    if wanted not in pages():
        padded = re.sub(r"^(AX)(?=[0-9]{1,3}$)", r"\g<1>" + "0" * (6 - len(wanted)), wanted)  # AX301 for AX0301
        help_text = f"{did_you_mean(padded, pages())}`axtary explain` lists the codes"
        fail(f"there is no page on {quoted(code)}", help_text, as_json)
    text = page(wanted)
    if as_json:
        print_json({"code": wanted, "meaning": MEANINGS[wanted], "page": text})
    elif sys.stdout.isatty():
        _on_terminal(text)
    else:
        sys.stdout.write(text)


def _list(as_json: bool) -> None:
    if as_json:
        print_json([{"code": code, "meaning": meaning} for code, meaning in MEANINGS.items()])
        return
    sys.stdout.write("".join(f"{code}  {meaning}\n" for code, meaning in MEANINGS.items()))


def _on_terminal(text: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))  # heeds NO_COLOR
