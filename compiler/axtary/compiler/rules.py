"""`policies:`: one rule at a time, from located tree to draft."""

from __future__ import annotations

import re
from collections.abc import Iterable

from axtary.compiler.declarations import Groups
from axtary.compiler.diagnostics import Label, quoted
from axtary.compiler.drafts import RuleDraft
from axtary.compiler.fixes import renamed
from axtary.compiler.ir import Effect, Field, Match, Span
from axtary.compiler.obligations import ObligationReader
from axtary.compiler.patterns import Dialect
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Text
from axtary.compiler.syntax import parse_condition

KEYS = ("id", "description", "effect", "match", "when", "obligations")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")
MAX_ID = 128
EXAMPLES = {Field.TOOL: '`"fs.{read,write}"`', Field.RESOURCE: '`"repo:acme/*"`'}  # of patterns


def is_id(text: str) -> bool:
    """Can a rule, or an invariant, be called so?"""
    return _ID.match(text) is not None and len(text) <= MAX_ID


class Ids:
    """The ids of all things of one kind, over all files: no two are alike."""

    def __init__(self, reader: Reader, written: Iterable[str], what: str = "rule", example: str = "small-prs") -> None:
        """`written`: what stands as an id in any file, so that none of them is suggested for another one."""
        self._reader = reader
        self._written = set(written)
        self._what, self._example = what, example
        self._first: dict[str, Text] = {}

    def read(self, body: Mapping) -> Text | None:
        """The id under `id`; None if it is missing, no id or taken, which is reported."""
        node = self._reader.required(body, "id", body.span, f"the {self._what}", self._example)
        text = self._reader.text(node, "`id`", f"`{self._example}`") if node is not None else None
        if text is None:
            return None
        if not is_id(text.value):
            self._refuse(text)
            return None
        return text if self.claim(text) else None

    def claim(self, text: Text) -> bool:
        """Take an id; report and refuse one that is taken."""
        first = self._first.setdefault(text.value, text)
        if first is text:
            return True
        label = Label(first.span, "first used here")
        message, help_text = (
            f"the {self._what} id {quoted(text.value)} stands twice",
            f"give each {self._what} its own id",
        )
        self._reader.report.error("AX0206", text.span, message, help_text, label)
        return False

    def _refuse(self, text: Text) -> None:
        suggestion = re.sub(r"[^a-z0-9._-]+", "-", text.value.lower()).strip("-._")[:MAX_ID] or f"my-{self._what}"
        help_text = f"use lower-case letters, digits, `.`, `_` and `-`: `{suggestion}`"
        fix = renamed(text, suggestion) if suggestion not in self._written else None
        self._written.add(suggestion)
        message = f"{quoted(text.value)} is not {'an' if self._what[0] in 'aeiou' else 'a'} {self._what} id"
        self._reader.report.error("AX0205", text.span, message, help_text, fix=fix)


def field_match(field: Field, texts: Iterable[Text], span: Span, groups: Groups) -> Match | None:
    """What is said of one field, groups expanded; None if a pattern is wrong, which is reported."""
    dialect = Dialect.RESOURCE if field is Field.RESOURCE else Dialect.NAME
    expanded = [groups.patterns(text, dialect) for text in texts]
    if not expanded or () in expanded:
        return None
    return Match(field, tuple(dict.fromkeys(pattern for some in expanded for pattern in some)), span)


class RuleReader:
    """Reads rules of every file."""

    def __init__(self, reader: Reader, groups: Groups, ids: Ids) -> None:
        self._reader = reader
        self._groups = groups
        self._ids = ids

    def read(self, node: Node) -> RuleDraft | None:
        """The draft of a rule. Where a part is wrong, that is reported and a stand-in lets the rest be checked too."""
        example = "`{id: small-prs, effect: allow, match: {tool: github.pull_requests.create}}`"
        body = self._reader.mapping(node, "a rule", KEYS, example)
        if body is None:
            return None
        rule_id = self._ids.read(body)
        effect_node = self._reader.required(body, "effect", body.span, "the rule", "allow")
        effect = self._reader.choice(effect_node, "an effect", [e.value for e in Effect]) if effect_node else None
        match = self._match(body)
        when_node, description = body.get("when"), body.get("description")
        when_text = self._reader.text(when_node, "`when`", '`payload.base == "main"`') if when_node else None
        when = self._reader.parsed(when_text, parse_condition) if when_text is not None else None
        if description is not None:
            self._reader.text(description, "`description`", "`Agents may open small pull requests.`")
        rest = ObligationReader(self._reader, Effect(effect) if effect is not None else None)
        obligations = body.get("obligations")
        if obligations is not None:
            rest.read(obligations)
        if not body.entries:
            return None
        rule_id = rule_id or body.entries[0][0]
        return RuleDraft(
            id=rule_id,
            effect=Effect(effect or "step_up"),
            match=match or (),
            when_text=when_text,
            when=when,
            obligations=tuple(rest.obligations),
            approvers=rest.approvers,
            ttl=rest.ttl,
            description=description.value if isinstance(description, Text) else "",
            span=rule_id.span,
            roles=rest.roles,
        )

    def _match(self, body: Mapping) -> tuple[Match, ...] | None:
        node = self._reader.required(body, "match", body.span, "the rule", "{tool: github.pull_requests.create}")
        fields = [field.value for field in Field]
        found = self._reader.mapping(node, "`match`", fields, "`{tool: fs.read}`") if node is not None else None
        if found is None:
            return None
        self._reader.required(found, "tool", found.span, "`match`", "github.pull_requests.create")
        matches = {key.value: self._field(key, value) for key, value in found.entries if key.value in fields}
        return tuple(match for name in fields if (match := matches.get(name)) is not None)

    def _field(self, key: Text, node: Node) -> Match | None:
        field = Field(key.value)
        texts = self._reader.texts(node, f"`match.{key.value}`", EXAMPLES.get(field, '`"agent:codex-*"`'))
        return field_match(field, texts, node.span, self._groups)
