"""Section 3.19: smart charging."""

from __future__ import annotations

from typing import Any

from conformance import (
    Csms,
    Operator,
    ProfileWish,
    Sut,
    absent,
    case,
    none_of,
    now,
    one_of,
    present,
)
from conformance.ocpp16.messages import (
    Authorize,
    ClearChargingProfile,
    GetCompositeSchedule,
    RemoteStartTransaction,
    SetChargingProfile,
    StartTransaction,
)
from testcases.ocpp16.central_system.states import ACCEPTED, charging, start, status


def wish(sut: Sut, purpose: str, kind: str, number: int = 0, *, valid: bool = False) -> ProfileWish:
    """Return a wish for a profile of 6 A (or 6000 W), `number` levels above the configured one."""
    return ProfileWish(
        purpose=purpose,
        kind=kind,
        stack_level=sut.values.stack_level + number,
        unit=sut.charging_rate_unit,
        limit=sut.charging_limit(6),
        duration=sut.values.schedule_duration,
        number_phases=sut.number_phases,
        profile_id=number + 1,
        valid=valid,
    )


def clear(profile: Any, connector: Any, purpose: Any, level: Any) -> ClearChargingProfile.req:  # noqa: ANN401 - patterns
    """Return a clearing that names just this."""
    return ClearChargingProfile.req(
        id=profile, connectorId=connector, chargingProfilePurpose=purpose, stackLevel=level
    )


@case("TC_056_CSMS")
async def test_tc_056_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system sets a default profile of 6 A (or 6000 W)."""
    duration = sut.values.schedule_duration
    profile = wish(sut, "TxDefaultProfile", "Absolute", valid=True)
    await operator.ask_for_profile(sut.connector, profile)
    phases = one_of(3, absent) if sut.number_phases == 3 else sut.number_phases
    await csms.expect(
        1,
        SetChargingProfile.req(
            connectorId=sut.connector,
            csChargingProfiles={
                "stackLevel": sut.values.stack_level,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Absolute",
                "validFrom": present,
                "validTo": present,
                "chargingSchedule": {
                    "startSchedule": present,
                    "chargingRateUnit": sut.charging_rate_unit,
                    "duration": duration,
                    "chargingSchedulePeriod": [
                        {"startPeriod": 0, "limit": sut.charging_limit(6), "numberPhases": phases}
                    ],
                },
            },
        ),
        reply=SetChargingProfile.conf(status="Accepted"),
    )


@case("TC_057_CSMS", before=(charging,))
async def test_tc_057_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system sets a profile for the transaction that runs."""
    transaction = csms.memory["transactionId"]
    profile = wish(sut, "TxProfile", "Relative")
    await operator.ask_for_profile(sut.connector, profile, transaction)
    await csms.expect(
        1,
        SetChargingProfile.req(
            connectorId=sut.connector,
            csChargingProfiles={
                "chargingProfilePurpose": "TxProfile",
                "transactionId": transaction,
            },
        ),
        reply=SetChargingProfile.conf(status="Accepted"),
    )


@case("TC_066_CSMS")
async def test_tc_066_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system asks for a composite schedule."""
    duration, unit = sut.values.schedule_duration, sut.charging_rate_unit
    await operator.ask_for_composite_schedule(sut.connector, duration, unit)
    await csms.expect(
        1,
        GetCompositeSchedule.req(
            connectorId=sut.connector, duration=duration, chargingRateUnit=unit
        ),
        reply=GetCompositeSchedule.conf(
            status="Accepted",
            connectorId=sut.connector,
            scheduleStart=now(),
            chargingSchedule={
                "duration": duration,
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": sut.charging_limit(6)}],
            },
        ),
    )


@case("TC_067_CSMS")
async def test_tc_067_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system clears profiles: one by its id, one by criteria, and all that are left."""
    connector, level = sut.connector, sut.values.stack_level
    ids: list[int] = []
    for number in range(3):
        profile = wish(sut, "TxDefaultProfile", "Absolute", number)
        await operator.ask_for_profile(connector, profile)
        request = SetChargingProfile.req(
            connectorId=connector,
            csChargingProfiles={
                "chargingProfileId": none_of(*ids),
                "chargingProfilePurpose": "TxDefaultProfile",
                "stackLevel": level + number,
            },
        )
        accepted = SetChargingProfile.conf(status="Accepted")
        asked = await csms.expect(1, request, reply=accepted)
        ids.append(asked["csChargingProfiles"]["chargingProfileId"])

    cleared = ClearChargingProfile.conf(status="Accepted")
    await operator.ask_for_clear_profile(ids[0])
    await csms.expect(3, clear(ids[0], absent, absent, absent), reply=cleared)

    purpose = "TxDefaultProfile"
    await operator.ask_for_clear_profile(evse=connector, purpose=purpose, stack_level=level + 1)
    await csms.expect(5, clear(absent, connector, purpose, level + 1), reply=cleared)

    await operator.ask_for_clear_profile()
    await csms.expect(7, clear(absent, absent, absent, absent), reply=cleared)


@case("TC_059_CSMS")
async def test_tc_059_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system starts a transaction together with its charging profile."""
    profile = wish(sut, "TxProfile", "Relative")
    await operator.ask_for_remote_start(sut.values.id_token, sut.connector, profile)
    asked = await csms.expect(
        1,
        RemoteStartTransaction.req(
            idTag=sut.id_tag,
            connectorId=sut.connector,
            chargingProfile={
                "chargingProfilePurpose": "TxProfile",
                "transactionId": absent,
                "chargingProfileKind": "Relative",
                "chargingSchedule": {"chargingSchedulePeriod": [{"startPeriod": 0}]},
            },
        ),
        reply=RemoteStartTransaction.conf(status="Accepted"),
    )
    token = asked["idTag"]
    await csms.call(3, Authorize.req(idTag=token), expect=Authorize.conf(idTagInfo=ACCEPTED))
    await csms.call(5, status(sut, "Preparing"))
    await csms.call(7, start(sut, token), expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    await csms.call(9, status(sut, "Charging"))
