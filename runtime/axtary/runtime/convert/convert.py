"""Which converter reads a file, and what becomes of its draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from axtary.compiler import IncludeError
from axtary.compiler.compile import Loader
from axtary.compiler.source import Mapping
from axtary.compiler.source import read as read_yaml
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
    Raises ConversionError with every reason, and then there is no policy; EngineMissing for Cedar without cedarpy.
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
    if suffix == "json" and b'"permissions"' in data:
        return "claude-code"
    if suffix in ("yml", "yaml", "json"):
        _, tree = read_yaml(name, data, lambda _: None)
        keys = {key.value for key, _ in tree.entries} if isinstance(tree, Mapping) else _first_words(data)
        for key, form in (("policy", "axtary-preset"), ("rules", "agt")):
            if key in keys:
                return form
    message = "its format cannot be told from its name and content"
    raise ConversionError([Finding(Place(name), message, f"say `--from`: {', '.join(FORMATS)}", "AX1301")])


def _first_words(data: bytes) -> set[str]:
    """The keys at the top of a text that is no YAML, so that its converter can say why."""
    lines = data.decode("utf-8", "replace").splitlines()
    return {line.partition(":")[0] for line in lines if line[:1].isalpha()}


def _rego(name: str) -> Finding:
    message = "Rego is a programming language: what a program decides cannot be read off its text"
    help_text = (
        "write the rules anew by the table in docs/migration.md, "
        "and decide recorded actions with the old policy and the new one"
    )
    return Finding(Place(name), message, help_text, "AX1305")
