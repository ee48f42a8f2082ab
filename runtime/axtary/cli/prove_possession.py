"""What an agent does with a pass that is bound to its key: `axtary pass holder-key` and `axtary pass prove`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from axtary.cli.output import OK, fail, invalid_input, leave, print_json
from axtary.cli.pass_chain import read_lines
from axtary.cli.pass_proof import call_of, complete_target
from axtary.compiler.diagnostics import printable
from axtary.passes import claims, jose
from axtary.passes.dpop import TYP, prove
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keyfile import read_private_key
from axtary.passes.keys import PrivateKey, generate
from axtary.passes.uris import check_target
from axtary.runtime.policyfile import write_secret


def holder_key(path: Path, algorithm: str, as_json: bool) -> None:
    """Write a new private key. A file that is there is never overwritten."""
    key = generate(algorithm)
    with invalid_input(as_json):
        write_secret(path, json.dumps(key.secret()).encode("ascii") + b"\n", replace=False)
    if as_json:
        print_json({"written": str(path), "kid": key.kid, "public": key.public.jwk})
    else:
        sys.stdout.write(f"wrote {printable(str(path))}\n   bind passes to {key.kid}\n")
    leave(OK)


def run(path: str, key: Path, method: str | None, uri: str | None, nonce: str | None, as_json: bool) -> None:
    """Print a proof. What would be refused for sure ends the command with 2."""
    complete_target(method, uri, as_json)
    with invalid_input(as_json):
        holder = read_private_key(key, "pass")
        token = read_lines(path)[-1]  # of a chain its leaf
    try:
        header, _ = jose.peek(token)
        found = claims.read(jose.parse(token, claims.TYP, ("jwk",) if "jwk" in header else ("kid",)).payload)
    except RefusedError as error:
        fail(f"{path}: {error.message}", "give a file with a pass, or a chain of them", as_json)
    _check_holder(found, holder, as_json)
    try:
        target = check_target(*(call_of(found) if method is None or uri is None else (method, uri)))
        proof = prove(holder, *target, token, nonce)
    except RefusedError as error:
        fail(error.message, _HELP.get(error.reason, ""), as_json)
    if as_json:
        print_json({"proof": proof, "jkt": holder.kid, **jose.parse(proof, TYP, ("jwk",)).payload})
    else:
        sys.stdout.write(proof + "\n")
    leave(OK)


_HELP = {
    Reason.PROOF_CLAIM_ILL_TYPED: "give the value of the DPoP-Nonce field as it is",
    Reason.METHOD_ILL_FORMED: "write a method such as `POST`",
    Reason.URI_ILL_FORMED: "write a URI such as `https://mcp.example/tools`",
}


def _check_holder(found: claims.Claims, key: PrivateKey, as_json: bool) -> None:
    if found.cnf is None:
        fail("the pass is bound to no key", "a pass without `cnf` needs no proof", as_json)
    if found.cnf != key.kid:
        fail(f"the pass is bound to the key {found.cnf}, not to {key.kid}", "give the key of its holder", as_json)
