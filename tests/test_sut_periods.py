"""Intervals in a sut.toml that cannot be told from what is allowed to be off."""

from __future__ import annotations

import pytest

from conformance.sut import SutFileError, embedded


@pytest.mark.parametrize(
    ("interval", "deviation", "told"),
    [
        (60, 29.9, ""),
        (60, 30.0, "limits.deviation: expected less than half of values.aligned_interval (60 s)"),
        (17, 4.0, "values.aligned_interval: expected a day (86400 s) in a whole number of parts"),
        (86400, 4.0, ""),
    ],
)
def test_clock_aligned_values_can_be_told_from_others(
    interval: int, deviation: float, told: str
) -> None:
    values = {"aligned_interval": interval, "meter_interval": 60}
    values |= {"heartbeat_interval": 60, "retry_interval": 60}
    changes = {"values": values, "limits": {"deviation": deviation}}
    try:
        found = str(embedded("1.6", "CS", changes=changes).values.aligned_interval)
    except SutFileError as error:
        found = str(error)
    assert told in found
    assert bool(told) == ("expected" in found)
