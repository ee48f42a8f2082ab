"""`policies:`: one rule at a time, from located tree to draft."""

from __future__ import annotations

import re
from collections.abc import Iterable

from axtary.compiler.declarations import Groups
from axtary.compiler.diagnostics import Label, quoted
from axtary.compiler.drafts import RuleDraft
from axtary.compiler.fixes import renamed
from axtary.compiler.ir import Effect, Field, Match
from axtary.compiler.obligations import ObligationReader
from axtary.compiler.patterns import Dialect
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Text
from axtary.compiler.syntax import parse_condition

KEYS = ("id", "description", "effect", "match", "when", "obligations")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")
MAX_ID = 128


class RuleReader:
    """Reads rules of every file; ids are unique over all of them."""

    def __init__(self, reader: Reader, groups: Groups, ids: Iterable[str]) -> None:
        """`ids`: what stands as an id in any file, so that none of them is suggested for another rule."""
        self._reader = reader
        self._groups = groups
        self._ids = set(ids)
        self._first: dict[str, Text] = {}

    def read(self, node: Node) -> RuleDraft | None:
        """The draft of a rule. Where a part is wrong, that is reported and a stand-in lets the rest be checked too."""
        example = "`{id: small-prs, effect: allow, match: {tool: github.pull_requests.create}}`"
        body = self._reader.mapping(node, "a rule", KEYS, example)
        if body is None:
            return None
        rule_id = self._id(body)
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

    def claim(self, rule_id: Text) -> bool:
        """Take an id; report and refuse one that is taken."""
        first = self._first.setdefault(rule_id.value, rule_id)
        if first is rule_id:
            return True
        label = Label(first.span, "first used here")
        message = f"the rule id {quoted(rule_id.value)} stands twice"
        self._reader.report.error("AX0206", rule_id.span, message, "give each rule its own id", label)
        return False

    def _id(self, body: Mapping) -> Text | None:
        node = self._reader.required(body, "id", body.span, "the rule", "small-prs")
        text = self._reader.text(node, "`id`", "`small-prs`") if node is not None else None
        if text is None:
            return None
        if not _ID.match(text.value) or len(text.value) > MAX_ID:
            suggestion = re.sub(r"[^a-z0-9._-]+", "-", text.value.lower()).strip("-._")[:MAX_ID] or "my-rule"
            help_text = f"use lower-case letters, digits, `.`, `_` and `-`: `{suggestion}`"
            fix = renamed(text, suggestion) if suggestion not in self._ids else None
            self._ids.add(suggestion)
            self._reader.report.error("AX0205", text.span, f"{quoted(text.value)} is not a rule id", help_text, fix=fix)
            return None
        return text if self.claim(text) else None

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
        dialect = Dialect.RESOURCE if field is Field.RESOURCE else Dialect.NAME
        examples = {Field.TOOL: '`"fs.{read,write}"`', Field.RESOURCE: '`"repo:acme/*"`'}
        example = examples.get(field, '`"agent:codex-*"`')
        texts = self._reader.texts(node, f"`match.{key.value}`", example)
        groups = [self._groups.patterns(text, dialect) for text in texts]
        if not groups or () in groups:
            return None
        patterns = tuple(dict.fromkeys(pattern for group in groups for pattern in group))
        return Match(field, patterns, node.span)
