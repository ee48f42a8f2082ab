"""Proofs of the npm package `dpop` are good here, and proofs that are made here are good to the npm package `jose`."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from axtary.passes.dpop import Examiner, Request, prove, token_hash
from axtary.passes.keys import PrivateKey
from tests.dpop.making import ED25519, NOW, P256, TOKEN, claims_of

LOCKED = Path(__file__).parent.parent / "node"
MAKES = """
import * as dpop from "dpop";
const { algorithms, method, uri, nonce, token } = JSON.parse(process.argv[1]);
const made = [];
for (const algorithm of algorithms) {
  const keys = await dpop.generateKeyPair(algorithm);
  const proof = await dpop.generateProof(keys, uri, method, nonce ?? undefined, token);
  made.push({ algorithm, proof, jkt: await dpop.calculateThumbprint(keys.publicKey) });
}
console.log(JSON.stringify(made));
"""
VERIFIES = """
import { EmbeddedJWK, calculateJwkThumbprint, jwtVerify } from "jose";
const { proofs, algorithms } = JSON.parse(process.argv[1]);
const found = [];
for (const proof of proofs) {
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { typ: "dpop+jwt", algorithms });
  found.push({ payload, header: protectedHeader, jkt: await calculateJwkThumbprint(protectedHeader.jwk) });
}
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of the lock file."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("no node and npm on PATH: other implementations of DPoP were NOT asked")
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCKED / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False)
    if done.returncode != 0:
        pytest.skip(f"npm cannot install dpop and jose: other implementations were NOT asked\n{done.stderr}")
    return folder


def ran(folder: Path, program: str, **given: Any) -> Any:
    command = ["node", "--input-type=module", "-e", program, json.dumps(given)]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("nonce", [None, "n0nce"])
@pytest.mark.parametrize("uri", ["https://mcp.example/tools", "HTTPS://MCP.example:443/./tools?x=1"])
def test_their_proofs_are_good_here(modules: Path, uri: str, nonce: str | None) -> None:
    """The package signs the URI that it is given, with its query: that is left out on both sides."""
    algorithms = ["ES256", "Ed25519"]
    made = ran(modules, MAKES, algorithms=algorithms, method="POST", uri=uri, nonce=nonce, token=TOKEN)
    assert [each["algorithm"] for each in made] == algorithms
    for each in made:
        request = Request([each["proof"]], "POST", "https://mcp.example/tools?y=2")
        assert Examiner().examine(request, claims_of(each["jkt"]), TOKEN).jkt == each["jkt"]


def test_our_proofs_are_good_there(modules: Path) -> None:
    keys: list[PrivateKey] = [P256, ED25519]
    proofs = [prove(key, "POST", "https://mcp.example/tools?x", TOKEN, "n0nce", NOW) for key in keys]
    found = ran(modules, VERIFIES, proofs=proofs, algorithms=[key.algorithm for key in keys])
    for key, each in zip(keys, found, strict=True):
        assert each["jkt"] == key.kid
        assert each["header"] == {"alg": key.algorithm, "typ": "dpop+jwt", "jwk": dict(key.public.jwk)}
        payload = each["payload"]
        assert payload.pop("jti")
        assert payload == {
            "htm": "POST",
            "htu": "https://mcp.example/tools",
            "iat": NOW,
            "ath": token_hash(TOKEN),
            "nonce": "n0nce",
        }
