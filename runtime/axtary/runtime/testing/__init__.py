"""Test files against a policy: which files there are, what the cases give, and what they show of the policy."""

from axtary.runtime.testing.coverage import CoverageReport, coverage_report
from axtary.runtime.testing.extend import Extension, extend
from axtary.runtime.testing.files import Ready, Tested, find, has_cases, is_test_file, load_suites, policy_of
from axtary.runtime.testing.generate import Uncovered
from axtary.runtime.testing.junit import difference_text, junit, value_text
from axtary.runtime.testing.mutation import MutationReport, Tried
from axtary.runtime.testing.page import page
from axtary.runtime.testing.run import Difference, Outcome, Result, Runner

__all__ = [
    "CoverageReport",
    "Difference",
    "Extension",
    "MutationReport",
    "Outcome",
    "Ready",
    "Result",
    "Runner",
    "Tested",
    "Tried",
    "Uncovered",
    "coverage_report",
    "difference_text",
    "extend",
    "find",
    "has_cases",
    "is_test_file",
    "junit",
    "load_suites",
    "page",
    "policy_of",
    "value_text",
]
