"""What Claude Code asks about whatever is allowed: writing what is run or read later, and removing what is critical."""

from __future__ import annotations

from axtary.runtime.convert.claude.commands import containing
from axtary.runtime.convert.claude.rules import SHELL, WRITE, Said
from axtary.runtime.convert.draft import text, texts

_FOLDERS = [".git", ".config/git", ".vscode", ".idea", ".husky", ".cargo", ".devcontainer", ".yarn", ".mvn", ".claude"]
_FILES = """
.gitconfig .gitmodules .bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zprofile .zshenv
.zlogin .zlogout .envrc .npmrc .pnpmrc .yarnrc .yarnrc.yml .pre-commit-config.yaml .devcontainer.json .ripgreprc
.mcp.json .claude.json
"""


def writes() -> Said:
    """Writing protected files, in the workspace and outside."""
    patterns = []
    for folder in _FOLDERS:
        floats = folder if "/" not in folder else f"**/{folder}"
        patterns += [floats, f"{floats}/"] + ([f"@home/{folder}/"] if "/" in folder else [])
    return Said((WRITE,), f"any paths matches {texts([*patterns, *_FILES.split()])}")


def removals() -> Said:
    """Commands that remove: which of them are critical hangs on where they run."""
    tests = [[f"payload.command like {text(found)}" for found in containing(f"{name}:*")] for name in ("rm", "rmdir")]
    return Said((SHELL,), " or ".join(f"({' and '.join(each)})" for each in tests))
