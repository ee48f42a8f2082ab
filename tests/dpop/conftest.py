"""Proofs are used up in the stores that the state has: SQLite, and a real PostgreSQL."""

from __future__ import annotations

from tests.state.conftest import server, where

__all__ = ["server", "where"]
