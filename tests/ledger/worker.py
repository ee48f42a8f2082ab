"""A process that appends until it is killed: `python -m tests.ledger.worker WHERE DURABILITY NAME`.

It writes a line for each record that was acknowledged: the number, the hash, and the task that is in the record.
"""

from __future__ import annotations

import os
import sys
import threading
from itertools import count

from axtary.ledger import Interval, LedgerError
from tests.ledger.entries import opened, signer, some

THREADS = 2
MOST_REFUSED = 20


def main(where: str, durability: str, name: str) -> None:
    ledger = opened(where, signer(), Interval(records=20, seconds=1e9), durability)
    threads = [threading.Thread(target=append, args=(ledger, f"{name}.{n}")) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def append(ledger, name: str) -> None:  # type: ignore[no-untyped-def]
    refused = 0
    for n in count():
        try:
            receipt = ledger.append(some(n, task=f"{name}.{n}"))
        except LedgerError:  # others had the file for too long: nothing is acknowledged
            refused += 1
            if refused == MOST_REFUSED:
                raise
            continue
        os.write(1, f"{receipt.seq} {receipt.hash} {name}.{n}\n".encode())  # one write: never half a line


if __name__ == "__main__":
    main(*sys.argv[1:])
