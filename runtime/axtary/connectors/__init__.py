"""What executes actions, with credentials that no agent sees."""
