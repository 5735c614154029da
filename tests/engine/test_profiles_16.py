"""What the cases require of a composite schedule of OCPP 1.6."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conformance.clock import rfc3339
from conformance.matching import mismatches
from conformance.ocpp16.profiles import Profile, absolute, calculated
from conformance.sut import Sut, embedded

SUT = embedded("1.6", "CS")
X = 10
Answer = dict[str, Any]


def answer(*periods: tuple[int, float], after: float = X - SUT.limits.deviation) -> Answer:
    """Return an answer whose schedule begins X seconds after what `absolute` makes now."""
    start = rfc3339(datetime.now(UTC) + timedelta(seconds=after))
    listed = [{"startPeriod": at, "limit": limit} for at, limit in periods]
    return {"scheduleStart": start, "chargingSchedule": {"chargingSchedulePeriod": listed}}


def right(sut: Sut, reported: Answer, until: int, *installed: tuple[int, Profile]) -> bool:
    """Tell whether an answer is what the profiles amount to."""
    return not mismatches(calculated(sut, reported, until, *installed), reported)


def test_the_periods_count_from_the_start_of_the_profile() -> None:
    profile = absolute(SUT, 1, "TxDefaultProfile", [(0, 6), (60, 8)], duration=300, valid_for=None)
    assert right(SUT, answer((0, 6), (60 - X, 8)), 200, (1, profile))
    assert not right(SUT, answer((0, 6), (60, 8)), 200, (1, profile))
    assert right(SUT, answer((0, 6), (60 - X, 8)), 200, (0, profile))
    assert not right(SUT, answer((0, 7)), 200, (1, profile))


def test_without_its_start_it_begins_now() -> None:
    profile = absolute(
        SUT, 1, "TxDefaultProfile", [(0, 6), (60, 8)], duration=300, valid_for=None, begun=X
    )
    reported = answer((0, 6), (60 - X, 8))
    del reported["scheduleStart"]
    assert right(SUT, reported, 200, (1, profile))


@pytest.mark.parametrize("between", [8, 10])
def test_both_readings_are_right_where_a_transactions_profile_has_ended(between: float) -> None:
    maximum = absolute(SUT, 1, "ChargePointMaxProfile", [(0, 10)], duration=900, valid_for=None)
    default = absolute(SUT, 2, "TxDefaultProfile", [(0, 8)], duration=300, valid_for=401)
    own = absolute(SUT, 3, "TxProfile", [(0, 6)], duration=260, valid_for=401)
    installed = (0, maximum), (1, default), (1, own)
    reported = answer((0, 6), (260 - X, between), (300 - X, 10))
    assert right(SUT, reported, 400, *installed)
    assert not right(SUT, answer((0, 6), (260 - X, 9), (300 - X, 10)), 400, *installed)


def test_another_connectors_profile_does_not_count() -> None:
    profile = absolute(SUT, 1, "TxDefaultProfile", [(0, 6)], duration=300, valid_for=None)
    there = SUT.changed({"values": {"local_limit": 16.0}})
    assert right(there, answer((0, 16)), 200, (2, profile))
    assert not right(there, answer((0, 6)), 200, (2, profile))


def test_limits_are_in_the_configured_unit() -> None:
    watts = SUT.changed({"values": {"charging_rate_unit": "W"}})
    profile = absolute(watts, 1, "TxDefaultProfile", [(0, 6)], duration=300, valid_for=None)
    assert right(watts, answer((0, 6000)), 200, (1, profile))
    assert not right(watts, answer((0, 6)), 200, (1, profile))


def test_a_relative_profile_begins_with_the_transaction() -> None:
    profile: Any = absolute(SUT, 1, "TxProfile", [(0, 6), (60, 8)], duration=300, valid_for=None)
    profile["chargingProfileKind"] = "Relative"
    del profile["chargingSchedule"]["startSchedule"]
    reported = answer((0, 6), (30, 8), after=0)
    started = datetime.now(UTC) - timedelta(seconds=30)
    pattern = calculated(SUT, reported, 200, (1, profile), started=started)
    assert not mismatches(pattern, reported)
    assert mismatches(calculated(SUT, reported, 200, (1, profile)), reported)
