"""`approvers:`: who may approve, in which roles, with which key. It decides nothing: it says whose approval is a fact.

So it is no part of the policy or its version. A key is known by its RFC 7638 thumbprint; a JWK is another way to
write one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from axtary.compiler import source
from axtary.compiler.diagnostics import CompileError, Label, Reporter, TooManyErrors, printable, quoted
from axtary.compiler.ir import NOWHERE, Span
from axtary.compiler.notifying import Notify, read_notify
from axtary.compiler.publickeys import CODE, KEY_HELP, read_key
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Text

KEYS = ("file", "audience", "service", "notify", "people")
FILE_KEYS = ("version", "approvers")
PERSON_KEYS = ("id", "roles", "key", "jwk", "may_approve_own")
SERVICE_KEYS = ("id", "key", "jwk")
AUDIENCE = "axtary"
MAX_NAME = 1024  # characters of an id, a role or an audience

_EXAMPLE = '`[{id: "user:ana@acme.com", roles: [security], key: …}]`'


@dataclass(frozen=True, slots=True)
class Approver:
    """A person. `key` is the thumbprint of their own key; None: only the service can say that they approved."""

    id: str
    roles: tuple[str, ...]
    key: str | None = None
    may_approve_own: bool = False  # what they own, or what names no owner
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class ApprovalService:
    """Signs on behalf of people whom it has authenticated. `key` is a thumbprint."""

    id: str
    key: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class ApproverList:
    """Who may approve. `audience` is what an approval must be for: the name of this installation."""

    people: tuple[Approver, ...] = ()
    service: ApprovalService | None = None
    audience: str = AUDIENCE
    span: Span = NOWHERE
    notify: Notify | None = None


def folded(name: str) -> str:
    """What two spellings of one person's id have in common: no case, no spaces, nothing that nobody sees."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in plain if char.isprintable() and not char.isspace())


def read_approvers(documents: Sequence[Mapping], reader: Reader, load: Callable[[Text], Node | None]) -> ApproverList:
    """The approvers of the file that the runtime opens: `documents` begin with it. `load` reads a file beside it."""
    first = documents[0].get("approvers") if documents else None
    for document in documents[1:]:
        if (node := document.get("approvers")) is not None:
            label = (Label(first.span, "these are the approvers"),) if first is not None else ()
            message = "`approvers` stands in a file that another includes"
            help_text = "move it to the file that is opened, or name its file there: `approvers: {file: approvers.yml}`"
            reader.report.error(CODE, node.span, message, help_text, *label)
    return _ApproverReader(reader, load).read(first) if first is not None else ApproverList()


def approvers_of_file(name: str, data: bytes) -> ApproverList:
    """The approvers of a file of their own: `version: 1` and `approvers:`. Raises CompileError."""
    report = Reporter()
    sources = {name: ""}
    try:
        text, tree = source.read(name, data, report)
        sources[name] = text.text
        reader = Reader(report)
        body = approvers_node(tree, text, reader) if tree is not None else None
        found = _ApproverReader(reader, None).read(body) if body is not None else ApproverList()
    except TooManyErrors:
        raise CompileError(report.diagnostics, sources) from None
    if report.failed:
        raise CompileError(report.diagnostics, sources)
    return found


def approvers_node(tree: Node, text: source.Source, reader: Reader) -> Node | None:
    """What stands under `approvers:` in a file that holds nothing else."""
    body = reader.mapping(tree, "a file of approvers", FILE_KEYS, "`version: 1`")
    if body is None:
        return None
    version = reader.required(body, "version", text.span(0, 0), "the file", "1")
    if version is not None:
        reader.choice(version, "a version of the language", ["1"])
    return reader.required(body, "approvers", text.span(0, 0), "the file", "[…]")


