"""Claude Code's permission rules: settings -> rules, by tool -> paths and commands."""
