"""What a tool call costs besides the decision: each step on actions of one workload, in microseconds (medians)."""

from __future__ import annotations

import hashlib
import json
import tempfile
from itertools import islice
from pathlib import Path
from random import Random

import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.bench.measure import timed
from tests.bench.policies import policy
from tests.bench.workloads import make

from axtary.backends import native
from axtary.runtime.action import parse_action


def steps(size: int, count: int) -> dict[str, float]:
    """Step -> median microseconds, over `count` actions on a realistic policy of `size` rules."""
    workload = make("realistic", size)
    engine = native.compile(policy(workload.specs))
    texts = list(islice(workload.actions(Random("hot path")), count))
    actions = [parse_action(text) for text in texts]
    canonical = [rfc8785.dumps(action) for action in actions]
    verdicts = [engine.decide(action, {}) for action in actions]
    records = [json.dumps({"decision": v.decision, "fired": v.fired}).encode() for v in verdicts]
    key = ec.generate_private_key(ec.SECP256R1())
    with tempfile.TemporaryDirectory() as folder, Path(folder, "ledger").open("ab", buffering=0) as ledger:
        return {
            "json.loads": timed(json.loads, texts),  # a yardstick of the machine
            "strict parse": timed(parse_action, texts),
            "canonicalize": timed(rfc8785.dumps, actions),
            "hash": timed(lambda data: hashlib.sha256(data).digest(), canonical),
            "decide": timed(lambda text: engine.decide(text, {}), [json.loads(text) for text in texts]),
            "sign (ES256)": timed(lambda record: key.sign(record, ec.ECDSA(hashes.SHA256())), records),
            "append (no fsync)": timed(ledger.write, records),
        }
