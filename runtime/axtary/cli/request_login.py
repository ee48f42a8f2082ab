"""`axtary approvals login`: a link that lets an approver into the pages of the proxy, once."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from axtary.approvals.errors import RequestError
from axtary.approvals.login import TTL, login_code
from axtary.cli.approvals import refused, those_of
from axtary.cli.output import OK, fail, invalid_input, leave, load, print_json
from axtary.compiler.notifying import url_problem
from axtary.compiler.text import duration_text
from axtary.passes.errors import RefusedError
from axtary.passes.keyfile import read_private_key
from axtary.passes.keystore import DEFAULT


def run(approver: str, key_file: Path | None, url: str | None, policy: Path, as_json: bool) -> None:
    """Print the link. Exit 1 if they are no approver."""
    people = those_of(load(policy, as_json), None, as_json)
    notify = people.notify
    base = url or (notify.link if notify is not None else None) or DEFAULT_URL
    if problem := url_problem(base):
        fail(f"`--url` {problem}", f"write for example `{DEFAULT_URL}`", as_json)
    with invalid_input(as_json):
        key = read_private_key(key_file or policy.parent / DEFAULT, "approval")
    try:
        code = login_code(approver, people, key, time.time())
    except RefusedError as error:
        refused(error, as_json)
    except RequestError as error:
        fail(error.message, error.help, as_json)
    link = f"{base.rstrip('/')}/ui/login#{code}"
    if as_json:
        print_json({"approver": approver, "link": link, "code": code, "seconds": TTL})
    else:
        sys.stderr.write(f"good for one login as {approver}, within {duration_text(TTL)}:\n")
        sys.stdout.write(f"{link}\n")
    leave(OK)


DEFAULT_URL = "http://127.0.0.1:8411"
