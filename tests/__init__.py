"""Tests of axtary, and what they share. A package, because peers that the bench installs bring a `tests` of their own."""
