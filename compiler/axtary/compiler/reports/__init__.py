"""Diagnostics in the formats that people and machines read: one module per format, each a pure function to text.

Names of files are shown as they are given; whoever calls says how a file is called from where its reader stands. Policy
text is untrusted in every format: each module escapes for its own.
"""
