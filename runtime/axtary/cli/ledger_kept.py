"""What people do by command is recorded as well, where there is a ledger: a revocation, a release of what was held."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from axtary.cli.output import colour
from axtary.compiler import CompileError
from axtary.compiler.diagnostics import printable
from axtary.compiler.settings import LedgerSettings
from axtary.ledger import Entry, LedgerError, ledger_from, ledger_of
from axtary.runtime.policyfile import UnreadableError, load_policy
from axtary.runtime.state import is_url


def keep(policy: Path, entries: Sequence[Entry]) -> bool:
    """Append to the ledger of a policy, if it has one. False, and words on standard error, if that fails.

    What was done is done: a revocation does not wait for a ledger.
    """
    try:
        settings = load_policy(policy).settings.ledger if policy.is_file() else LedgerSettings()
        where = ledger_of(policy, os.environ, settings)
        if not is_url(str(where)) and not Path(where).is_file():
            return True  # nothing was ever recorded here
        with ledger_from(policy, settings, os.environ) as ledger:
            for entry in entries:
                ledger.append(entry)
    except (CompileError, UnreadableError, LedgerError) as error:
        head = colour("error", "red", sys.stderr)
        why = "the policy has errors" if isinstance(error, CompileError) else str(error)
        sys.stderr.write(f"{head}: it is done, and not recorded in the ledger: {printable(why)}\n")
        return False
    return True
