"""`axtary policy compile`."""

from __future__ import annotations

import sys
from pathlib import Path

from axtary.cli.output import fail, invalid_input, load, print_json
from axtary.compiler.diagnostics import printable
from axtary.runtime.artifacts import artifacts
from axtary.runtime.policyfile import write_below

# target -> the file that goes to standard output when no folder is given
_MAIN = {"ir": "ir.json", "cedar": "policy.cedar", "rego": "policy.rego"}


def run(path: Path, target: str, folder: Path | None, as_json: bool) -> None:
    """Print one target, or write files."""
    policy = load(path, as_json).policy
    if folder is None and target == "all" and not as_json:
        fail("several targets do not fit on standard output", "give a folder: `-o build`, or one `--target`")
    with invalid_input(as_json):
        files = artifacts(policy, target)
        if folder is None:
            if as_json:
                print_json({"policy_version": policy.policy_version, "files": files})
            else:
                sys.stdout.write(files[_MAIN[target]])
            return
        for name, text in files.items():
            write_below(folder, name, text.encode())
    if as_json:
        written = [str(folder / name) for name in files]
        print_json({"policy_version": policy.policy_version, "written": written})
    else:
        for name in files:
            sys.stdout.write(f"wrote {printable(str(folder / name))}\n")
