"""The pages in a browser: what people do there, by keyboard too, and what they are told while they look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.approvals.people import ACTION, ANA, BEN
from tests.browser import needs_browser
from tests.devtools import Browser, browser
from tests.pages.site import Site, served

pytestmark = needs_browser
EVE = "user:eve@acme.com"
CURRENT = "document.querySelector('#queue a[aria-current]')?.getAttribute('href').split('/').pop()"


@dataclass
class Desk:
    """Somebody before a browser that has the pages open."""

    site: Site
    origin: str
    tab: Browser

    def log_in(self, who: str = ANA) -> None:
        self.tab.open(f"{self.origin}/ui/login#{self.site.code(who)}")
        self.tab.until("location.pathname === '/ui/approvals' && document.readyState === 'complete'")

    def focused(self) -> str:
        return str(self.tab.run("document.activeElement.id"))


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, tab: Browser) -> Iterator[Desk]:
    tab.messages.clear()
    tab.look()
    with served(tmp_path) as (site, origin):
        yield Desk(site, origin, tab)
        tab.open("about:blank")
        assert tab.problems() == []


def test_a_link_logs_in_and_its_code_does_not_stay(desk: Desk) -> None:
    desk.log_in()
    assert desk.tab.run("document.querySelector('.who').textContent") == ANA
    assert desk.tab.run("location.href") == f"{desk.origin}/ui/approvals"
    assert desk.tab.run("document.cookie") == ""
    desk.tab.run("document.querySelector('.bar form').requestSubmit()")
    desk.tab.until("location.pathname === '/ui/login'")


def test_two_people_approve_by_keyboard(desk: Desk) -> None:
    names = [desk.site.place.ask({**ACTION, "payload": {"n": n}}) for n in range(3)]
    desk.log_in()
    assert desk.tab.run(CURRENT) == names[0]
    for key, name in (("j", names[1]), ("j", names[2]), ("j", names[2]), ("k", names[1])):
        desk.tab.press(key)
        desk.tab.until(f"{CURRENT} === '{name}' && document.readyState === 'complete'")
    desk.tab.press("r")
    assert desk.focused() == "reason"
    desk.tab.write("jad is text here")
    desk.tab.press("Enter")  # in the reason it presses no button
    assert desk.site.place.approvals.find(names[1]).request.verdicts == ()
    desk.tab.press("Escape")
    desk.tab.press("a")
    assert desk.focused() == "approve"
    assert desk.site.place.approvals.find(names[1]).request.verdicts == ()
    desk.tab.press("Enter")
    desk.tab.until("!document.getElementById('notice').hidden")
    (verdict,) = desk.site.place.approvals.find(names[1]).request.verdicts
    assert (verdict.approver, verdict.verdict, verdict.reason) == (ANA, "approve", "jad is text here")
    desk.site.place.approvals.answer_for(BEN, names[1], "approve")
    desk.tab.until("document.getElementById('standing').dataset.state === 'approved'")
    desk.tab.press("d")
    assert desk.focused() == "deny"
    desk.tab.press("Enter")
    desk.tab.until("document.getElementById('standing').dataset.state === 'denied'")
    assert desk.tab.run("document.getElementById('answer')") is None


def test_what_is_new_comes_by_itself_and_what_is_typed_stays(desk: Desk) -> None:
    desk.log_in()
    assert "Nothing waits" in desk.tab.run("document.body.innerText")
    first = desk.site.place.ask()
    desk.tab.until("document.title.startsWith('(1)') && document.getElementById('answer')")
    desk.tab.run("document.getElementById('reason').focus()")
    desk.tab.write("half a sentence")
    second = desk.site.place.ask({**ACTION, "payload": {"n": 2}})
    desk.tab.until("document.title.startsWith('(2)')")
    desk.site.place.approvals.answer_for(EVE, first, "approve")
    desk.tab.until("document.querySelectorAll('.answers li').length === 1")
    assert desk.tab.run("document.getElementById('reason').value") == "half a sentence"
    assert desk.focused() == "reason"
    desk.site.place.approvals.answer_for(EVE, first, "deny")
    desk.tab.until("document.getElementById('standing').dataset.state === 'denied'")
    assert desk.tab.run("document.getElementById('standing').dataset.request") == first  # not the next one in its place
    assert desk.tab.run("document.getElementById('answer')") is None
    assert desk.tab.run("document.getElementById('notice').textContent") == "This request is denied now."
    assert second in desk.tab.run("document.getElementById('queue').innerHTML")


def test_who_wants_it_themselves_cannot_press_approve(desk: Desk) -> None:
    desk.site.place.ask()
    desk.log_in("user:cy@acme.com")
    assert desk.tab.run("document.getElementById('approve').disabled") is True
    desk.tab.press("a")
    assert desk.focused() != "approve"
    desk.tab.press("d")
    assert desk.focused() == "deny"


def test_hostile_words_run_nothing_and_load_nothing(desk: Desk) -> None:
    text = (
        "</pre><script>window.owned=1</script><img src=x onerror='window.owned=1'><a href='javascript:window.owned=1'>"
    )
    name = desk.site.place.ask({**ACTION, "resource": text, "payload": {text: text, "old": text, "new": text + "2"}})
    desk.log_in()
    desk.site.place.approvals.answer_for(EVE, name, "approve", text)
    desk.tab.until("document.querySelectorAll('.answers li').length === 1")
    for path in (f"approvals/{name}", "ledger", "ledger/0", "budgets", "policies", "policies/table"):
        desk.tab.open(f"{desk.origin}/ui/{path}")
        assert desk.tab.run("window.owned") is None
        assert desk.tab.run("document.querySelectorAll('main img, main script, a[href^=javascript]').length") == 0
    addresses = [
        each["params"]["request"]["url"]
        for each in desk.tab.messages
        if each.get("method") == "Network.requestWillBeSent"
    ]
    assert addresses
    assert {each for each in addresses if not each.startswith((desk.origin, "about:blank"))} == set()


def test_a_page_of_others_cannot_frame_it_or_post_to_it(desk: Desk, tmp_path: Path) -> None:
    name = desk.site.place.ask()
    desk.log_in()
    evil = tmp_path / "evil.html"
    evil.write_text(
        f'<iframe src="{desk.origin}/ui/approvals"></iframe><form id="f" method="post" '
        f'action="{desk.origin}/ui/approvals/{name}"><input name="verdict" value="approve"></form>'
    )
    desk.tab.open(evil.as_uri())
    desk.tab.run("document.getElementById('f').submit()")
    desk.tab.until(f"location.origin === '{desk.origin}' && document.readyState === 'complete'")
    assert "not from a page of this proxy" in desk.tab.run("document.body.innerText")
    assert desk.site.place.approvals.find(name).request.verdicts == ()
    refused = [each for each in desk.tab.problems() if "frame-ancestors" in each or "X-Frame-Options" in each]
    assert refused
    desk.tab.messages.clear()  # these problems are as they should be


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (400, False), (400, True)])
def test_nothing_is_wider_than_the_window_and_every_text_can_be_read(desk: Desk, width: int, dark: bool) -> None:
    long = "x" * 400
    name = desk.site.place.ask(
        {**ACTION, "resource": long, "payload": {"old": long, "new": long + "\u202e", "path": long}}
    )
    desk.site.place.approvals.answer_for(EVE, name, "approve", long)
    desk.log_in()
    desk.tab.look(width, 900, dark)
    for path in ("approvals", "ledger", "ledger/0", "policies", "budgets"):
        desk.tab.open(f"{desk.origin}/ui/{path}")
        assert desk.tab.run("document.documentElement.scrollWidth") <= width, path
        assert desk.tab.run(CONTRAST) == [], path
        assert desk.tab.run(UNLABELLED) == [], path


# WCAG 2.2: 4.5 for text. Grounds are opaque, so the nearest one that is not transparent counts.
CONTRAST = """(() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const found = numbers(getComputedStyle(node).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    if (node.disabled || ![...node.childNodes].some((each) => each.nodeType === 3 && each.textContent.trim())) continue;
    if (!node.checkVisibility()) continue;
    const [one, other] = [light(numbers(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) poor.push(`${node.tagName} ${node.className}: ${ratio.toFixed(2)}`);
  }
  return poor;
})()"""

UNLABELLED = """[...document.querySelectorAll("input:not([type=hidden]), select, button, pre, nav, aside, meter")]
  .filter((node) => node.checkVisibility())
  .filter((node) => !node.labels?.length && !node.textContent.trim() && !node.ariaLabel
    && !node.hasAttribute("aria-labelledby"))
  .map((node) => node.outerHTML.slice(0, 100))"""
