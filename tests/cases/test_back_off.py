"""Stations that connect again too early or too late are found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.prove import judge
from conformance.reference.charging_station_201 import ChargingStation201
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases

CASES = {case.id: case for case in implemented_cases()}


@pytest.mark.parametrize(
    ("wait", "after"),
    [
        (lambda failed: 2.1 * 2**failed, None),
        (lambda _: 2.0, "it came after 4.0 s"),
        (lambda _: 0.2, "it came after 3."),
        (lambda failed: 2.5 * 2**failed, "it came after 7.5 s"),
        (lambda failed: 4.0 * 2**failed, "it came after 4.0 s"),
    ],
)
def test_a_back_off_of_its_own(
    monkeypatch: pytest.MonkeyPatch, wait: Callable[[int], float], after: str | None
) -> None:
    monkeypatch.setattr(ChargingStation201, "_back_off", lambda _, failed: wait(failed))
    result = judge(embedded("2.0.1", "CS"), CASES["OCPPJ_99_CS"])
    assert result.verdict is (Verdict.FAIL if after else Verdict.PASS), result.reason
    assert (after or "") in result.reason


@pytest.mark.parametrize("minimum", [1, 7])
def test_any_minimum_is_right(minimum: int) -> None:
    changes = {"values": {"backoff_minimum": minimum}}
    result = judge(embedded("2.0.1", "CS", changes=changes), CASES["OCPPJ_99_CS"])
    assert result.verdict is Verdict.PASS, result.reason
    assert not result.record.transcript.remarks
