"""`obligations:` of one rule: parsed and checked, but for the types of a budget's cost and the path patterns."""

from __future__ import annotations

import re
from typing import cast

from axtary.compiler.diagnostics import quoted, surely_meant
from axtary.compiler.drafts import BudgetDraft, ObligationDraft, PatternsDraft
from axtary.compiler.edits import Change, Mend
from axtary.compiler.fixes import rewrite
from axtary.compiler.ir import Approvers, Effect, Hours, Per, Rate, Window
from axtary.compiler.reading import Reader
from axtary.compiler.schedulehints import zone_hint
from axtary.compiler.source import Mapping, Node, Text
from axtary.compiler.syntax import WindowText, parse_duration, parse_rate, parse_window
from axtary.compiler.zones import zone_names

KEYS = ("blocked_paths", "hours", "rate", "budget", "approvers", "ttl")
SCOPES = ("actor", "tenant", "owner", "task", "tool", "resource")
MAX_QUORUM = 100

_EXAMPLES = {
    "blocked_paths": '`["infra/prod/**"]`',
    "hours": "`Mon-Fri 08:00-19:00 Europe/Berlin`",
    "rate": "`20 per 1h per actor`",
    "budget": '`{limit: "50.00", unit: USD, per: task, window: 1d, cost: payload.amount}`',
    "approvers": "`[security]`",
    "ttl": "`5m`",
}


