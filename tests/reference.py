"""The meaning of a policy as a program: pure, slow, and written to be read.

It reads the IR as it stands, before the normal form, and shares no code with any engine: every engine is compared
with it. A condition is True, False or None (undefined).

    a rule that cannot be evaluated never grants and always restricts

    definite(r) = match(r) and when(r) is true          possible(r) = match(r) and when(r) is not false
    fires(r)    = definite(r) for allow,  possible(r) for deny and step_up
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from axtary.backends.verdict import Because, Verdict
from axtary.compiler import ir
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Effect, Type, Wildcard

JSON = Any
Truth = bool | None
Read = str | bool | ir.Number | ir.Instant | tuple[str, ...] | None


def decide(policy: ir.Policy, action: Mapping[str, JSON], facts: Mapping[str, JSON]) -> Verdict:
    """What `policy` says of `action`, an action that has passed the door."""
    definite = [rule for rule in policy.rules if _matches(rule, action) and _when(rule, action) is True]
    possible = [rule for rule in policy.rules if _matches(rule, action) and _when(rule, action) is not False]
    fired = [r for r in policy.rules if r in (definite if r.effect is Effect.ALLOW else possible)]
    grants = [rule for rule in definite if rule.effect is not Effect.DENY]

    def verdict(decision: Any, reasons: list[Because]) -> Verdict:
        return Verdict(decision, tuple(sorted(r.id for r in fired)), tuple(sorted(reasons)), _merged(fired))

    if violations := [(reason, rule.id) for rule in fired for reason in _violations(rule, action, facts)]:
        return verdict("deny", violations)
    if not grants:
        return verdict("deny", [(Reason.DEFAULT_DENY, "")])
    held = [rule for rule in fired if rule.effect is Effect.STEP_UP and not _approved(rule, facts)]
    if held:
        return verdict("step_up", [(Reason.APPROVAL_REQUIRED, rule.id) for rule in held])
    return verdict("allow", [(Reason.GRANTED, rule.id) for rule in grants])


# --- match and when ---


def _matches(rule: ir.Rule, action: JSON) -> bool:
    for match in rule.match:
        text = _at(action, match.field.path)
        if not any(matches(pattern, text if isinstance(text, str) else "") for pattern in match.patterns):
            return False
    return True


def _when(rule: ir.Rule, action: JSON) -> Truth:
    return True if rule.when is None else truth(rule.when, action)


def truth(condition: ir.Condition, action: JSON) -> Truth:
    """Kleene's logic over the leaves."""
    if isinstance(condition, ir.Not):
        inner = truth(condition.item, action)
        return None if inner is None else not inner
    if isinstance(condition, ir.And | ir.Or):
        values = [truth(item, action) for item in condition.items]
        decisive = isinstance(condition, ir.Or)
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    if isinstance(condition, ir.Has):
        return _at(action, condition.path) is not _MISSING
    reads = [read(attribute, action) for attribute in ir.attributes(condition)]
    return None if None in reads else _leaf(condition, reads)


_OPERATORS: dict[str, Any] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _leaf(leaf: ir.Atom, reads: list[Any]) -> bool:
    """A leaf whose attributes are all defined."""
    value = reads[0]
    match leaf:
        case ir.OneOf():
            return value in leaf.values
        case ir.Compare():
            return bool(_OPERATORS[leaf.op](value, leaf.value))
        case ir.CompareAttributes():
            return bool(_OPERATORS[leaf.op](value, reads[1]))
        case ir.Like():
            return any(matches(pattern, value) for pattern in leaf.patterns)
        case ir.Quantified():
            found = [v in leaf.values or any(matches(p, v) for p in leaf.patterns) for v in value]
            return any(found) if leaf.quantifier == "any" else bool(found) and all(found)
        case ir.Count():
            return bool(_OPERATORS[leaf.op](len(value), leaf.n))
        case ir.Has():
            raise AssertionError("`has` reads no typed attribute")
    assert_never(leaf)


# --- obligations and approvals ---

_REASONS = {
    ir.BlockedPaths: Reason.BLOCKED_PATHS,
    ir.Hours: Reason.HOURS,
    ir.Rate: Reason.RATE,
    ir.Budget: Reason.BUDGET,
}


