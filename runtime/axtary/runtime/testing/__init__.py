"""Test files against a policy: which files there are, what the cases give, and what they show of the policy."""

from axtary.runtime.testing.coverage import CoverageReport, coverage_report
from axtary.runtime.testing.files import Ready, Tested, find, is_test_file, load_suites, policy_of
from axtary.runtime.testing.junit import difference_text, junit, value_text
from axtary.runtime.testing.page import page
from axtary.runtime.testing.run import Difference, Outcome, Result, Runner

__all__ = [
    "CoverageReport",
    "Difference",
    "Outcome",
    "Ready",
    "Result",
    "Runner",
    "Tested",
    "coverage_report",
    "difference_text",
    "find",
    "is_test_file",
    "junit",
    "load_suites",
    "page",
    "policy_of",
    "value_text",
]
