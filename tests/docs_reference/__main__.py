"""`python -m tests.docs_reference` prints the reference; with `--update` it writes `docs/reference.md`."""

from __future__ import annotations

import sys

from tests.docs_reference.page import PAGE, made

if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        PAGE.write_text(made(), encoding="utf-8")
    else:
        sys.stdout.write(made())
