"""Test files: what a policy is expected to decide, as a typed structure. Runs nothing.

source -> reading -> changes -> jsontext

`read_suite` reports everything by which a file fails to be one; `check_rules` compares it with a policy.
"""

from axtary.compiler.testfiles.codes import CODES
from axtary.compiler.testfiles.jsontext import JsonText
from axtary.compiler.testfiles.read import MAX_VALUES, read_suite
from axtary.compiler.testfiles.suite import Case, Expectation, Suite, check_rules
from axtary.compiler.testfiles.write import NewCase, suite_text

__all__ = [
    "CODES",
    "MAX_VALUES",
    "Case",
    "Expectation",
    "JsonText",
    "NewCase",
    "Suite",
    "check_rules",
    "read_suite",
    "suite_text",
]