@dataclass
class _ApproverReader:
    reader: Reader
    load: Callable[[Text], Node | None] | None

    def read(self, node: Node) -> ApproverList:
        if not isinstance(node, Mapping):
            return self._checked(ApproverList(self._people(node, None), span=node.span))
        keys = [key for key in KEYS if key != "file" or self.load is not None]
        found = self.reader.mapping(node, "`approvers`", keys, _EXAMPLE)
        if found is not None and self.load is not None and (file := found.get("file")) is not None:
            return self._of_file(found, file)
        service = self._service(found.get("service")) if found is not None else None
        audience = self._name(node, "audience", "`axtary:production`")
        people = self.reader.required(node, "people", node.span, "`approvers`", "[…]")
        found_people = self._people(people, service) if people is not None else ()
        notify_node = found.get("notify") if found is not None else None
        notify = read_notify(notify_node, self.reader) if notify_node is not None else None
        return self._checked(ApproverList(found_people, service, audience or AUDIENCE, node.span, notify))

    def _of_file(self, found: Mapping, file: Node) -> ApproverList:
        for key, _ in found.entries:
            if key.value in KEYS and key.value != "file":
                help_text = "write it in that file, or delete `file`"
                self._error(key.span, f"{quoted(key.value)} stands beside the file that has the approvers", help_text)
        name = self.reader.text(file, "`file`", "`approvers.yml`")
        node = self.load(name) if name is not None and self.load is not None else None
        return _ApproverReader(self.reader, None).read(node) if node is not None else ApproverList(span=file.span)

    def _people(self, node: Node, service: ApprovalService | None) -> tuple[Approver, ...]:
        listed = self.reader.sequence(node, "the approvers", _EXAMPLE)
        found = [self._person(item, service) for item in listed.items] if listed is not None else []
        return tuple(person for person in found if person is not None)

    def _person(self, node: Node, service: ApprovalService | None) -> Approver | None:
        body = self.reader.mapping(node, "an approver", PERSON_KEYS, '`{id: "user:ana@acme.com", …}`')
        if body is None:
            return None
        person = self._required_name(body, "id", "an approver", '"user:ana@acme.com"')
        roles_node = self.reader.required(body, "roles", body.span, "an approver", "[security]")
        roles = self.reader.texts(roles_node, "`roles`", "`[security]`") if roles_node is not None else []
        own = body.get("may_approve_own")
        may = self.reader.choice(own, "a boolean", ["true", "false"]) if own is not None else None
        key = read_key(body, self.reader)
        if key is None and service is None and not (body.get("key") or body.get("jwk")):
            self._error(body.span, "an approver has no `key`, and there is no service that signs for them", KEY_HELP)
        names = [role.value for role in roles if self._is_name(role, "a role", "security")]
        return Approver(person, tuple(dict.fromkeys(names)), key, may == "true", body.span) if person else None

    def _service(self, node: Node | None) -> ApprovalService | None:
        example = '`{id: "service:approvals", key: …}`'
        body = self.reader.mapping(node, "`service`", SERVICE_KEYS, example) if node is not None else None
        if body is None:
            return None
        name = self._required_name(body, "id", "`service`", '"service:approvals"')
        key = read_key(body, self.reader)
        if not (body.get("key") or body.get("jwk")):
            self._error(body.span, "the service has no `key`", KEY_HELP)
        # Of what is wrong, a stand-in: the people are read as they would be beside it.
        return ApprovalService(name or "", key or "", body.span)

    # --- parts ---

    def _required_name(self, body: Mapping, key: str, what: str, example: str) -> str | None:
        node = self.reader.required(body, key, body.span, what, example)
        return self._name(body, key, f"`{example}`") if node is not None else None

    def _name(self, body: Mapping, key: str, example: str) -> str | None:
        node = body.get(key)
        text = self.reader.text(node, f"`{key}`", example) if node is not None else None
        return text.value if text is not None and self._is_name(text, f"`{key}`", example) else None

    def _is_name(self, text: Text, what: str, example: str) -> bool:
        name = text.value
        if name.strip() == name != "" and printable(name) == name and len(name) <= MAX_NAME:
            return True
        message = f"{what} is no name: it is blank, too long, or has spaces around it or characters that nobody sees"
        self._error(text.span, message, f"write for example {example}")
        return False

    def _checked(self, found: ApproverList) -> ApproverList:
        """Nobody stands there twice: not under two spellings of an id, nor with one key under two ids."""
        ids: dict[str, Span] = {}
        keys: dict[str, Span] = {}
        service = (found.service,) if found.service is not None else ()
        for each in (*service, *found.people):
            if (first := ids.setdefault(folded(each.id), each.span)) is not each.span:
                label = Label(first, "first written here")
                message = f"the approver {quoted(each.id)} stands twice"
                self.reader.report.error("AX0206", each.span, message, "write all roles into one entry", label)
            elif each.key and (first := keys.setdefault(each.key, each.span)) is not each.span:
                label = Label(first, "this is its first owner")
                help_text = "give each a key of their own: one person with two ids would be a quorum"
                self._error(each.span, "two approvers have one key", help_text, label)
        return found

    def _error(self, span: Span, message: str, help_text: str, *labels: Label) -> None:
        self.reader.report.error(CODE, span, message, help_text, *labels)
