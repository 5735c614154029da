"""Section 2.22: smart charging."""

from __future__ import annotations

from conformance import Station, Sut, about_now, absent, case, one_of, present
from conformance.ocpp16.messages import (
    ClearChargingProfile,
    GetCompositeSchedule,
    RemoteStartTransaction,
    SetChargingProfile,
)
from conformance.ocpp16.profiles import Profile, Purpose, absolute, calculated
from testcases.ocpp16.charge_point.states import (
    charging,
    charging_profile_set,
    charging_with,
    no_profiles,
)


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


def begun_now(sut: Sut) -> dict[str, object]:
    """Require that a schedule begins now, wherever it says so."""
    begin = one_of(absent, about_now(within=sut.limits.deviation))
    return {"scheduleStart": begin, "chargingSchedule": {"startSchedule": begin}}


def single(sut: Sut, purpose: Purpose, transaction: str | None = None) -> Profile:
    """Return the profile of the documents with one period, from now on."""
    profile = absolute(
        sut,
        1,
        purpose,
        [(0, 6)],
        stack_level=sut.values.stack_level,
        duration=sut.values.schedule_duration,
        valid_for=None,
        begun=0,
    )
    if transaction is not None:
        profile["transactionId"] = int(transaction)
    return profile


@case("TC_056_CS", before=(no_profiles,))
async def test_tc_056_cs(station: Station, sut: Sut) -> None:
    """A default profile that was set shows in the composite schedule."""
    profile, duration = single(sut, "TxDefaultProfile"), sut.values.schedule_duration
    await station.call(
        1,
        SetChargingProfile.req(connectorId=sut.connector, csChargingProfiles=profile),
        expect=SetChargingProfile.conf(status="Accepted"),
    )
    schedule = await station.call(3, composite(sut, duration), expect=composed(sut, duration))
    station.match(4, begun_now(sut), schedule)
    station.match(4, calculated(sut, schedule, duration, (sut.connector, profile)), schedule)


@case("TC_057_CS", before=(no_profiles, charging))
async def test_tc_057_cs(station: Station, sut: Sut) -> None:
    """A profile that was set for the running transaction shows in the composite schedule."""
    profile = single(sut, "TxProfile", station.transaction)
    duration = sut.values.schedule_duration
    await station.call(
        1,
        SetChargingProfile.req(connectorId=sut.connector, csChargingProfiles=profile),
        expect=SetChargingProfile.conf(status="Accepted"),
    )
    schedule = await station.call(3, composite(sut, duration), expect=composed(sut, duration))
    station.match(4, begun_now(sut), schedule)
    station.match(4, calculated(sut, schedule, duration, (sut.connector, profile)), schedule)


@case("TC_058_1_CS")
async def test_tc_058_1_cs(station: Station, sut: Sut) -> None:
    """A profile for a transaction is refused where none is running."""
    profile = single(sut, "TxProfile", "1")
    await station.call(
        1,
        SetChargingProfile.req(connectorId=sut.connector, csChargingProfiles=profile),
        expect=SetChargingProfile.conf(status="Rejected"),
        or_error=("PropertyConstraintViolation",),
    )


@case("TC_058_2_CS", before=(charging,))
async def test_tc_058_2_cs(station: Station, sut: Sut) -> None:
    """A profile for another transaction than the one that runs is refused."""
    other = str(int(station.transaction) + 1)
    profile = single(sut, "TxProfile", other)
    await station.call(
        1,
        SetChargingProfile.req(connectorId=sut.connector, csChargingProfiles=profile),
        expect=SetChargingProfile.conf(status="Rejected"),
    )


@case("TC_082_CS", before=(no_profiles, charging))
async def test_tc_082_cs(station: Station, sut: Sut) -> None:
    """A default profile that comes during a transaction holds for that transaction too."""
    profile, duration = single(sut, "TxDefaultProfile"), sut.values.schedule_duration
    await station.call(
        1,
        SetChargingProfile.req(connectorId=sut.connector, csChargingProfiles=profile),
        expect=SetChargingProfile.conf(status="Accepted"),
    )
    schedule = await station.call(3, composite(sut, duration), expect=composed(sut, duration))
    station.match(4, begun_now(sut), schedule)
    station.match(4, calculated(sut, schedule, duration, (sut.connector, profile)), schedule)


