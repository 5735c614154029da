"""Charging profiles in any legal spelling: of numbers and of times.

OCPP 1.6, 3.15 and 7.14; OCPP 2.0.1, Part 2, 2.1.4 and 3.1.
"""

from __future__ import annotations

import json
from typing import Any

from conformance import ID, Frames, Station, Sut, case, elsewhere, same_instant, state
from conformance.ocpp16 import messages as v16
from conformance.ocpp16.profiles import absolute, calculated
from conformance.ocpp201 import messages as v201
from testcases.ocpp16.charge_point.s02_22_smart_charging import composed, composite
from testcases.ocpp16.charge_point.states import no_profiles
from testcases.ocpp201.charging_station.k_smart_charging.profiles import page_of, relative
from testcases.ocppj.requests import harmless, request

AMPERES = 6.5, 8.0, 10.5
AGO = 100.0


def spelled(limits: tuple[float, ...]) -> tuple[str, ...]:
    """Return three numbers: with a decimal, with one that is zero, and as a power of ten."""
    tenth, whole, power = limits
    return f"{tenth:.1f}", f"{whole:.1f}", f"{power:.6E}"


def default(sut: Sut, limit: float) -> dict[str, Any]:
    """Return the payload that sets a default profile with one limit."""
    profile: Any
    if sut.version == "1.6":
        seconds = sut.values.schedule_duration
        profile = absolute(
            sut, 1, "TxDefaultProfile", [(0, 0)], duration=seconds, valid_for=None, begun=0
        )
        profile["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] = limit
        return {"connectorId": sut.connector, "csChargingProfiles": profile}
    profile = relative(sut, 1, "TxDefaultProfile")
    profile["chargingSchedule"][0]["chargingSchedulePeriod"][0]["limit"] = limit
    return {"evseId": sut.evse, "chargingProfile": profile}


def setting(payload: dict[str, Any], limit: float, text: str) -> str:
    """Return the CALL that sets a profile, its limit in this spelling."""
    call: str = json.dumps([2, ID, "SetChargingProfile", payload], separators=(",", ":"))
    return call.replace(f'"limit":{json.dumps(limit)},', f'"limit":{text},')


def accepted(sut: Sut) -> Any:  # noqa: ANN401 - of either version
    """Return the answer to a profile that is taken."""
    old = sut.version == "1.6"
    told = v16.SetChargingProfile.conf if old else v201.SetChargingProfileResponse
    return told(status="Accepted")


def timed(sut: Sut) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the payload that sets a profile with times of elsewhere, and what it comes back as.

    Read in any other way it would not hold now. It began some time ago.
    """
    digits = 9 if sut.version == "1.6" else 3
    payload = default(sut, sut.charging_limit(8.0))
    valid, begun = elsewhere(-2 * AGO, 5.5), elsewhere(-AGO, -3, digits=digits)
    profile: dict[str, Any]
    if sut.version == "1.6":
        profile = payload["csChargingProfiles"]
        profile["chargingSchedule"]["startSchedule"] = begun
        return payload | {"csChargingProfiles": profile | {"validFrom": valid}}, payload
    profile = payload["chargingProfile"] | {"chargingProfileKind": "Absolute"}
    (schedule,) = profile["chargingSchedule"]

    def at(valid: object, begun: object) -> dict[str, Any]:
        spelled = [schedule | {"startSchedule": begun}]
        return profile | {"validFrom": valid, "chargingSchedule": spelled}

    sent, back = at(valid, begun), at(same_instant(valid), same_instant(begun))
    return payload | {"chargingProfile": sent}, payload | {"chargingProfile": back}


@state("NoProfiles")
async def none_set(station: Station, sut: Sut) -> None:
    """No other profile has a say in a composite schedule; it is taken back what the case sets."""
    if sut.version == "1.6":
        await station.execute("before", no_profiles)
        station.undo.append(v16.ClearChargingProfile.req(id=1))
    else:
        station.undo.append(v201.ClearChargingProfileRequest(chargingProfileId=1))


@state("ProfileTold")
async def told(station: Station, sut: Sut) -> None:
    """The station tells the limit that was set: in a composite schedule, or as it was set."""
    payload = station.memory["SetChargingProfile"]
    if sut.version == "1.6":
        seconds = sut.values.schedule_duration
        schedule = await station.call(1, composite(sut, seconds), expect=composed(sut, seconds))
        installed = payload["connectorId"], payload["csChargingProfiles"]
        station.match(2, calculated(sut, schedule, seconds, installed), schedule)
        return
    wanted: v201.ChargingProfileCriterionType = {"chargingProfileId": [1]}
    await station.call(
        1,
        v201.GetChargingProfilesRequest(requestId=3, chargingProfile=wanted),
        expect=v201.GetChargingProfilesResponse(status="Accepted"),
    )
    pages = await station.expect_pages(
        3, v201.ReportChargingProfilesRequest(requestId=3, evseId=sut.evse), more="tbc"
    )
    page, place = page_of(pages, 1)
    station.match(4, {"chargingProfile": [{}] * place + [payload["chargingProfile"]]}, page)


@case("OCPPJ_38_CS", before=(none_set,))
async def test_ocppj_38_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A limit is the same number however it is written."""
    limits = tuple(map(sut.charging_limit, AMPERES))
    for limit, text in zip(limits, spelled(limits), strict=True):
        payload = station.memory["SetChargingProfile"] = default(sut, limit)
        call = setting(payload, limit, text)
        await frames.answered(1, call, action="SetChargingProfile", expect=accepted(sut))
        await station.execute(3, told)
    await station.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_39_CS", before=(none_set,))
async def test_ocppj_39_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """The times of a profile may have any offset, with or without fractions."""
    payload, station.memory["SetChargingProfile"] = timed(sut)
    call = [2, ID, "SetChargingProfile", payload]
    await frames.answered(1, call, action="SetChargingProfile", expect=accepted(sut))
    await station.execute(3, told)
    await station.call(5, request(sut), expect=harmless(sut).expect)
