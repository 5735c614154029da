"""What a run could have judged, for its journal."""

from __future__ import annotations

from conformance.catalogue import everything, select
from conformance.declared import declared_ids
from conformance.outline import outline
from conformance.sut import embedded


def test_every_case_of_the_role_is_there_with_what_keeps_it_from_being_run() -> None:
    features = {"features": ["16-LOCAL-STOP"]}
    found = outline(embedded("1.6", "CS", name="box", changes=features), {"TC_001_CS"})
    assert (found["kind"], found["sut"], found["version"]) == ("outline", "box", "1.6")
    cases = {case["id"]: case for case in found["cases"]}
    assert list(cases) == [e.id for e in select(everything(), versions=["1.6"], roles=["CS"])]
    assert {i for i, case in cases.items() if case["selected"]} == {"TC_001_CS"}
    assert {i for i, case in cases.items() if case["implemented"]} == declared_ids() & set(cases)
    assert cases["TC_001_CS"]["unmet"] == ""
    assert "16-SMART-CHARGING" in cases["TC_056_CS"]["unmet"]
    assert cases["TC_056_CS"]["profiles"] == {"smart-charging": "M"}


def test_every_feature_is_there_and_says_whether_it_is_declared() -> None:
    features = {"features": ["core", "C-40.1"]}
    found = outline(embedded("2.0.1", "CS", changes=features), set())
    declared = {f["id"] for f in found["features"] if f["declared"]}
    assert {"core", "C-40", "C-40.1"} <= declared
    assert "C-40.2" not in declared
    named = {f["id"]: (f["kind"], f["name"]) for f in found["features"]}
    assert named["C-30"] == ("optional", "Local start - RFID ISO14443")
