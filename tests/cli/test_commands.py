"""Each command as its users run it: real processes, exit codes, JSON, and what comes of bad input."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.command import COMMAND, POLICY, assert_plain, assert_refused, batch, run

READ = {"version": 1, "tool": "fs.read", "paths": ["a"]}
SECRET = READ | {"payload": {"secret": True}}
WRITE = {"version": 1, "tool": "fs.write"}
COMMANDS = (
    ["init"],
    ["policy", "check"],
    ["policy", "fmt"],
    ["policy", "test"],
    ["policy", "simulate"],
    ["policy", "table"],
    ["policy", "compile"],
    ["policy", "pack"],
    ["policy", "export"],
    ["policy", "portability"],
    ["policy", "verify-bundle"],
    ["policy", "prove"],
    ["policy", "diff"],
    ["policy", "convert"],
    ["policy", "presets"],
    ["pass", "holder-key"],
    ["pass", "prove"],
    ["budget", "list"],
    ["budget", "show"],
    ["budget", "release"],
    ["rate", "list"],
    ["tools", "import"],
    ["ledger", "import"],
    ["demo"],
    ["ledger", "export"],
    ["ledger", "stats"],
    ["explain"],
    ["schema"],
    ["lsp"],
    ["proxy"],
    ["proxy", "token", "add"],
    ["proxy", "token", "list"],
    ["proxy", "token", "revoke"],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a policy and an action of each decision."""
    (tmp_path / "axtary.yml").write_text(POLICY.replace("payload.secret", "has payload.secret and payload.secret"))
    (tmp_path / "three.jsonl").write_text("".join(json.dumps(a) + "\n" for a in (READ, SECRET, WRITE)))
    (tmp_path / "read.json").write_text(json.dumps(READ, indent=1))
    return tmp_path


def test_every_command_has_help_with_an_example(tmp_path: Path) -> None:
    for command, ran in zip(COMMANDS, batch([[*c, "--help"] for c in COMMANDS], tmp_path), strict=True):
        assert ran.code == 0
        assert f"Example: axtary {' '.join(command)}" in ran.out
        assert "--json" in ran.out


def test_version(tmp_path: Path) -> None:
    ran = run("--version", cwd=tmp_path)
    assert (ran.code, ran.out.split()[0]) == (0, "axtary")


def test_check_says_ok_and_gives_the_version(folder: Path) -> None:
    ran = run("policy", "check", cwd=folder)
    assert ran.code == 0
    assert ran.out.startswith("ok axtary.yml: 3 rules (1 allow, 1 deny, 1 step_up), 0 warnings\n   sha256:")
    found = run("policy", "check", "--json", cwd=folder).json()
    assert found.keys() == {"policy_version", "rules", "diagnostics"}


def test_check_reports_every_error_sorted(folder: Path) -> None:
    text = POLICY.replace("effect: allow", "effect: alow").replace("== true", "= true")
    (folder / "axtary.yml").write_text(text)
    ran = run("policy", "check", cwd=folder)
    assert_refused(ran)
    assert ran.err.index("AX0204") < ran.err.index("AX0301")
    assert "did you mean `allow`?" in ran.err
    found = run("policy", "check", "--json", cwd=folder)
    assert found.code == 2
    assert [d["code"] for d in found.json()["diagnostics"]] == ["AX0204", "AX0301"]
    assert found.json()["diagnostics"][0]["line"] == 4


def test_warnings_fail_only_when_strict(folder: Path) -> None:
    (folder / "axtary.yml").write_text(POLICY.replace("payload.secret == true", 'any paths matches ".env*"'))
    calls = [["policy", "check"], ["policy", "check", "--strict"]]
    loose, strict = batch(calls, folder)
    assert (loose.code, strict.code) == (0, 1)
    assert "warning[AX0701]" in loose.err


def test_simulate_three_decisions(folder: Path) -> None:
    ran = run("policy", "simulate", "--action", "three.jsonl", cwd=folder)
    assert ran.code == 1
    assert [line.split()[0] for line in ran.out.splitlines() if line[:1].isalpha()] == ["allow", "deny", "step_up"]
    assert_plain(ran.out)


