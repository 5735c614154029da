"""The page in a real browser: found, read, harmless, silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.reports.conftest import CHROMIUM

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed: the page was not opened"
)


@dataclass
class Opened:
    """A page that is open, and what it did that it should not do."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def refuse(self, dialog: Dialog) -> None:
        """Note that a script has opened a dialog, and close it."""
        self.said.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    @property
    def shown(self) -> list[str | None]:
        """The ids of the cases that can be seen."""
        found = self.page.locator("details.c")
        return [c.get_attribute("id") for c in found.all() if c.is_visible()]


def visit(browser: Browser, address: str, **options: object) -> Opened:
    page = browser.new_page(**options)  # type: ignore[arg-type]
    opened = Opened(page)
    page.on("console", lambda message: opened.said.append(message.text))
    page.on("pageerror", lambda error: opened.said.append(str(error)))
    page.on("dialog", opened.refuse)
    page.on("request", lambda request: opened.asked.append(request.url))
    page.goto(address)
    return opened


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    opened = visit(browser, address, viewport={"width": 1280, "height": 900})
    yield opened
    opened.page.close()


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[Opened]:
    opened = visit(browser, address, java_script_enabled=False)
    yield opened
    opened.page.close()


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def test_the_page_is_silent_and_asks_for_nothing(opened: Opened, address: str) -> None:
    open_everything(opened.page)
    opened.page.fill("#q", "idTag")
    for button in opened.page.locator(".filter button, .y button").all():
        button.dispatch_event("click")
    assert opened.said == []
    assert [a for a in opened.asked if not a.startswith("data:")] == [address]


def test_a_failing_case_is_found_by_filter_and_read_on_one_screen(opened: Opened) -> None:
    opened.page.click("button[data-o=f]")
    assert opened.shown == ["TC_011_1_CS", "TC_023_CS", "TC_K_60_CSMS"]
    opened.page.fill("#q", "remote GroundFailure")
    assert opened.shown == ["TC_011_1_CS"]
    assert opened.page.inner_text("#n") == "1 of 11 cases"
    case = opened.page.locator("#TC_011_1_CS")
    case.scroll_into_view_if_needed()
    for text in ("1/Charging.7", "got 'GroundFailure'", "status='Preparing'", "F01.FR.03"):
        assert case.locator(".g").get_by_text(text).first.is_visible()
    box = case.locator(".g").bounding_box()
    assert box
    assert box["height"] < 700
    assert case.locator(".g tr").count() == 5
    assert "RCD tripped" in case.locator(".g tr.x").inner_text()
    assert case.locator(".s tr.x td").first.inner_text() == "7"
    assert "Step 1: Charging" in case.locator(".s th[colspan]").all_inner_texts()


def test_filters_add_up_and_are_taken_back(opened: Opened) -> None:
    opened.page.click("button[data-o=i]")
    opened.page.click("button[data-o=e]")
    assert opened.shown == ["TC_046_CS", "TC_066_CS"]
    opened.page.select_option("#p", "smart-charging")
    assert opened.shown == ["TC_066_CS"]
    opened.page.click("button[data-o=r]")
    assert opened.shown == []
    opened.page.click("#all")
    assert len(opened.shown) == 11
    opened.page.select_option("#p", "")
    assert opened.shown == ["OWN_J_01_CS"]


def test_empty_chapters_and_their_contents_go_with_their_cases(opened: Opened) -> None:
    opened.page.fill("#q", "tc_k_60")
    assert opened.page.locator("h3:visible", has_text="Section").count() == 0
    assert opened.page.locator(".toc div a:visible").all_inner_texts() == ["✗ TC_K_60_CSMS"]


def test_a_link_opens_its_case_even_if_it_was_filtered_away(opened: Opened) -> None:
    opened.page.fill("#q", "TC_053_CS")
    opened.page.click("#attention a[href='#TC_066_CS']")
    opened.page.wait_for_function("!document.getElementById('TC_066_CS').hidden")
    assert "TC_066_CS" in opened.shown


