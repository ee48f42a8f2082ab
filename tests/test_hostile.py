"""Hostile files end in a clear error: exit code 2, no signal, in bounded time and memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from axtary.runtime.action import parse_action
from axtary.runtime.errors import DoorError
from axtary.runtime.facts import parse_facts
from tests.cli.command import Ran, assert_refused, batch, run

HEAD = "version: 1\npolicies:\n  - id: a\n    effect: allow\n    match: {tool: t}\n"
WHEN = HEAD + "    when: "
SECONDS = 5.0
SUITE = Path(__file__).parent / "vectors" / "json" / "test_parsing"
ACTION = b'{"version":1,"tool":"t"}'


def _aliases() -> str:
    names = "abcdefghijklmnopqrstuvwxyz"
    steps = (f"{b}: &{b} [*{a},*{a},*{a},*{a}]\n" for a, b in pairwise(names))
    return "a: &a [x,x]\n" + "".join(steps)


def _doubling_groups() -> str:
    return "version: 1\ngroups:\n  g0: [a]\n" + "".join(f"  g{n}: ['@g{n - 1}','@g{n - 1}']\n" for n in range(1, 40))


def _tool(pattern: str) -> str:
    return HEAD.replace("tool: t", f"tool: {pattern}")


# name -> (the file, a code that the answer must name)
POLICIES: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "empty": (lambda: "", "AX0105"),
    "only_comments": (lambda: "#" * 3_000_000, "AX0105"),
    "only_line_ends": (lambda: "\n" * 4_000_000, "AX0105"),
    "binary": (lambda: bytes(range(256)) * 100, "AX0101"),
    "not_utf8": (lambda: b"version: 1\xff\n", "AX0101"),
    "utf16": (lambda: "version: 1\n".encode("utf-16"), "AX0101"),
    "byte_order_mark": (lambda: b"\xef\xbb\xbfversion: 1\n", "AX0103"),
    "nul": (lambda: "version: 1\n\0", "AX0103"),
    "control_characters": (lambda: "\x1b" * 3_000_000, "AX0103"),
    "bidirectional": (lambda: "version: 1 # \u202e\n", "AX0103"),
    "surrogates_as_utf8": (lambda: b"version: \xed\xa0\x80\n", "AX0101"),
    "escaped_surrogate": (lambda: HEAD.replace("id: a", 'id: "\\ud800"'), "AX0104"),
    "flow_nesting": (lambda: "[" * 30_000, "AX0102"),
    "flow_mapping_nesting": (lambda: "{a: " * 30_000, "AX0102"),
    "block_nesting": (lambda: "- " * 30_000 + "a", "AX0102"),
    "key_nesting": (lambda: "? " * 30_000, "AX0102"),
    "indentation": (lambda: "".join(" " * n + "a:\n" for n in range(2_000)), "AX0102"),
    "closing_brackets": (lambda: "]" * 30_000, "AX0104"),
    "too_large": (lambda: b"a" * 50_000_000, "bytes"),
    "large_scalar": (lambda: "version: 1\npolicies: " + "x" * 4_000_000, "AX0203"),
    "large_quoted_scalar": (lambda: 'version: 1\npolicies: "' + "\\n" * 1_900_000 + '"', "AX0203"),
    "large_key": (lambda: "version: 1\n? " + "x" * 3_000_000 + "\n: 1\n", "AX0201"),
    "large_include": (lambda: "version: 1\ninclude: '" + "a/" * 1_900_000 + "'\n", "AX0207"),
    "many_keys": (lambda: "version: 1\n" + "".join(f"k{n}: 1\n" for n in range(50_000)), "AX0201"),
    "many_rules": (lambda: "version: 1\npolicies:\n" + "- {id: a}\n" * 50_000, "AX0202"),
    "many_values": (lambda: "version: 1\npolicies: [" + "a," * 1_500_000 + "]", "AX0102"),
    "many_unknown_types": (
        lambda: "version: 1\ntools:\n" + "".join(f"  t{n}: {{payload: {{a: strin}}}}\n" for n in range(30_000)),
        "AX0504",
    ),
    "anchor": (lambda: "version: &a 1\n", "AX0106"),
    "alias_bomb": (_aliases, "AX0106"),
    "tag": (lambda: "version: !!python/object/apply:os.system [id]\n", "AX0106"),
    "merge_key": (lambda: "version: 1\n<<: {}\n", "AX0106"),
    "duplicate_key": (lambda: "version: 1\nversion: 1\n", "AX0107"),
    "two_documents": (lambda: "version: 1\n---\nversion: 1\n", "AX0105"),
    "directive": (lambda: "%YAML 1.1\n---\nversion: 1\n", "AX0106"),
    "group_cycle": (lambda: "version: 1\ngroups: {a: ['@b'], b: ['@c'], c: ['@a']}\n", "AX0405"),
    "groups_that_double": (_doubling_groups, "AX0405"),
    "group_chain_downwards": (
        lambda: "version: 1\ngroups:\n" + "".join(f"  g{n}: ['@g{n + 1}']\n" for n in range(5_000)) + "  g5000: [a]\n",
        "AX0405",
    ),
    "group_chain_upwards": (
        lambda: "version: 1\ngroups:\n  g0: [a]\n" + "".join(f"  g{n}: ['@g{n - 1}']\n" for n in range(1, 5_000)),
        "AX0405",
    ),
    "braces": (lambda: _tool("'" + "{a,b}" * 600 + "'"), "AX0402"),
    "braces_in_many_patterns": (
        lambda: _tool("[" + ",".join(f"'{'{a,b}' * 8}{n}'" for n in range(20_000)) + "]"),
        "AX0402",
    ),
    "braces_unclosed": (lambda: _tool("'" + "{a" * 1_000 + "'"), "AX0402"),
    "many_stars": (lambda: _tool("'" + "*a" * 100_000 + "'"), "AX0402"),
    "not_upon_not": (lambda: WHEN + "not " * 10_000 + "payload.a == 1\n", "AX0305"),
    "open_parentheses": (lambda: WHEN + "(" * 20_000 + "payload.a == 1\n", "AX0301"),
    "and_in_or": (
        lambda: WHEN + "payload.a == 1 and (payload.a == 1 or (" * 1_000 + "payload.a == 1" + ")" * 2_000 + "\n",
        "AX0305",
    ),
    "long_condition": (lambda: WHEN + " and ".join(["payload.a == 1"] * 60_000) + "\n", "AX0305"),
    "bare_operands": (lambda: WHEN + " and ".join(["payload.a"] * 4_000) + "\n", "AX0304"),
    "folded_condition_with_many_errors": (
        lambda: WHEN + ">\n" + "".join(f"      payload.a{n} == payload.b{n} and\n" for n in range(1_500)) + "      x\n",
        "AX0502",
    ),
    "chain_of_unknown_types": (
        lambda: (
            WHEN + " and ".join(f"payload.a{n} == payload.a{n + 1}" for n in range(1_800)) + ' and payload.a0 < "x"\n'
        ),
        "AX0304",
    ),
}

# These are well-formed: they must compile, and in the same time.
ACCEPTED: dict[str, Callable[[], str]] = {
    "closed_parentheses": lambda: WHEN + "(" * 20_000 + "payload.a == 1" + ")" * 20_000 + "\n",
    "stars": lambda: _tool("'" + "*a" * 2_000 + "'"),
    "one_chain_in_parentheses": lambda: WHEN + "payload.a == 1 and (" * 2_500 + "payload.a == 1" + ")" * 2_500 + "\n",
    "folded_condition": lambda: WHEN + ">\n" + "      payload.a == 1 and\n" * 2_000 + "      payload.a == 1\n",
}


@cache
def ends(folder: Path) -> dict[str, Ran]:
    """How `policy check` ended on each file, all in one process."""
    makers = {name: maker for name, (maker, _) in POLICIES.items()} | ACCEPTED
    for name, maker in makers.items():
        content = maker()
        (folder / f"{name}.yml").write_bytes(content if isinstance(content, bytes) else content.encode())
    calls = [["policy", "check", f"{name}.yml"] for name in makers]
    return dict(zip(makers, batch(calls, folder), strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.mark.parametrize("name", POLICIES)
def test_hostile_policy_is_refused(name: str, folder: Path) -> None:
    ran = ends(folder)[name]
    assert_refused(ran)
    assert POLICIES[name][1] in ran.err, ran.err[:500]
    assert len(ran.err) < 500_000
    assert ran.seconds < SECONDS, ran.seconds


@pytest.mark.parametrize("name", ACCEPTED)
def test_odd_but_well_formed_policy_compiles(name: str, folder: Path) -> None:
    ran = ends(folder)[name]
    assert (ran.crash, ran.code) == ("", 0), ran.err[:500]
    assert ran.seconds < SECONDS, ran.seconds


def test_a_million_errors_are_not_told(tmp_path: Path) -> None:
    """Rendering must not be the way to keep the compiler busy: after some 200 errors it stops."""
    (tmp_path / "p.yml").write_text("version: 1\npolicies:\n" + "- {id: a}\n" * 50_000)
    [ran] = batch([["policy", "check", "p.yml"]], tmp_path)
    assert 100 <= ran.err.count("error[") <= 400


def test_an_endless_file_is_cut_off(tmp_path: Path) -> None:
    [policy, action] = batch(
        [["policy", "check", "/dev/zero"], ["policy", "simulate", "p.yml", "--action", "/dev/zero"]], tmp_path
    )
    assert_refused(policy)
    assert_refused(action)


def test_include_circles_and_long_chains_end(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("version: 1\ninclude: b.yml\n")
    (tmp_path / "b.yml").write_text("version: 1\ninclude: a.yml\n")
    (tmp_path / "self.yml").write_text("version: 1\ninclude: ./self.yml\n")
    for number in range(400):
        (tmp_path / f"c{number}.yml").write_text(f"version: 1\ninclude: c{number + 1}.yml\n")
    circle, own, chain = batch([["policy", "check", f"{name}.yml"] for name in ("a", "self", "c0")], tmp_path)
    for ran, words in ((circle, "includes itself"), (own, "includes itself"), (chain, "more than 256 files")):
        assert_refused(ran)
        assert "AX0207" in ran.err and words in ran.err


def test_includes_do_not_leave_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    secret = tmp_path / "secret.yml"
    secret.write_text("version: 1\n# the-secret\n")
    (inside / "link.yml").symlink_to(secret)
    (inside / "circle.yml").symlink_to("circle.yml")
    (inside / "linked").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe.yml")
    targets = ["../secret.yml", str(secret), "link.yml", "linked/secret.yml", "circle.yml", "pipe.yml", ".", "no.yml"]
    targets += ["a\\b.yml", "C:/a.yml", "\\0", "x" * 900]
    for number, target in enumerate(targets):
        (inside / f"p{number}.yml").write_text(f'version: 1\ninclude: ["{target.replace(chr(92), chr(92) * 2)}"]\n')
    for target, ran in zip(
        targets, batch([["policy", "check", f"p{n}.yml"] for n in range(len(targets))], inside), strict=True
    ):
        assert_refused(ran)
        assert "AX0207" in ran.err and "the-secret" not in ran.err, target


def test_links_inside_the_folder_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real.yml").write_text(HEAD)
    (tmp_path / "link.yml").symlink_to("real.yml")
    (tmp_path / "p.yml").write_text("version: 1\ninclude: link.yml\n")
    [ran] = batch([["policy", "check", "p.yml"]], tmp_path)
    assert ran.code == 0 and "1 rule (" in ran.out


def test_malformed_json_is_refused_as_action_and_as_facts(tmp_path: Path) -> None:
    """Must-refuse files of JSONTestSuite, through the command, in one process; the door itself refuses all of them."""
    (tmp_path / "p.yml").write_text(HEAD)
    (tmp_path / "good.json").write_bytes(ACTION)
    files = sorted(SUITE.glob("n_*"))
    assert len(files) > 150
    for path in files:
        for parse in (parse_action, parse_facts):
            with pytest.raises(DoorError):
                parse(path.read_bytes())
    files = files[::6]
    as_action = [["policy", "simulate", "p.yml", "--action", str(path)] for path in files]
    as_facts = [["policy", "simulate", "p.yml", "--action", "good.json", "--facts", str(path)] for path in files]
    for call, ran in zip(as_action + as_facts, batch(as_action + as_facts, tmp_path), strict=True):
        assert_refused(ran)
        assert "AX08" in ran.err, call
        assert ran.seconds < SECONDS


HOSTILE_ACTIONS: dict[str, bytes] = {
    "deep_lists": b'{"version":1,"tool":"t","payload":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "deep_objects": b'{"version":1,"tool":"t","payload":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    "open_lists": b"[" * 1_000_000,
    "large": b'{"version":1,"tool":"' + b"t" * 2_000_000 + b'"}',
    "open_string": b'{"version":1,"tool":"' + b"\\" * 900_001,
    "huge_number": b'{"version":1,"tool":"t","payload":{"a":' + b"9" * 500_000 + b"}}",
    "huge_exponent": b'{"version":1,"tool":"t","payload":{"a":1e999999999}}',
    "nan": b'{"version":1,"tool":"t","payload":{"a":NaN}}',
    "surrogate": b'{"version":1,"tool":"\\ud800"}',
    "twice": b'{"version":1,"tool":"t","tool":"u"}',
    "facts_inside": b'{"version":1,"tool":"t","facts":{}}',
    "many_unknown": b'{"version":1,"tool":"t",' + b",".join(b'"k%d":1' % n for n in range(50_000)) + b"}",
    "many_lines": b'{"version":2}\n' * 100_000,
}


def test_hostile_actions_are_refused(tmp_path: Path) -> None:
    (tmp_path / "p.yml").write_text(HEAD)
    for name, content in HOSTILE_ACTIONS.items():
        (tmp_path / name).write_bytes(content)
    calls = [["policy", "simulate", "p.yml", "--action", name] for name in HOSTILE_ACTIONS]
    for name, ran in zip(HOSTILE_ACTIONS, batch(calls, tmp_path), strict=True):
        assert_refused(ran)
        assert "AX08" in ran.err and len(ran.err) < 100_000, name
        assert ran.seconds < SECONDS, name


FORMATTED: dict[str, Callable[[], str]] = ACCEPTED | {
    "comments": lambda: "version:  1\n" + "#\n" * 100_000,
    "comments_in_brackets": lambda: "groups: {g: [" + "a, # c\n" * 30_000 + "]}",
    "digits": lambda: "version:  " + "1" * 500_000 + "x\n",
    "nested_brackets": lambda: "groups: " + "[" * 30 + "a," * 5_000 + "]" * 30,
    "no_condition": lambda: WHEN + ">\n" + "      a ]\n" * 100_000,
}


def test_hostile_policies_are_formatted(tmp_path: Path) -> None:
    for name, content in FORMATTED.items():
        (tmp_path / name).write_text(content())
    calls = [["policy", "fmt", "--check", name] for name in FORMATTED]
    for name, ran in zip(FORMATTED, batch(calls, tmp_path), strict=True):
        assert not ran.crash, ran.crash
        assert ran.code == 1, name
        assert ran.seconds < SECONDS, name


def test_a_real_process_survives_deep_nesting(tmp_path: Path) -> None:
    """No crash of the C stack: the exit code is 2 and no signal."""
    (tmp_path / "p.yml").write_text("[" * 30_000)
    assert_refused(run("policy", "check", "p.yml", cwd=tmp_path))
