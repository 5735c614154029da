from __future__ import annotations

import pytest

from conformance.catalogue import everything
from conformance.ocpp16 import messages
from reports.exchange import told
from reports.html import render
from reports.requirements import SECTIONS, Requirement, requirements, section
from reports.run import Outline, Run
from tests.reports.conftest import CASE, START, Reading


def found(run: Run) -> dict[str, Requirement]:
    sut = run.suts[0]
    outline = run.outlines.get((sut.name, sut.version, sut.role), Outline())
    return {r.name or r.id: r for r in requirements(sut, outline, told(run.cases))}


SUT = {"name": "s", "version": "2.0.1", "role": "CS"}
LATER = {**CASE, "version": "2.0.1"}
OUTLINE = {
    "kind": "outline",
    "sut": "s",
    "version": "2.0.1",
    "role": "CS",
    "features": [],
    "cases": [
        {"id": "TC_001_CS", "requirements": ["B01.FR.01", "B01.FR.02"]},
        {"id": "TC_X_CS", "requirements": ["B01.FR.02", "B01.FR.10", "B01.FR.9"]},
    ],
}


def test_every_id_of_the_catalogue_is_there_in_its_order(reading: Reading) -> None:
    case = {**LATER, "requirements": ["B01.FR.01", "B01.FR.02"]}
    rows = found(reading({**START, "suts": [SUT]}, OUTLINE, case))
    assert list(rows) == ["B01.FR.01", "B01.FR.02", "B01.FR.9", "B01.FR.10"]
    assert [(len(r.cases), r.others, r.covered) for r in rows.values()] == [
        (1, (), True),
        (1, ("TC_X_CS",), True),
        (0, ("TC_X_CS",), False),
        (0, ("TC_X_CS",), False),
    ]


def test_a_case_without_a_judgement_covers_nothing(reading: Reading) -> None:
    for verdict, covered in (("PASS", True), ("FAIL", True), ("INCONCLUSIVE", False)):
        case = {**LATER, "requirements": ["B01.FR.01"], "verdict": verdict}
        assert found(reading({**START, "suts": [SUT]}, case))["B01.FR.01"].covered is covered


def test_of_1_6_the_sections_of_what_a_case_has_judged_itself(reading: Reading) -> None:
    messages = ("Authorize", "Heartbeat", "StartTransaction", "StatusNotification")
    frames = [
        {"at": n, "sender": "sut", "connection": 1, "text": f'[2,"{n}","{action}",{{}}]'}
        for n, action in enumerate(messages)
    ]
    steps = [
        {"at": 0, "step": "before/Authorized.1", "ok": True, "frame": 0},
        {"at": 1, "step": "", "ok": None, "frame": 1},
        {"at": 2, "step": "3", "ok": True, "frame": 2},
        {"at": 3, "step": "5/Charging.1", "ok": False, "frame": 3},
    ]
    case = {**CASE, "verdict": "FAIL", "frames": frames, "steps": steps}
    rows = found(reading(START, case))
    assert {n for n, r in rows.items() if r.cases} == {"StartTransaction", "StatusNotification"}
    assert rows["StartTransaction"].id == "4.8"
    assert rows["StartTransaction"].covered
    assert not rows["Authorize"].covered
    assert list(rows) == list(SECTIONS)


def test_every_operation_of_1_6_has_its_section() -> None:
    actions = {
        name
        for name, found in vars(messages).items()
        if isinstance(found, type) and hasattr(found, "req")
    }
    assert actions == set(SECTIONS)
    documents = [e for e in everything() if e.version == "1.6" and e.id.startswith("TC_")]
    assert not any(e.requirements for e in documents)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("Reset", "OCPP 1.6, 5.14 (Reset)"),
        ("GetLog", "OCPP 1.6 security whitepaper, 5.9 (GetLog)"),
        ("GetBaseReport", ""),
    ],
)
def test_a_message_of_ocpp_16_has_its_section(action: str, told: str) -> None:
    assert section(action) == told


def test_a_case_of_ocpp_16_that_fails_names_the_section(reading: Reading) -> None:
    step = {"at": 1.0, "step": "3", "who": "station", "ok": False, "frame": None}
    wrong = {**step, "expected": "StopTransaction(reason='Remote')", "got": "wrong"}
    failed = {**CASE, "verdict": "FAIL", "reason": "wrong", "requirements": [], "steps": [wrong]}
    page = render(reading(START, failed))
    assert "<dt>Requirements<dd>OCPP 1.6, 4.10 (StopTransaction)" in page
