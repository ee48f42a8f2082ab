"""Questions as they are written -> questions over typed conditions, in the words of a policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from axtary.compiler.conditions import ConditionLowering
from axtary.compiler.declarations import Groups
from axtary.compiler.diagnostics import CompileError, Reporter
from axtary.compiler.drafts import Declarations, RuleDraft
from axtary.compiler.inference import Types
from axtary.compiler.ir import Condition, Effect, Field, Match, Pattern, Rule, Wildcard
from axtary.compiler.questions.question import Asked, Question
from axtary.compiler.questions.sentence import CODE, compose, ordered, parse
from axtary.compiler.reading import Reader
from axtary.compiler.rules import field_match
from axtary.compiler.source import FORBIDDEN, Source, Text
from axtary.compiler.syntax import SyntaxProblem, parse_condition

_EVERY_TOOL = Match(Field.TOOL, (Pattern((Wildcard.ANY,), text="*"),))


@dataclass(frozen=True)
class Vocabulary:
    """What a policy tells about names: its groups, and the types of attributes."""

    declarations: Declarations
    types: Types


class QuestionReader:
    """Types and lowers questions; what is wrong in them is reported."""

    def __init__(self, reader: Reader, groups: Groups, types: Types) -> None:
        self._reader = reader
        self._groups = groups
        self._types = types

    def question(self, asked: Asked, place: Text) -> Question | None:
        """The question, or None if a part of it is wrong. `place` stands for the whole."""
        fields = {Field.TOOL: asked.tool, Field.RESOURCE: asked.resource, Field.ACTOR: asked.actor}
        matches = [field_match(name, texts, texts[0].span, self._groups) for name, texts in fields.items() if texts]
        kept = tuple(match for match in matches if match is not None)
        kept = kept if asked.tool else (_EVERY_TOOL, *kept)
        condition = self._condition(asked.when, kept, place) if asked.when is not None else None
        if None in matches or (asked.when is not None and condition is None):
            return None
        rule = Rule("question", Effect.ALLOW, kept, condition, span=place.span)
        return Question(rule, asked.decisions or (Effect.ALLOW,), asked.without, compose(asked))

    def _condition(self, when: Text, matches: tuple[Match, ...], place: Text) -> Condition | None:
        """Typed as in an allow rule with this match."""
        expression = self._reader.parsed(when, parse_condition)
        if expression is None:
            return None
        draft = RuleDraft(place, Effect.ALLOW, matches, when, expression, (), None, None, "", place.span)
        types = self._types.extended(draft, self._reader.report)
        return ConditionLowering(draft, when, types, self._reader).lower(expression)


@dataclass(frozen=True)
class QuestionTexts:
    """A question as a command line has it: a sentence, and what options say instead of parts of it."""

    sentence: str = ""
    actor: Sequence[str] = ()
    tool: Sequence[str] = ()
    resource: Sequence[str] = ()
    when: str | None = None
    decisions: Sequence[Effect] = ()
    unapproved: bool = False
    unapproved_by: Sequence[str] = ()


def compile_question(vocabulary: Vocabulary, texts: QuestionTexts) -> Question:
    """The question in the words of a policy. Raises CompileError, its spans in `question`, `--when` and so on."""
    compilation = _Compilation(texts)
    question = compilation.question(vocabulary) if not compilation.report.failed else None
    if question is None or compilation.report.failed:
        found = [replace(each, fix=None) for each in compilation.report.diagnostics]  # no file to mend
        raise CompileError(found, compilation.sources)
    return question


class _Compilation:
    """One question of a command line: every text of it is a source of its own."""

    def __init__(self, texts: QuestionTexts) -> None:
        self.report = Reporter()
        self.sources: dict[str, str] = {}
        self._sentence = self._source("question", texts.sentence)
        when = self._option("--when", [texts.when] if texts.when is not None else [])
        self._options = Asked(
            actor=self._option("--actor", texts.actor),
            tool=self._option("--tool", texts.tool),
            resource=self._option("--resource", texts.resource),
            when=when[0] if when else None,
            decisions=ordered(texts.decisions),
            unapproved=texts.unapproved,
            unapproved_by=tuple(text.value for text in self._option("--unapproved-by", texts.unapproved_by)),
        )

    def question(self, vocabulary: Vocabulary) -> Question | None:
        """The question, or None if something is wrong, which is reported."""
        asked = self._asked()
        if asked is None:
            return None
        reader = Reader(self.report)
        first = [*self._options.tool, *self._options.actor, *self._options.resource, self._options.when]
        written = Text(self._sentence.text, self._sentence, 0, len(self._sentence.text), "word")
        place = next((text for text in first if text is not None), written)
        groups = Groups(vocabulary.declarations, reader)
        return QuestionReader(reader, groups, vocabulary.types).question(asked, place if not written.value else written)

    def _source(self, name: str, text: str) -> Source:
        number = 1 + sum(known.split(" ")[0] == name for known in self.sources)
        shown = name if number == 1 else f"{name} {number}"
        self.sources[shown] = text
        source = Source(shown, text)
        for match in islice(FORBIDDEN.finditer(text), 20):
            message = f"the character U+{ord(match[0]):04X} is not allowed in a question"
            self.report.error("AX0103", source.span(match.start(), match.end()), message, "delete it")
        return source

    def _option(self, name: str, values: Sequence[str]) -> list[Text]:
        sources = [self._source(name, value) for value in values]
        return [Text(each.text, each, 0, len(each.text), "word") for each in sources]

    def _asked(self) -> Asked | None:
        """The parts of the sentence, and those that options name instead; no part is named by both."""
        options = self._options
        if not self._sentence.text:
            return options
        try:
            said = parse(self._sentence)
        except SyntaxProblem as problem:
            span = self._sentence.span(problem.start, problem.end)
            self.report.error(problem.code, span, problem.message, problem.help)
            return None
        both = [name for name in _PARTS if getattr(said, name) and getattr(options, name)]
        for name in both:
            option = f"--{_PARTS[name]}"
            help_text = f"leave `{option}` out, or this part of the sentence"
            span = self._sentence.span(0, len(self._sentence.text))
            self.report.error(CODE, span, f"the question and `{option}` both say it", help_text)
        parts = {name: getattr(said, name) or getattr(options, name) for name in _PARTS}
        return Asked(**parts) if not both else None


_PARTS = {
    "actor": "actor",
    "tool": "tool",
    "resource": "resource",
    "when": "when",
    "decisions": "decision",
    "unapproved": "unapproved",
    "unapproved_by": "unapproved-by",
}
