"""What Allure is told of cases, beside what pytest tells it."""

from __future__ import annotations

import json
import re

import pytest

from tests.running import Ran, cases, junit
from tests.verdicts import allure


def test_allure_has_every_case_with_its_status(every_verdict: Ran) -> None:
    assert {id_: result["status"] for id_, result in allure(every_verdict).items()} == {
        "TC_001_CS": "broken",
        "TC_010_CS": "passed",
        "TC_012_CS": "failed",
        "TC_026_CS": "skipped",
        "TC_056_CS": "broken",
        "TC_066_CS": "skipped",
        "TC_067_CS": "failed",
    }


def test_allure_has_id_title_verdict_and_reason(every_verdict: Ran) -> None:
    result = allure(every_verdict)["TC_012_CS"]
    parameters = {p["name"]: p["value"] for p in result["parameters"]}
    assert result["name"] == "TC_012_CS Remote Stop Charging Session"
    assert (parameters["ocpp_id"], parameters["verdict"]) == ("TC_012_CS", "FAIL")
    assert parameters["reason"] == cases(every_verdict.results)["TC_012_CS"]["reason"]
    assert result["fullName"] == "ocpp.1.6.CS#TC_012_CS"


@pytest.mark.parametrize("identity", ["TC_010_CS", "TC_012_CS"])
def test_allure_has_the_steps_of_every_case_at_their_times(
    every_verdict: Ran, identity: str
) -> None:
    result, case = allure(every_verdict)[identity], cases(every_verdict.results)[identity]
    assert len(result["steps"]) == len(case["steps"]) > 5
    assert [s["status"] for s in result["steps"]] == [
        "failed" if s["ok"] is False else "passed" for s in case["steps"]
    ]
    lasted = result["steps"][-1]["stop"] - result["steps"][0]["start"]
    assert abs(lasted - case["steps"][-1]["at"] * 1000) <= 1
    assert result["start"] - 50 <= result["steps"][0]["start"]
    assert result["steps"][-1]["stop"] <= result["stop"] + 50


def test_allure_has_the_frames_of_every_case(every_verdict: Ran) -> None:
    for identity, result in allure(every_verdict).items():
        frames = [a for a in result["attachments"] if a["name"] == "frames"]
        text = (every_verdict.folder / "y" / frames[0]["source"]).read_text("utf-8")
        sent = cases(every_verdict.results)[identity]["frames"]
        lines = zip(text.splitlines(), sent, strict=True)
        assert all(frame["text"] in line for line, frame in lines)


def test_allure_groups_by_profile_section_and_verdict(every_verdict: Ran) -> None:
    labels = allure(every_verdict)["TC_012_CS"]["labels"]
    found = {(label["name"], label["value"]) for label in labels}
    assert {
        *(("epic", "OCPP 1.6"), ("feature", "CS"), ("story", "core"), ("tag", "core")),
        *(("parentSuite", "OCPP 1.6 CS"), ("suite", "Section 2.5"), ("severity", "critical")),
        ("tag", "FAIL"),
    } <= found
    assert not [label for label in labels if label["name"] == "subSuite"]


def test_allure_has_the_diagram_of_every_case_that_has_frames(every_verdict: Ran) -> None:
    for identity, result in allure(every_verdict).items():
        drawn = [a for a in result["attachments"] if a["name"] == "sequence diagram"]
        assert len(drawn) == bool(cases(every_verdict.results)[identity]["frames"])
        for attachment in drawn:
            picture = junit(every_verdict.folder / "y" / attachment["source"])
            assert picture.tag == "{http://www.w3.org/2000/svg}svg"


def test_allure_has_a_category_for_each_verdict(every_verdict: Ran) -> None:
    categories = json.loads((every_verdict.folder / "y" / "categories.json").read_text("utf-8"))
    found = {}
    for identity, result in allure(every_verdict).items():
        told = result.get("statusDetails", {}).get("message", "")
        fits = [
            category["name"].partition(":")[0]
            for category in categories
            if result["status"] in category["matchedStatuses"]
            and re.search(category["messageRegex"], told, re.DOTALL)
        ]
        found[identity] = fits
    assert found == {
        "TC_001_CS": ["INCONCLUSIVE"],
        "TC_010_CS": [],
        "TC_012_CS": ["FAIL"],
        "TC_026_CS": ["Waived"],
        "TC_056_CS": ["ERROR"],
        "TC_066_CS": ["NOT APPLICABLE"],
        "TC_067_CS": ["FAIL"],
    }


def test_allure_says_what_was_tested(every_verdict: Ran) -> None:
    told = (every_verdict.folder / "y" / "environment.properties").read_text("ascii")
    assert "OCPP.1.6.CS.name=box\n" in told
    assert "OCPP.1.6.CS.operator=embedded\n" in told
