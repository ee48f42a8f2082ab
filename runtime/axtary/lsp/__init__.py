"""The language server, `axtary lsp`: what an editor asks about a policy while it is written.

stdio (messages) -> server (what is answered) -> workspace (open texts, projects), checking (compiles in the background)
hover, definitions, symbols, rename, actions, completion answer from the last readable tree and the last good compile

Policy text is untrusted here as everywhere: it reaches an editor as code, never as Markdown. No network.
"""
