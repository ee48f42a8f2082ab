"""One deterministic automaton for many patterns: which combinations of them can a text match, and by which text?

The patterns share a trie whose wildcards are nodes with a loop. A state of the automaton is the set of nodes that a
text can reach, with what it has matched for good, and, where asked, how much of `@home/` it begins with and whether it
is a canonical path so far. Characters that no pattern names behave alike: one edge stands for all of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from axtary.compiler.analysis.space.limits import Exhausted
from axtary.compiler.ir import Pattern, Wildcard

Group = frozenset[Pattern]  # matched if one of the patterns is
Signature = tuple[int, bool]  # bit g: group g is matched; is the text a canonical path (True where nobody asks)?

OTHER = ""
"""The edge for every character that has no edge of its own."""

_HEADS = ("@home", "@root")
_INSIDE, _OUT = "-", "/"  # begins with neither of the heads; lies below one of them
_BAD = "/"  # of a path that cannot become canonical any more


@dataclass(slots=True)
class _Node:
    chars: dict[str, int] = field(default_factory=dict)
    empty: list[int] = field(default_factory=list)  # nodes reached by no character
    wild: dict[Wildcard, int] = field(default_factory=dict)
    loops: bool = False  # stays on every character but "/"
    loops_slash: bool = False  # and on "/" too
    accepts: int = 0
    accepts_inside: int = 0  # only if the text lies in the workspace
    below: int = 0  # groups of all patterns that go through here


class _Trie:
    def __init__(self, groups: Sequence[Group]) -> None:
        self.nodes = [_Node()]
        self.guarded = False
        self.named: set[str] = set()
        for index, group in enumerate(groups):
            for pattern in sorted(group, key=lambda pattern: repr(pattern.tokens)):
                self._add(pattern, 1 << index)
        self._closures: dict[int, frozenset[int]] = {}

    def _add(self, pattern: Pattern, bit: int) -> None:
        at, through = 0, [0]
        for token in pattern.tokens:
            if isinstance(token, Wildcard):
                at = self._wild(at, token)
                through += [at, at - 1] if token is Wildcard.SEGMENTS else [at]
                continue
            self.named.update(token)
            for char in token:
                at = self._child(at, char)
                through.append(at)
        for index in through:
            self.nodes[index].below |= bit
        if pattern.inside:
            self.guarded = True
            self.nodes[at].accepts_inside |= bit
        else:
            self.nodes[at].accepts |= bit

    def _child(self, at: int, char: str) -> int:
        node = self.nodes[at]
        if char not in node.chars:
            self.nodes.append(_Node())
            node.chars[char] = len(self.nodes) - 1
        return node.chars[char]

    def _wild(self, at: int, token: Wildcard) -> int:
        node = self.nodes[at]
        if token not in node.wild:
            if token is Wildcard.SEGMENTS:  # a run that must end with "/", and what comes behind it
                behind = len(self.nodes) + 1
                # The edge is not in the trie's own sense a child: `chars` of a running node holds nothing else.
                self.nodes += [_Node({"/": behind}, loops=True, loops_slash=True), _Node()]
                node.empty += [behind - 1, behind]
                node.wild[token] = behind
            else:
                self.nodes.append(_Node(loops=True, loops_slash=token is Wildcard.ANY))
                node.wild[token] = len(self.nodes) - 1
                node.empty.append(node.wild[token])
        return node.wild[token]

    def closure(self, index: int) -> frozenset[int]:
        """The node and all that are reached from it by no character."""
        if index not in self._closures:
            found, waiting = {index}, [index]
            while waiting:
                for other in self.nodes[waiting.pop()].empty:
                    if other not in found:
                        found.add(other)
                        waiting.append(other)
            self._closures[index] = frozenset(found)
        return self._closures[index]


@dataclass(frozen=True, slots=True)
class _State:
    nodes: frozenset[int]
    matched: int  # groups that every longer text matches too
    head: str
    segment: str


class Automaton:
    """All states that a text can reach, each with its edges and a shortest text that leads there.

    `paths` makes it tell canonical paths from other texts; `only_paths` drops all others. `focus` drops what can no
    longer match any of these groups. Raises Exhausted at more than `limit` states, and beyond `work`, if given: a count
    of edges times the nodes that each was looked up in.
    """

    def __init__(
        self,
        groups: Sequence[Group],
        *,
        limit: int,
        work: int | None = None,
        paths: bool = False,
        only_paths: bool = False,
        focus: int | None = None,
    ) -> None:
        self._trie = _Trie(groups)
        self._tracks_paths, self._only_paths, self._focus = paths or only_paths, only_paths, focus
        self.letters = "".join(letter for letter in _LETTERS if letter not in self._trie.named)
        if not self.letters:
            self.letters = next(chr(code) for code in range(0x100, 0xD000) if chr(code) not in self._trie.named)
        self.states: list[_State] = []
        self.edges: list[dict[str, int]] = []
        self.dropped: list[set[str]] = []  # characters that lead to what is not asked for
        self.texts: list[str] = []
        self.work = 0
        self._explore(limit, work)

    def _explore(self, limit: int, work: int | None) -> None:
        head = "" if self._trie.guarded else _INSIDE
        start = self._settled(self._trie.closure(0), 0, head, "")
        self.states, self.edges, self.dropped, self.texts = [start], [{}], [set()], [""]
        ids = {start: 0}
        queue = deque([0])
        while queue:
            at = queue.popleft()
            for char, state in self._steps(self.states[at]):
                self.work += 1 + len(self.states[at].nodes)
                if work is not None and self.work > work:
                    raise Exhausted("its patterns combine in too many ways")
                if state is None:
                    self.dropped[at].add(char)
                    continue
                if state not in ids:
                    if len(ids) >= limit:
                        raise Exhausted(f"its patterns combine in more than {limit} ways")
                    ids[state] = len(self.states)
                    self.states.append(state)
                    self.edges.append({})
                    self.dropped.append(set())
                    self.texts.append(self.texts[at] + (char or self.letters[0]))
                    queue.append(ids[state])
                self.edges[at][char] = ids[state]

    def _steps(self, state: _State) -> Iterator[tuple[str, _State | None]]:
        nodes = self._trie.nodes
        named: dict[str, set[int]] = {}
        stay: set[int] = set()
        stay_slash: set[int] = set()
        for index in state.nodes:
            node = nodes[index]
            for char, child in node.chars.items():
                named.setdefault(char, set()).update(self._trie.closure(child))
            if node.loops:
                stay |= self._trie.closure(index)
                if node.loops_slash:
                    stay_slash |= self._trie.closure(index)
        for char in [OTHER, *sorted({*named, *self._watched(state)} - {"/"}), "/"]:
            segment = self._segment(state.segment, char)
            if self._only_paths and segment == _BAD:
                yield char, None
                continue
            reached = named.get(char, set()) | (stay_slash if char == "/" else stay)
            after = self._settled(reached, state.matched, self._head(state.head, char), segment)
            yield char, after if self._focus is None or self._hopes(after) & self._focus else None

    def _watched(self, state: _State) -> Iterator[str]:
        """Characters that matter though no pattern names them."""
        if state.head not in (_INSIDE, _OUT):
            yield from (head[len(state.head)] for head in _HEADS if head.startswith(state.head) and head != state.head)
        if self._tracks_paths and state.segment != _BAD:
            yield "\\"
            if state.segment != "n":
                yield "."

    def _settled(self, reached: Iterable[int], matched: int, head: str, segment: str) -> _State:
        """Without the nodes that can add nothing to what is matched for good."""
        nodes = self._trie.nodes
        for index in reached:
            node = nodes[index]
            if node.loops_slash:
                matched |= node.accepts | (node.accepts_inside if head == _INSIDE else 0)
        kept = frozenset(index for index in reached if nodes[index].below & ~matched)
        return _State(kept, matched, head, segment)

    def _head(self, head: str, char: str) -> str:
        if head in (_INSIDE, _OUT):
            return head
        if head in _HEADS:
            return _OUT if char == "/" else _INSIDE
        longer = head + char
        return longer if char and any(each.startswith(longer) for each in _HEADS) else _INSIDE

    def _segment(self, segment: str, char: str) -> str:
        if not self._tracks_paths or segment == _BAD:
            return segment
        if char == "/":
            return "" if segment == "n" else _BAD
        if char in ("\\", "\0"):
            return _BAD
        return segment + "." if char == "." and segment in ("", ".") else "n"

    def _hopes(self, state: _State) -> int:
        found = state.matched
        for index in state.nodes:
            found |= self._trie.nodes[index].below
        return found

    def signature(self, at: int) -> Signature:
        """What a text that ends in this state is."""
        state, nodes = self.states[at], self._trie.nodes
        inside = state.head not in (*_HEADS, _OUT)
        bits = state.matched
        for index in state.nodes:
            bits |= nodes[index].accepts | (nodes[index].accepts_inside if inside else 0)
        return bits, state.segment == "n" if self._tracks_paths else True

    def run(self, text: str) -> int | None:
        """The state in which a text ends; None if it was dropped, or has a NUL that no pattern names."""
        at: int | None = 0
        for char in text:
            if at is None or char in self.dropped[at] or (char == "\0" and char not in self.edges[at]):
                return None
            at = self.edges[at].get(char, self.edges[at].get(OTHER))
        return at

    def counts(self, most: int) -> list[int]:
        """For each state: how many texts end there, counted up to `most`."""
        found = [0] * len(self.states)
        waiting = deque([(0, 1)])
        found[0] = 1
        while waiting:  # what is added to a state is passed on, until it has `most`
            at, added = waiting.popleft()
            for char, after in self.edges[at].items():
                more = min(most, found[after] + added * (most if char == OTHER else 1)) - found[after]
                if more > 0:
                    found[after] += more
                    waiting.append((after, more))
        return found

    def enumerate(self, ends: set[int], most: int) -> list[str]:
        """Up to `most` texts that end in one of the states, short ones first; all if there are no more."""
        useful = self._leading_to(ends)
        found: list[str] = []
        visits: dict[int, int] = {}  # of the shortest texts, none comes through a state later than `most` others
        queue = deque([(0, "")] if 0 in useful else [])
        while queue and len(found) < most:
            at, text = queue.popleft()
            visits[at] = visits.get(at, 0) + 1
            if visits[at] > most:
                continue
            if at in ends:
                found.append(text)
            for char, after in self.edges[at].items():
                if after in useful and visits.get(after, 0) < most:
                    queue.extend((after, text + letter) for letter in ((char,) if char else self.letters[:most]))
        return found

    def _leading_to(self, ends: set[int]) -> set[int]:
        before: dict[int, list[int]] = {}
        for at, edges in enumerate(self.edges):
            for after in edges.values():
                before.setdefault(after, []).append(at)
        found, waiting = set(ends), list(ends)
        while waiting:
            for at in before.get(waiting.pop(), ()):
                if at not in found:
                    found.add(at)
                    waiting.append(at)
        return found


_LETTERS = "xyzabcdefghijklmnopqrstuvwXYZ0123456789"
