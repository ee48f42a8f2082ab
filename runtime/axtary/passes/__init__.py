"""Evidence: ActionPass tokens, proofs of possession, delegation, and the keys that they are signed with."""
