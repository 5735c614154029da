from __future__ import annotations

import pytest

from reports.analysis import Analysis
from reports.grant import Grant, Ruling, Standing
from reports.review import remark_id
from reports.run import Run
from reports.summary import profile_name
from tests.reports.conftest import CASE, START, Reading

KNOWN = {
    "id": "TC_001_CS",
    "title": "",
    "section": "",
    "profiles": {"core": "M"},
    "unmet": "",
    "implemented": True,
    "selected": True,
}
OUTLINE = {"kind": "outline", "sut": "s", "version": "1.6", "role": "CS", "features": []}


def outline(*known: dict[str, object]) -> dict[str, object]:
    return {**OUTLINE, "cases": [{**KNOWN, **case} for case in known]}


def ruled(run: Run, slug: str = "core") -> Grant:
    return Analysis(run).parts[0].grants[slug]


def case(**more: object) -> dict[str, object]:
    return {**CASE, **more}


def test_a_profile_whose_cases_have_passed_would_be_granted(reading: Reading) -> None:
    found = ruled(reading(START, outline({}, {"id": "x", "unmet": "needs y"}), CASE))
    assert (found.ruling, found.obstacles) == (Ruling.GRANTED, ())
    assert found.mandatory == Standing(passed=1, not_applicable=1)


def test_a_failed_case_stands_in_the_way(reading: Reading) -> None:
    found = ruled(reading(START, outline({}), case(verdict="FAIL", reason="why")))
    assert found.ruling is Ruling.REFUSED
    assert [(o.case, o.why, o.fails) for o in found.obstacles] == [("TC_001_CS", "why", True)]


def test_the_programme_knows_no_waiver(reading: Reading) -> None:
    found = ruled(reading(START, outline({}), case(verdict="FAIL", waived="known")))
    assert (found.ruling, found.obstacles[0].why) == (Ruling.REFUSED, "waived: known")


@pytest.mark.parametrize("verdict", ["INCONCLUSIVE", "ERROR"])
def test_a_case_without_a_judgement_leaves_it_open(reading: Reading, verdict: str) -> None:
    found = ruled(reading(START, outline({}), case(verdict=verdict, reason="no cable")))
    assert (found.ruling, found.mandatory.inconclusive) == (Ruling.OPEN, 1)
    assert found.obstacles[0].why == f"{verdict}: no cable"


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"selected": False}, "not among the cases of this run"),
        ({"implemented": False, "selected": False}, "this tool does not have the case yet"),
        ({}, "not reached in this run"),
    ],
)
def test_a_case_that_was_not_run_leaves_it_open(
    reading: Reading, known: dict[str, object], why: str
) -> None:
    found = ruled(reading(START, outline({}, {"id": "TC_002_CS", **known}), CASE))
    assert (found.ruling, found.mandatory.not_run) == (Ruling.OPEN, 1)
    assert [(o.case, o.why, o.ran) for o in found.obstacles] == [("TC_002_CS", why, False)]


def test_a_run_that_was_stopped_grants_nothing(reading: Reading) -> None:
    assert ruled(reading(START, outline({}), CASE, end=False)).ruling is Ruling.OPEN


def test_a_profile_of_which_no_case_applies_is_not_declared(reading: Reading) -> None:
    known: dict[str, object] = {
        "id": "TC_9_CS",
        "profiles": {"reservation": "M"},
        "unmet": "needs it",
    }
    run = reading(START, outline({}, known), CASE)
    assert ruled(run, "reservation").ruling is Ruling.UNDECLARED
    assert list(Analysis(run).parts[0].grants) == ["core", "reservation"]


def test_a_case_about_not_having_a_profile_declares_nothing(reading: Reading) -> None:
    profiles = ({"local-auth-list": "M"}, {"local-auth-list": "C"})
    needed: dict[str, object] = {"id": "TC_0_CS", "profiles": profiles[0], "unmet": "needs it"}
    without: dict[str, object] = {"id": "TC_1_CS", "profiles": profiles[1]}
    run = reading(START, outline(needed, without), case(id="TC_1_CS", profiles=profiles[1]))
    assert ruled(run, "local-auth-list").ruling is Ruling.UNDECLARED


def test_conditional_cases_are_counted_apart(reading: Reading) -> None:
    known: dict[str, object] = {"id": "TC_002_CS", "profiles": {"core": "C"}}
    failing = case(id="TC_002_CS", profiles={"core": "C"}, verdict="FAIL")
    found = ruled(reading(START, outline({}, known), CASE, failing))
    assert (found.mandatory, found.conditional) == (Standing(passed=1), Standing(failed=1))
    assert found.ruling is Ruling.REFUSED


def test_failures_stand_before_what_is_not_known(reading: Reading) -> None:
    run = reading(
        START,
        outline({}, {"id": "TC_002_CS"}, {"id": "TC_003_CS"}),
        CASE,
        case(id="TC_003_CS", verdict="FAIL"),
    )
    assert [o.case for o in ruled(run).obstacles] == ["TC_003_CS", "TC_002_CS"]


def test_remarks_have_to_be_reviewed_and_may_be_rejected(reading: Reading) -> None:
    remarked = case(remarks=[{"step": "1", "text": "odd"}])
    run = reading(START, outline({}), remarked)
    name = remark_id(run.cases[0], run.cases[0].remarks[0])
    assert (ruled(run).ruling, ruled(run).to_review) == (Ruling.GRANTED, 1)
    for judgement, ruling in (("accepted", Ruling.GRANTED), ("rejected", Ruling.REFUSED)):
        review = {"kind": "review", "remark": name, "judgement": judgement, "by": "x", "at": "y"}
        found = ruled(reading(START, outline({}), remarked, reviews=[review]))
        assert (found.ruling, found.to_review) == (ruling, 0)


def test_without_a_catalogue_the_cases_of_the_run_are_counted(reading: Reading) -> None:
    found = ruled(reading(START, CASE, case(id="x", profiles={"core": "C"}, verdict="FAIL")))
    assert (found.mandatory, found.conditional) == (Standing(passed=1), Standing(failed=1))


def test_other_profiles_need_core(reading: Reading) -> None:
    part = Analysis(reading(START, outline({}), case(verdict="FAIL"))).parts[0]
    assert not part.core_stands
    assert Analysis(reading(START, outline({}), CASE)).parts[0].core_stands


def test_our_own_cases_on_the_layer_are_no_profile_of_the_programme(reading: Reading) -> None:
    layer = {"profiles": {"OCPP-J": "M"}}
    run = reading(START, outline({}, {"id": "OCPPJ_01_CS", **layer}), CASE)
    found = ruled(run, "OCPP-J")
    assert (found.ruling, found.obstacles) == (Ruling.OUTSIDE, ())
    assert found.mandatory == Standing(not_run=1)
    assert ruled(run).ruling is Ruling.GRANTED
    assert profile_name("OCPP-J") == "OCPP-J, our own cases"
