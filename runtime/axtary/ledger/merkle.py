"""The Merkle tree of RFC 6962: its hashes, proofs and the checks of RFC 9162. Nothing here reads or keeps anything.

A tree of n leaves is a left tree of the largest power of two below n, and a right one of the rest. So what is complete
never changes: node (level, position) stands over the leaves from position * 2^level up, 2^level of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""

SIZE = 32  # bytes of a hash

Node = Callable[[int, int], bytes]
"""The hash of a complete node, by level and position."""


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 section 2.1."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The right edge of a tree: the complete nodes that it is made of, largest first. Enough to let it grow."""

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        if len(nodes) != size.bit_count():
            raise ValueError("a tree has one node at its edge for each bit of its size")
        self.size = size
        self.nodes = list(nodes)

    def add(self, node: bytes, level: int = 0) -> Iterator[tuple[int, int, bytes]]:
        """Add the hash of a leaf, or a node where one of its level may stand; the nodes that it completes, itself too.

        Each as level, position and hash.
        """
        position, found = self.size >> level, node
        self.size += 1 << level
        yield level, position, found
        while position & 1:
            found, position, level = node_hash(self.nodes.pop(), found), position >> 1, level + 1
            yield level, position, found
        self.nodes.append(found)

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        if not self.nodes:
            return EMPTY
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


# --- proofs ---------------------------------------------------------------------------------------------------------


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """RFC 9162 section 2.1.3.1: PATH(index, D[size]), the hash next to the leaf first."""
    if not 0 <= index < size:
        raise ValueError("there is no such leaf in a tree of this size")
    path, first, end = [], 0, size
    while end - first > 1:
        middle = first + _left(end - first)
        if index < middle:
            path.append(_over(middle, end, node))
            end = middle
        else:
            path.append(_over(first, middle, node))
            first = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """RFC 9162 section 2.1.4.1: PROOF(old, D[new])."""
    if not 0 < old <= new:
        raise ValueError("a proof leads from a tree that is not empty to one that is not smaller")
    path, first, end, whole = [], 0, new, True
    while old != end:
        middle = first + _left(end - first)
        if old <= middle:
            path.append(_over(middle, end, node))
            end = middle
        else:
            path.append(_over(first, middle, node))
            first, whole = middle, False
    if not whole:
        path.append(_over(first, end, node))
    return path[::-1]


def _left(size: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << ((size - 1).bit_length() - 1)


def _over(first: int, end: int, node: Node) -> bytes:
    """The hash over leaves `first` to `end`, which begins where a node of that size may."""
    size = end - first
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, first >> level)
    middle = first + _left(size)
    return node_hash(_over(first, middle, node), _over(middle, end, node))


# --- checks ---------------------------------------------------------------------------------------------------------


def is_included(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.3.2: does the proof show that the leaf with this hash stands at `index`?"""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    fn, sn, found = index, size - 1, leaf
    for each in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(each, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, each)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2: does the proof show that the old tree is the beginning of the new one?

    A tree without leaves is the beginning of every tree, which proves nothing: so False.
    """
    if not 0 < old <= new or not _are_hashes(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not proof:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for each in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(each, fr), node_hash(each, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, each)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == SIZE for value in values)
