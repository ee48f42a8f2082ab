"""Hooks of agents: a call that an agent is about to make becomes actions, and the decision becomes the hook's answer.

Nothing is imported here: `axtary.hooks.client` runs once per call and starts with the standard library alone.
"""
