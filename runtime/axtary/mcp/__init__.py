"""The enforcement point for MCP: between an agent's client and a server, over standard input or HTTP.

frames (bytes -> JSON-RPC, strictly, once) -> methods (which of them pass, which are actions) -> session (decides
through the pipeline, forwards what was authorised) -> exchange (requests that wait) -> stdio, http (to the server)
"""
