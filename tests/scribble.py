"""A policy draft as a careless author would write it: any layout, any quotes, comments wherever YAML has them.

What is written means the draft; only white space inside conditions and needless parentheses are added.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any

from tests.generate_policies import Draft, condition_text, yaml_text

COMMENTS = [
    "",
    " a word",
    "no space",
    " 'quoted\"",
    " key: value",
    " - item",
    " [a, {b",
    " # twice",
    "! ünï 🔒",
    "\ttab ",
]
PLAIN = re.compile(r"[A-Za-z0-9./_][A-Za-z0-9./_@ -]*(?<! )\Z")
SPACES = re.compile(r"(?<=[^ ]) (?=[A-Za-z0-9])")  # where a line may be folded
TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|\s+|[^\s"]+')


class Scribbler:
    """`comments` are those that were written, in any order."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.comments: list[str] = []
        self._quiet = False  # no comments on lines of their own
        self._widest = 99  # the margin of the next comment: a wider one would be a line of the block scalar above

    def policy(self, draft: Draft) -> str:
        """The draft as `axtary.yml`, its keys and those of its rules in any order."""
        body = self._shuffled(draft)
        if "policies" in body:
            body["policies"] = [self._rule(rule) for rule in draft["policies"]]
        if self._flip(0.1):
            text = self._own_lines(0) + self._flow(body, 0) + self._rest_of_line()
        else:
            text = self._block(body, self._rng.choice([0, 0, 0, 1, 3]))
        text += self._own_lines(self._rng.choice([0, 1, 2, 4, 7]))
        if self._flip(0.1):
            text = "---" + self._rest_of_line() + text
        if self._flip(0.1):
            text = text.replace("\n", self._rng.choice(["\r\n", "\r"]))
        return text.rstrip("\r\n") if self._flip(0.1) and not self.comments else text

    def _rule(self, rule: Draft) -> Draft:
        written = self._shuffled(rule)
        if "when" in rule:
            written["when"] = self._condition(rule["when"])
        if self._flip(0.3):
            written["description"] = self._rng.choice(
                [
                    "Agents may.",
                    "Note: it's # odd",
                    "two\nlines\n",
                    "word " * 40 + "end",
                    "a\n\n  b",
                    "long " * 30 + "x\n",
                ]
            )
        return written

    def _shuffled(self, mapping: Draft) -> Draft:
        items = list(mapping.items())
        if self._flip(0.5):
            self._rng.shuffle(items)
        return dict(items)

    # --- conditions ---

    def _condition(self, condition: Any) -> str:
        """With parentheses that change nothing, and white space of any kind between the tokens."""
        text = condition_text(self._wrapped(condition))
        if self._flip(0.5):
            return text
        parts = [self._space() if part.isspace() else part for part in TOKENS.findall(text)]
        return "".join(parts)

    def _wrapped(self, condition: Any) -> Any:
        if isinstance(condition, str):
            return f"({condition})" if self._flip(0.15) else condition
        ((kind, inner),) = condition.items()
        found: Any = {kind: self._wrapped(inner) if kind == "not" else [self._wrapped(item) for item in inner]}
        return f"({condition_text(found)})" if self._flip(0.15) else found

    def _space(self) -> str:
        return self._rng.choice([" ", " ", " ", "  ", "\n", "\n  ", " \t"])

    # --- blocks ---

    def _block(self, value: Any, indent: int) -> str:
        """A block mapping or list, each line ended."""
        text, pad = "", " " * indent
        pairs = value.items() if isinstance(value, dict) else [(None, item) for item in value]
        for key, item in pairs:
            text += self._own_lines(indent) + pad
            text += f"{self._scalar(key)}:" if key is not None else "-"
            text += self._value(item, indent, key is not None)
        return text

    def _value(self, item: Any, indent: int, keyed: bool) -> str:
        """What follows a colon or a dash, with its line end."""
        if isinstance(item, dict | list):
            if not item or self._flip(0.4):
                return self._gap(indent, " ") + self._flow(item, indent + 1) + self._rest_of_line()
            inner = indent + self._rng.choice([1, 2, 2, 4])
            if isinstance(item, list) and keyed and self._flip(0.2):
                inner = indent  # a list may stand in the column of its key
            if isinstance(item, dict) and not keyed and not self._quiet and self._flip(0.6):
                return self._beside_dash(item, indent)
            return self._rest_of_line() + self._block(item, inner)
        if "\n" in str(item) or self._flip(0.2):
            block = self._block_scalar(str(item), indent)
            if block is not None:
                return block
        return self._gap(indent, " ") + self._scalar(item, indent) + self._rest_of_line()

    def _beside_dash(self, item: Any, indent: int) -> str:
        """A collection whose first entry stands on the line of the dash."""
        first, rest = dict(list(item.items())[:1]), dict(list(item.items())[1:])
        self._quiet = True
        text = self._block(first, indent + 2)
        self._quiet = False
        return " " + text[indent + 2 :] + self._block(rest, indent + 2)

    def _block_scalar(self, text: str, indent: int) -> str | None:
        body = text.removesuffix("\n")
        lines = body.split("\n")
        if any(line != line.rstrip() or not line.isprintable() for line in lines) or lines[0][:1] in ("", " "):
            return None
        if not lines[-1] or lines[-1].startswith(" "):
            return None
        style = "|"
        if len(lines) == 1 and self._flip(0.5):
            style, lines = ">", SPACES.sub(lambda _: "\n" if self._flip(0.3) else " ", lines[0]).split("\n")
        pad = " " * (indent + self._rng.choice([1, 2, 5]))
        written = "".join(f"{pad}{line}\n" if line else "\n" for line in lines)
        written = f" {style}{'-' if body == text else ''}{self._rest_of_line()}{written}"
        self._widest = indent
        return written

    # --- brackets ---

    def _flow(self, value: Any, indent: int) -> str:
        if not isinstance(value, dict | list):
            return self._scalar(value, indent)
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        text = opening + self._gap(indent)
        pairs = list(value.items()) if isinstance(value, dict) else [(None, item) for item in value]
        for number, (key, item) in enumerate(pairs):
            text += f"{self._scalar(key)}:" + self._gap(indent, " ") if key is not None else ""
            text += self._flow(item, indent) + self._gap(indent)
            text += ("," if number + 1 < len(pairs) or self._flip(0.1) else "") + self._gap(indent)
        return text + closing

    def _gap(self, indent: int, at_least: str = "") -> str:
        """White space before a value; in a tenth of the cases with a line end, perhaps behind a comment."""
        if not self._flip(0.07):
            return at_least + self._rng.choice(["", "", " ", "  "])
        return " " + self._rest_of_line().lstrip(" ") + self._own_lines(indent) + " " * (indent + 1)

    # --- scalars ---

    def _scalar(self, value: Any, indent: int | None = None) -> str:
        """On one line, or on several that are indented by more than `indent`."""
        text = str(value)
        styles = ["double", "escapes"]
        if PLAIN.match(text):
            styles += ["plain"] * 4
        if text.isprintable():
            styles.append("single")
        style = self._rng.choice(styles)
        if style == "escapes":
            spelled = (f"\\U{ord(char):08x}" if self._flip(0.3) else yaml_text(char)[1:-1] for char in text)
            return '"' + "".join(spelled) + '"'
        quoted = {"plain": text, "single": "'" + text.replace("'", "''") + "'", "double": yaml_text(text)}[style]
        if indent is None or self._flip(0.8):
            return quoted
        return SPACES.sub(lambda _: "\n" + " " * (indent + 1) if self._flip(0.2) else " ", quoted)

    # --- comments ---

    def _own_lines(self, indent: int) -> str:
        """Empty lines and comments, each on a line of its own."""
        text = ""
        while not self._quiet and self._flip(0.12):
            margin = " " * min(self._widest, self._rng.choice([indent, indent, 0, 3, 9]))
            text += "\n" if self._flip(0.4) else f"{margin}{self._comment()}\n"
        self._widest = 99
        return text

    def _rest_of_line(self) -> str:
        return (f"{self._rng.choice([' ', '   '])}{self._comment()}" if self._flip(0.08) else "") + "\n"

    def _comment(self) -> str:
        text = f"#{len(self.comments)}{self._rng.choice(COMMENTS)}"
        self.comments.append(text.rstrip())
        return text

    def _flip(self, chance: float) -> bool:
        return self._rng.random() < chance
