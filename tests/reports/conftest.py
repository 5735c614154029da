from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from reports.html import render
from reports.journal import read
from reports.run import Run
from tests.reports.made import JOURNAL, chained

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START: dict[str, Any] = {
    "kind": "start",
    "format": 2,
    "tool": "ocpp-conformance 0.1.0",
    "catalogue": "1",
    "started": "2026-03-02T09:00:00Z",
    "name": "small",
    "suts": [{"name": "s", "version": "1.6", "role": "CS"}],
}
CASE: dict[str, Any] = {
    "kind": "case",
    "id": "TC_001_CS",
    "title": "Cold Boot Charge Point",
    "version": "1.6",
    "role": "CS",
    "profiles": {"core": "M"},
    "verdict": "PASS",
    "sut": "s",
}

Reading = Callable[..., Run]


@pytest.fixture(scope="session")
def run() -> Run:
    """Return the fixed run: all verdicts, a waiver, remarks, findings, hostile text."""
    return read(JOURNAL)


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Return a function that reads a journal of the given records; `end` adds the footer.

    What stands in `reviews` follows it.
    """

    def reading(
        *records: dict[str, Any], end: bool = True, reviews: Sequence[dict[str, Any]] = ()
    ) -> Run:
        verdicts = [r["verdict"] for r in records if r["kind"] == "case"]
        counts = {v: verdicts.count(v) for v in verdicts}
        footer = [{"kind": "end", "ended": "2026-03-02T09:05:00Z", "counts": counts}] * end
        path = tmp_path / "journal.jsonl"
        path.write_text(chained((*records, *footer, *reviews)))
        return read(path)

    return reading


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium, for one module: its event loop would be in the way of other tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("with space") / "report.html"
    path.write_text(render(run), encoding="utf-8")
    return path.as_uri()
