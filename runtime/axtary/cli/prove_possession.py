"""`axtary pass prove`: a proof that a pass is used by its holder, for one request or call."""

from __future__ import annotations

import sys
from pathlib import Path

from axtary.cli.output import OK, fail, invalid_input, leave, print_json
from axtary.cli.pass_proof import MAX_FILE, call_of, complete_target, token_in
from axtary.passes import claims, jose
from axtary.passes.dpop import TYP, prove
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import PrivateKey, private_key
from axtary.passes.uris import check_target
from axtary.runtime.policyfile import read_bytes
from axtary.runtime.strictjson import loads


def run(path: Path, key: Path, method: str | None, uri: str | None, nonce: str | None, as_json: bool) -> None:
    """Print a proof. What would be refused for sure ends the command with 2."""
    complete_target(method, uri, as_json)
    token, holder = token_in(path, as_json), _key(key, as_json)
    try:
        found = claims.read(jose.parse(token, claims.TYP).payload)
    except RefusedError as error:
        fail(f"{path}: {error.message}", "give a file with one pass in it", as_json)
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
    Reason.METHOD_ILL_FORMED: "write a method such as `POST`",
    Reason.URI_ILL_FORMED: "write a URI such as `https://mcp.example/tools`",
}


def _key(path: Path, as_json: bool) -> PrivateKey:
    with invalid_input(as_json):
        jwk = loads(read_bytes(path, MAX_FILE), source=str(path))
    try:
        return private_key(jwk)
    except RefusedError:
        fail(f"{path}: this is no private key for ES256 or Ed25519", "give the JWK of the holder's key", as_json)


def _check_holder(found: claims.Claims, key: PrivateKey, as_json: bool) -> None:
    if found.cnf is None:
        fail("the pass is bound to no key", "a pass without `cnf` needs no proof", as_json)
    if found.cnf != key.kid:
        fail(f"the pass is bound to the key {found.cnf}, not to {key.kid}", "give the key of its holder", as_json)
