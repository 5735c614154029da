"""What is to do in the lab: every report lists it apart, and nobody is asked to judge it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reports import junit
from reports.analysis import Analysis
from reports.compare import compare
from reports.html import render
from reports.pdf_data import document
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading
from tests.reports.made import chained
from tests.running import run as command

ODD = {"step": "1", "text": "an odd thing"}
END = {"kind": "end", "ended": "2026-03-02T09:05:00Z", "counts": {"PASS": 1}}


def left(with_: str) -> Mapping[str, object]:
    return {"step": "", "text": f"the station was left with {with_}", "lab": True}


@pytest.fixture
def both(reading: Reading) -> Run:
    return reading(START, {**CASE, "remarks": [ODD, left("another")]})


@pytest.fixture
def only(reading: Reading) -> Run:
    return reading(START, {**CASE, "remarks": [left("another")]})


def test_the_page_has_a_list_of_its_own(both: Run) -> None:
    page = render(both)
    reviewed, _, rest = page.partition('<section id="lab">')
    lab, _, cases = rest.partition('<section id="cases">')
    assert "1 of 1 are open" in reviewed
    assert "left with another" not in reviewed
    assert "left with another" in lab
    assert "an odd thing" not in lab
    assert "<b class=i>The lab:</b> the station was left with another" in cases
    assert ">Remarks 1</button>" in cases


def test_a_page_with_nothing_to_judge_asks_for_no_judgement(only: Run) -> None:
    page = render(only)
    assert 'id="remarks"' not in page
    assert ">Remarks" not in page
    assert not re.search("<details class=c[^>]* data-r", page)
    assert 'id="lab"' not in render(replace(only, cases=()))


def test_no_case_is_to_be_reviewed_for_the_lab(both: Run, only: Run) -> None:
    for run, states in ((both, {CASE["id"]: "open"}), (only, {})):
        (part,) = Analysis(run).parts
        assert part.remarks == states


def test_the_pdf_and_junit_have_it_apart(both: Run) -> None:
    told = document(both)
    assert [text for *_, text, _ in told["remarks"]] == ["Step 1: an odd thing"]
    assert told["lab"] == [[CASE["id"], "the station was left with another"]]
    (case,) = [
        c for part in told["parts"] for chapter in part["chapters"] for c in chapter["cases"]
    ]
    assert (len(case["remarks"]), case["lab"]) == (1, ["the station was left with another"])
    text = junit.render(both)
    assert "remark at step 1: an odd thing" in text
    assert "to do in the lab: the station was left with another" in text


def test_what_is_new_in_every_run_is_no_change(reading: Reading) -> None:
    before = reading(START, {**CASE, "remarks": [ODD, left("this")]})
    after = reading(START, {**CASE, "remarks": [left("that")]})
    (part,) = compare(before, after).parts
    assert [(c.before, c.after) for c in part.remarks] == [("step 1: an odd thing", "")]


def test_a_review_asks_for_no_judgement_of_it(tmp_path: Path) -> None:
    records = (START, {**CASE, "remarks": [ODD, left("another")]}, END)
    (tmp_path / "journal.jsonl").write_text(chained(records))
    ran = command("review", ".", "--list", folder=tmp_path)
    assert ran.code == 0, ran.err
    assert f"to do in the lab  {CASE['id']}: the station was left with another\n" in ran.out
    assert ran.out.endswith("1 remarks: 1 open, 0 accepted, 0 rejected\n")
