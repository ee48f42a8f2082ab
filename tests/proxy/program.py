"""A proxy as `axtary proxy` runs it, but with a provider that writes down what it runs: `program.py FOLDER JSON`."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axtary.connectors.provider import Call, ProviderError, Ran
from axtary.proxy.serve import Order, run
from axtary.proxy.tracing import open_tracer

RAN = "ran.jsonl"  # a line for each execution, when it begins
CLOSED = "closed"  # how many began before it was closed


class Recorder:
    """Runs by writing a line; `payload.seconds` says how long it takes."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / RAN, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        if tool == "unknown":
            raise ProviderError("unknown_tool", "there is no such tool")
        return Call(tool, f"thing:{payload.get('name', '')}", dict(payload))

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        line = json.dumps({"key": key, "payload": action["payload"], "actor": action.get("actor")})
        os.write(self._file, line.encode() + b"\n")
        os.fsync(self._file)
        time.sleep(action["payload"].get("seconds", 0))
        return Ran("succeeded", {"did": action["tool"]})


@contextmanager
def recording(folder: Path) -> Iterator[Recorder]:
    """A recorder; that it is closed is a line in a file of its own."""
    yield Recorder(folder)
    (folder / CLOSED).write_text(f"{len((folder / RAN).read_text().splitlines())}\n")


def main() -> int:
    folder = Path(sys.argv[1])
    given: dict[str, Any] = json.loads(sys.argv[2])
    for name in {"uds", "certificate", "key", "authority"} & given.keys():
        given[name] = Path(given[name])
    order = Order(policy=folder / "axtary.yml", **({"port": 0} | given))
    return run(order, lambda: recording(folder), open_tracer(os.environ))


if __name__ == "__main__":
    sys.exit(main())
