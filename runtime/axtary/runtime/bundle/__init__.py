"""OPA bundles: a policy as an archive that any OPA loads, signed, and what OPA lacks to trust one again.

release (what the bundle claims of itself) -> archive (the same bytes for the same content) -> signature -> verify.
Nothing is imported here: the error codes are needed without a library for cryptography.
"""