class ObligationReader:
    """Reads the mapping once; the parts that are there end up in the attributes."""

    def __init__(self, reader: Reader, effect: Effect | None) -> None:
        """`effect`: None if the rule has none that is known."""
        self._reader = reader
        self._effect = effect
        self.obligations: list[ObligationDraft] = []
        self.approvers: Approvers | None = Approvers() if effect is Effect.STEP_UP else None
        self.roles: tuple[Text, ...] = ()  # as written
        self.ttl: int | None = None

    def read(self, node: Node) -> None:
        found = self._reader.mapping(node, "`obligations`", KEYS, "`{ttl: 5m}`")
        for key, value in found.entries if found else ():
            if key.value not in KEYS:
                continue
            if self._effect is Effect.DENY:
                help_text = "delete it: a deny rule denies whatever else holds"
                self._reader.report.error("AX0601", key.span, "a deny rule has no obligations", help_text)
            elif key.value == "approvers" and self._effect is Effect.ALLOW:
                help_text = "write `effect: step_up` if a human must approve"
                self._reader.report.error("AX0601", key.span, "an allow rule has no approvers", help_text)
            else:
                getattr(self, f"_{key.value}")(value)

    def _blocked_paths(self, node: Node) -> None:
        texts = self._reader.texts(node, "`blocked_paths`", _EXAMPLES["blocked_paths"])
        self.obligations.append(PatternsDraft(tuple(texts), node.span))

    def _hours(self, node: Node) -> None:
        windows = []
        for text in self._reader.texts(node, "`hours`", _EXAMPLES["hours"]):
            parsed = self._reader.parsed(text, parse_window)
            window = self._window(text, parsed) if parsed is not None else None
            windows += [window] if window is not None else []
        if windows:
            self.obligations.append(Hours(tuple(windows), node.span))

    def _window(self, text: Text, parsed: WindowText) -> Window | None:
        days: set[int] = set()
        for first, last in parsed.days:
            days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
        start, end = _minutes(parsed.start, 1439), _minutes(parsed.end, 1440)
        if start is None or end is None or start == end:
            at = text.value.index(parsed.start) if start is None or start == end else text.value.rindex(parsed.end)
            message = "the window is empty" if start is not None and start == end else "this time of day does not exist"
            help_text = "write from-to between `00:00` and `24:00`; `22:00-06:00` goes over midnight"
            self._reader.report.error("AX0602", text.part(at, at + 5), message, help_text)
            return None
        if parsed.zone not in zone_names():
            at, end_at = parsed.zone_at, parsed.zone_at + len(parsed.zone)
            meant = surely_meant(parsed.zone, zone_names())
            fix = rewrite(text, Mend(f"write `{meant}`", (Change(at, end_at, meant),))) if meant is not None else None
            help_text = zone_hint(parsed.zone, sorted(zone_names()))
            message = f"{quoted(parsed.zone)} is not a time zone"
            self._reader.report.error("AX0603", text.part(at, end_at), message, help_text, fix=fix)
            return None
        return Window(tuple(sorted(days)), start, end, parsed.zone, text.span)

    def _rate(self, node: Node) -> None:
        text = self._reader.text(node, "`rate`", _EXAMPLES["rate"])
        parsed = self._reader.parsed(text, parse_rate) if text is not None else None
        if parsed is not None:
            limit, seconds, per = parsed
            self.obligations.append(Rate(limit, seconds, cast(Per, per), node.span))

    def _budget(self, node: Node) -> None:
        keys = ("limit", "unit", "per", "window", "cost")
        body = self._reader.mapping(node, "`budget`", keys, _EXAMPLES["budget"])
        if body is None:
            return
        limit = self._part(body, "limit", '"50.00"')
        unit = self._part(body, "unit", "USD")
        per_node = self._reader.required(body, "per", node.span, "`budget`", "task")
        per = self._reader.choice(per_node, "a scope", SCOPES) if per_node is not None else None
        window = self._part(body, "window", "1d")
        seconds = self._reader.parsed(window, parse_duration) if window is not None else None
        cost_node = body.get("cost")
        cost = self._reader.text(cost_node, "`cost`", "`payload.amount`") if cost_node is not None else None
        if unit is not None and not unit.value.strip():
            self._reader.report.error("AX0604", unit.span, "the unit has no name", "write for example `USD`")
        if limit is not None:
            # Of the rest, a stand-in for what is wrong: the limit and the cost are checked all the same.
            scope = cast(Per, per or "task")
            self.obligations.append(BudgetDraft(limit, unit or limit, scope, seconds or 1, cost, node.span))

    def _part(self, body: Mapping, key: str, example: str) -> Text | None:
        node = self._reader.required(body, key, body.span, "`budget`", example)
        return self._reader.text(node, f"`{key}`", f"`{example}`") if node is not None else None

    def _approvers(self, node: Node) -> None:
        roles_node: Node | None = node
        quorum = 1
        if isinstance(node, Mapping):
            self._reader.mapping(node, "`approvers`", ["roles", "quorum"], _EXAMPLES["approvers"])
            roles_node = self._reader.required(node, "roles", node.span, "`approvers`", "[security]")
            quorum = self._quorum(node.get("quorum"))
        roles = self._reader.texts(roles_node, "`approvers`", _EXAMPLES["approvers"]) if roles_node is not None else []
        for role in roles:
            if not role.value.strip():
                self._reader.report.error("AX0605", role.span, "a role has no name", "write for example `security`")
        if roles:
            names = tuple(dict.fromkeys(role.value for role in roles))
            self.approvers = Approvers(names, quorum, node.span)
            self.roles = tuple(roles)

    def _quorum(self, node: Node | None) -> int:
        if node is None:
            return 1
        text = self._reader.text(node, "`quorum`", "`2`")
        if text is not None and re.fullmatch(r"[1-9][0-9]{0,2}", text.value) and int(text.value) <= MAX_QUORUM:
            return int(text.value)
        if text is not None:
            message = f"{quoted(text.value)} is not a number of approvers"
            self._reader.report.error("AX0605", text.span, message, f"write a whole number from 1 to {MAX_QUORUM}")
        return 1

    def _ttl(self, node: Node) -> None:
        text = self._reader.text(node, "`ttl`", _EXAMPLES["ttl"])
        if text is not None:
            self.ttl = self._reader.parsed(text, parse_duration)


def _minutes(clock: str, latest: int) -> int | None:
    hour, minute = int(clock[:2]), int(clock[3:])
    return hour * 60 + minute if minute <= 59 and hour * 60 + minute <= latest else None
