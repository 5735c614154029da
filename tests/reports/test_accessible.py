"""axe-core finds nothing to say against the page, opened in full, in light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.interop.node import installed
from tests.reports.conftest import CHROMIUM
from tests.reports.test_browser import open_everything, visit

HERE = Path(__file__).parent / "npm"
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")
FOUND = """async () => {
  const found = await axe.run(document, {});
  return found.violations.map((v) => `${v.impact} ${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    installed(HERE)
    return (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_used_by_everybody(
    browser: Browser, address: str, axe: str, scheme: str
) -> None:
    opened = visit(browser, address, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    open_everything(opened.page)
    opened.page.evaluate(axe)
    assert opened.page.evaluate(FOUND) == []
    opened.page.close()


def test_axe_finds_what_is_wrong(browser: Browser, axe: str) -> None:
    page = browser.new_page()
    page.set_content("<p style='color: #ccc; background: #fff'>faint</p>")
    page.evaluate(axe)
    assert any(line.startswith("serious color-contrast") for line in page.evaluate(FOUND))
    page.close()
