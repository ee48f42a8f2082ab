"""Which converter reads a file, and what becomes of its draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from axtary.compiler import IncludeError
from axtary.compiler.compile import Loader
from axtary.runtime.convert.compiled import Conversion, compiled_text
from axtary.runtime.convert.draft import Draft, policy_text
from axtary.runtime.convert.errors import ConversionError, Finding, Place

Sources = Sequence[tuple[str, bytes]]  # name as the user wrote it, content
FORMATS = ("claude-code", "agt", "cedar", "rego", "axtary-preset")
_NAMES = {
    "claude-code": "Claude Code permission rules",
    "agt": "Agent Governance Toolkit policies",
    "cedar": "Cedar policies",
    "axtary-preset": "preset keys",
}


def _no_includes(_name: str) -> bytes:
    raise IncludeError("a converted policy includes no files")


def convert(
    sources: Sources, form: str | None = None, partial: bool = False, load: Loader = _no_includes
) -> Conversion:
    """Convert files of one format.

    `partial`: leave out grants that cannot be kept. `load` reads what a policy with preset keys includes.
    Raises ConversionError with every reason, and then there is no policy.
    """
    form = form or _told(sources)
    if form == "rego":
        raise ConversionError([_rego(name) for name, _ in sources])
    if form == "axtary-preset":
        from axtary.runtime.convert.preset import expand

        return expand(sources, load)
    draft = Draft(partial)
    _converter(form)(sources, draft)
    draft.check()
    names = ", ".join(name for name, _ in sources)
    written = policy_text(draft, f"Converted from {_NAMES[form]}: {names}")
    compiled, formatted = compiled_text(written, Place(sources[0][0]), load)
    places = {rule.id: rule.place for rule in draft.rules}
    return Conversion(form, formatted, compiled, places, tuple(draft.notes), tuple(draft.left_out))


def _converter(form: str) -> Callable[[Sources, Draft], None]:
    if form == "claude-code":
        from axtary.runtime.convert.claude.settings import read
    elif form == "agt":
        from axtary.runtime.convert.agt.document import read
    else:
        from axtary.runtime.convert.cedar.statements import read
    return read


def _told(sources: Sources) -> str:
    """The format by name and content."""
    name, data = sources[0]
    suffix = name.rpartition(".")[2].lower()
    if suffix in ("cedar", "rego"):
        return suffix
    head = data[: 1024 * 1024]
    if suffix == "json" and b'"permissions"' in head:
        return "claude-code"
    if suffix in ("yml", "yaml", "json"):
        keys = {line.partition(b":")[0].strip(b"\"' ") for line in head.splitlines() if b":" in line[:40]}
        top = {line.partition(b":")[0] for line in head.splitlines() if line[:1].isalpha()}
        if b"policy" in top:
            return "axtary-preset"
        if b"rules" in top or {b"rules", b"condition"} <= keys:
            return "agt"
    message = "its format cannot be told from its name and content"
    raise ConversionError([Finding(Place(name), message, f"say `--from`: {', '.join(FORMATS)}", "AX1301")])


def _rego(name: str) -> Finding:
    message = "Rego is a programming language: what a program decides cannot be read off its text"
    help_text = (
        "write the rules anew by the table in docs/migration.md, "
        "and decide recorded actions with the old policy and the new one"
    )
    return Finding(Place(name), message, help_text, "AX1305")