def test_simulate_as_json_on_all_engines(folder: Path) -> None:
    ran = run("policy", "simulate", "--action", "three.jsonl", "--engine", "all", "--json", cwd=folder)
    found = ran.json()
    assert ran.code == 1
    assert [one["decision"] for one in found] == ["allow", "deny", "step_up"]
    for one in found:
        assert set(one["engines"].values()) == {one["decision"]}
        assert one["engine_versions"]["rego"].startswith("opa ")
        assert one.keys() >= {"policy_version", "fired", "reasons", "obligations", "stopped"}
    assert found[1]["fired"] == [
        {"rule": "reads", "effect": "allow", "file": "axtary.yml", "line": 3},
        {"rule": "secrets", "effect": "deny", "file": "axtary.yml", "line": 10},
    ]
    assert [reason["code"] for reason in found[1]["reasons"]] == ["rule_denies"]
    assert found[0]["stopped"][0]["rule"] == "secrets"
    assert found[2]["obligations"]["approvers"] == [{"rule": "writes", "roles": ["lead"], "quorum": 1}]


def test_one_action_is_one_object_from_a_file_or_standard_input(folder: Path) -> None:
    one = run("policy", "simulate", "--action", "read.json", "--json", cwd=folder)
    two = run("policy", "simulate", "--json", cwd=folder, stdin=json.dumps([READ]).encode())
    assert (one.code, two.code) == (0, 0)
    assert one.json() == two.json()


def test_facts_lift_a_hold(folder: Path) -> None:
    approval = {"approval": {"approvers": [{"id": "user:ana", "roles": ["lead"]}]}}
    (folder / "facts.json").write_text(json.dumps(approval))
    stdin = json.dumps(WRITE).encode()
    ran = run("policy", "simulate", "--facts", "facts.json", "--engine", "all", "--json", cwd=folder, stdin=stdin)
    assert (ran.code, ran.json()["decision"]) == (0, "allow")


def test_simulate_says_what_was_nearly_allowed(folder: Path) -> None:
    found = run("policy", "simulate", "--action", "three.jsonl", "--json", cwd=folder).json()
    assert [[miss["sentence"] for miss in one["near_miss"]] for one in found] == [
        [],
        [
            "would be allowed if not has payload.secret (it is true)",
            "would be allowed if payload.secret != true (it is true)",
        ],
        ["would be allowed with an approval by lead"],
    ]
    (change,) = found[2]["near_miss"][0]["changes"]
    assert (change["file"], change["line"]) == ("axtary.yml", 9)
    text = run("policy", "simulate", "--action", "three.jsonl", cwd=folder).out
    assert text.count("  near miss\n    would be allowed") == 2
    other = json.dumps({"version": 1, "tool": "x"}).encode()
    assert "    no rule for `x` can grant it\n" in run("policy", "simulate", cwd=folder, stdin=other).out


@pytest.mark.parametrize("engine", ["native", "cedar", "rego"])
def test_simulate_only_counts_when_asked(folder: Path, engine: str) -> None:
    reads = [{"version": 1, "tool": "fs.read", "paths": [path]} for path in ("src/a", "src/b", "other")]
    lines = "".join(json.dumps(action) + "\n" for action in (*reads, {"version": 1, "tool": "x"})).encode()
    each = run("policy", "simulate", "--json", cwd=folder, stdin=lines)
    counted = run("policy", "simulate", "--summary", "--engine", engine, "--json", cwd=folder, stdin=lines)
    assert counted.code == each.code == 1
    found = counted.json()
    decisions = [result["decision"] for result in each.json()]
    assert found["decisions"] == {name: decisions.count(name) for name in ("allow", "deny", "step_up")}
    assert found["actions"] == len(decisions) == 4
    fired = [entry["rule"] for result in each.json() for entry in result["fired"]]
    assert fired and found["fired"] == {rule: fired.count(rule) for rule in fired}
    assert list(found["engine_versions"]) == [engine]


def test_a_summary_is_for_people_too_and_of_one_engine(folder: Path) -> None:
    ran = run("policy", "simulate", "--summary", "--action", "read.json", cwd=folder)
    assert ran.code == 0
    assert re.fullmatch(r"1 actions: 1 allow, 0 deny, 0 step_up \(axtary .*\)\n  1  reads\n", ran.out)
    for more in (["--engine", "all"], ["--trace"]):
        assert_refused(run("policy", "simulate", "--summary", "--action", "read.json", *more, cwd=folder))


def test_simulate_traces_when_asked(folder: Path) -> None:
    assert "trace" not in run("policy", "simulate", "--action", "read.json", "--json", cwd=folder).json()
    found = run("policy", "simulate", "--action", "read.json", "--json", "--trace", cwd=folder).json()
    assert [rule["rule"] for rule in found["trace"]["rules"]] == ["reads", "secrets"]
    assert [rule["file"] for rule in found["trace"]["rules"]] == ["axtary.yml", "axtary.yml"]
    text = run("policy", "simulate", "--action", "read.json", "--trace", cwd=folder).out
    assert_plain(text)
    assert (
        "    secrets  deny  axtary.yml:10  does not fire\n"
        '      true  match.tool: "fs.read"; tool is "fs.read"\n'
        "      false  and\n"
        "        false  has payload.secret; payload.secret is missing\n"
        "        undefined  payload.secret == true; payload.secret is missing\n"
        "    restrictions: none\n"
        "    grants: reads (granted)\n"
        "    holds: none\n"
        "    decision: allow\n"
    ) in text


