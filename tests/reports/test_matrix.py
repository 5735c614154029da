from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from reports import pages
from reports.matrix import as_json, as_text, matrix
from reports.run import Run
from tests.interop.node import installed
from tests.reports.conftest import CASE, CHROMIUM, START, Reading
from tests.reports.made import HOSTILE, JOURNAL, OLD
from tests.reports.test_accessible import FOUND, HERE
from tests.reports.test_html import Page
from tests.running import run as command


@pytest.fixture
def runs(reading: Reading) -> list[Run]:
    """Return two runs of one system, and one of another version."""
    other = {**START, "suts": [{"name": HOSTILE, "version": "2.0.1", "role": "CS"}]}
    fails = {**CASE, "id": "TC_002_CS", "title": HOSTILE, "verdict": "FAIL"}
    later = {**CASE, "sut": HOSTILE, "version": "2.0.1", "verdict": "NOT APPLICABLE"}
    return [reading(START, CASE), reading(START, CASE, fails), reading(other, later)]


def test_systems_of_one_version_and_role_share_a_table(runs: list[Run]) -> None:
    first, second = matrix(runs)
    assert (first.title, second.title) == ("OCPP 1.6 charge point", "OCPP 2.0.1 charging station")
    assert [(c.run, c.name, c.passed, c.needed) for c in first.columns] == [
        (0, "s", 1, 1),
        (1, "s", 1, 2),
    ]
    assert [(row.case, row.outcomes) for row in first.rows] == [
        ("TC_001_CS", ("PASS", "PASS")),
        ("TC_002_CS", (None, "FAIL")),
    ]
    assert [(c.passed, c.needed) for c in second.columns] == [(0, 0)]


def test_a_terminal_gets_a_table_that_steers_nothing(runs: list[Run]) -> None:
    text = as_text(matrix(runs))
    assert "  TC_001_CS           ok    ok  Cold Boot Charge Point\n" in text
    assert "  TC_002_CS               FAIL  </td><script>" in text
    assert "\x1b" not in text


def test_json_has_the_tables(runs: list[Run]) -> None:
    found = json.loads(as_json(matrix(runs)))
    assert found["tables"][0]["rows"][1]["outcomes"] == [None, "FAIL"]
    assert found["tables"][0]["columns"][1]["needed"] == 2


def test_a_page_leads_to_the_cases_of_each_run(runs: list[Run]) -> None:
    text = pages.matrix(matrix(runs), {0: "a/report.html", 1: "", 2: ""})
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.elements}
    assert [link["href"] for link in page.all("a")] == ["a/report.html", "a/report.html#TC_001_CS"]
    assert "&lt;script&gt;alert(9)&lt;/script&gt;" in text


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_used_by_everybody(
    browser: Browser, run: Run, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    installed(HERE)
    text = pages.matrix(matrix([run, run]), {0: "a", 1: ""})
    (tmp_path / "x.html").write_text(text, encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    page.goto((tmp_path / "x.html").as_uri())
    page.evaluate((HERE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    assert page.evaluate(FOUND) == []
    page.close()


def test_the_command_shows_runs_of_any_format(tmp_path: Path) -> None:
    for name, journal in (("a b", JOURNAL), ("old", OLD)):
        (tmp_path / name).mkdir()
        shutil.copy(journal, tmp_path / name / "journal.jsonl")
    (tmp_path / "a b" / "report.html").write_text("")
    ran = command("matrix", "a b", "old", "--html", "m.html", folder=tmp_path)
    assert ran.code == 0, ran.err
    assert ran.out.count("TC_011_1_CS       FAIL  FAIL") == 1
    assert 'href="a%20b/report.html#TC_011_1_CS"' in (tmp_path / "m.html").read_text("utf-8")
