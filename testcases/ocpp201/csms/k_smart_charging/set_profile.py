"""K01: set charging profile; K05: remote start with one."""

from __future__ import annotations

from typing import Any, Literal

from conformance import Csms, Operator, ProfileWish, Sut, about_now, absent, case, one_of, present
from conformance.ocpp201.messages import (
    RequestStartTransactionRequest,
    RequestStartTransactionResponse,
    SetChargingProfileRequest,
    SetChargingProfileResponse,
)
from testcases.ocpp201.csms.states import transaction


def wish(sut: Sut, purpose: str, kind: str, limit: float) -> ProfileWish:
    """Return what the CSMS is asked to set; the rest is its own choice."""
    return ProfileWish(
        purpose=purpose,
        kind=kind,
        stack_level=sut.values.stack_level,
        unit=sut.charging_rate_unit,
        limit=sut.charging_limit(limit),
        duration=sut.values.schedule_duration,
        number_phases=sut.number_phases,
        valid=kind == "Absolute",
    )


def schedule(sut: Sut, limit: float, start: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Require the schedule that was asked for; phaseToUse needs one phase (Part 6, 3.1)."""
    phases = one_of(3, absent) if sut.number_phases == 3 else sut.number_phases
    period: dict[str, Any] = {
        "startPeriod": 0,
        "limit": sut.charging_limit(limit),
        "numberPhases": phases,
    }
    if sut.number_phases != 1:
        period["phaseToUse"] = absent
    return [
        {
            "startSchedule": start,
            "chargingRateUnit": sut.charging_rate_unit,
            "duration": sut.values.schedule_duration,
            "chargingSchedulePeriod": [period],
        }
    ]


def required(
    sut: Sut,
    purpose: Literal["TxDefaultProfile", "ChargingStationMaxProfile"],
    **more: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Require an Absolute profile of this purpose."""
    return {
        "stackLevel": sut.values.stack_level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        **more,
    }


@case("TC_K_01_CSMS")
async def test_tc_k_01_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The CSMS sets a TxDefaultProfile of 6 A (or 6000 W) on one EVSE, valid from now."""
    await operator.ask_for_profile(sut.evse, wish(sut, "TxDefaultProfile", "Absolute", 6))
    soon = about_now(within=sut.limits.deviation)
    end = about_now(within=sut.limits.deviation, after=sut.values.schedule_duration)
    profile: Any = required(
        sut,
        "TxDefaultProfile",
        validFrom=soon,
        validTo=end,
        chargingSchedule=schedule(sut, 6, soon),
    )
    await csms.expect(
        1,
        SetChargingProfileRequest(evseId=sut.evse, chargingProfile=profile),
        reply=SetChargingProfileResponse(status="Accepted"),
    )


@case("TC_K_03_CSMS")
async def test_tc_k_03_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The CSMS sets a maximum of 8 A (or 8000 W) for the whole station (erratum 6.3.14)."""
    await operator.ask_for_profile(0, wish(sut, "ChargingStationMaxProfile", "Absolute", 8))
    profile: Any = required(
        sut, "ChargingStationMaxProfile", chargingSchedule=schedule(sut, 8, present)
    )
    await csms.expect(
        1,
        SetChargingProfileRequest(evseId=0, chargingProfile=profile),
        reply=SetChargingProfileResponse(status="Accepted"),
    )


@case("TC_K_37_CSMS")
async def test_tc_k_37_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The CSMS starts a transaction together with its charging profile."""
    token: Any = sut.id_token
    await operator.ask_for_remote_start(
        sut.values.id_token, sut.evse, wish(sut, "TxProfile", "Relative", 6)
    )
    asked = await csms.expect(
        1,
        RequestStartTransactionRequest(
            idToken=token,
            evseId=sut.evse,
            chargingProfile={
                "chargingProfilePurpose": "TxProfile",
                "transactionId": absent,
                "chargingProfileKind": "Relative",
            },
        ),
        reply=RequestStartTransactionResponse(status="Accepted"),
    )
    await csms.call(
        3,
        transaction(csms).event(
            "RemoteStart",
            info={"remoteStartId": asked["remoteStartId"]},
            idToken=asked["idToken"],
            evse={"id": sut.evse, "connectorId": sut.connector},
        ),
    )
