"""The front door of the compiler: sources in, `Policy` out, or every diagnostic at once.

No I/O of its own: includes come through the loader that the caller gives.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from axtary.compiler import lint, suppressions
from axtary.compiler.approvers import ApproverList, approvers_node, read_approvers
from axtary.compiler.conditions import ConditionLowering
from axtary.compiler.declarations import Groups, read_groups, read_tools
from axtary.compiler.diagnostics import (
    CODES,
    CompileError,
    Diagnostic,
    Edit,
    Fix,
    Reporter,
    TooManyErrors,
    did_you_mean,
    quoted,
    surely_meant,
)
from axtary.compiler.drafts import BudgetDraft, Declarations, ObligationDraft, PatternsDraft, RuleDraft
from axtary.compiler.edits import LINE_END
from axtary.compiler.fields import cost_path
from axtary.compiler.fixes import renamed
from axtary.compiler.hints import attribute_hint
from axtary.compiler.inference import BUILT_IN, TRACE_ID, Types
from axtary.compiler.ir import (
    NUMERIC,
    Attribute,
    BlockedPaths,
    Budget,
    Hours,
    Number,
    Obligation,
    Pattern,
    Policy,
    Rule,
    Span,
    Type,
    path_text,
)
from axtary.compiler.literals import parse_number
from axtary.compiler.patterns import Dialect
from axtary.compiler.places import Places
from axtary.compiler.policykeys import PolicyKeys
from axtary.compiler.questions import Invariant, InvariantReader, QuestionReader, Vocabulary
from axtary.compiler.reading import Reader
from axtary.compiler.rules import Ids, RuleReader
from axtary.compiler.settings import Settings, read_settings
from axtary.compiler.source import Mapping, Node, Sequence, Source, Text, read
from axtary.compiler.suppressions import Suppressed, Suppression
from axtary.compiler.zones import tzdata_version
from axtary.grammars import preset as preset_source
from axtary.grammars import presets

Loader = Callable[[str], bytes]
KEYS = (
    *("version", "preset", "include", "groups", "tools", "policies", "policy"),
    *("invariants", "runtime", "ledger", "approvers"),
)
MAX_FILES = 256
MAX_INCLUDE = 1000  # characters of an included path


class IncludeError(Exception):
    """Raised by a loader: the text says why the file cannot be read."""


@dataclass(frozen=True)
class Compiled:
    """A policy, the warnings on it, the text of every source by the name that spans use, and the declared tools.

    `invariants` are read, not checked; they are no part of the policy, which decides alike with them and without.
    Nor are the `settings` of a runtime, and the `approvers`.
    """

    policy: Policy
    warnings: tuple[Diagnostic, ...]
    sources: dict[str, str]
    tools: tuple[str, ...]  # sorted
    invariants: tuple[Invariant, ...]  # sorted by id
    vocabulary: Vocabulary = field(repr=False, compare=False)  # to read questions with
    presets: dict[str, Span] = field(default_factory=dict)  # name -> where it is named first
    suppressions: tuple[Suppression, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()  # warnings that they silence
    places: Places = field(default_factory=Places, repr=False, compare=False)
    settings: Settings = field(default_factory=Settings)
    approvers: ApproverList = field(default_factory=ApproverList)


def compile_policy(
    name: str, data: bytes, load: Loader | None = None, pulse: Callable[[], None] = lambda: None
) -> Compiled:
    """Compile one policy file with its presets and includes.

    `name` is shown in spans; `load(path)` returns an included file, the path relative to the first file's folder.
    `pulse` is called for each rule: what it raises ends the compilation. Raises CompileError with the diagnostics of
    every file.
    """
    compilation = _Compilation(load, pulse)
    try:
        compilation.add(name, data)
        return compilation.finish()
    except TooManyErrors:
        raise CompileError(compilation.diagnostics, compilation.sources) from None


def included(name: str, data: bytes, load: Loader) -> tuple[str, ...]:
    """The names of a policy file and of the files that it includes, in the order of reading; no presets.

    What cannot be read, or stands there otherwise wrong, is left out: that is for `compile_policy` to say.
    """
    compilation = _Compilation(load)
    with suppress(TooManyErrors):
        compilation.add(name, data)
    return tuple(source for source in compilation.sources if not source.startswith("preset:"))


def compile_text(text: str) -> Policy:
    """Compile policy text that includes nothing. Raises CompileError."""
    return compile_policy("axtary.yml", text.encode("utf-8", "surrogatepass")).policy


@dataclass
class _Compilation:
    load: Loader | None
    pulse: Callable[[], None] = lambda: None
    report: Reporter = field(default_factory=Reporter)
    sources: dict[str, str] = field(default_factory=dict)
    documents: list[Mapping] = field(default_factory=list)
    trees: list[tuple[Source, Node]] = field(default_factory=list)
    presets: dict[str, Span] = field(default_factory=dict)
    suppressions: list[Suppression] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reader = Reader(self.report)
        self.places = Places()

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was found, with the path of each place. What is built in is not the author's to change."""
        found = [replace(d, path=self.places.path(d.span)) for d in self.report.diagnostics]
        return [replace(d, fix=None) if d.span.file.startswith("preset:") else d for d in found]

    def warnings(self) -> tuple[tuple[Diagnostic, ...], tuple[Suppressed, ...]]:
        """Of a policy without errors: what to report, and what its comments silence."""
        for source, tree in self.trees:
            self.suppressions += suppressions.read(source, tree, self.report)
        _, silenced = suppressions.split(self.report.diagnostics, self.suppressions)
        looked_for = CODES.keys() - suppressions.EXACT
        suppressions.report_unused(self.suppressions, silenced, looked_for, self.report)
        kept, found = suppressions.split(self.diagnostics, self.suppressions)
        return tuple(kept), tuple(found)

    # --- files ---

    def add(self, name: str, data: bytes, through: tuple[str, ...] = ()) -> None:
        """Read one file, then the presets and files that it names."""
        source, tree = read(name, data, self.report)
        self.sources[name] = source.text
        if tree is not None:
            self.places.add(name, tree)
            self.trees.append((source, tree))
        example = "`version: 1`"
        body = self.reader.mapping(tree, "a policy file", KEYS, example) if tree is not None else None
        if body is None:
            return
        self.documents.append(body)
        fix = _with_version(body, source)
        version = self.reader.required(body, "version", source.span(0, 0), "the file", "1", fix)
        if version is not None:
            self.reader.choice(version, "a version of the language", ["1"])
        if (node := body.get("preset")) is not None:
            for text in self.reader.texts(node, "`preset`", "`coding-agent`"):
                self._preset(text)
        if (node := body.get("include")) is not None:
            for text in self.reader.texts(node, "`include`", '`["github.yml"]`'):
                self._include(text, name, (*through, name))

    def _preset(self, text: Text) -> None:
        name = f"preset:{text.value}"
        self.presets.setdefault(text.value, text.span)
        if text.value not in presets():
            help_text = f"{did_you_mean(text.value, presets())}built in: {', '.join(presets())}"
            fix = renamed(text, surely_meant(text.value, presets()))
            self.report.error("AX0208", text.span, f"there is no preset {quoted(text.value)}", help_text, fix=fix)
        elif name not in self.sources:
            self.add(name, preset_source(text.value))

    def _include(self, text: Text, base: str, through: tuple[str, ...]) -> None:
        path = self._path(text, base)
        problem = None
        if path is None:
            return
        if path in through:
            problem = f"{quoted(path)} includes itself", "break the circle"
        elif len(self.sources) >= MAX_FILES:
            problem = f"more than {MAX_FILES} files are included", "put more rules into each file"
        elif path not in self.sources:
            try:
                self.add(path, self._loaded(path), through)
            except IncludeError as error:
                problem = f"cannot include {quoted(path)}: {error}", "check the path, it is relative to this file"
        if problem is not None:
            self.report.error("AX0207", text.span, *problem)

    def _path(self, text: Text, base: str) -> str | None:
        """The path of a file that another names, which stays in the policy's folder."""
        written = text.value
        if len(written) > MAX_INCLUDE:  # before anything looks at each of its segments
            help_text = f"write a relative path of at most {MAX_INCLUDE} characters"
            self.report.error("AX0207", text.span, f"no file is called {quoted(written)}", help_text)
            return None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(base), written))
        if posixpath.isabs(written) or path.startswith("..") or "\\" in written or ":" in written or "\0" in written:
            help_text = "write a relative path with `/`, without `..`"
            self.report.error("AX0207", text.span, "an include stays in the policy's own folder", help_text)
            return None
        return path

    def _loaded(self, path: str) -> bytes:
        if self.load is None:
            raise IncludeError("there is no folder to read it from")
        return self.load(path)

    def _approvers(self, text: Text) -> Node | None:
        """What stands in the file of approvers that the policy names."""
        path = self._path(text, text.source.name)
        if path is None:
            return None
        problem = f"{quoted(path)} is a file of the policy", "write the approvers into a file of their own"
        if path not in self.sources:
            try:
                source, tree = read(path, self._loaded(path), self.report)
                self.sources[path] = source.text
                if tree is not None:
                    self.places.add(path, tree)
                return approvers_node(tree, source, self.reader) if tree is not None else None
            except IncludeError as error:
                problem = f"cannot read {quoted(path)}: {error}", "check the path, it is relative to this file"
        self.report.error("AX0207", text.span, *problem)
        return None

    # --- rules ---

    def finish(self) -> Compiled:
        """Everything is read: resolve, type and lower it."""
        declarations = Declarations()
        for document in self.documents:
            for key, read_into in (("groups", read_groups), ("tools", read_tools)):
                if (node := document.get(key)) is not None:
                    read_into(node, declarations, self.reader)
        groups = Groups(declarations, self.reader)
        groups.check()
        drafts = self._drafts(groups)
        types = Types(drafts, declarations, self.report)
        lowered = [self._rule(draft, types) for draft in drafts]
        rules = tuple(sorted((rule for rule in lowered if rule is not None), key=lambda rule: rule.id))
        invariants = self._invariants(QuestionReader(self.reader, groups, types))
        settings = read_settings(self.documents, self.reader)
        approvers = read_approvers(self.documents, self.reader, self._approvers)
        if self.report.failed:
            raise CompileError(self.diagnostics, self.sources)
        zoned = any(isinstance(ob, Hours) for rule in rules for ob in rule.obligations)
        policy = Policy(rules, tzdata_version() if zoned else "")
        lint.check(policy, drafts, declarations, self.documents, self.places, approvers, self.report)
        tools, vocabulary = tuple(sorted(declarations.tools)), Vocabulary(declarations, types)
        warnings, suppressed = self.warnings()
        return Compiled(
            policy,
            warnings,
            self.sources,
            tools,
            invariants,
            vocabulary,
            self.presets,
            tuple(self.suppressions),
            suppressed,
            self.places,
            settings,
            approvers,
        )

    def _invariants(self, questions: QuestionReader) -> tuple[Invariant, ...]:
        ids = Ids(self.reader, self._written("invariants"), "invariant", "prod-needs-a-human")
        reader = InvariantReader(self.reader, ids, questions)
        nodes = [node for document in self.documents if (node := document.get("invariants")) is not None]
        found = [replace(each, path=self.places.path(each.span)) for node in nodes for each in reader.listed(node)]
        return tuple(sorted(found, key=lambda each: each.id))

    def _drafts(self, groups: Groups) -> list[RuleDraft]:
        ids = Ids(self.reader, self._written("policies"))
        rules = RuleReader(self.reader, groups, ids)
        drafts: list[RuleDraft] = []
        for document in self.documents:
            if (node := document.get("policy")) is not None:
                keys = PolicyKeys(self.reader)
                keys.read(node)
                drafts += [rule for rule in keys.rules if ids.claim(rule.id)]
            if (node := document.get("policies")) is not None:
                drafts += self._listed(node, rules)
        return drafts

    def _written(self, key: str) -> Iterator[str]:
        """What stands as an id in the lists under a key."""
        for document in self.documents:
            listed = document.get(key)
            for item in listed.items if isinstance(listed, Sequence) else ():
                found = item.get("id") if isinstance(item, Mapping) else None
                if isinstance(found, Text):
                    yield found.value

    def _listed(self, node: Node, rules: RuleReader) -> list[RuleDraft]:
        listed = self.reader.sequence(node, "`policies`", "`- id: small-prs`")
        found = []
        for item in listed.items if listed else ():
            self.pulse()
            found.append(rules.read(item))
        return [draft for draft in found if draft is not None]

    def _rule(self, draft: RuleDraft, types: Types) -> Rule | None:
        self.pulse()
        when = None
        if draft.when is not None and draft.when_text is not None:
            when = ConditionLowering(draft, draft.when_text, types, self.reader).lower(draft.when)
        obligations = [self._obligation(draft, obligation, types) for obligation in draft.obligations]
        kept = tuple(sorted((ob for ob in obligations if ob is not None), key=lambda ob: type(ob).__name__))
        if (draft.when is not None and when is None) or len(kept) < len(obligations):
            return None
        return Rule(
            draft.id.value,
            draft.effect,
            draft.match,
            when,
            kept,
            draft.approvers,
            draft.ttl,
            draft.description,
            draft.span,
        )

    def _obligation(self, rule: RuleDraft, draft: ObligationDraft, types: Types) -> Obligation | None:
        if isinstance(draft, PatternsDraft):
            patterns: list[Pattern] = []
            for text in draft.texts:
                read_patterns = partial(self.reader.patterns, dialect=Dialect.PATH, span=text.span)
                patterns += self.reader.parsed(text, read_patterns) or ()
            return BlockedPaths(tuple(dict.fromkeys(patterns)), draft.span) if patterns else None
        if isinstance(draft, BudgetDraft):
            limit = self._amount(draft.limit, "`limit`")
            cost = self._cost(rule, draft, types)
            if limit is None or cost is None:
                return None
            return Budget(limit, draft.unit.value, draft.per, draft.seconds, cost, draft.span)
        return draft

    def _amount(self, text: Text, what: str) -> Number | None:
        try:
            amount = parse_number(text.value, Type.NUMBER)
        except ValueError as problem:
            message = f"{what} {quoted(text.value)} {str(problem).split(': ')[0]}"
            help_text = "write an amount with at most 4 fraction digits, such as `50.00`"
            if what == "`cost`":
                help_text = "write a number, or one attribute such as `payload.amount`; there is no arithmetic"
            self.report.error("AX0604", text.span, message, help_text)
            return None
        if amount.scaled < 0:
            self.report.error("AX0604", text.span, f"{what} is negative", "write 0 or more")
            return None
        return amount

    def _cost(self, rule: RuleDraft, draft: BudgetDraft, types: Types) -> Number | Attribute | None:
        if draft.cost is None:
            return Number(10_000)
        path = cost_path(draft.cost)
        if path is None:
            return self._amount(draft.cost, "`cost`")
        known = types.of(rule, path.steps)
        if path.steps in types.clashed or types.is_refused(rule, path.steps):
            return None  # reported where the uses clash, or where the fields of tools are known
        readable = path.steps[0] in ("payload", "context") and len(path.steps) > 1 and path.steps[:2] != TRACE_ID
        if not readable or known is None or known.type not in NUMERIC:
            shown = f"is {known.type.phrase}" if readable and known is not None else "cannot be read here"
            message = f"the cost {quoted(path_text(path.steps))} {shown}"
            help_text = "write a number, or an attribute of the payload that is one, such as `payload.amount`"
            if path.steps not in BUILT_IN and path.steps[0] not in ("payload", "context"):
                help_text = attribute_hint(path.steps)
            self.report.error("AX0604", draft.cost.span, message, help_text, *(known.label() if known else ()))
            return None
        return Attribute(path.steps[0], path.steps[1:], known.type, draft.cost.span)


def _with_version(body: Mapping, source: Source) -> Fix | None:
    """Writes `version: 1` on a line before the first key, if that begins its line."""
    if not body.entries or body.span.column > 1 or body.entries[0][0].flow:
        return None
    start = body.entries[0][0].start
    end = LINE_END.search(source.text)
    return Fix("add `version: 1`", (Edit(source.span(start, start), "version: 1" + (end[0] if end else "\n")),))
