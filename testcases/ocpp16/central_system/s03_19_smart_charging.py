"""Section 3.19: smart charging."""

from __future__ import annotations

from conformance import Csms, Operator, ProfileWish, Sut, absent, case, now, one_of, present
from conformance.ocpp16.messages import (
    Authorize,
    GetCompositeSchedule,
    RemoteStartTransaction,
    SetChargingProfile,
    StartTransaction,
)
from testcases.ocpp16.central_system.states import ACCEPTED, start, status


@case("TC_056_CSMS")
async def test_tc_056_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system sets a default profile of 6 A (or 6000 W)."""
    duration = sut.values.schedule_duration
    await operator.ask_for_profile(
        sut.connector,
        ProfileWish(
            purpose="TxDefaultProfile",
            kind="Absolute",
            stack_level=sut.values.stack_level,
            unit=sut.charging_rate_unit,
            limit=sut.charging_limit(6),
            duration=duration,
            number_phases=sut.number_phases,
            valid=True,
        ),
    )
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


@case("TC_059_CSMS")
async def test_tc_059_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system starts a transaction together with its charging profile."""
    await operator.ask_for_remote_start(
        sut.values.id_token,
        sut.connector,
        ProfileWish(
            purpose="TxProfile",
            kind="Relative",
            stack_level=sut.values.stack_level,
            unit=sut.charging_rate_unit,
            limit=sut.charging_limit(6),
            duration=sut.values.schedule_duration,
            number_phases=sut.number_phases,
        ),
    )
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
