"""The tree: published vectors, and its laws against the definition of RFC 6962 written down as it stands."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.ledger import merkle
from tests.laws import examples

VECTORS = Path(__file__).parents[1] / "vectors" / "merkle"
LARGEST = 40

# Accepted upstream: two roots that are equal, and no SHA-256.
STRICTER = {"consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"}


def cases(kind: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (str(path.relative_to(VECTORS)), json.loads(path.read_bytes()))
        for path in sorted((VECTORS / kind).rglob("*.json"))
    ]


def hashes(texts: Sequence[str] | None) -> list[bytes]:
    return [base64.b64decode(text or "") for text in texts or ()]


def test_published_inclusion_proofs() -> None:
    accepted = 0
    for name, case in cases("inclusion"):
        leaf, root = hashes([case["leafHash"], case["root"]])
        found = merkle.is_included(leaf, case["leafIdx"], case["treeSize"], root, hashes(case["proof"]))
        assert found == (not case["wantErr"]), name
        accepted += found
    assert (len(cases("inclusion")), accepted) == (98, 6)


def test_published_consistency_proofs() -> None:
    accepted, stricter = 0, set()
    for name, case in cases("consistency"):
        old, new = hashes([case["root1"], case["root2"]])
        found = merkle.is_consistent(case["size1"], case["size2"], old, new, hashes(case["proof"]))
        if found != (not case["wantErr"]):
            assert not found, name
            stricter.add(name)
        accepted += found
    assert (len(cases("consistency")), accepted) == (98, 5)
    assert stricter == STRICTER


# --- the definition -------------------------------------------------------------------------------------------------


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY
    k = max(1 << i for i in range(10) if 1 << i < len(leaves))
    return merkle.node_hash(mth(leaves[:k]), mth(leaves[k:]))


LEAVES = [merkle.leaf_hash(bytes([n])) for n in range(LARGEST)]


def grown(size: int) -> tuple[merkle.Frontier, dict[tuple[int, int], bytes]]:
    frontier, nodes = merkle.Frontier(), {}
    for leaf in LEAVES[:size]:
        for level, position, found in frontier.add(leaf):
            assert (level, position) not in nodes
            nodes[level, position] = found
    return frontier, nodes


def node(nodes: dict[tuple[int, int], bytes]) -> merkle.Node:
    return lambda level, position: nodes[level, position]


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_root_is_that_of_the_definition(size: int) -> None:
    frontier, _ = grown(size)
    assert frontier.root() == mth(LEAVES[:size])
    assert merkle.Frontier(size, frontier.nodes).root() == frontier.root()


def test_leaf_and_node_hashes_of_the_rfc() -> None:
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_a_frontier_has_a_node_for_each_bit() -> None:
    with pytest.raises(ValueError, match="one node"):
        merkle.Frontier(3, [bytes(32)])


def test_each_leaf_is_proved_in_each_tree_and_nowhere_else() -> None:
    """Law: inclusion(i, n) proves leaf i in tree n, and neither another leaf, another place, nor another size."""
    _, nodes = grown(LARGEST)
    for size in range(1, LARGEST + 1):
        root = mth(LEAVES[:size])
        for index in range(size):
            proof = merkle.inclusion(index, size, node(nodes))
            assert len(proof) <= (size - 1).bit_length()
            assert merkle.is_included(LEAVES[index], index, size, root, proof)
            other = (index + 1) % size
            if other != index:
                assert not merkle.is_included(LEAVES[other], index, size, root, proof)
                assert not merkle.is_included(LEAVES[index], other, size, root, proof)
            assert not merkle.is_included(LEAVES[index], index, size, mth(LEAVES[: size - 1]), proof)
    for index, size in ((-1, 4), (4, 4), (0, 0)):
        with pytest.raises(ValueError, match="no such leaf"):
            merkle.inclusion(index, size, node(nodes))


def test_each_tree_is_proved_to_begin_each_later_one() -> None:
    """Law: consistency(m, n) proves tree m the beginning of tree n, and no tree with another last leaf."""
    _, nodes = grown(LARGEST)
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1):
            proof = merkle.consistency(old, new, node(nodes))
            roots = mth(LEAVES[:old]), mth(LEAVES[:new])
            assert merkle.is_consistent(old, new, *roots, proof)
            other = mth([*LEAVES[: old - 1], merkle.leaf_hash(b"other")])
            assert not merkle.is_consistent(old, new, other, roots[1], proof)
    for old, new in ((0, 4), (5, 4)):
        with pytest.raises(ValueError, match="a proof leads"):
            merkle.consistency(old, new, node(nodes))


@settings(derandomize=True, deadline=None, max_examples=examples(100))
@given(st.data())
def test_a_changed_proof_proves_nothing(data: st.DataObject) -> None:
    """Law: a proof with a bit flipped, or with one hash more, less or moved, is refused."""
    _, nodes = grown(LARGEST)
    size = data.draw(st.integers(2, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion(index, size, node(nodes))
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
    for changed in (
        [*proof[:at], flipped, *proof[at + 1 :]],
        [*proof[:at], *proof[at + 1 :]],
        [*proof[:at], proof[at], *proof[at:]],
        [*proof[:at], proof[at] + b"\0", *proof[at + 1 :]],
        *([proof[::-1]] if len(proof) > 1 else []),
    ):
        assert not merkle.is_included(LEAVES[index], index, size, mth(LEAVES[:size]), changed)
