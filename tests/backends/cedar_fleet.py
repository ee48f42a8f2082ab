"""A team that has only what `policy export --target cedar` wrote: Cedar, and the helpers for Python and Node.js."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import cedarpy

from axtary.backends.cedar.package import helper, package
from axtary.backends.verdict import Verdict
from axtary.compiler.ir import Policy

Json = Any

# JavaScript before 22.18 cannot read types. The helper has those below only, so that leaving them out is exact.
_TYPE = re.compile(
    r": (?:any|string|boolean|bigint|number|void)(?:\[\])?(?: \| undefined)?(?=[,);]| =| \{|$)", re.MULTILINE
)
_DRIVER = """\
import { createInterface } from "node:readline";
const { InputError, Requests, stringify, verifiedPermissions } = await import(process.argv[2]);
const requestOf = (make) => {
  try {
    return stringify(make());
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return JSON.stringify({ error: error.message });
  }
};
let requests;
for await (const line of createInterface({ input: process.stdin })) {
  const { hoisted, text, value, avp } = JSON.parse(line);
  if (hoisted !== undefined) requests = new Requests(hoisted);
  else if (text !== undefined) console.log(requestOf(() => requests.requestOf(text)));
  else if (avp !== undefined) console.log(requestOf(() => verifiedPermissions(avp)));
  else console.log(requestOf(() => requests.request(value)));
}
"""


def helper_module(folder: Path) -> ModuleType:
    """The Python helper, as a file of its own."""
    spec = importlib.util.spec_from_file_location("exported_axtary_cedar", folder / "axtary_cedar.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Fleet:
    """An exported policy in Cedar, from its texts alone."""

    def __init__(self, policy: Policy) -> None:
        self.files = package(policy).files
        self.hoisted = json.loads(self.files["hoisted.json"])

    @cached_property
    def _reasons(self) -> dict[str, tuple[str, str]]:
        policies = json.loads(self.files["policies.json"])["staticPolicies"]
        notes = {name: policy["annotations"] for name, policy in policies.items()}
        return {name: (note["reason"], note["rule"]) for name, note in notes.items()}

    @cached_property
    def _sets(self) -> tuple[Any, Any]:
        texts = self.files["policies.cedar"], self.files["policies.json"]
        return cedarpy.PolicySet.from_str(texts[0]), cedarpy.PolicySet.from_json_str(texts[1])

    @cached_property
    def _schemas(self) -> tuple[Any, Any]:
        text, in_json = self.files["schema.cedarschema"], self.files["schema.cedarschema.json"]
        return cedarpy.Schema.from_str(text), cedarpy.Schema.from_json_str(in_json)

    def ask(self, request: Json) -> tuple[bool, set[tuple[str, str]]]:
        """Whether Cedar allows, and (reason, rule) of the determining policies; both forms must say the same."""
        from_text, from_json = (
            cedarpy.is_authorized(request, policies, "[]", schema)
            for policies, schema in zip(self._sets, self._schemas, strict=True)
        )
        assert not from_text.diagnostics.errors and not from_json.diagnostics.errors
        assert from_text.decision == from_json.decision != cedarpy.Decision.NoDecision
        return from_json.allowed, {self._reasons[name] for name in from_json.diagnostics.reasons}

    def agrees(self, request: Json, verdict: Verdict) -> bool:
        """Whether Cedar's answer to the request says what the verdict says, as far as plain Cedar can."""
        allowed, reasons = self.ask(request)
        expected = {(reason.value, rule) for reason, rule in verdict.reasons}
        lifted = {reason for reason in reasons if reason[0] == "approval_required"}
        if verdict.decision != "deny":
            return (allowed, reasons) == (verdict.decision == "allow", expected)
        if expected == {("default_deny", "")}:
            return not allowed and reasons == lifted
        return not allowed and reasons - lifted == expected


def same_request(mine: Json, other: Json) -> bool:
    """Requests by value; a set has no order."""

    def normal(request: Json) -> Json:
        if "error" in request:
            return "refused"
        context = {key: sorted(v) if isinstance(v, list) else v for key, v in request["context"].items()}
        return {**request, "context": context}

    return bool(normal(mine) == normal(other))


def node() -> str | None:
    """Node.js, if there is one."""
    return shutil.which("node")


def in_javascript(lines: Iterable[Json], folder: Path) -> Iterator[Json]:
    """The answers of the TypeScript helper to lines for the driver above, in one process of node."""
    executable = node()
    assert executable is not None
    shown = subprocess.run([executable, "--version"], capture_output=True, text=True, check=True).stdout
    major, minor, *_ = (int(part) for part in shown.strip().removeprefix("v").split("."))
    script = folder / ("axtary_cedar.ts" if (major, minor) >= (22, 18) else "axtary_cedar.mjs")
    text = helper("axtary_cedar.ts")
    script.write_text(text if script.suffix == ".ts" else _TYPE.sub("", text))
    (folder / "driver.mjs").write_text(_DRIVER)
    done = subprocess.run(
        [executable, "--no-warnings", "driver.mjs", f"./{script.name}"],
        cwd=folder,
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return map(json.loads, done.stdout.removesuffix("\n").split("\n"))  # other line ends stand in strings
