"""Questions in words: `can agent:x call fs.write on repo:y without approval when payload.n > 1`, read and written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from axtary.compiler.diagnostics import quoted
from axtary.compiler.ir import Effect
from axtary.compiler.questions.question import DECISIONS, Asked
from axtary.compiler.schedulehints import word_at
from axtary.compiler.source import FORBIDDEN, Source, Text
from axtary.compiler.syntax import SyntaxProblem
from axtary.grammars import grammar

FORM = (
    "can ACTOR call TOOL [on RESOURCE] [and be allowed|denied|stepped up] [without approval [by ROLE]] [when CONDITION]"
)
CODE = "AX0001"  # a question is a part of the command line
ANYONE, ANYTHING = "anyone", "anything"

_WORDS: dict[Effect, str] = {Effect.ALLOW: "allowed", Effect.STEP_UP: "stepped up", Effect.DENY: "denied"}
_EFFECTS = {word: effect for effect, word in _WORDS.items()}
_EXPECTED = {
    "_CAN": "`can`",
    "_CALL": "`call`",
    "_ON": "`on`",
    "_AND": "`and be`",
    "_BE": "`be`",
    "_OR": "`or`",
    "_WITHOUT": "`without`",
    "_APPROVAL": "`approval`",
    "_BY": "`by`",
    "_WHEN": "`when`",
    "ANYONE": "`anyone`",
    "ANYTHING": "`anything`",
    "DECISION": "`allowed`, `denied` or `stepped up`",
    "WORD": "a pattern",
    "CONDITION": "a condition",
}


def parse(source: Source) -> Asked:
    """The parts of a sentence, each with its place. Raises SyntaxProblem."""
    try:
        tree = _parser().parse(source.text)
    except UnexpectedInput as error:
        raise _problem(source.text, error) from None
    parts = {str(part.data): part for part in tree.children if isinstance(part, Tree)}

    def texts(name: str) -> list[Text]:
        return [_text(token, source) for token in _tokens(parts.get(name)) if token.type in ("WORD", "STRING")]

    decided = {_EFFECTS[" ".join(token.split())] for token in _tokens(parts.get("decisions"))}
    roles = tuple(text.value for text in texts("approval"))
    when = next((_text(token, source) for token in _tokens(parts.get("when"))), None)
    return Asked(
        actor=texts("actor"),
        tool=texts("tool"),
        resource=texts("resource"),
        when=when,
        decisions=ordered(decided),
        unapproved="approval" in parts and not roles,
        unapproved_by=roles,
    )


def ordered(decisions: Iterable[Effect]) -> tuple[Effect, ...]:
    """The decisions in the order in which they are looked for, each once."""
    wanted = set(decisions)
    return tuple(effect for effect in DECISIONS if effect in wanted)


def compose(asked: Asked) -> str:
    """The sentence of a question: `parse` gives its parts again."""
    parts = ["can", _alternatives(asked.actor) or ANYONE, "call", _alternatives(asked.tool) or ANYTHING]
    parts += ["on", _alternatives(asked.resource)] if asked.resource else []
    if asked.decisions and asked.decisions != (Effect.ALLOW,):
        parts += ["and be", " or ".join(_WORDS[effect] for effect in asked.decisions)]
    if asked.unapproved or asked.unapproved_by:
        parts += ["without approval"]
        parts += [] if asked.unapproved else ["by", " or ".join(map(_word, sorted(set(asked.unapproved_by))))]
    if asked.when is not None:  # a line break stands between words only: there is none in a string
        parts += ["when", _escaped(re.sub(r"[\r\n]+", " ", asked.when.value.strip()))]
    return " ".join(parts)


def _escaped(text: str) -> str:
    """What a question must not have as it is, as the escapes of a JSON string: it can stand nowhere else."""
    return FORBIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _alternatives(texts: Sequence[Text]) -> str:
    return " or ".join(_word(text.value) for text in texts)


def _word(value: str) -> str:
    if re.fullmatch(r'[^\s"]\S*', value) and value not in (ANYONE, ANYTHING) and not FORBIDDEN.search(value):
        return value
    return _escaped(json.dumps(value, ensure_ascii=False))


@cache
def _parser() -> Lark:
    return Lark(grammar("question"), parser="lalr", maybe_placeholders=False)


def _tokens(part: Tree[Token] | None) -> list[Token]:
    return [child for child in part.children if isinstance(child, Token)] if part is not None else []


def _text(token: Token, source: Source) -> Text:
    start = token.start_pos or 0
    if token.type != "STRING":
        return Text(str(token), source, start, start + len(token), "word")
    try:
        value = str(json.loads(token))
    except ValueError:
        message = f"{quoted(token)} is not a JSON string"
        help_text = r"use the JSON escapes \" \\ \n \t \u00e9"
        raise SyntaxProblem(CODE, start, start + len(token), message, help_text) from None
    return Text(value, source, start, start + len(token), '"')


def _problem(text: str, error: UnexpectedInput) -> SyntaxProblem:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    at = len(text.rstrip()) if at_end else min(error.pos_in_stream or 0, len(text))
    start, end = (at, at + 1) if at_end else word_at(text, at)
    wanted = _expected(error)
    found = "the question ends" if at_end else f"{quoted(text[start:end])} stands"
    message = f"{found} where {_any_of(wanted)} is expected" if wanted else f"{found} where nothing more is expected"
    help_text = f"write: {FORM}"
    if not at_end and text[start:end] in ("for", "to", "in", "of", "if", "where"):
        help_text = f"write `on` before the resource and `when` before the condition: {FORM}"
    if text[start : start + 1] == '"':
        message, help_text = "the string is never closed, or goes on behind its end", 'end it with `"` and a space'
    return SyntaxProblem(CODE, start, end, message, help_text)


def _expected(error: UnexpectedInput) -> list[str]:
    """What could stand there, in the order of a sentence."""
    names: Iterable[str] = ()
    if isinstance(error, UnexpectedToken):
        names = error.accepts or error.expected
    elif isinstance(error, UnexpectedCharacters):
        names = error.allowed or ()
    return [word for name, word in _EXPECTED.items() if name in set(names)]


def _any_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
