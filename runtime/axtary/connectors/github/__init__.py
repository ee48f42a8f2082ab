"""GitHub: pull requests with their head pinned, contents, issues (REST API, version 2022-11-28)."""

from axtary.connectors.github.connector import GitHub

__all__ = ["GitHub"]