@case("TC_066_CS", before=(no_profiles, charging))
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
    connector = sut.connector
    await station.execute("before", charging_profile_set(maximum, 0))
    await station.execute("before", charging_profile_set(default, connector))
    await station.execute(
        "before", charging_profile_set(transaction, connector, for_transaction=True)
    )

    installed = ((0, maximum), (connector, default), (connector, transaction))
    schedule = await station.call(1, composite(sut, 400), expect=composed(sut, 400))
    station.match(2, calculated(sut, schedule, 400, *installed), schedule)


@case("TC_067_CS", before=(no_profiles,))
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

    await station.call(
        1, ClearChargingProfile.req(id=1), expect=ClearChargingProfile.conf(status="Accepted")
    )
    schedule = await station.call(3, composite(sut, 350), expect=composed(sut, 350))
    left = (sut.connector, second), (0, third)
    station.match(4, calculated(sut, schedule, 350, *left), schedule)

    await station.call(
        5,
        ClearChargingProfile.req(chargingProfilePurpose="TxDefaultProfile", stackLevel=0),
        expect=ClearChargingProfile.conf(status="Accepted"),
    )
    schedule = await station.call(7, composite(sut, 350), expect=composed(sut, 350))
    station.match(8, calculated(sut, schedule, 350, (0, third)), schedule)

    await station.call(
        9, ClearChargingProfile.req(), expect=ClearChargingProfile.conf(status="Accepted")
    )
    schedule = await station.call(11, composite(sut, 350), expect=composed(sut, 350))
    if sut.values.local_limit is None:
        station.remark(12, "no local_limit is declared: any limit is taken")
    else:
        station.match(12, calculated(sut, schedule, 350), schedule)


@case("TC_072_CS", before=(no_profiles,))
async def test_tc_072_cs(station: Station, sut: Sut) -> None:
    """A profile on a higher stack level hides the one below it for as long as it lasts."""
    low = absolute(
        sut, 1, "TxDefaultProfile", [(0, 6), (100, 8), (200, 10)], duration=400, valid_for=401
    )
    high = absolute(
        sut,
        2,
        "TxDefaultProfile",
        [(0, 7), (100, 9)],
        stack_level=1,
        duration=150,
        valid_for=401,
    )
    await station.execute("before", charging_profile_set(low, sut.connector))
    await station.execute("before", charging_profile_set(high, sut.connector))

    installed = (sut.connector, low), (sut.connector, high)
    schedule = await station.call(1, composite(sut, 350), expect=composed(sut, 350))
    station.match(2, calculated(sut, schedule, 350, *installed), schedule)


@case("TC_059_CS", before=(no_profiles,))
async def test_tc_059_cs(station: Station, sut: Sut) -> None:
    """A profile that comes with a remote start holds for the transaction."""
    profile, duration = single(sut, "TxProfile"), sut.values.schedule_duration
    await station.execute(1, charging_with(profile=profile))
    schedule = await station.call(2, composite(sut, duration), expect=composed(sut, duration))
    station.match(3, begun_now(sut), schedule)
    station.match(3, calculated(sut, schedule, duration, (sut.connector, profile)), schedule)


@case("TC_060_CS")
async def test_tc_060_cs(station: Station, sut: Sut) -> None:
    """A remote start with a profile that is not for a transaction is refused."""
    profile = single(sut, "TxDefaultProfile")
    await station.call(
        1,
        RemoteStartTransaction.req(
            connectorId=sut.connector, idTag=sut.id_tag, chargingProfile=profile
        ),
        expect=RemoteStartTransaction.conf(status="Rejected"),
        or_error=("PropertyConstraintViolation",),
    )
