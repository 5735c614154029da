from __future__ import annotations

from typing import Any

from reports.stages import Stage, stages
from tests.reports.conftest import CASE, START, Reading


def found(reading: Reading, *steps: dict[str, Any]) -> list[Stage]:
    timed = [{"at": n / 10, **step} for n, step in enumerate(steps)]
    return stages(reading(START, {**CASE, "steps": timed}).cases[0])


def test_a_state_is_a_stage_and_the_steps_after_it_another(reading: Reading) -> None:
    states = (
        "before/Booted.1",
        "before/Booted.1/Authorized.2",
        "before/Charging.7",
        "1",
        "2/Idle.3",
    )
    shown = found(reading, *({"step": step} for step in (*states, "post", "cleanup")))
    assert [(stage.title, [line.number for line in stage.lines]) for stage in shown] == [
        ("Precondition: Booted", ["1", "1/Authorized.2"]),
        ("Precondition: Charging", ["7"]),
        ("Steps", ["1"]),
        ("Step 2: Idle", ["3"]),
        ("Afterwards", [""]),
        ("Clean-up", [""]),
    ]
    assert [line.place for stage in shown for line in stage.lines] == list(range(7))
    assert [stage.is_precondition for stage in shown[:3]] == [True, True, False]


def test_a_line_without_a_number_stays_where_the_line_before_it_is(reading: Reading) -> None:
    steps = ({"step": "before/Booted.1"}, {"got": "plug in"}, {"step": "before"}, {"step": "1"})
    shown = found(reading, *steps, {})
    assert [(stage.title, len(stage.lines)) for stage in shown] == [
        ("Precondition: Booted", 3),
        ("Steps", 2),
    ]


def test_steps_of_the_case_alone_need_no_title(reading: Reading) -> None:
    assert [stage.title for stage in found(reading, {"step": "1"}, {"step": "2"})] == [""]
    assert [stage.title for stage in found(reading, {})] == [""]
    assert found(reading) == []


def test_a_state_alone_keeps_its_title(reading: Reading) -> None:
    assert [s.title for s in found(reading, {"step": "before/Booted.1", "ok": False})] == [
        "Precondition: Booted"
    ]


def test_a_state_says_whether_and_when_it_was_reached(reading: Reading) -> None:
    right: list[dict[str, Any]] = [{"step": "before/Booted.1", "ok": True}, {"got": "plug in"}]
    assert found(reading, *right)[0].reached == "✓ 1 step, until 0.100 s"
    wrong = [*right, {"step": "before/Booted.2", "ok": False}]
    assert found(reading, *wrong)[0].reached == "✗ 2 steps, until 0.200 s"


def test_the_end_of_a_state_belongs_to_it(reading: Reading) -> None:
    end = {"step": "1", "got": "state is Booted"}
    shown = found(reading, {"step": "1/Booted.1"}, end, {"step": "1/Charging.1"})
    assert [(s.title, [line.number for line in s.lines]) for s in shown] == [
        ("Step 1: Booted", ["1", ""]),
        ("Step 1: Charging", ["1"]),
    ]


def test_what_is_said_again_and_again_is_one_line(reading: Reading) -> None:
    beat = {"who": "station", "got": "Heartbeat(): noted"}
    steps = [{"step": "1"}, beat, beat, beat, {"got": "other"}, beat, {**beat, "step": "2"}]
    (stage,) = found(reading, *steps)
    assert [(line.place, line.prefix, line.until) for line in stage.lines] == [
        (0, "", 0.0),
        (1, "3 times: ", 0.3),
        (4, "", 0.4),
        (5, "", 0.5),
        (6, "", 0.6),
    ]


def test_what_went_wrong_or_an_operator_did_is_told_each_time(reading: Reading) -> None:
    plug = {"who": "operator", "got": "plug in"}
    wrong = {"got": "no", "ok": False}
    assert len(found(reading, plug, plug, wrong, wrong)[0].lines) == 4