def _violations(rule: ir.Rule, action: JSON, facts: JSON) -> Iterator[Reason]:
    """Why a fired rule denies."""
    if rule.effect is Effect.DENY:
        yield Reason.RULE_DENIES
    for obligation in rule.obligations:
        if not _met(obligation, rule, action, facts):
            yield _REASONS[type(obligation)]


def _met(obligation: ir.Obligation, rule: ir.Rule, action: JSON, facts: JSON) -> bool:
    match obligation:
        case ir.BlockedPaths():
            paths: Any = read(ir.Attribute("paths", (), Type.PATHS), action)
            return paths is not None and not any(matches(p, path) for p in obligation.patterns for path in paths)
        case ir.Hours():
            time = read(ir.Attribute("time", (), Type.TIMESTAMP), action)
            return isinstance(time, ir.Instant) and any(_open(window, time) for window in obligation.windows)
        case ir.Rate():
            usage = _at(facts, ("usage", rule.id))
            is_number = isinstance(usage, int | float) and not isinstance(usage, bool)
            return is_number and usage == usage // 1 and 0 <= usage < obligation.limit
        case ir.Budget():
            cost = obligation.cost if isinstance(obligation.cost, ir.Number) else read(obligation.cost, action)
            return isinstance(cost, ir.Number) and ir.Number(0) <= cost <= obligation.limit
    assert_never(obligation)


def _open(window: ir.Window, time: ir.Instant) -> bool:
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time.ns // 10**9)
    local = utc.astimezone(zone(window.zone))
    today, minute = local.weekday(), local.hour * 60 + local.minute
    yesterday = (today - 1) % 7
    if window.start < window.end:
        return today in window.days and window.start <= minute < window.end
    return (today in window.days and window.start <= minute) or (yesterday in window.days and minute < window.end)


@cache
def zone(name: str) -> ZoneInfo:
    """From the pinned zone data, never from the machine's."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, name)


def _approved(rule: ir.Rule, facts: JSON) -> bool:
    assert rule.approvers is not None
    wanted = set(rule.approvers.roles)
    holders = {who for who, roles in approvers(facts) if not wanted or wanted & set(roles)}
    return len(holders) >= rule.approvers.quorum


def approvers(facts: JSON) -> list[tuple[str, list[str]]]:
    """(id, roles) of each approver; none at all if a single one is ill-typed."""
    listed = _at(facts, ("approval", "approvers"))
    if not isinstance(listed, list):
        return []
    found = [(_at(one, ("id",)), _at(one, ("roles",))) for one in listed]
    return found if all(isinstance(who, str) and _is_strings(roles) for who, roles in found) else []


def _merged(fired: list[ir.Rule]) -> dict[str, JSON]:
    """What the fired rules ask for together."""
    merged: dict[str, JSON] = {"approvers": [], "rates": [], "budgets": []}
    for rule in sorted(fired, key=lambda rule: rule.id):
        if rule.ttl is not None:
            merged["ttl_seconds"] = min(rule.ttl, merged.get("ttl_seconds", rule.ttl))
        if (who := rule.approvers) is not None:
            merged["approvers"].append({"rule": rule.id, "roles": list(who.roles), "quorum": who.quorum})
        for ob in rule.obligations:
            if not isinstance(ob, ir.Rate | ir.Budget):
                continue
            entry = {"rule": rule.id, "per": ob.per, "window_seconds": ob.seconds}
            if isinstance(ob, ir.Rate):
                merged["rates"].append(entry | {"limit": ob.limit})
            else:
                is_read = isinstance(ob.cost, ir.Attribute)
                cost = {"attribute": ir.path_text(ob.cost.path)} if is_read else str(ob.cost)  # type: ignore[union-attr]
                merged["budgets"].append(entry | {"limit": str(ob.limit), "unit": ob.unit, "cost": cost})
    return {key: value for key, value in merged.items() if value != []}


# --- reading the action ---

_MISSING: Any = object()


def _at(value: JSON, path: tuple[str, ...]) -> JSON:
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return _MISSING
        value = value[key]
    return value


def read(attribute: ir.Attribute, action: JSON) -> Read:
    """The value of an attribute by its type, or None: undefined."""
    value = _at(action, attribute.path)
    match attribute.type:
        case Type.STRING:
            return value if isinstance(value, str) else None
        case Type.PATH:
            return value if isinstance(value, str) and is_canonical(value) else None
        case Type.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Type.NUMBER:
            return number(value)
        case Type.INTEGER:
            return integer(value)
        case Type.DECIMAL:
            return decimal(value) if isinstance(value, str) else number(value)
        case Type.TIMESTAMP:
            return timestamp(value)
        case Type.STRINGS:
            return tuple(value) if _is_strings(value) else None
        case Type.PATHS:
            return tuple(value) if _is_strings(value) and all(map(is_canonical, value)) else None
    assert_never(attribute.type)


def _is_strings(value: JSON) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def is_canonical(path: str) -> bool:
    """Segments joined by "/", none of them empty, "." or ".."; no backslash, no NUL."""
    return not any(segment in ("", ".", "..") for segment in path.split("/")) and not set(path) & {"\\", "\0"}


def number(value: JSON) -> ir.Number | None:
    """A JSON number of at most four fraction digits. Its double's shortest form is the decimal that was written."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return decimal(format(Decimal(repr(value)), "f"))


