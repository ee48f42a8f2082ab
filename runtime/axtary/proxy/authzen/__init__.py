"""The OpenID AuthZEN Authorization API 1.0: evaluations, their metadata, and access requests for what waits."""
