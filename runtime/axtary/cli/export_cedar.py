"""`axtary policy export --target cedar`: the files for a team that runs a policy in a Cedar engine of its own."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from axtary.backends.cedar.limits import TITLES, Finding, Service, check
from axtary.backends.cedar.package import NAMESPACE, is_namespace, package
from axtary.cli.export import refuse
from axtary.cli.output import FINDINGS, OK, colour, fail, invalid_input, leave, load, print_json
from axtary.cli.progress import waiting
from axtary.compiler.diagnostics import printable, quoted
from axtary.compiler.reports.text import count
from axtary.runtime.messages import cut
from axtary.runtime.policyfile import write_below


def run(
    path: Path, folder: Path, namespace: str | None, service: str | None, others: Mapping[str, object], as_json: bool
) -> None:
    """Write the files into a folder, unless they break a limit of `service`; limits of others are notes."""
    refuse(others, "it is of a bundle", as_json)
    name = NAMESPACE if namespace is None else namespace
    if not is_namespace(name):
        fail(f"{quoted(name)} is no Cedar namespace", "write one name of letters, digits and `_`", as_json)
    policy = load(path, as_json).policy
    with invalid_input(as_json), waiting(f"exporting {printable(str(path))}"):
        made = package(policy, name)
        findings = check(made, name)
        errors = [finding for finding in findings if finding.limit.service == service]
        written = [] if errors else [str(folder / file) for file in made.files]
        for file in made.files if written else ():
            write_below(folder, file, made.files[file].encode())
    if as_json:
        listed = [_entry(finding, service) for finding in findings]
        print_json({"policy_version": policy.policy_version, "written": written, "findings": listed})
    else:
        sys.stdout.write("".join(f"wrote {printable(file)}\n" for file in written))
        sys.stderr.write("".join(_text(findings, service)))
    leave(FINDINGS if errors else OK)


def _entry(finding: Finding, service: str | None) -> dict[str, Any]:
    limit = finding.limit
    return {
        "severity": _severity(limit.service, service),
        "service": limit.service,
        "limit": limit.name,
        "rule": finding.rule or None,
        "message": finding.message,
        "source": limit.source,
    }


def _severity(found: Service, wanted: str | None) -> str:
    return "error" if found == wanted else "note"


def _text(findings: Sequence[Finding], service: str | None) -> list[str]:
    """Of the service that is asked for each error with its source; of none in particular one line for each limit."""
    if service is not None:
        errors = [_error(finding) for finding in findings if finding.limit.service == service]
        refusal = f"{TITLES[Service(service)]} would refuse this policy; nothing is written\n"
        return [*errors, refusal] if errors else []
    return [_note(list(group)) for _, group in groupby(findings, key=lambda finding: finding.limit)]


def _error(finding: Finding) -> str:
    head = f"{colour('error', 'red', sys.stderr)}[{finding.limit.service}/{finding.limit.name}]"
    rule = f"the rule `{finding.rule}`: " if finding.rule else ""
    return f"{head}: {printable(rule + finding.message)}\n  = source: {finding.limit.source}\n"


def _note(findings: Sequence[Finding]) -> str:
    limit, rules = findings[0].limit, list(dict.fromkeys(finding.rule for finding in findings if finding.rule))
    broken = (
        f"; {count(len(rules), 'rule')} would break it: {', '.join(rules)}" if rules else "; this policy would break it"
    )
    return f"{colour('note', 'dim', sys.stderr)}[{limit.service}/{limit.name}]: {cut(limit.meaning + broken, 120)}\n"
