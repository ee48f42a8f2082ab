"""Tests of axtary, and what they share; a package, because others that the bench installs bring a `tests` too."""
