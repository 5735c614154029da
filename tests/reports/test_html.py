from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.html import render
from reports.run import Run
from tests.benchmarks.html_report import measure
from tests.reports.conftest import CASE, START, Reading
from tests.reports.made import JOURNAL


class Page(HTMLParser):
    """Collects the elements of a page and what each case says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.data: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.data.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def cases(self) -> list[dict[str, str | None]]:
        return [d for d in self.all("details") if "data-o" in d]


@pytest.fixture(scope="module")
def text(run: Run) -> str:
    return render(run)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_case_is_there_with_its_outcome(page: Page) -> None:
    assert {str(c["id"]): c["data-o"] for c in page.cases} == {
        "TC_001_CS": "p",
        "TC_011_1_CS": "f",
        "TC_023_CS": "f",
        "TC_040_1_CS": "w",
        "TC_046_CS": "i",
        "TC_053_CS": "n",
        "TC_056_CS": "p",
        "TC_066_CS": "e",
        "OWN_J_01_CS": "p",
        "TC_B_01_CSMS": "p",
        "TC_K_60_CSMS": "f",
    }


def test_cases_that_need_attention_are_open(page: Page) -> None:
    assert {c["data-o"] for c in page.cases if "open" in c} == {"f", "e", "i"}
    assert {c["data-o"] for c in page.cases if "open" not in c} == {"p", "w", "n"}


def test_every_frame_is_there_in_full(run: Run, page: Page) -> None:
    said = "".join(page.data)
    frames = [f.text for c in run.cases for f in c.frames if "\x00" not in f.text]
    assert len(frames) > 20
    assert not [f for f in frames if f not in said]


def test_every_link_leads_somewhere(page: Page) -> None:
    targets = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [str(a["href"]) for a in page.all("a")]
    assert len(links) > 30
    assert not [h for h in links if not h.startswith("#") or h[1:] not in targets]


def test_ids_are_unique(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_same_case_twice_and_odd_ids_have_anchors_of_their_own(reading: Reading) -> None:
    found = reading(START, CASE, CASE, {**CASE, "id": "summary"}, {**CASE, "id": '"> <b>'})
    page = Page(render(found))
    assert [c["id"] for c in page.cases] == ["----b-", "TC_001_CS", "TC_001_CS-2", "summary-2"]


def test_only_its_own_style_and_script_may_run(text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(inside) == 1
        digest = b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'")


def test_nothing_outside_is_asked_for(page: Page) -> None:
    for tag, attributes in page.elements:
        assert tag not in {"img", "iframe", "object", "embed", "base", "audio", "video", "form"}
        assert "style" not in attributes
        assert not [a for a in attributes if a.startswith("on") or a in {"src", "srcset"}]
    assert [link["href"] for link in page.all("link")] == ["data:,"]


def test_control_characters_are_shown(text: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe]", text)
    assert "[U+0000][U+001B][31m[U+007F][U+0085][U+202E]gnp.exe[U+2028]" in text


def test_templates_in_the_text_of_a_sut_are_text(text: str) -> None:
    assert "{{ 7*7 }} {% raw %}" in text


def test_an_incomplete_run_says_so_first(reading: Reading) -> None:
    found = render(reading(START, CASE, end=False))
    assert "<title>Incomplete: OCPP conformance report, small</title>" in found
    assert found.index("Incomplete run.") < found.index("<h1>")
    assert "the 1 case that had ended by then" in found
    assert 'class="lead f"' in found


def test_a_complete_run_is_not_called_incomplete(text: str) -> None:
    assert "ncomplete" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("end", [True, False])
def test_a_run_without_cases_is_a_page_too(reading: Reading, end: bool) -> None:
    assert "No case has ended" in render(reading(START, end=end))


def test_summary_rows_keep_mandatory_and_conditional_apart(text: str) -> None:
    begin = text.index('<table class="sum">')
    table = text[begin : text.index("</table>", begin)]
    rows = [re.sub(r"<[^>]*>", " ", row).split() for row in table.split("<tr>")]
    open_ = ["cannot", "be", "told", "yet"]
    refused = ["would", "not", "be", "granted"]
    assert ["Core", "mandatory", "5", "1", "3", "·", "1", "·", *refused] in rows
    assert ["Smart", "Charging", "mandatory", "1", "1", *"·" * 4, *open_] in rows
    assert ["conditional", "1", "·", "·", "1", *"·" * 2] in rows
    assert ["Remote", "Trigger", "conditional", "1", *"·" * 4, "1", "is", "not", "declared"] in rows
    assert ["Beyond", "the", "programme", "1", "1", *"·" * 4] in rows


def test_cases_stand_in_the_order_of_the_document(reading: Reading) -> None:
    sections = {"2.10.1": "TC_3_CS", "2.9.2": "TC_2_CS", "": "TC_4_CS", "2.9.1": "TC_10_CS"}
    found = reading(START, *({**CASE, "id": i, "section": s} for s, i in sections.items()))
    page = Page(render(found))
    assert [c["id"] for c in page.cases] == ["TC_10_CS", "TC_2_CS", "TC_3_CS", "TC_4_CS"]


def test_a_long_message_that_was_right_stands_in_full_in_its_frame_only(reading: Reading) -> None:
    frames = [{"at": 0, "sender": "sut", "connection": 1, "text": "whole"}]
    right = {"at": 0, "step": "1", "got": "r" * 300, "ok": True, "frame": 0}
    wrong = {"at": 0, "step": "2", "got": "w" * 300, "ok": False, "frame": 0}
    alone = {"at": 0, "step": "3", "got": "a" * 300, "ok": True}
    found = render(reading(START, {**CASE, "frames": frames, "steps": [right, wrong, alone]}))
    assert [letter * 300 in found for letter in "rwa"] == [False, True, True]
    assert "<td>not an OCPP-J message <a href=#f1-1>#1</a>" in found


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Chatham"])
def test_the_page_is_the_same_everywhere(text: str, tmp_path: Path, zone: str) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from reports.html import render; from reports.journal import read;"
        "Path(sys.argv[2]).write_text(render(read(Path(sys.argv[1]))), encoding='utf-8')"
    )
    target = tmp_path / "a b.html"
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    subprocess.run(
        [sys.executable, "-W", "error", "-c", program, JOURNAL, target],
        env=environment,
        check=True,
    )
    assert target.read_text(encoding="utf-8") == text


def test_a_report_of_the_whole_catalogue_is_small(tmp_path: Path) -> None:
    found = measure(tmp_path)
    assert found["cases"] == 858
    assert found["frames"] == 858 * 14
    assert found["bytes"] < 6_000_000
