"""No command uses the network: Python itself reports each use of a socket, and there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# Runs each command in one process; audit hooks cannot be taken off again, so it is a process of its own.
PROGRAM = """
import json, sys
events = []
sys.addaudithook(lambda event, _: events.append(event) if event.startswith(("socket.", "urllib.", "http.")) else None)
from axtary.cli import main

for arguments in json.load(sys.stdin):
    sys.argv = ["axtary", *arguments]
    try:
        main()
    except SystemExit as leaving:
        print(json.dumps({"arguments": arguments, "code": leaving.code or 0}), file=sys.stderr)
print(json.dumps(events), file=sys.stderr)
"""
COMMANDS = [
    ["init", "demo"],
    ["policy", "check", "--lint"],
    ["policy", "fmt", "--check"],
    ["policy", "test", "--engine", "all"],
    ["policy", "simulate", "--action", "actions.jsonl", "--engine", "all"],
    ["policy", "table"],
    ["policy", "compile", "-o", "build"],
    ["policy", "export", "--revision", "1"],
    ["policy", "portability"],
    ["policy", "prove", "--cases", "10"],
    ["policy", "diff", "axtary.yml", "axtary.yml"],
    ["policy", "ask", "can anyone call fs.read"],
    ["policy", "presets"],
    ["explain", "AX0301"],
    ["schema", "action"],
    ["keys", "init"],
    ["keys", "jwks", "-o", "jwks.json"],
    ["pass", "issue", "--action", "one.json"],
    ["pass", "inspect", "one.json"],
    ["pass", "verify", "one.json", "--action", "one.json", "--jwks", "jwks.json"],
    ["pass", "revoke", "--renew"],
]


FILES = {
    "axtary.yml": "version: 1\npolicies:\n  - {id: a, effect: allow, match: {tool: t}, when: payload.n <= 1}\n",
    "axtary.test.yml": "version: 1\ncases:\n  - {name: a, action: {tool: t, payload: {n: 1}}, expect: allow}\n",
    "one.json": '{"version": 1, "tool": "t", "actor": {"agent": "a"}, "payload": {"n": 1}}\n',
    "actions.jsonl": '{"version": 1, "tool": "t", "payload": {"n": 2}}\n',
}


def ran(folder: Path, program: str = PROGRAM) -> list[object]:
    """What the program says on standard error: a line for each command, then the events."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        input=json.dumps(COMMANDS),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stderr.splitlines() if line.startswith(("{", "["))]


def test_no_command_opens_a_socket(tmp_path: Path) -> None:
    *commands, events = ran(tmp_path)
    assert [each["arguments"] for each in commands if isinstance(each, dict)] == COMMANDS
    assert [each for each in commands if isinstance(each, dict) and each["code"] not in (0, 1)] == []
    assert events == []


def test_a_socket_would_be_seen(tmp_path: Path) -> None:
    *_, events = ran(
        tmp_path, PROGRAM.replace("from axtary.cli import main", "import socket; socket.socket(); main = sys.exit")
    )
    assert events == ["socket.__new__"]
