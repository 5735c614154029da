from __future__ import annotations

from reports.problem import Problem, problem
from tests.reports.conftest import CASE, START, Reading

FRAMES = [{"at": n, "sender": "sut", "connection": 1, "text": f"[{n}]"} for n in range(9)]


def told(reading: Reading, **case: object) -> Problem:
    record = {**CASE, "verdict": "FAIL", "frames": FRAMES, **case}
    return problem(reading(START, record).cases[0])


def test_the_line_of_the_failed_step_is_told(reading: Reading) -> None:
    steps = [
        {"at": 1, "step": "3", "expected": "a", "got": "b", "ok": True},
        {"at": 2, "step": "5", "expected": "c", "got": "d", "ok": False, "frame": 6},
        {"at": 3, "step": "cleanup", "expected": "e", "got": "f", "ok": False},
    ]
    found = told(reading, step="5", reason="why", steps=steps)
    assert found == Problem(
        step="5", reason="why", expected="c", got="d", frame=6, last=range(2, 7)
    )


def test_of_two_wrong_lines_at_a_step_the_one_with_the_reason_is_told(reading: Reading) -> None:
    steps = [
        {"at": 1, "step": "5", "got": "other", "ok": False},
        {"at": 2, "step": "5", "expected": "c", "got": "why", "ok": False},
    ]
    found = told(reading, step="5", reason="why", steps=steps)
    assert (found.expected, found.got) == ("c", "")


def test_the_step_is_not_told_twice(reading: Reading) -> None:
    steps = [{"at": 1, "step": "5", "got": "why", "ok": False}]
    found = told(reading, step="5", reason="step 5: why", steps=steps)
    assert (found.step, found.reason, found.got) == ("5", "why", "")


def test_without_a_frame_the_last_ones_are_those_that_had_passed(reading: Reading) -> None:
    steps = [{"at": 3.5, "step": "5", "got": "nothing came", "ok": False}]
    assert told(reading, step="5", reason="nothing came", steps=steps).last == range(4)


def test_without_a_wrong_line_the_reason_stands_alone(reading: Reading) -> None:
    found = told(reading, step="", reason="no connection")
    assert (found.step, found.expected, found.frame) == ("", "", None)
    assert found.last == range(4, 9)
