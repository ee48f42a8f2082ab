"""The policy in force: its decision table and what its tests show of it, as the commands write them."""

from __future__ import annotations

import html
import re
import threading
import time
from dataclasses import dataclass, field

from starlette.responses import HTMLResponse, Response

from axtary.compiler import Compiled, CompileError
from axtary.compiler.analysis.coverage import Coverage
from axtary.compiler.ir import Effect
from axtary.proxy.pages.web import Call, PageError
from axtary.runtime.pages.table import page as table_page
from axtary.runtime.policyfile import UnreadableError, load_policy
from axtary.runtime.table import Filters
from axtary.runtime.testing import Runner, coverage_report, find, load_suites
from axtary.runtime.testing import page as coverage_page

LONGEST = 10.0  # seconds that the tests may run for a page
_META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')


def overview(call: Call) -> Response:
    """Which policy is in force, its rules, and whether the file says the same."""
    compiled = call.services.compiled()
    rules = compiled.policy.rules
    return call.page(
        "policies.html",
        name=str(call.services.policy),
        version=call.services.approvals.engine.policy_version,
        rules=rules,
        counts={effect.value: sum(rule.effect is effect for rule in rules) for effect in Effect},
        ahead=_is_ahead(call),
    )


def _is_ahead(call: Call) -> str:
    """What the file on disk says, if it is not what is in force."""
    try:
        found = load_policy(call.services.policy).policy.policy_version
    except (CompileError, UnreadableError):
        return "The file cannot be compiled. The policy before it stays in force."
    same = found == call.services.approvals.engine.policy_version
    return "" if same else "The file holds another policy, which is not in force yet."


@dataclass
class PolicyPages:
    """Pages that are documents of their own, the last coverage kept."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: tuple[str, str] = ("", "")

    def table(self, call: Call) -> Response:
        """The page of `axtary policy table`."""
        compiled = call.services.compiled()
        places = {rule.id: f"{rule.span.file}:{rule.span.line}" for rule in compiled.policy.rules}
        return _document(table_page(compiled, Filters(), call.services.policy.name, places))

    def coverage(self, call: Call) -> Response:
        """The page of `axtary policy test --html`. Made once for a policy and its tests."""
        compiled = call.services.compiled()
        try:
            state = repr([(str(file), file.stat().st_mtime_ns) for file in find(call.services.policy)])
            with self._lock:
                if self._kept[0] != compiled.policy.policy_version + state:
                    self._kept = (compiled.policy.policy_version + state, _covered(call, compiled))
                return _document(self._kept[1])
        except (CompileError, UnreadableError, OSError):
            raise PageError(409, "no coverage", "The tests cannot be read: run `axtary policy test`.") from None


def _covered(call: Call, compiled: Compiled) -> str:
    path = call.services.policy
    cases = load_suites(find(path), compiled.policy, path, found=True).cases
    if not cases:
        raise PageError(404, "no tests", f"There are no tests beside {path.name}, so nothing is covered.")
    coverage, end = Coverage(compiled.policy), time.monotonic() + LONGEST
    runner = Runner(compiled.policy, ("native",), coverage)
    for ready in cases:
        if time.monotonic() > end:
            raise PageError(409, "too many tests", "The tests take too long for a page: run `axtary policy test`.")
        runner.run(ready)
    return coverage_page(coverage_report(compiled.policy, coverage), compiled.sources, path.name)


def _document(text: str) -> Response:
    """With the content policy that the document itself names, in which its style and script stand by their hashes."""
    found = _META.search(text)
    policy = html.unescape(found.group(1)) if found else "default-src 'none'"
    return HTMLResponse(text, headers={"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"})
