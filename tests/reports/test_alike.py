from __future__ import annotations

from typing import Any

from reports.analysis import Analysis
from reports.html import render
from reports.markdown import render as markdown
from reports.pdf_data import document
from reports.views import views
from tests.reports.conftest import CASE, START, Reading

FINDING = {"kind": "finding", "sut": "CP", "text": "a second answer"}


def case(number: int, reason: str, verdict: str) -> dict[str, Any]:
    return {**CASE, "id": f"TC_{number}_CS", "verdict": verdict, "reason": reason, "step": ""}


LOST = [case(n, "not idle", "INCONCLUSIVE") for n in range(1, 5)]
FEW = [case(n, "not online", "INCONCLUSIVE") for n in range(5, 8)]
FAILED = case(9, "not idle", "FAIL")


def test_what_many_cases_say_is_said_once_and_failures_first(reading: Reading) -> None:
    run = reading(START, *LOST, *FEW, FAILED)
    told = [(found[2], found[3]) for found in document(run)["attention"]]
    assert [name for name, _ in told] == ["TC_9_CS", "4 cases", "TC_5_CS", "TC_6_CS", "TC_7_CS"]
    assert told[1][1] == "TC_1_CS, TC_2_CS, TC_3_CS, TC_4_CS"
    rows = [line for line in markdown(run).splitlines() if "not idle" in line]
    assert ["TC_9_CS" in rows[0], "4 cases" in rows[1]] == [True, True]
    page = render(run)
    assert page.count("not idle") < page.count("not online") + len(LOST)
    assert "8 of 8 cases need attention" in page


def test_what_stands_in_the_way_is_said_once(reading: Reading) -> None:
    run = reading(START, *LOST, *FEW, FAILED)
    (part,) = views(Analysis(run))
    found = [[o.case for o in group] for row in part.profiles for group in row.in_the_way]
    ids = [f"TC_{n}_CS" for n in range(1, 8)]
    assert found == [["TC_9_CS"], ids[:4], *([id_] for id_ in ids[4:])]


def test_what_is_wrong_between_cases_is_said_once(reading: Reading) -> None:
    found = [{**FINDING, "at": f"2026-11-25T09:00:0{n}.000Z"} for n in range(5)]
    told = document(reading(START, *found))["findings"]
    expected = "2026-11-25T09:00:00.000Z to 2026-11-25T09:00:04.000Z, 5 times CP"
    assert told == [[expected, "a second answer"]]
