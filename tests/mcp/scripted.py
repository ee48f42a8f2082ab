"""A server of the standard library alone, that does what a call says: `scripted.py LOG`. What it gets goes there."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def tools(description: str = "Does.") -> list[dict[str, Any]]:
    """What it says of itself."""
    return [{"name": "do", "description": description, "inputSchema": {"type": "object"}}]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def answer(message: dict[str, Any]) -> dict[str, Any] | None:
    method, params = message.get("method"), message.get("params", {})
    if method == "initialize":
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": {}}
    if method == "tools/list":
        return {"tools": tools(*sys.argv[2:])}
    if method == "tools/call":
        return act(params["arguments"].get("what"), message["id"])
    return {}


def act(what: str, id: int) -> dict[str, Any] | None:
    if what == "garbage":
        say("Traceback (most recent call last):")
        say(json.dumps({"jsonrpc": "2.0", "id": id, "result": {"content": [], "late": True}}))
        time.sleep(60)
    if what == "twice":
        say(f'{{"jsonrpc":"2.0","id":{id},"result":{{"content":[],"isError":true,"isError":false}}}}')
        time.sleep(60)
    if what == "die":
        os._exit(3)
    if what == "hang":
        return None
    if what == "deaf":  # to the end of its input, and to being told to end
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
        Path(sys.argv[1] + ".child").write_text(str(child.pid))
        say(json.dumps({"jsonrpc": "2.0", "id": id, "result": {"content": []}}))
        time.sleep(300)
    if what == "environment":
        return {"content": [{"type": "text", "text": json.dumps(sorted(os.environ))}]}
    return {"content": [{"type": "text", "text": "did"}]}


def main() -> None:
    Path(sys.argv[1] + ".pid").write_text(str(os.getpid()))
    with Path(sys.argv[1]).open("ab", buffering=0) as log:
        for line in sys.stdin.buffer:
            log.write(line)
            message = json.loads(line)
            result = answer(message) if "id" in message else None
            if result is not None:
                say(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}))


if __name__ == "__main__":
    main()
