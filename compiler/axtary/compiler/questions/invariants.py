"""`invariants:`: questions of a policy file that must be answered with no. They change no decision."""

from __future__ import annotations

from axtary.compiler.ir import Effect, Field
from axtary.compiler.questions.question import DECISIONS, Asked, Invariant
from axtary.compiler.questions.read import QuestionReader
from axtary.compiler.questions.sentence import ordered
from axtary.compiler.reading import Reader
from axtary.compiler.rules import EXAMPLES, Ids
from axtary.compiler.source import Node, Text

KEYS = ("id", "description", "never")
NEVER = ("tool", "resource", "actor", "when", "decision", "unapproved", "unapproved_by")

_EXAMPLE = '`{id: prod-needs-a-human, never: {resource: "repo:acme/prod-*", unapproved: true}}`'
_NEVER = '`{tool: "github.*", resource: "repo:acme/prod-*", unapproved: true}`'


class InvariantReader:
    """Reads invariants of every file."""

    def __init__(self, reader: Reader, ids: Ids, questions: QuestionReader) -> None:
        self._reader = reader
        self._ids = ids
        self._questions = questions

    def listed(self, node: Node) -> list[Invariant]:
        """The invariants of one file, without those that are wrong, which is reported."""
        found = self._reader.sequence(node, "`invariants`", f"`- {_EXAMPLE[1:]}")
        read = [self._read(item) for item in found.items] if found else []
        return [each for each in read if each is not None]

    def _read(self, node: Node) -> Invariant | None:
        body = self._reader.mapping(node, "an invariant", KEYS, _EXAMPLE)
        if body is None:
            return None
        place, description = self._ids.read(body), body.get("description")
        if description is not None:
            self._reader.text(description, "`description`", "`Nothing in production changes without a human.`")
        never = self._reader.required(body, "never", body.span, "the invariant", _NEVER[1:-1])
        asked = self._asked(never) if never is not None else None
        if not body.entries or asked is None:
            return None
        question = self._questions.question(asked, place or body.entries[0][0])
        if place is None or question is None:
            return None
        told = description.value if isinstance(description, Text) else ""
        return Invariant(place.value, question, told, place.span)

    def _asked(self, node: Node) -> Asked | None:
        body = self._reader.mapping(node, "`never`", NEVER, _NEVER)
        if body is None:
            return None
        found = {key.value: value for key, value in body.entries}
        decisions = self._texts(found, "decision", "`allow`")
        names = [effect.value for effect in DECISIONS]
        chosen = [self._reader.choice(text, "a decision", names) for text in decisions]
        flag = found.get("unapproved")
        when = found.get("when")
        return Asked(
            actor=self._texts(found, "actor", '`"agent:codex-*"`'),
            tool=self._texts(found, "tool", EXAMPLES[Field.TOOL]),
            resource=self._texts(found, "resource", EXAMPLES[Field.RESOURCE]),
            when=self._reader.text(when, "`when`", '`any paths matches "infra/prod/"`') if when is not None else None,
            decisions=ordered(Effect(each) for each in chosen if each is not None),
            unapproved=flag is not None and self._reader.choice(flag, "`true` or `false`", ["true", "false"]) == "true",
            unapproved_by=tuple(text.value for text in self._texts(found, "unapproved_by", "`[security]`")),
        )

    def _texts(self, found: dict[str, Node], key: str, example: str) -> list[Text]:
        return self._reader.texts(found[key], f"`never.{key}`", example) if key in found else []
