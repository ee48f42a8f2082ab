"""Does a pattern match a text? For the compiler's own questions ("which declared tools can this rule match?").

Engines have matchers of their own: they must not share one, or a mistake in it could not be seen.
"""

from __future__ import annotations

from collections.abc import Mapping

from axtary.compiler.ir import Pattern, Wildcard


def covers(pattern: Pattern, text: str) -> bool:
    """Whole-text match of a name pattern (its only wildcard is `ANY`): each literal at its first place, in order."""
    literal = pattern.literal
    if literal is not None:
        return text == literal
    tokens = pattern.tokens
    at, end = 0, len(text)
    if isinstance(tokens[0], str):
        if not text.startswith(tokens[0]):
            return False
        at, tokens = len(tokens[0]), tokens[1:]
    if tokens and isinstance(tokens[-1], str):
        if not text.endswith(tokens[-1]):
            return False
        end, tokens = end - len(tokens[-1]), tokens[:-1]
    for token in tokens:
        if isinstance(token, Wildcard):
            continue
        found = text.find(token, at, end)
        if found < 0:
            return False
        at = found + len(token)
    return at <= end


def covered(patterns: tuple[Pattern, ...], tools: Mapping[str, object]) -> list[str]:
    """The names in `tools` that one of the name patterns matches, in the order of `tools`."""
    exact = {pattern.literal for pattern in patterns}
    if len(patterns) == 1 and None not in exact:
        return [tool for tool in exact if tool is not None and tool in tools]
    wild = [pattern for pattern in patterns if pattern.literal is None]
    return [tool for tool in tools if tool in exact or any(covers(pattern, tool) for pattern in wild)]
