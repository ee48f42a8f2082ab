"""`policy:` (singular): the published preset keys, expanded to ordinary rules whose positions point at those keys.

    github.pullRequests.requiredBaseBranch, .maxFilesChanged   conditions of one allow rule
                       .denyPathPrefixes                       a deny rule
                       .stepUpPathPrefixes, .requiresTests     a step_up rule each
    slack.messages.allowedChannels                             the condition of one allow rule

Prefixes are literal text prefixes of `paths`.
"""

from __future__ import annotations

import json
import re

from axtary.compiler.diagnostics import quoted
from axtary.compiler.drafts import RuleDraft, generated
from axtary.compiler.ir import Approvers, Effect, Field, Match
from axtary.compiler.patterns import exactly
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Sequence, Text
from axtary.compiler.syntax import parse_condition

PULL_REQUESTS = "github.pull_requests.create"
MESSAGES = "slack.messages.post"

_GITHUB = ("requiredBaseBranch", "maxFilesChanged", "denyPathPrefixes", "stepUpPathPrefixes", "requiresTests")


class PolicyKeys:
    """Reads the keys; `rules` are the drafts, in order."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.rules: list[RuleDraft] = []

    def read(self, node: Node) -> None:
        example = "`{github: {pullRequests: {…}}}`" + (
            "; rules stand under `policies`" if isinstance(node, Sequence) else ""
        )
        body = self._reader.mapping(node, "`policy`", ["github", "slack"], example)
        for provider, section, keys in (
            ("github", "pullRequests", _GITHUB),
            ("slack", "messages", ("allowedChannels",)),
        ):
            found = body.get(provider) if body else None
            outer = self._reader.mapping(found, f"`{provider}`", [section], f"`{section}: {{…}}`") if found else None
            inner_node = outer.get(section) if outer else None
            inner = self._reader.mapping(inner_node, f"`{section}`", keys, f"`{keys[0]}: …`") if inner_node else None
            if inner is not None:
                (self._pull_requests if provider == "github" else self._messages)(inner)

    def _pull_requests(self, body: Mapping) -> None:
        conditions: list[str] = []
        places: list[Text] = []
        for key, value in body.entries:
            if key.value == "requiredBaseBranch" and (branch := self._text(key, value, "`main`")):
                conditions.append(f"payload.base == {_quote(branch.value)}")
                places.append(key)
            elif key.value == "maxFilesChanged" and (limit := self._whole_number(key, value)):
                conditions.append(f"payload.files_changed <= {limit}")
                places.append(key)
            elif key.value == "denyPathPrefixes" and (prefixes := self._prefixes(key, value)):
                self._rule(key, "github-pull-requests-deny-paths", Effect.DENY, PULL_REQUESTS, prefixes)
            elif key.value == "stepUpPathPrefixes" and (prefixes := self._prefixes(key, value)):
                self._rule(key, "github-pull-requests-step-up-paths", Effect.STEP_UP, PULL_REQUESTS, prefixes)
            elif (
                key.value == "requiresTests"
                and self._reader.choice(value, "`true` or `false`", ["true", "false"]) == "true"
            ):
                condition = "not payload.tests_passed == true"
                self._rule(key, "github-pull-requests-requires-tests", Effect.STEP_UP, PULL_REQUESTS, condition)
        if conditions:
            self._rule(places[0], "github-pull-requests", Effect.ALLOW, PULL_REQUESTS, " and ".join(conditions))
        elif not self._reader.report.failed:
            help_text = "add `requiredBaseBranch` or `maxFilesChanged`; without them no pull request is allowed"
            self._reader.report.warning("AX0704", body.span, "`pullRequests` grants nothing", help_text)

    def _messages(self, body: Mapping) -> None:
        for key, value in body.entries:
            if key.value == "allowedChannels":
                channels = self._reader.texts(value, "`allowedChannels`", '`["#agents"]`')
                if channels:
                    names = ", ".join(_quote(channel.value) for channel in channels)
                    self._rule(key, "slack-messages", Effect.ALLOW, MESSAGES, f"payload.channel in [{names}]")

    def _text(self, key: Text, value: Node, example: str) -> Text | None:
        return self._reader.text(value, f"`{key.value}`", example)

    def _whole_number(self, key: Text, value: Node) -> str | None:
        text = self._text(key, value, "`20`")
        if text is None or re.fullmatch(r"0|[1-9][0-9]{0,8}", text.value):
            return text.value if text else None
        self._reader.report.error("AX0204", text.span, f"`{key.value}` is not a whole number", "write for example `20`")
        return None

    def _prefixes(self, key: Text, value: Node) -> str | None:
        texts = self._reader.texts(value, f"`{key.value}`", '`["infra/"]`')
        if any(not text.value for text in texts):
            message = "an empty prefix stands for every path"
            self._reader.report.error("AX0401", value.span, message, "write for example `infra/`")
            return None
        for text in texts:
            if "*" in text.value:
                plain = text.value.rstrip("*")
                message = f"{quoted(text.value)} is a plain prefix: its `*` is no wildcard here"
                self._reader.report.warning("AX0715", text.span, message, f"write {quoted(plain)}")
        patterns = ", ".join(_quote(re.sub(r"([*{},\\@])", r"\\\1", text.value) + "*") for text in texts)
        return f"any paths like [{patterns}]" if texts else None

    def _rule(self, key: Text, rule_id: str, effect: Effect, tool: str, condition: str) -> None:
        text = generated(condition, key.source, key.start, key.end)
        self.rules.append(
            RuleDraft(
                id=generated(rule_id, key.source, key.start, key.end),
                effect=effect,
                match=(Match(Field.TOOL, (exactly(tool),), key.span),),
                when_text=text,
                when=parse_condition(condition),
                obligations=(),
                approvers=Approvers() if effect is Effect.STEP_UP else None,
                ttl=None,
                description=f"from the policy key {key.value}",
                span=key.span,
            )
        )


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
