"""Policies of the Agent Governance Toolkit: document -> conditions -> order.

The first rule that matches decides there, by priority; here a denial overrides. `order` makes the one of the other.
"""
