"""Many calls of the command in one process: starting Python for each would take longer than the calls.

Reads {"calls": [[argument …] …], "stdin": text} and prints a list of results.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
import traceback

LIMIT = 2 << 30


def call(arguments: list[str], stdin: bytes) -> dict[str, object]:
    """One call, as `Ran` has it."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2))
    kept = sys.stdin, sys.stdout, sys.stderr, sys.argv
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    sys.stdout, sys.stderr, sys.argv = out, err, ["axtary", *arguments]
    begin = time.process_time()
    code, crash = 0, ""
    try:
        from axtary.cli import main

        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        crash = traceback.format_exc()[-2000:]
    finally:
        sys.stdin, sys.stdout, sys.stderr, sys.argv = kept
    seconds = time.process_time() - begin
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode() if isinstance(stream.buffer, io.BytesIO) else "")
    return {"code": code, "out": texts[0], "err": texts[1], "seconds": seconds, "crash": crash}


def main() -> None:
    """Answer the request on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    request = json.load(sys.stdin)
    stdin = request["stdin"].encode("latin-1")
    json.dump([call(arguments, stdin) for arguments in request["calls"]], sys.stdout)


if __name__ == "__main__":
    main()
