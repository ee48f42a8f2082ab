"""`axtary demo`: six scenes with the real runtime, a fake provider, and no network."""
