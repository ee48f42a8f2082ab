"""Passes: keys, tokens, and everything that is refused."""
