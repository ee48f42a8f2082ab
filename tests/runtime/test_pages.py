"""The page of the decision table: hostile words stay words, and the filters show what they say."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.browser import dom, elements, groups, needs_browser
from tests.laws import examples

from axtary.compiler import compile_policy
from axtary.compiler.diagnostics import printable
from axtary.compiler.matching import covers
from axtary.compiler.patterns import Dialect, parse
from axtary.runtime.pages import asset, escaped, script_json
from axtary.runtime.pages.table import page
from axtary.runtime.table import Filters

HOSTILE = (
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\" onmouseover=\"document.title='owned'",
    "' & <!-- ]]> ${document.title='owned'} $title",
    "\u202egnp.exe\u2066 \u2028",
)


NONE = Filters()


def make(text: str, filters: Filters = NONE, name: str = "axtary.yml") -> str:
    compiled = compile_policy("axtary.yml", text.encode())
    places = {rule.id: f"axtary.yml:{rule.span.line}" for rule in compiled.policy.rules}
    return page(compiled, filters, name, places)


def policy(*rules: dict[str, Any], tools: dict[str, Any] | None = None) -> str:
    return json.dumps({"version": "1", "tools": tools or {}, "policies": rules})  # escapes what a policy must not hold


SMALL = policy(
    {"id": "reads", "effect": "allow", "match": {"tool": "fs.read", "actor": "agent:codex-*"}},
    {"id": "never", "effect": "deny", "match": {"tool": "fs.*"}, "when": "payload.secret == true"},
    {
        "id": "calls",
        "effect": "step_up",
        "match": {"tool": "mcp.*"},
        "obligations": {"hours": "Mon-Fri 08:00-19:00 Europe/Berlin"},
    },
    tools={"svc.unused": {"payload": {"x": "string"}}},
)


@pytest.fixture
def hostile() -> str:
    rules = [
        {
            "id": f"r{n}",
            "description": text,
            "effect": "step_up",
            "match": {"tool": [text, f"{text}*"], "actor": text},
            "when": f"payload.x == {json.dumps(text)}",
            "obligations": {"approvers": [text]},
        }
        for n, text in enumerate(t.replace("{", "(").replace("}", ")") for t in HOSTILE)
    ]
    return make(policy(*rules), Filters(tool=HOSTILE[0], actor=HOSTILE[1]), name=HOSTILE[0])


def test_hostile_words_make_no_markup(hostile: str) -> None:
    tags = [element.tag for element in elements(hostile)]
    assert tags.count("script") == 2
    assert not {"img", "iframe", "a", "link"} & set(tags)
    allowed = {"onmouseover", "onerror", "src", "href", "style"}
    assert not [e for e in elements(hostile) if allowed & e.attributes.keys()]
    for text in HOSTILE[:4]:
        assert any(text.replace("{", "(").replace("}", ")") in element.text for element in elements(hostile))


def test_what_a_reader_cannot_see_is_written_out(hostile: str) -> None:
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028]", hostile)
    assert r"\u{202e}gnp.exe" in hostile


def test_the_page_loads_nothing_and_runs_its_own_script_only(hostile: str) -> None:
    found = elements(hostile)
    (rules,) = [e.attributes["content"] for e in found if e.attributes.get("http-equiv") == "Content-Security-Policy"]
    (style,) = [e.text for e in found if e.tag == "style"]
    (script,) = [e.text for e in found if e.tag == "script" and "type" not in e.attributes]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert rules == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"url\(|@import|innerHTML|insertAdjacent|document\.write|eval\(", style + script)


def test_the_same_policy_makes_the_same_page() -> None:
    assert make(SMALL) == make(SMALL)


def test_without_its_script_the_page_is_a_list_of_rules() -> None:
    rows = [e for e in elements(make(SMALL)) if e.tag == "tr" and "data-effect" in e.attributes]
    assert [e.attributes["data-effect"] for e in rows] == ["step_up", "deny", "allow"]  # by id
    assert "hours: Mon-Fri 08:00-19:00 Europe/Berlin" in rows[0].text
    assert "approvers: any approver" in rows[0].text
    assert 'tool: "fs.read"' in rows[2].text and "axtary.yml:" in rows[2].text


def test_every_cell_and_every_control_has_a_name() -> None:
    found = elements(make(SMALL))
    assert {e.attributes.get("scope") for e in found if e.tag == "th"} == {"col", "row"}
    labelled = [e for e in found if e.tag in ("input", "select")]
    assert len(labelled) == 4
    assert [e.text.split()[0] for e in found if e.tag == "label"] == ["Tool", "Agent", "Effect", "Text"]
    assert [e.attributes.get("lang") for e in found if e.tag == "html"] == ["en"]


@settings(derandomize=True, deadline=None, max_examples=examples(200), suppress_health_check=list(HealthCheck))
@given(st.recursive(st.text() | st.integers() | st.none(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_script_data_is_the_data_and_ends_no_script(data: object) -> None:
    """json(script_json(x)) == x, without `<`, `>`, `&` and beyond ASCII"""
    text = script_json(data)
    assert json.loads(text) == data
    assert text.isascii() and not set(text) & set("<>&\u2028")


@settings(derandomize=True, deadline=None, max_examples=examples(200), suppress_health_check=list(HealthCheck))
@given(st.text(alphabet=st.characters(), max_size=30))
def test_escaped_text_is_the_text(text: str) -> None:
    """text(parse(escaped(x))) == printable(x)"""
    found = elements(f'<p title="{escaped(text)}">{escaped(text)}</p>')
    assert [e.tag for e in found] == ["p"]
    assert found[0].text == found[0].attributes["title"] == printable(text)


# --- colours --------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


PAIRS = [("text", "ground"), ("text", "raised"), ("muted", "ground"), ("muted", "raised"), ("focus", "ground")]
PAIRS += [(name, f"{name}-ground") for name in ("allow", "deny", "step-up")]


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_contrast_is_that_of_wcag_aa(front: str, back: str, scheme: int) -> None:
    blocks = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in asset("base.css").split(":root")[1:]]
    colours = blocks[0] | blocks[scheme]
    low, high = sorted(luminance(colours[name]) for name in (front, back))
    assert (high + 0.05) / (low + 0.05) >= 4.5


# --- in a browser ---------------------------------------------------------------------------------------------------


@needs_browser
def test_hostile_words_run_nothing_in_a_browser(hostile: str, tmp_path: Path) -> None:
    (tmp_path / "t.html").write_text(hostile, encoding="utf-8")
    for fragment in ("#", "#tool=%3C/script%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&effect=%3Cb%3E"):
        shown = dom(tmp_path / "t.html", fragment)
        titles = [element.text for element in elements(shown) if element.tag == "title"]
        assert titles == [f"Decision table of {HOSTILE[0]}"]
        assert not {"img", "b"} & {element.tag for element in elements(shown)}
        assert groups(shown)


@needs_browser
@pytest.mark.parametrize(
    ("fragment", "wanted"),
    [
        ("", {"fs.read": ["never", "reads"], "svc.unused": [], "fs.*": ["never"], "mcp.*": ["calls"]}),
        ("#tool=fs.read&effect=deny", {"fs.read": ["never"]}),
        ("#tool=mcp.files.get", {"mcp.files.get": ["calls"]}),
        ("#tool=mcp", {"mcp": []}),
        ("#actor=agent:codex-1&tool=fs.read", {"fs.read": ["never", "reads"]}),
        ("#actor=agent:other&tool=fs.read", {"fs.read": ["never"]}),
        ("#text=SECRET", {"fs.read": ["never"], "fs.*": ["never"]}),
        ("#text=berlin", {"mcp.*": ["calls"]}),
        ("#text=nothing+like+it", {}),
        ("#effect=nonsense&tool=fs.read", {"fs.read": ["never", "reads"]}),
    ],
)
def test_filters_of_the_address_leave_what_they_say(
    fragment: str, wanted: dict[str, list[str]], tmp_path: Path
) -> None:
    (tmp_path / "t.html").write_text(make(SMALL), encoding="utf-8")
    assert {group.tool: group.rules for group in groups(dom(tmp_path / "t.html", fragment))} == wanted


@needs_browser
def test_what_is_denied_by_default_says_so(tmp_path: Path) -> None:
    (tmp_path / "t.html").write_text(make(SMALL), encoding="utf-8")
    notes = {group.tool: group.note for group in groups(dom(tmp_path / "t.html"))}
    assert notes["svc.unused"] == "No rule concerns it: every call is denied by default."
    assert "No allow or step_up rule concerns them all: what no other row grants is denied." in notes["fs.*"]
    assert notes["fs.read"] == ""
    (group,) = groups(dom(tmp_path / "t.html", "#tool=fs.read&effect=step_up"))
    assert group.note == "No rule is left by the filters."


@needs_browser
def test_the_filters_of_the_command_are_set_and_the_address_goes_before_them(tmp_path: Path) -> None:
    (tmp_path / "t.html").write_text(make(SMALL, Filters(tool="fs.read")), encoding="utf-8")
    assert [group.tool for group in groups(dom(tmp_path / "t.html"))] == ["fs.read"]
    assert [group.tool for group in groups(dom(tmp_path / "t.html", "#effect=step_up"))] == ["mcp.*"]


@needs_browser
@pytest.mark.parametrize("tool", ["ab", "a.b.a", "aab.ba"])
def test_the_page_matches_patterns_as_the_compiler_does(tool: str, tmp_path: Path) -> None:
    """r is shown for t  <=>  covers(r.match.tool, t), for every short pattern of a, b, `.` and `*`"""
    letters = "ab.*"
    texts = [a + b + c for a in letters for b in letters for c in letters] + ["a*a*a", "*a*b*", "ab*ab", "*aa*aa*"]
    rules = [{"id": f"r{n}", "effect": "allow", "match": {"tool": text}} for n, text in enumerate(texts)]
    (tmp_path / "t.html").write_text(make(policy(*rules)), encoding="utf-8")
    (group,) = groups(dom(tmp_path / "t.html", f"#tool={tool}"))
    assert sorted(group.rules) == sorted(
        f"r{n}" for n, text in enumerate(texts) if covers(parse(text, Dialect.NAME)[0], tool)
    )


@needs_browser
def test_a_thousand_rules_are_drawn_in_parts(tmp_path: Path) -> None:
    rules = [{"id": f"r{n}", "effect": "allow", "match": {"tool": f"svc{n:03}.read"}} for n in range(1000)]
    text = make(policy(*rules))
    assert len(text) < 1_000_000
    (tmp_path / "t.html").write_text(text, encoding="utf-8")
    shown = dom(tmp_path / "t.html")
    assert 100 < len(groups(shown)) < 400
    assert "1000 of 1000 rules, under 1000 of 1000 tools and patterns." in shown
    assert [group.tool for group in groups(dom(tmp_path / "t.html", "#tool=svc999.read"))] == ["svc999.read"]


def test_templates_have_no_name_that_is_not_filled_in() -> None:
    assert set(string.Template(asset("page.html")).get_identifiers()) == {
        "policy",
        "title",
        "style",
        "body",
        "data",
        "script",
    }