def test_a_step_leads_to_its_frame(opened: Opened) -> None:
    opened.page.click("#TC_011_1_CS .s tr.x a")
    row = opened.page.locator("#TC_011_1_CS .y tr.x")
    row.wait_for(state="visible")
    assert "RCD tripped" in row.inner_text()


def test_the_keyboard_is_enough(opened: Opened) -> None:
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.className") == "skip"
    opened.page.keyboard.press("/")
    opened.page.keyboard.type("TC_001")
    assert opened.shown == ["TC_001_CS"]
    opened.page.locator("#TC_001_CS > summary").focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("#TC_001_CS .s").is_visible()
    opened.page.focus("#q")
    opened.page.keyboard.press("Escape")
    assert len(opened.shown) == 11


def test_indenting_keeps_every_token(opened: Opened) -> None:
    case = opened.page.locator("#TC_056_CS")
    case.locator("> summary").click()
    case.locator(".y > summary").click()
    cell = case.locator(".y td:nth-child(2)").first
    before = cell.text_content() or ""
    case.get_by_role("button", name="Indent").click()
    after = cell.text_content() or ""
    assert after.count("\n") > 600
    assert "".join(after.split()) == "".join(before.split())
    assert '"limit": 6.1' in after
    case.get_by_role("button", name="Indent").click()
    assert cell.text_content() == before


def test_text_that_is_not_json_is_not_indented(opened: Opened) -> None:
    case = opened.page.locator("#TC_023_CS")
    case.locator(".y > summary").click()
    cell = case.locator(".y td:nth-child(2)").last
    before = cell.text_content()
    case.get_by_role("button", name="Indent").click()
    assert cell.text_content() == before


def test_a_hostile_token_stays_text(opened: Opened) -> None:
    open_everything(opened.page)
    assert opened.page.locator("img").count() == 0
    assert opened.page.locator("script").count() == 1
    assert opened.page.locator("style").count() == 1
    assert opened.page.locator("svg").count() == opened.page.locator(".d svg, .time svg").count()
    assert "<img src=x onerror=alert(1)>" in opened.page.inner_text("#TC_023_CS .g")
    assert opened.said == []


def test_all_can_be_read_without_javascript(plain: Opened) -> None:
    assert not plain.page.locator(".filter").is_visible()
    assert plain.page.locator("#TC_011_1_CS .g").is_visible()
    plain.page.locator("#TC_001_CS > summary").click()
    assert plain.page.locator("#TC_001_CS .s").is_visible()
    plain.page.locator("#TC_001_CS .y > summary").click()
    assert plain.page.get_by_text('[2,"3","Heartbeat",{}]').is_visible()


@pytest.mark.parametrize("width", [320, 700, 1360])
def test_the_page_is_as_wide_as_the_window(browser: Browser, address: str, width: int) -> None:
    opened = visit(browser, address, viewport={"width": width, "height": 800})
    open_everything(opened.page)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    opened.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Browser, address: str, scheme: str) -> None:
    opened = visit(browser, address, color_scheme=scheme)
    faint = opened.page.evaluate(CONTRAST)
    opened.page.close()
    assert faint == []


def test_paper_has_the_steps_of_every_case_and_no_controls(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 688, "height": 900})  # A4 within its margins
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate(
        "[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth)"
    )
    assert opened.page.locator("#TC_001_CS .s").is_visible()
    assert opened.page.locator("#remarks li").first.is_visible()
    assert not opened.page.locator(".filter").is_visible()
    assert not opened.page.locator(".toc").is_visible()


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (text) => {
    const [r, g, b] = rgb(text).map((c) => {
      c /= 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (at) => {
    for (; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = new Set();
  for (const one of document.querySelectorAll("body *:not(svg, svg *, script)")) {
    const says = [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!says || !one.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.add(`${one.tagName} ${one.className} ${ratio.toFixed(2)}`);
  }
  return [...faint];
}"""
