"""Wrong decision tables on purpose: each must be caught by large policies. Run as `tests.mutants` runs its own."""

from __future__ import annotations

import sys
from random import Random

from tests.mutants import KILLED, NATIVE, SURVIVED, Mutant

TABLE_MUTANTS = [
    Mutant(
        "undefined_counts_as_false_for_restrictions",
        "native",
        f"{NATIVE}/columns.py",
        "self.undefined = answering(entries, size, lambda _: None)",
        "self.undefined = answering(entries, size, lambda _: False)",
    ),
    Mutant(
        "less_or_equal_ends_one_too_early",
        "native",
        f"{NATIVE}/numbers.py",
        '"<=": (-math.inf, bound + 1)',
        '"<=": (-math.inf, bound)',
    ),
    Mutant(
        "a_checkpoint_is_one_point_off",
        "native",
        f"{NATIVE}/numbers.py",
        "checkpoint * self._step, slot)",
        "checkpoint * self._step + 1, slot)",
    ),
    Mutant(
        "the_cell_of_a_resource_is_skipped",
        "native",
        f"{NATIVE}/table.py",
        "if cell is not None and (mask := cell.left(action)):",
        "if path is None and cell is not None and (mask := cell.left(action)):",
    ),
    Mutant(
        "the_rules_with_patterns_are_skipped_for_tools_that_are_named",
        "native",
        f"{NATIVE}/table.py",
        "return self._divide(named, own_tool=False) + self._shared",
        "return self._divide(named, own_tool=False)",
    ),
    Mutant(
        "a_remembered_outcome_is_found_by_the_size_of_its_rows",
        "native",
        f"{NATIVE}/table.py",
        "outcome = self._outcomes.get(found)",
        "outcome = next((o for f, o in self._outcomes.items() if len(f) == len(found) > 1), self._outcomes.get(found))",
    ),
    Mutant(
        "a_class_is_remembered_by_the_length_of_the_text",
        "native",
        f"{NATIVE}/classes.py",
        "found = self._class(self._index.find(text))",
        "found = self.__dict__.setdefault('c', {}).setdefault(len(text), self._class(self._index.find(text)))",
    ),
    Mutant(
        "only_the_nearest_of_nested_beginnings_counts",
        "native",
        f"{NATIVE}/patternindex.py",
        "                found += self._entries[place]\n",
        "                return list(self._entries[place])\n",
    ),
    Mutant(
        "the_questions_of_no_column_are_forgotten",
        "native",
        f"{NATIVE}/plans.py",
        "return self._asked(mask, action) if mask & self.has_rest else mask",
        "return mask",
    ),
    Mutant(
        "one_alternative_is_lost",
        "native",
        f"{NATIVE}/rows.py",
        "            found = found + options\n",
        "            found = found or options\n",
    ),
    Mutant(
        "negative_questions_about_lists_are_positive",
        "native",
        f"{NATIVE}/lists.py",
        "return ((some & self.any | each) ^ self.turned) | self.free",
        "return (some & self.any | each) | self.free",
    ),
    Mutant(
        "equal_attributes_are_less",
        "native",
        f"{NATIVE}/making.py",
        "(one > two) - (one < two)",
        "(one > two) - (one <= two)",
    ),
    Mutant(
        "step_up_rules_are_definite_where_they_are_possible",
        "native",
        f"{NATIVE}/rows.py",
        "*_conjunctions(head, definite, False, True, reads)",
        "*_conjunctions(head, fires, False, True, reads)",
    ),
]


def main(engine: str, first: str) -> int:
    """Compare until there is a disagreement. `first` is the copied root: it must be the one that is imported."""
    from axtary.backends import native
    from axtary.backends.native import rows, table
    from tests import large_policies, reference

    assert str(table.__file__).startswith(first)
    for division in (dict[str, int](), {"_LARGE": 4, "_SHARED": 0}):
        vars(table).update(division)
        rows.ALTERNATIVES = 1 if division else rows.ALTERNATIVES
        for seed, size in ((1, 20), (2, 12), (3, 60), (4, 120), (5, 8), (6, 15), (7, 30)):
            policy = large_policies.large_policy(seed, size)
            made = native.compile(policy)
            for action, facts in large_policies.cases(Random(seed), policy, 60):
                if made.decide(action, facts) != reference.decide(policy, action, facts):
                    return KILLED
    return SURVIVED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
