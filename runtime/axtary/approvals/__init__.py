"""Approvals: artifacts that humans sign for exactly one action, and what they are worth."""
