"""How long an editor waits for the language server: `python -m tests.bench.lsp`. Exit 1 if the median of a kind of
request is over the budget.

A real server over its standard input and output, asked while it is idle and while it compiles what was just typed.
Milliseconds of wall time from the request to the answer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from tests.lsp.client import Editor, editor

BUDGET = 50.0  # milliseconds
BUDGETS = {"symbols": 100.0}  # the answer has all of the file, and no cursor waits for it
NAME = "axtary.yml"
_RULE = """\
  - id: rule-{n}
    description: Rule number {n}.
    effect: {effect}
    match:
      tool: "{tool}"
      actor: "@coders"
    when: payload.base == "main" and payload.files_changed <= {limit}
"""
_HEAD = """\
version: 1
groups:
  coders: ["agent:codex-*", "agent:claude-*"]
tools:
  github.pull_requests.create:
    payload: {base: string, files_changed: integer}
policies:
"""
_LINES = _RULE.count("\n")


def policy(rules: int) -> str:
    """A policy of many rules, half of them for a declared tool."""
    made = [
        _RULE.format(
            n=n,
            effect=("allow", "deny", "step_up")[n % 3],
            tool="github.pull_requests.create" if n % 3 else f"svc{n % 50}.*",
            limit=n % 20 + 1,
        )
        for n in range(rules)
    ]
    return _HEAD + "".join(made)


def questions(open_: Editor, rules: int) -> dict[str, Callable[[], object]]:
    """What is asked, each in the middle of the file."""
    line = _HEAD.count("\n") + (rules // 2) * _LINES
    file = {"textDocument": {"uri": open_.uri(NAME)}}
    return {
        "hover a rule": lambda: open_.ask("hover", NAME, line, 12),
        "hover a pattern": lambda: open_.ask("hover", NAME, line + 4, 14),
        "hover a group": lambda: open_.ask("hover", NAME, line + 5, 16),
        "hover an attribute": lambda: open_.ask("hover", NAME, line + 6, 14),
        "hover a key": lambda: open_.ask("hover", NAME, line + 2, 6),
        "definition": lambda: open_.ask("definition", NAME, line + 5, 16),
        "completion": lambda: open_.ask("completion", NAME, line + 2, 6),
        "code actions": lambda: open_.request(
            "textDocument/codeAction",
            file | {"range": _range(line + 6), "context": {"diagnostics": []}},
        ),
        "symbols": lambda: open_.request("textDocument/documentSymbol", file),
    }


def _range(line: int) -> dict[str, dict[str, int]]:
    return {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 80}}


def _milliseconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return (time.perf_counter() - begin) * 1000


def idle(open_: Editor, rules: int, repeat: int) -> Iterator[tuple[str, list[float]]]:
    for name, ask in questions(open_, rules).items():
        yield name, [_milliseconds(ask) for _ in range(repeat)]


def typing(open_: Editor, rules: int, repeat: int) -> Iterator[tuple[str, list[float]]]:
    """Each question behind a change, while the policy is compiled."""
    text = policy(rules)
    for name, ask in questions(open_, rules).items():
        found = []
        for number in range(repeat):
            open_.change(NAME, text.replace("Rule number 1.", f"Rule number 1, changed {number} times."))
            time.sleep(0.2)  # longer than the server waits for more to be typed
            found.append(_milliseconds(ask))
        yield name, found


def main() -> int:
    """Measure, print, compare with the budget."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lsp", description=__doc__)
    parser.add_argument("--rules", type=int, nargs="*", default=[100, 1_000])
    parser.add_argument("--repeat", type=int, default=20)
    options = parser.parse_args()
    within = True
    for rules in options.rules:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / NAME).write_text(policy(rules), encoding="utf-8")
            with editor(Path(folder).resolve()) as open_:
                begin = time.perf_counter()
                open_.open(NAME)
                open_.diagnostics(NAME)
                print(f"{rules:>6} rules: findings {time.perf_counter() - begin:.2f} s after opening")
                for what, measure in (("idle", idle), ("typing", typing)):
                    for name, found in measure(open_, rules, options.repeat):
                        late = median(found) > BUDGETS.get(name, BUDGET)
                        within = within and not late
                        line = f"{rules:>6} rules {what:<7}{name:<19} {median(found):7.1f} ms, worst {max(found):7.1f}"
                        print(line + (", over the budget" if late else ""), flush=True)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
