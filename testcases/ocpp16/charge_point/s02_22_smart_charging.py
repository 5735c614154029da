"""Section 2.22: smart charging."""

from __future__ import annotations

from conformance import Station, Sut, about_now, absent, case, limits, one_of, present
from conformance.ocpp16.messages import (
    ClearChargingProfile,
    GetCompositeSchedule,
    SetChargingProfile,
)
from conformance.ocpp16.profiles import absolute, seconds_since
from testcases.ocpp16.charge_point.states import charging, charging_profile_set

WHOLE_SECONDS = 1  # a startPeriod has no fractions: an edge may be off by one for that alone


def composite(sut: Sut, duration: int) -> GetCompositeSchedule.req:
    """Ask for the composite schedule of the configured connector."""
    return GetCompositeSchedule.req(
        connectorId=sut.connector, duration=duration, chargingRateUnit=sut.charging_rate_unit
    )


def composed(sut: Sut, duration: int) -> GetCompositeSchedule.conf:
    """Require what every composite schedule of these cases has in common."""
    return GetCompositeSchedule.conf(
        status="Accepted",
        connectorId=sut.connector,
        chargingSchedule={
            "duration": duration,
            "chargingRateUnit": sut.charging_rate_unit,
            "chargingSchedulePeriod": present,
        },
    )


@case("TC_056_CS")
async def test_tc_056_cs(station: Station, sut: Sut) -> None:
    """A default profile that was set shows in the composite schedule."""
    duration = sut.values.schedule_duration
    profile = absolute(
        sut,
        1,
        "TxDefaultProfile",
        [(0, 6)],
        stack_level=sut.values.stack_level,
        duration=duration,
        valid_for=None,
        begun=0,
    )
    await station.call(
        1,
        SetChargingProfile.req(connectorId=sut.connector, csChargingProfiles=profile),
        expect=SetChargingProfile.conf(status="Accepted"),
    )
    begin = one_of(absent, about_now(within=sut.limits.deviation))
    await station.call(
        3,
        GetCompositeSchedule.req(
            connectorId=sut.connector, duration=duration, chargingRateUnit=sut.charging_rate_unit
        ),
        expect=GetCompositeSchedule.conf(
            status="Accepted",
            connectorId=sut.connector,
            scheduleStart=begin,
            chargingSchedule={
                "duration": duration,
                "chargingRateUnit": sut.charging_rate_unit,
                "startSchedule": begin,
                "chargingSchedulePeriod": limits(
                    (0, sut.charging_limit(6)), until=duration, deviation=sut.limits.deviation
                ),
            },
        ),
    )


@case("TC_066_CS", before=(charging,))
async def test_tc_066_cs(station: Station, sut: Sut) -> None:
    """Three profiles of different purposes are combined into one composite schedule.

    The profile of the transaction rules for 260 s under the station's maximum. What holds
    between its end and that of the default profile is left open by the texts: both the
    default profile's 8 and the maximum of 10 are taken.
    """
    maximum = absolute(sut, 1, "ChargePointMaxProfile", [(0, 10)], duration=86400, valid_for=None)
    default = absolute(
        sut,
        2,
        "TxDefaultProfile",
        [(0, 6), (60, 10), (120, 8), (180, 15), (260, 8)],
        duration=300,
        valid_for=401,
    )
    transaction = absolute(
        sut,
        3,
        "TxProfile",
        [(0, 8), (50, 11), (140, 16), (200, 6), (240, 12)],
        duration=260,
        valid_for=401,
    )
    await station.execute("before", charging_profile_set(maximum, 0))
    await station.execute("before", charging_profile_set(default, sut.connector))
    await station.execute(
        "before", charging_profile_set(transaction, sut.connector, for_transaction=True)
    )

    schedule = await station.call(1, composite(sut, 400), expect=composed(sut, 400))
    x = seconds_since(transaction, schedule)
    limit = sut.charging_limit
    station.match(
        2,
        periods(
            sut,
            (0, limit(8)),
            (50 - x, limit(10)),
            (200 - x, limit(6)),
            (240 - x, limit(10)),
            (260 - x, (limit(8), limit(10))),
            (300 - x, limit(10)),
            until=400,
        ),
        schedule,
    )


@case("TC_067_CS")
async def test_tc_067_cs(station: Station, sut: Sut) -> None:
    """Profiles are cleared by id, by purpose and stack level, and all at once."""
    first = absolute(
        sut,
        1,
        "TxDefaultProfile",
        [(0, 6), (60, 8), (200, 10)],
        stack_level=1,
        duration=400,
        valid_for=None,
    )
    second = absolute(sut, 2, "TxDefaultProfile", [(0, 7), (100, 9)], duration=400, valid_for=401)
    third = absolute(
        sut, 3, "ChargePointMaxProfile", [(0, 11), (200, 12)], duration=86400, valid_for=401
    )
    await station.execute("before", charging_profile_set(first, sut.connector))
    await station.execute("before", charging_profile_set(second, sut.connector))
    await station.execute("before", charging_profile_set(third, 0))
    limit = sut.charging_limit

    await station.call(
        1, ClearChargingProfile.req(id=1), expect=ClearChargingProfile.conf(status="Accepted")
    )
    schedule = await station.call(3, composite(sut, 350), expect=composed(sut, 350))
    x = seconds_since(second, schedule)
    station.match(4, periods(sut, (0, limit(7)), (100 - x, limit(9)), until=350), schedule)

    await station.call(
        5,
        ClearChargingProfile.req(chargingProfilePurpose="TxDefaultProfile", stackLevel=0),
        expect=ClearChargingProfile.conf(status="Accepted"),
    )
    schedule = await station.call(7, composite(sut, 350), expect=composed(sut, 350))
    x = seconds_since(third, schedule)
    station.match(8, periods(sut, (0, limit(11)), (200 - x, limit(12)), until=350), schedule)

    await station.call(
        9, ClearChargingProfile.req(), expect=ClearChargingProfile.conf(status="Accepted")
    )
    schedule = await station.call(11, composite(sut, 350), expect=composed(sut, 350))
    if sut.values.local_limit is None:
        station.remark(12, "no local_limit is declared: any limit is taken")
    else:
        station.match(12, periods(sut, (0, sut.values.local_limit), until=350), schedule)


def periods(
    sut: Sut, *expected: tuple[float, float | tuple[float, ...]], until: float
) -> dict[str, object]:
    """Require the limits of a composite schedule, from when each holds."""
    found = limits(*expected, until=until, deviation=sut.limits.deviation + WHOLE_SECONDS)
    return {"chargingSchedule": {"chargingSchedulePeriod": found}}
