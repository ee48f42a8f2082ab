"""`axtary proxy`: the pipeline over HTTP, for callers on this machine or behind TLS.

callers (who is it) -> app (host, body, time) -> routes (what is asked) -> pipeline

Handlers are plain functions from a `Call` to a `Reply`, run in threads; only `app` and `serve` know the web server.
"""
