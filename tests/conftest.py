"""Options of the test run."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` is the only way in which a generated golden file changes."""
    parser.addoption(
        "--update-golden", action="store_true", help="write the generated files in golden/ instead of comparing them"
    )