def integer(value: JSON) -> ir.Number | None:
    """A JSON number that is integral and exact in a double."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return ir.Number(int(value) * ir.SCALE) if abs(value) <= 2**53 - 1 and value == int(value) else None


def decimal(text: str) -> ir.Number | None:
    """A number written out; zeros at the end of the fraction do not count."""
    found = re.fullmatch(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?", text)
    if found is None:
        return None
    sign, whole, fraction = found[1], found[2], (found[3] or "").rstrip("0")
    if len(fraction) > 4 or len(whole) > 15:  # 2**63 / 10**4 has fifteen digits
        return None
    scaled = int(sign + whole + fraction.ljust(4, "0"))
    return ir.Number(scaled) if -(2**63) <= scaled < 2**63 else None


_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


def timestamp(value: JSON) -> ir.Instant | None:
    """RFC 3339, strictly, in the years 1678 to 2261."""
    found = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    sign, away_hours, away_minutes = found[8] or "+", int(found[9] or 0), int(found[10] or 0)
    is_date = 1678 <= year <= 2261 and 1 <= month <= 12 and 1 <= day <= _lengths(year)[month - 1]
    if not is_date or max(hour, away_hours) > 23 or max(minute, second, away_minutes) > 59:
        return None
    days = _days_before(year) - _days_before(1970) + sum(_lengths(year)[: month - 1]) + day - 1
    away = (away_hours * 60 + away_minutes) * (-1 if sign == "-" else 1)
    seconds = (days * 24 * 60 + hour * 60 + minute - away) * 60 + second
    return ir.Instant(seconds * 10**9 + int((found[7] or "").ljust(9, "0")))


def _lengths(year: int) -> tuple[int, ...]:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _days_before(year: int) -> int:
    past = year - 1
    return past * 365 + past // 4 - past // 100 + past // 400


# --- patterns ---


def matches(pattern: ir.Pattern, text: str) -> bool:
    """Try every way to split the text over the tokens."""
    if pattern.inside and re.match(r"@(home|root)(/|\Z)", text):
        return False
    return _match(pattern.tokens, text)


@lru_cache(1 << 16)
def _ends(token: ir.Token, text: str) -> tuple[int, ...]:
    """The lengths of the beginnings of `text` that one token can take."""
    lengths = range(len(text) + 1)
    if isinstance(token, str):
        return (len(token),) if text.startswith(token) else ()
    match token:
        case Wildcard.STAR:
            return tuple(n for n in lengths if "/" not in text[:n])
        case Wildcard.ANY:
            return tuple(lengths)
        case Wildcard.SEGMENTS:
            return tuple(n for n in lengths if n == 0 or text[n - 1] == "/")
    assert_never(token)


@lru_cache(1 << 16)
def _match(tokens: tuple[ir.Token, ...], text: str) -> bool:
    if not tokens:
        return text == ""
    return any(_match(tokens[1:], text[n:]) for n in _ends(tokens[0], text))
