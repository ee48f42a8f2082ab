"""`axtary policy ask`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from axtary.cli.diff_text import one_line, place, tools_text, undecided_lines
from axtary.cli.output import (
    EFFECT_COLOURS,
    FINDINGS,
    INVALID,
    OK,
    colour,
    fail,
    invalid_input,
    leave,
    load,
    located,
    named,
    print_json,
    show,
    shown_file,
)
from axtary.cli.progress import progress
from axtary.compiler import Compiled, CompileError
from axtary.compiler.diagnostics import Diagnostic, did_you_mean, printable, quoted
from axtary.compiler.ir import Effect
from axtary.compiler.questions import Question, QuestionTexts, compile_question
from axtary.compiler.questions.sentence import FORM
from axtary.compiler.reports.text import count
from axtary.runtime.asking import Answer, Witness, ask
from axtary.runtime.diff.report import ENGINES, Side

Json = Any
_COLOURS = {"yes": "yellow", "no": "green", "undecided": "red"}


def run(path: Path, texts: QuestionTexts, every: bool, expected: str, as_json: bool) -> None:
    """Ask, print; exit 0 if the answer is the expected one."""
    compiled = load(path, as_json)
    if texts == QuestionTexts():
        fail("there is no question", f"write it in one argument, or with options: {FORM}", as_json)
    question = _question(compiled, texts, path, as_json)
    with invalid_input(as_json), progress("steps") as step:
        answer = ask(compiled.policy, question, every, step)
    side = Side(compiled.policy, str(path), lambda name: shown_file(name, path))
    result = _document(answer, side)
    if as_json:
        print_json(result)
    else:
        sys.stdout.write(_text(result))
    leave(OK if answer.word == expected else FINDINGS)


def decisions(written: Sequence[str], as_json: bool) -> tuple[Effect, ...]:
    """What `--decision` names: one or several, with commas between them or the option repeated."""
    names = [effect.value for effect in Effect]
    found = [name.strip() for each in written for name in each.split(",")]
    for name in found:
        if name not in names:
            help_text = f"{did_you_mean(name, names)}write one or more of: {', '.join(names)}"
            fail(f"{quoted(name)} is not a decision", help_text, as_json)
    return tuple(Effect(name) for name in found)


def _question(compiled: Compiled, texts: QuestionTexts, path: Path, as_json: bool) -> Question:
    try:
        return compile_question(compiled.vocabulary, texts)
    except CompileError as error:
        found = [_shown(each, error, path) for each in error.diagnostics]
        show(found, {**named(compiled.sources, path), **error.sources}, as_json)
        leave(INVALID)


def _shown(diagnostic: Diagnostic, error: CompileError, path: Path) -> Diagnostic:
    """With the places in the policy named as seen from here; those in the question stay."""
    seen = located(diagnostic, path).labels
    pairs = zip(diagnostic.labels, seen, strict=True)
    return replace(diagnostic, labels=tuple(own if own.span.file in error.sources else new for own, new in pairs))


def _document(answer: Answer, side: Side) -> dict[str, Json]:
    found: dict[str, Json] = {
        "question": answer.question.sentence,
        "policy": {"name": side.name, "policy_version": side.policy.policy_version},
        "answer": answer.word,
        "witnesses": [_witness(each, side) for each in answer.witnesses],
        "undecided": [{"tools": list(each.tools), "why": each.why} for each in answer.undecided],
    }
    if answer.word == "no":
        found["proof"] = {"tool_classes": answer.classes, "rules": answer.rules, "fits": answer.fits}
    return found


def _witness(witness: Witness, side: Side) -> dict[str, Json]:
    return {
        "decision": witness.verdict.decision,
        "sentence": witness.sentence,
        "action": witness.action,
        "facts": witness.facts,
        "rules": [side.rule(rule) for rule in witness.rules],
        "reasons": [{"code": code.value, "rule": rule} for code, rule in witness.verdict.reasons],
        "tools": list(witness.tools),
        "verified": ENGINES,
    }


def _text(result: Json) -> str:
    word = result["answer"]
    lines = [f"{colour(word, _COLOURS[word])}: {printable(result['question'])}"]
    for number, witness in enumerate(result["witnesses"], 1):
        lines += ["", *_shown_witness(number, witness)]
    if word == "no":
        classes, rules = result["proof"]["tool_classes"], result["proof"]["rules"]
        lines.append(f"   proved for {count(classes, 'class', 'es')} of tools, with {count(rules, 'rule')}")
        if not result["proof"]["fits"]:
            lines.append(f"   {colour('note', 'yellow')}: no action fits the question, whatever the policy says")
    return "\n".join(lines + undecided_lines(result["undecided"])) + "\n"


def _shown_witness(number: int, witness: Json) -> list[str]:
    decision = witness["decision"]
    lines = [f"{number}. {colour(decision, EFFECT_COLOURS[decision])}  {printable(witness['sentence'])}"]
    lines += [f"   rule     {place(each)}  {each['effect']}" for each in witness["rules"]]
    if len(witness["tools"]) > 1:
        lines.append(f"   tools    {tools_text(witness['tools'])}")
    lines.append(f"   action   {one_line(witness['action'])}")
    if witness["facts"]:
        lines.append(f"   facts    {one_line(witness['facts'])}")
    return lines
