"""K01: set charging profile."""

from __future__ import annotations

from conformance import Station, Sut, case
from conformance.ocpp201.messages import (
    GetChargingProfilesRequest,
    GetChargingProfilesResponse,
    ReportChargingProfilesRequest,
    SetChargingProfileRequest,
    SetChargingProfileResponse,
)
from testcases.ocpp201.charging_station.k_smart_charging.profiles import page_of, relative


@case("TC_K_01_CS")
async def test_tc_k_01_cs(station: Station, sut: Sut) -> None:
    """A TxDefaultProfile set on one EVSE is accepted and reported back as it was set."""
    profile = relative(sut, 1, "TxDefaultProfile")
    await station.call(
        1,
        SetChargingProfileRequest(evseId=sut.evse, chargingProfile=profile),
        expect=SetChargingProfileResponse(status="Accepted"),
    )
    await station.call(
        3,
        GetChargingProfilesRequest(requestId=3, chargingProfile={"chargingProfileId": [1]}),
        expect=GetChargingProfilesResponse(status="Accepted"),
    )
    pages = await station.expect_pages(
        5, ReportChargingProfilesRequest(requestId=3, evseId=sut.evse), more="tbc"
    )
    page, place = page_of(pages, 1)
    station.match("post", {"chargingProfile": [{}] * place + [profile]}, page)
