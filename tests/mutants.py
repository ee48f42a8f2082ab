"""Wrong lowerings on purpose: each must be caught by a short run of the equivalence check.

A mutant is one text of one file replaced by another, in a copy of that file's source root; the copy stands before the
real one on the path of a new process. `python -m tests.mutants <engine>` is what runs there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = range(1, 31)
ACTIONS = 30
KILLED, SURVIVED = 10, 0
SECONDS = 60

CLAUSES = "compiler/axtary/compiler/clauses.py"
NATIVE = "backends/axtary/backends/native"
CEDAR = "backends/axtary/backends/cedar"
REGO = "backends/axtary/backends/rego"


@dataclass(frozen=True)
class Mutant:
    """`old` stands exactly once in `file`; `engine` is the one whose verdicts change."""

    name: str
    engine: str
    file: str
    old: str
    new: str


MUTANTS = [
    # --- the normal form (every engine lowers it: one of them shows the difference) ---
    Mutant(
        "must_and_may_are_swapped",
        "native",
        CLAUSES,
        "_predicate(rule, Rail.TRUE), _predicate(rule, Rail.NOT_FALSE)",
        "_predicate(rule, Rail.NOT_FALSE), _predicate(rule, Rail.TRUE)",
    ),
    Mutant(
        "obligations_hold_for_definite_step_up_rules_only",
        "cedar",
        CLAUSES,
        "fires = definite if rule.effect is Effect.ALLOW else possible",
        "fires = definite",
    ),
    Mutant(
        "a_step_up_rule_holds_only_if_definite",
        "cedar",
        CLAUSES,
        "holds.append(Hold(rule, possible))",
        "holds.append(Hold(rule, definite))",
    ),
    Mutant(
        "and_becomes_or_where_undefined_counts_as_true",
        "native",
        CLAUSES,
        "positive = rail in (Rail.TRUE, Rail.NOT_FALSE)",
        "positive = rail in (Rail.TRUE, Rail.NOT_TRUE)",
    ),
    Mutant(
        "not_undefined_is_true",
        "rego",
        CLAUSES,
        "    Rail.TRUE: Rail.FALSE,\n",
        "    Rail.TRUE: Rail.NOT_TRUE,\n",
    ),
    Mutant("the_longest_ttl_counts", "native", CLAUSES, "min(ttls)", "max(ttls)"),
    # --- native ---
    Mutant(
        "a_dot_segment_is_canonical",
        "native",
        f"{NATIVE}/values.py",
        'segment in ("", ".", "..")',
        'segment in ("", "..")',
    ),
    Mutant(
        "a_boolean_is_a_number",
        "native",
        f"{NATIVE}/values.py",
        "    if isinstance(value, bool):\n        return None\n    if isinstance(value, int):",
        "    if isinstance(value, int):",
    ),
    Mutant(
        "zeros_behind_the_fourth_digit_count",
        "native",
        f"{NATIVE}/values.py",
        '(parts[3] or "").rstrip("0")',
        'parts[3] or ""',
    ),
    Mutant(
        "the_least_decimal_is_out_of_range",
        "native",
        f"{NATIVE}/values.py",
        "scaled if -NUMBER_MAX - 1 <= scaled",
        "scaled if -NUMBER_MAX <= scaled",
    ),
    Mutant(
        "a_window_includes_its_end",
        "native",
        f"{NATIVE}/obligations.py",
        "window.start <= minute < window.end",
        "window.start <= minute <= window.end",
    ),
    Mutant(
        "a_night_belongs_to_the_day_on_which_it_ends",
        "native",
        f"{NATIVE}/obligations.py",
        "(day - 1) % 7 in window.days",
        "day in window.days",
    ),
    Mutant(
        "a_rate_allows_one_call_more",
        "native",
        f"{NATIVE}/obligations.py",
        "0 <= usage < limit",
        "0 <= usage <= limit",
    ),
    Mutant(
        "quorum_is_forgotten",
        "native",
        f"{NATIVE}/obligations.py",
        "len(holders) >= required.quorum",
        "len(holders) >= 1",
    ),
    Mutant(
        "an_ill_typed_approver_is_skipped",
        "native",
        f"{NATIVE}/obligations.py",
        "return [] if None in entries else",
        "return",
    ),
    Mutant(
        "inside_patterns_reach_the_bare_root",
        "native",
        f"{NATIVE}/patterns.py",
        "text not in _OUTSIDE and not text",
        "not text",
    ),
    Mutant("a_star_crosses_a_slash", "native", f"{NATIVE}/patterns.py", '"[^/]*" if token', '".*" if token'),
    Mutant(
        "zero_segments_are_not_enough",
        "native",
        f"{NATIVE}/patterns.py",
        '_SEGMENTS: "(?:.*/)?"}',
        '_SEGMENTS: "(?:.*/)"}',
    ),
    Mutant(
        "all_of_nothing_is_true",
        "native",
        f"{NATIVE}/conditions.py",
        "bool(items) and all(map(accepts, items))",
        "all(map(accepts, items))",
    ),
    # --- Cedar ---
    Mutant(
        "an_approval_does_not_lift_a_hold",
        "cedar",
        f"{CEDAR}/lower.py",
        ", negate(self._approved(hold.rule))))",
        ",))",
    ),
    Mutant("a_rate_allows_one_call_more", "cedar", f"{CEDAR}/lower.py", 'Relate("<", used', 'Relate("<=", used'),
    Mutant(
        "undefined_counts_as_false_for_restrictions",
        "cedar",
        f"{CEDAR}/atoms.py",
        "case Rail.NOT_FALSE:\n            return negate(both((defined, negate(value))))",
        "case Rail.NOT_FALSE:\n            return both((defined, value))",
    ),
    Mutant(
        "all_of_nothing_is_true",
        "cedar",
        f"{CEDAR}/atoms.py",
        'both((negate(Call(items, "isEmpty")), Call(constants, "containsAll", items)))',
        'Call(constants, "containsAll", items)',
    ),
    Mutant(
        "a_fraction_is_rounded_down_beside_an_integer",
        "cedar",
        f"{CEDAR}/derived.py",
        "value * SCALE if attribute.type is Type.INTEGER",
        "value if attribute.type is Type.INTEGER",
    ),
    Mutant(
        "inside_patterns_reach_outside",
        "cedar",
        f"{CEDAR}/patterns.py",
        "return both((found, _stays_inside(value))) if _may_be_outside(pattern) else found",
        "return found",
    ),
    Mutant(
        "a_backslash_is_canonical",
        "cedar",
        f"{CEDAR}/values.py",
        'not isinstance(value, str) or "\\\\" in value or',
        "not isinstance(value, str) or",
    ),
    Mutant("an_offset_is_added", "cedar", f"{CEDAR}/values.py", 'if found[8] == "-" else', 'if found[8] == "+" else'),
    # --- Rego ---
    Mutant(
        "a_hold_is_enough_for_step_up",
        "rego",
        f"{REGO}/prelude.rego",
        "\tcount(grants) > 0\n\tcount(unapproved) > 0",
        "\tcount(unapproved) > 0",
    ),
    Mutant(
        "a_window_includes_its_end",
        "rego",
        f"{REGO}/prelude.rego",
        "\tminute >= window.start\n\tminute < window.end",
        "\tminute >= window.start\n\tminute <= window.end",
    ),
    Mutant(
        "zeros_behind_the_fourth_digit_count",
        "rego",
        f"{REGO}/prelude.rego",
        r"(?:\.([0-9]{1,4})0*)?",
        r"(?:\.([0-9]{1,4}))?",
    ),
    Mutant(
        "roles_may_be_of_any_type",
        "rego",
        f"{REGO}/prelude.rego",
        "\tevery role in approver.roles {\n\t\tis_string(role)\n\t}\n",
        "",
    ),
    Mutant("a_backslash_is_canonical", "rego", f"{REGO}/prelude.rego", r"[\\\x00]", r"[\x00]"),
    Mutant("every_century_has_a_leap_day", "rego", f"{REGO}/prelude.rego", r"\A(?:2000|", r"\A(?:[0-9]{2}00|"),
    Mutant(
        "a_null_counts_as_missing",
        "rego",
        f"{REGO}/prelude.rego",
        "\tkey in object.keys(value)",
        "\tvalue[key] != null",
    ),
    Mutant("less_is_not_more_or_equal", "rego", f"{REGO}/atoms.py", '"<": ">=", "<="', '"<": ">", "<="'),
    Mutant("a_star_crosses_a_slash", "rego", f"{REGO}/patterns.py", 'Wildcard.STAR: "[^/]*"', 'Wildcard.STAR: ".*"'),
]


def survives(mutant: Mutant, check: str = "tests.mutants") -> bool:
    """Whether a short run of a module finds nothing wrong with it. Raises AssertionError if there is no such text, or
    no run."""
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert source.count(mutant.old) == 1, f"{mutant.name}: its text stands {source.count(mutant.old)} times"
    top = mutant.file.partition("/")[0]
    with tempfile.TemporaryDirectory(prefix="axtary-mutant-") as folder:
        # With what Python compiled, which stays good: copies are as old as what they are copies of. But for the mutant.
        shutil.copytree(ROOT / top, Path(folder, top))
        Path(folder, mutant.file).write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")
        done = _run(mutant, check, Path(folder, top))
    assert done.returncode in (KILLED, SURVIVED), f"{mutant.name}: {done.stderr}"
    return done.returncode == SURVIVED


def _run(mutant: Mutant, check: str, first: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, [first, ROOT]))
    command = [sys.executable, "-m", check, mutant.engine, str(first)]
    zones = str(files("tzdata").joinpath("zoneinfo"))  # for OPA, which would read the machine's
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "ZONEINFO": zones}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def main(engine: str, first: str) -> int:
    """Compare until there is a disagreement. `first` is the copied root: it must be the one that is imported."""
    from axtary.backends.native import engine as backends
    from axtary.compiler import clauses as compiler
    from tests import differential

    assert any(Path(str(part.__file__)).is_relative_to(first) for part in (backends, compiler))
    for seed in SEEDS:
        if differential.compare_seed(seed, (engine,), ACTIONS).disagreements:
            return KILLED
    return KILLED if differential.compare_edges((engine,)).disagreements else SURVIVED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
