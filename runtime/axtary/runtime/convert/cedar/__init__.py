"""Cedar policies that speak of axtary's requests.

statements -> expressions, made of comparisons -> formulas -> conditions. The request is the one of docs/engines.md:
principal `Agent`, action `Action`, resource `Resource`, and a context with one record for each type.
"""