def test_what_people_see_is_cut_and_printable_and_json_is_whole(folder: Path) -> None:
    hostile = "\x1b[2J\u202e" + "x" * 5000
    action = {"version": 1, "tool": "fs.read", "payload": {"secret": hostile}}
    calls = [["policy", "simulate", *more] for more in (["--trace"], ["--json", "--trace"])]
    text, whole = batch(calls, folder, json.dumps(action).encode())
    assert_plain(text.out)
    assert "near miss" in text.out
    assert max(map(len, text.out.splitlines())) < 400
    assert whole.json()["near_miss"][0]["changes"][0]["seen"][0]["value"] == hostile
    assert "\x1b" not in whole.out


def test_an_action_that_is_allowed_needs_no_analysis(folder: Path) -> None:
    """The search is loaded for what is not allowed only, so that what is allowed is answered sooner."""
    code = "import sys; from axtary.cli import simulate as s; from pathlib import Path\n"
    code += "given = s.Given(None, False)\n"
    code += (
        "try: s.run(Path('axtary.yml'), sys.argv[1], given, 'native', False, False, False)\nexcept SystemExit: pass\n"
    )
    code += "print('axtary.compiler.analysis.nearmiss' in sys.modules)"
    (folder / "write.json").write_text(json.dumps(WRITE))
    for name, is_loaded in (("read.json", "False"), ("write.json", "True")):
        command = [sys.executable, "-I", "-c", code, name]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == is_loaded


@pytest.mark.parametrize("target", ["ir", "cedar", "rego"])
def test_compile_prints_one_target(folder: Path, target: str) -> None:
    ran = run("policy", "compile", "--target", target, cwd=folder)
    assert ran.code == 0
    assert {"ir": '"policy_version"', "cedar": "permit (", "rego": "package axtary"}[target] in ran.out


def test_compile_writes_files(folder: Path) -> None:
    ran = run("policy", "compile", "-o", "build", cwd=folder)
    assert ran.code == 0
    names = {"ir.json", "policy.cedar", "policy.cedar.json", "schema.cedarschema", "report.json", "policy.rego"}
    assert {path.name for path in (folder / "build").iterdir()} == names
    assert_refused(run("policy", "compile", cwd=folder))


def test_prove_writes_a_certificate_that_is_the_same_twice(folder: Path) -> None:
    arguments = ("policy", "prove", "--cases", "50", "--seed", "3", "--action", "three.jsonl", "-o")
    ran = run(*arguments, "one.json", cwd=folder)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("equivalent axtary.yml: ")
    assert run(*arguments, "two.json", cwd=folder).code == 0
    assert (folder / "one.json").read_bytes() == (folder / "two.json").read_bytes()
    found = json.loads((folder / "one.json").read_text())
    assert (found["result"], found["seed"], found["cases"]["random"], found["cases"]["recorded"]) == (
        "equivalent",
        3,
        50,
        3,
    )


def test_presets_are_listed_and_printed(tmp_path: Path) -> None:
    listed, printed, unknown = batch(
        [["policy", "presets", "--json"], ["policy", "presets", "coding-agent"], ["policy", "presets", "coding"]],
        tmp_path,
    )
    assert [entry["name"] for entry in listed.json()] == ["coding-agent"]
    assert printed.out.startswith("# The built-in preset")
    assert_refused(unknown)
    assert "did you mean `coding-agent`?" in unknown.err


def test_init_never_overwrites(tmp_path: Path) -> None:
    assert run("init", "new", cwd=tmp_path).code == 0
    (tmp_path / "new/axtary.yml").unlink()
    before = (tmp_path / "new/actions.jsonl").read_bytes()
    assert_refused(run("init", "new", cwd=tmp_path))
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"actions.jsonl", "axtary.test.yml"}
    assert (tmp_path / "new/actions.jsonl").read_bytes() == before


