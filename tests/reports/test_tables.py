from __future__ import annotations

import re
from typing import Any

from reports import tables
from reports.analysis import Analysis
from reports.text import LONGEST
from reports.views import CaseView, views
from tests.reports.conftest import CASE, START, Reading


def view(reading: Reading, **case: object) -> CaseView:
    run = reading(START, {**CASE, **case})
    return next(views(Analysis(run))[0].cases)


def rows(table: str) -> list[list[str]]:
    """Return the texts of the cells of each row."""
    return [
        [re.sub(r"<[^>]*>", " ", cell).strip() for cell in row.split("<td>")[1:]]
        for row in table.split("<tr")[1:]
    ]


def frame(sender: str, text: str, **more: object) -> dict[str, Any]:
    return {"at": 1, "sender": sender, "connection": 1, "text": text, **more}


LONG = "sends SetChargingProfile(csChargingProfiles={'chargingProfileId': 1, 'stackLevel': 0})"
FRAMES = [
    frame("tool", '[2,"1","SetChargingProfile",{}]'),
    frame("sut", '[3,"1",{"status":"Accepted"}]'),
    frame("tool", '[2,"2","SetChargingProfile",{}]'),
]


def test_what_the_tool_sends_leads_to_its_frame(reading: Reading) -> None:
    steps = [{"at": 0, "step": str(n), "who": "tool", "got": LONG} for n in (1, 3)]
    found = tables.steps(view(reading, steps=steps, frames=FRAMES))
    assert "sends SetChargingProfile <a href=#f1-1>#1</a>" in found
    assert "sends SetChargingProfile <a href=#f1-3>#3</a>" in found
    assert "stackLevel" not in found
    assert "<tr id=f1-3>" in tables.frames(view(reading, steps=steps, frames=FRAMES))


def test_what_the_tool_sends_and_no_frame_has_is_told_in_full(reading: Reading) -> None:
    steps = [{"at": 0, "step": "1", "who": "tool", "got": LONG}]
    assert LONG in tables.steps(view(reading, steps=steps))


def test_a_failed_step_is_told_in_full(reading: Reading) -> None:
    steps = [{"at": 0, "step": "2", "who": "station", "got": "x" * 99, "ok": False, "frame": 1}]
    assert "x" * 99 in tables.steps(view(reading, steps=steps, frames=FRAMES))


def action(at: float, text: str, outcome: str = "done") -> dict[str, Any]:
    kind = {"by": "http", "action": "PlugIn"}
    return {**kind, "at": at, "until": at + 1, "text": text, "outcome": outcome}


def test_the_operator_stands_in_the_step_table_with_his_times(reading: Reading) -> None:
    steps = [{"at": n, "who": "operator", "got": "http: PlugIn(evse=1)"} for n in (1, 5)]
    steps.insert(1, {"at": 2, "who": "operator", "got": "the rig answered 200"})
    actions = [action(5, "Then this.", "given up"), action(1, "First that.")]
    found = view(reading, steps=steps, actions=actions, verdict="FAIL")
    assert [row[3:] for row in rows(tables.steps(found))[1:]] == [
        ["First that.", "1.000-2.000", "done"],
        ["the rig answered 200", "2.000", ""],
        ["Then this.", "5.000-6.000", "given up"],
    ]
    assert tables.unpaired(found) == []
    assert "the rig answered" not in tables.steps(view(reading, steps=steps, actions=actions))


def test_actions_that_fit_no_step_stand_apart(reading: Reading) -> None:
    steps = [{"at": 1, "who": "operator", "got": "http: PlugOut(evse=1)"}]
    found = view(reading, steps=steps, actions=[action(1, "a"), action(2, "b")])
    assert "http: PlugOut(evse=1)" in tables.steps(found)
    assert [a.text for a in tables.unpaired(found)] == ["a", "b"]
    assert tables.unpaired(view(reading, steps=steps)) == []


def test_a_state_has_a_row_of_its_own_above_its_steps(reading: Reading) -> None:
    steps = [
        {"at": n, "step": step, "ok": True}
        for n, step in enumerate(("before/<b>.1", "before/<b>.2", "5", "6/Charging.7"))
    ]
    found = tables.steps(view(reading, steps=steps))
    assert re.findall("<tr><th colspan=6>(.*)", found) == [
        "Precondition: &lt;b&gt; <small>✓ 2 steps, until 1.000 s</small>",
        "Steps",
        "Step 6: Charging",
    ]
    assert re.findall("<tr><td>([^<]*)<td>", found) == ["1", "2", "5", "7"]


def test_a_frame_of_a_megabyte_is_cut_and_says_so(reading: Reading) -> None:
    found = tables.frames(view(reading, frames=[frame("sut", "x" * 2**20)]))
    assert len(found) < 20_000
    assert f"… and {2**20 - LONGEST} characters more" in found


def test_the_difference_is_marked_in_the_last_frames_only(reading: Reading) -> None:
    found = view(
        reading,
        verdict="FAIL",
        reason="X.status: expected 'a', got '<b>'",
        step="1",
        frames=[frame("sut", '[3,"1",{"status":"<b>"}]')],
        steps=[{"at": 1, "step": "1", "ok": False, "frame": 0}],
    )
    assert '"status":<mark>"&lt;b&gt;"</mark>}' in tables.last_frames(found, [0])
    assert "<mark>" not in tables.frames(found)


def test_what_is_sent_on_purpose_leads_to_its_frame(reading: Reading) -> None:
    text = '[2,"57d3a121-fa08-46b4-a2b1-cf34dba3390e","Heartbeat",{"surplus":"' + "x" * 99 + '"}]'
    found = view(
        reading,
        frames=[frame("sut", text), frame("tool", text), frame("tool", "binary: 5b32")],
        steps=[
            {"at": 1, "step": "1", "who": "tool", "got": f"sends on purpose: {text[:90]}…"},
            {"at": 2, "step": "2", "who": "tool", "got": "sends on purpose: 5b32"},
        ],
    )
    assert found.sends == {0: 1, 1: 2}
    assert "<td>sends Heartbeat <a href=#f1-2>#2</a>" in tables.steps(found)


def test_what_was_expected_and_came_is_told_in_short(reading: Reading) -> None:
    step = {"at": 1, "step": "1", "who": "station", "expected": "x" * 999, "got": "it", "ok": True}
    assert "x" * 200 not in tables.steps(view(reading, steps=[step]))
    wrong = view(reading, verdict="FAIL", steps=[{**step, "ok": False}])
    assert "x" * 999 in tables.steps(wrong)
