"""Claude Code's permission rules, converted, decide as Claude Code does, or restrict more where the notes say so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.convert.claude_model import EDITS, STRENGTH, Call, action, decide
from tests.laws import examples

from axtary.backends import native
from axtary.runtime.convert import Conversion, ConversionError, convert


def converted(permissions: dict[str, Any], *, partial: bool = False) -> Conversion:
    text = json.dumps({"permissions": permissions}, indent=1)
    return convert([(".claude/settings.json", text.encode())], "claude-code", partial)


def decision(found: Conversion, call: Call) -> str:
    return native.compile(found.compiled.policy).decide(action(call), {}).decision


def bash(command: str) -> Call:
    return "Bash", {"command": command}


def read(path: str) -> Call:
    return "Read", {"file_path": path}


def edit(path: str) -> Call:
    return "Edit", {"file_path": path}


def fetch(url: str) -> Call:
    return "WebFetch", {"url": url}


EXAMPLE = {
    "allow": ["Bash(npm test)", "Edit(/src/**)", "WebFetch(domain:docs.rs)", "mcp__github", "Read(~/.zshrc)"],
    "ask": ["Bash(git push:*)", "mcp__github__merge"],
    "deny": ["Read(.env)", "Read(./secrets/)", "Bash(rm:*)", "Bash(curl *)", "Edit(//etc/**)", "WebSearch"],
}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (bash("npm test"), "allow"),
        (bash("npm test "), "step_up"),
        (bash("npm tests"), "step_up"),
        (bash("npm test && curl x"), "deny"),
        (bash("git push"), "step_up"),
        (bash("rm"), "deny"),
        (bash("rm -r x"), "deny"),
        (bash("(rm -r x)"), "deny"),
        (bash("cd x;rm y"), "deny"),
        (bash("timeout 5 rm y"), "deny"),
        (bash("rm\\\n -r x"), "deny"),
        (bash("npm run format"), "step_up"),  # `rm` is in it, but no word
        (bash("rmdir x"), "step_up"),
        (bash("xrm x"), "step_up"),
        (read("/srv/web/a.txt"), "allow"),
        (read("/srv/web/.env"), "deny"),
        (read("/srv/web/a/.env"), "deny"),
        (read("/srv/web/.env.local"), "allow"),
        (read("/srv/web/secrets/a/b"), "deny"),
        (read("/srv/web/secrets"), "allow"),  # the name of the directory, or a file
        (read("/home/ana/.zshrc"), "allow"),
        (read("/home/ana/.bashrc"), "step_up"),
        (edit("/srv/web/src/a/b"), "allow"),
        (edit("/srv/web/src"), "step_up"),
        (edit("/srv/web/a/src/b"), "step_up"),
        (edit("/srv/web/src/.env"), "deny"),
        (edit("/srv/web/src/.git/hooks/x"), "step_up"),
        (edit("/srv/web/src/.npmrc"), "step_up"),
        (edit("/etc/passwd"), "deny"),
        (read("/etc/passwd"), "step_up"),
        (fetch("https://docs.rs/x"), "allow"),
        (fetch("https://docs.rs.evil.com/"), "step_up"),
        (("mcp__github__get", {}), "allow"),
        (("mcp__github__merge", {}), "step_up"),
        (("mcp__gitlab__get", {}), "step_up"),
        (("WebSearch", {}), "deny"),
        (("Agent", {}), "step_up"),
    ],
)
def test_a_call_is_decided_as_the_rules_say(call: Call, expected: str) -> None:
    assert decision(converted(EXAMPLE), call) == expected


def test_without_anybody_to_ask_what_no_rule_allows_is_denied() -> None:
    for mode in ({"defaultMode": "dontAsk"}, {"denyInsteadOfPrompting": True}):
        found = converted(EXAMPLE | mode)
        calls = [bash("npm test"), bash("git push"), read("/srv/web/a.txt"), ("Agent", {})]
        assert [decision(found, call) for call in calls] == ["allow", "deny", "deny", "deny"]
        assert "`Bash(git push:*)` denies: nobody is asked in this mode" in {note.message for note in found.notes}


def test_paths_outside_the_working_directories_are_blocked() -> None:
    found = converted({"allow": ["Read", "Edit"], "blockWritesOutsideWorkingDirectories": True})
    assert [decision(found, edit(path)) for path in ("/srv/web/a", "/etc/a", "/home/ana/a")] == [
        "allow",
        "deny",
        "deny",
    ]
    assert decision(found, read("/etc/a")) == "allow"


def test_what_no_rule_allows_there_is_held() -> None:
    paths = (
        "/srv/web/.git/config",
        "/srv/web/a/.config/git/x",
        "/home/ana/.config/git/x",
        "/home/ana/.zshrc",
        "/etc/a",
    )
    commands = ("rm -rf /", "x; rmdir y", "format")
    for mode, held in (("default", "step_up"), ("dontAsk", "deny")):
        found = converted({"allow": ["Bash", "Edit"], "defaultMode": mode})
        assert [decision(found, edit(path)) for path in paths] == [*[held] * 4, "allow"]
        assert [decision(found, bash(command)) for command in commands] == [held, held, "allow"]


def test_additional_directories_are_read() -> None:
    found = converted({"allow": [], "additionalDirectories": ["~/notes", "/opt/lib/", "docs"]})
    paths = ("/home/ana/notes/a", "/opt/lib/a", "/srv/web/docs/a", "/opt/a")
    assert [decision(found, read(path)) for path in paths] == ["allow", "allow", "allow", "step_up"]


def test_a_call_that_lacks_what_a_restriction_reads_is_restricted() -> None:
    found = native.compile(converted(EXAMPLE).compiled.policy)
    for tool in ("fs.read", "fs.write", "shell.run"):
        assert found.decide({"version": 1, "tool": tool}, {}).decision == "deny"


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("a prefix is allowed", {"allow": ["Bash(npm run:*)"]}, "AX1303", "a pattern over a command grants"),
    ("a wildcard is allowed", {"allow": ["Bash(git * main)"]}, "AX1303", "a pattern over a command grants"),
    ("a compound is allowed", {"allow": ["Bash(a && b)"]}, "AX1303", "takes a command with operators"),
    ("a command reads files", {"allow": ["Bash(cat a)"], "deny": ["Read(.env)"]}, "AX1303", "holds the files"),
    ("a removal", {"allow": ["Bash(rm -rf build)"]}, "AX1303", "asks before critical removals"),
    ("commands read files", {"allow": ["Bash"], "deny": ["Edit(.env)"]}, "AX1303", "holds the files"),
    ("a search sees files", {"allow": ["Grep"], "deny": ["Read(.env)"]}, "AX1303", "holds what `Grep` finds"),
    ("a rule nobody consults", {"allow": ["Write(src/**)"]}, "AX1303", "never consults"),
    ("one kind of edit", {"allow": ["Write"]}, "AX1303", "cannot be told from other edits"),
    ("all tools", {"allow": ["*"]}, "AX1303", "skips an allow rule for all tools"),
    ("many hosts", {"allow": ["WebFetch(domain:*.a.com)"]}, "AX1303", "how many levels"),
    ("no domain", {"allow": ["WebFetch(https://a.com)"]}, "AX1303", "no `domain:`"),
    ("what is built in", {"defaultMode": "acceptEdits"}, "AX1303", "a built-in list or a judgement"),
    ("a directory beside", {"additionalDirectories": ["../docs"]}, "AX1303", "a segment `..`"),
    ("one character", {"deny": ["Read(a?)"]}, "AX1304", "`?` stands for any one character"),
    ("a class", {"deny": ["Read(a[bc])"]}, "AX1304", "`[…]` is a class"),
    ("braces", {"deny": ["Read(a.{b,c})"]}, "AX1304", "braces are no alternatives"),
    ("a negation", {"deny": ["Read(!a)"]}, "AX1304", "a meaning of its own"),
    ("half a wildcard", {"deny": ["Read(a**)"]}, "AX1304", "not a whole segment"),
    ("the whole home", {"deny": ["Read(~/**)"]}, "AX1304", "also holds the workspace"),
    ("the home by its place", {"deny": ["Read(//Users/ana/x)"]}, "AX1304", "the home and the workspace lie below"),
    ("an at sign", {"deny": ["Read(@home/x)"]}, "AX1304", "begins with `@`"),
    ("a specifier", {"deny": ["Agent(Explore)"]}, "AX1304", "no attribute that stands for a specifier"),
    ("a parameter", {"deny": ["Bash(run_in_background:true)"]}, "AX1304", "reads like a parameter"),
    ("a parameter that is granted", {"allow": ["Bash(command:ls)"]}, "AX1303", "reads like a parameter"),
    ("the root", {"additionalDirectories": ["/"]}, "AX1303", "also holds the workspace"),
    ("an ask", {"ask": ["Skill(x)"]}, "AX1304", "no attribute that stands for a specifier"),
    ("no rule", {"deny": ["(x)"]}, "AX1304", "no `Tool`"),
    ("no server", {"deny": ["mcp__"]}, "AX1304", "names no server"),
    ("plans", {"defaultMode": "plan"}, "AX1304", "forbids every edit"),
    ("an unknown setting", {"denyEvil": True}, "AX1304", "`denyEvil` is not known"),
    ("no list", {"deny": "Bash"}, "AX1302", "no list of strings"),
    ("no mode", {"defaultMode": "x"}, "AX1302", "no mode"),
    ("no switch", {"denyInsteadOfPrompting": "yes"}, "AX1302", "neither true nor false"),
]


@pytest.mark.parametrize(
    ("permissions", "code", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_cannot_be_kept_is_refused(permissions: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        converted(permissions)
    (finding,) = caught.value.findings
    assert finding.code == code and message in finding.message and finding.help
    assert finding.place.file == ".claude/settings.json" and finding.place.line > 1


@pytest.mark.parametrize(("permissions", "code"), [row[1:3] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_only_a_grant_may_be_left_out(permissions: dict[str, Any], code: str) -> None:
    if code != "AX1303":
        with pytest.raises(ConversionError):
            converted(permissions, partial=True)
        return
    found = converted(permissions, partial=True)
    assert [left.code for left in found.left_out] == ["AX1303"]
    assert f"# Left out: {found.left_out[0].place}: " in found.text
    for call in (
        bash("npm run x"),
        bash("cat a"),
        bash("x"),
        edit("/srv/web/src/a"),
        fetch("https://b.a.com/"),
        ("Grep", {}),
    ):
        assert decision(found, call) != "allow"


def test_a_place_is_that_of_the_rule() -> None:
    text = '{"permissions": {\n  "deny": ["Read(a)",\n    "Read(b?)"]}}'
    with pytest.raises(ConversionError) as caught:
        convert([("s.json", text.encode())])
    assert str(caught.value.findings[0].place) == "s.json:3:5"


def test_modes_of_several_files_must_agree() -> None:
    files = [
        (f"{mode}.json", json.dumps({"permissions": {"allow": ["Read"], "defaultMode": mode}}).encode())
        for mode in ("default", "dontAsk")
    ]
    with pytest.raises(ConversionError, match="different modes"):
        convert(files)
    assert len(convert(files[1:] * 2).sources) == 2


RULES = st.sampled_from(
    [
        "Bash",
        "Bash(npm test)",
        "Bash(ls -la)",
        "Bash(git push:*)",
        "Bash(git push *)",
        "Bash(npm*)",
        "Bash(* --force)",
        "Read",
        "Edit",
        "Read(.env)",
        "Read(*.md)",
        "Edit(/src/**)",
        "Edit(src/*)",
        "Read(src/)",
        "Edit(docs)",
        "Read(/a/**/b)",
        "Read(~/.ssh/**)",
        "Edit(~/.x)",
        "Edit(//etc/*)",
        "WebFetch",
        "WebFetch(domain:a.com)",
        "mcp__s",
        "mcp__s__t",
        "mcp__s__*",
        "WebSearch",
        "Agent",
    ]
)
FOLDERS = ["", "src", "a", "b", "docs", ".ssh", "x/src"]
PATHS = st.builds(
    lambda root, folder, name: "/".join(part for part in (root, folder, name) if part),
    st.sampled_from(["/srv/web", "/home/ana", "/etc", "/opt"]),
    st.sampled_from(FOLDERS),
    st.sampled_from([".env", "a.md", "b", "docs", ".x", "src"]),
)
COMMANDS = st.lists(
    st.sampled_from(
        ["npm test", "ls -la", "git push", "git push origin", "timeout 3 git push", "npmx", "x --force", "git pushx"]
    ),
    min_size=1,
    max_size=3,
).flatmap(lambda parts: st.sampled_from([" && ", ";", "|", " | ", "\n"]).map(lambda sign: sign.join(parts)))
CALLS: st.SearchStrategy[Call] = st.one_of(
    COMMANDS.map(bash),
    st.builds(lambda tool, path: (tool, {"file_path": path}), st.sampled_from(["Read", *EDITS]), PATHS),
    st.sampled_from(["https://a.com/x", "http://A.com", "https://b.com/a.com"]).map(fetch),
    st.sampled_from(["mcp__s__t", "mcp__s__u", "mcp__s2__t", "WebSearch", "Agent"]).map(lambda tool: (tool, {})),
)


@settings(max_examples=examples(80), deadline=None, derandomize=True)
@given(
    st.fixed_dictionaries(
        {effect: st.lists(RULES, max_size=4, unique=True) for effect in ("allow", "ask", "deny")},
        optional={"defaultMode": st.sampled_from(["default", "dontAsk"])},
    ),
    st.lists(CALLS, min_size=15, max_size=25),
)
def test_converted_rules_decide_as_claude_code(permissions: dict[str, Any], calls: list[Call]) -> None:
    """For every call: axtary(convert(rules), call) = model(rules, call), or stricter if it runs a command or if
    nobody can be asked."""
    if permissions.get("defaultMode") == "dontAsk" and not any(permissions[e] for e in ("allow", "ask", "deny")):
        return  # nothing to convert
    found = converted(permissions, partial=True)
    engine = native.compile(found.compiled.policy)
    for call in calls:
        ours, theirs = engine.decide(action(call), {}).decision, decide(permissions, call)
        assert STRENGTH[ours] >= STRENGTH[theirs], (call, ours, theirs)
        exact = call[0] not in ("Bash", "NotebookEdit") and not found.left_out
        assert not exact or ours == theirs, (call, ours, theirs)