def test_bad_input_is_refused_with_words(folder: Path) -> None:
    (folder / "binary").write_bytes(bytes(range(256)))
    (folder / "broken.json").write_text('{"version": 1, "tool": "t", "facts": {}, "actor": 3}')
    calls = [
        ["policy", "check", "missing.yml"],
        ["policy", "check", "."],
        ["policy", "check", "binary"],
        ["policy", "check", "a\0b"],
        ["policy", "simulate", "--action", "missing.json"],
        ["policy", "simulate", "--action", "binary"],
        ["policy", "simulate", "--action", "broken.json"],
        ["policy", "simulate", "--action", "read.json", "--facts", "three.jsonl"],
        ["policy", "prove", "--action", "broken.json"],
        ["policy", "compile", "-o", "read.json/x"],
        ["policy", "simulate"],
        ["init", "read.json"],
    ]
    for call, ran in zip(calls, batch(calls, folder), strict=True):
        assert_refused(ran)
        assert "help" in ran.err, call
    broken = batch([calls[6]], folder)[0]
    assert "`facts`" in broken.err and "`actor` is a number" in broken.err


def test_usage_errors_exit_2(folder: Path) -> None:
    calls = [
        ["policy", "check", "--nope"],
        ["nope"],
        ["policy", "simulate", "--engine", "x"],
        ["policy", "prove", "--seed", "-1"],
    ]
    for ran in batch(calls, folder):
        assert ran.code == 2
        assert not ran.crash


def test_names_with_control_characters_never_reach_the_terminal(folder: Path) -> None:
    name = "evil\x1b[31m.yml"
    (folder / name).write_text("version: 1\npolicies: x\n")
    odd = json.dumps(READ | {"resource": "\x1b]0;x\x07", "tool": "fs.read\u202e"}).encode()
    assert_refused(run("policy", "check", name, cwd=folder))
    assert_plain(run("policy", "simulate", cwd=folder, stdin=odd).out)


def test_colour_only_on_a_terminal_and_never_with_no_color(folder: Path) -> None:
    def seen(env: dict[str, str]) -> bytes:
        ours, theirs = pty.openpty()
        command = [*COMMAND, "policy", "check"]
        subprocess.run(command, cwd=folder, stdout=theirs, check=True, env={**os.environ, **env})
        os.close(theirs)
        return os.read(ours, 4096)

    assert b"\x1b[" in seen({"NO_COLOR": ""})
    assert b"\x1b[" not in seen({"NO_COLOR": "1"})
    assert "\x1b[" not in run("policy", "check", cwd=folder).out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["policy", "check"], "checking axtary.yml"),
        (["policy", "fmt"], "formatting axtary.yml"),
        (["policy", "simulate", "--action", "read.json"], "reading axtary.yml"),
    ],
)
def test_a_long_wait_shows_a_sign_of_life_on_a_terminal_only(folder: Path, command: list[str], said: str) -> None:
    code = (
        "from axtary.cli import main, progress\n"
        "progress._AFTER = 0.0  # as if each wait were long\n"
        f"import sys; sys.argv = ['axtary', *{command!r}]\n"
        "main()\n"
    )
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", code], cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs, check=True)
    os.close(theirs)
    assert said in os.read(ours, 65536).decode()
    assert "\x1b[" not in run(*command, cwd=folder).err


def test_without_a_rego_engine_the_message_says_what_to_install(folder: Path) -> None:
    code = (
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('opa_bindings', 'regorus'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "import importlib.util\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *a: None if name in ('opa_bindings', 'regorus') else real(name, *a)\n"
        "sys.meta_path.insert(0, Missing())\n"
        "sys.argv = ['axtary', 'policy', 'simulate', '--action', 'read.json', '--engine', 'all']\n"
        "from axtary.cli import main; main()\n"
    )
    env = {**os.environ, "PATH": "/nowhere"}
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=folder, capture_output=True, text=True, env=env)
    assert done.returncode == 2
    assert "pip install 'axtary[rego]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_crash(folder: Path) -> None:
    many = "".join(json.dumps(READ) + "\n" for _ in range(3000))
    (folder / "many.jsonl").write_text(many)
    line = f"{sys.executable} -I -m axtary.cli policy simulate --action many.jsonl | head -1"
    done = subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True)
    assert done.stdout == "allow  fs.read\n"
    assert "Traceback" not in done.stderr


def test_an_interrupt_leaves_no_traceback_and_no_certificate(folder: Path) -> None:
    command = [*COMMAND, "policy", "prove", "--cases", "1000000", "-o", "c.json"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(8)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
    assert "Traceback" not in err
    assert child.returncode in (130, -signal.SIGINT)  # Go's runtime, once loaded, takes the signal for itself
    assert not list(folder.glob("*c.json*")) and not list(folder.glob(".axtary*"))
