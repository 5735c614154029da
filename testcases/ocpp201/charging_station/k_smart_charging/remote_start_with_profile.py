"""K05: remote start of a transaction with a charging profile."""

from __future__ import annotations

from conformance import Station, Sut, case
from conformance.ocpp201.messages import (
    AuthorizeRequest,
    AuthorizeResponse,
    GetChargingProfilesRequest,
    GetChargingProfilesResponse,
    ReportChargingProfilesRequest,
    RequestStartTransactionRequest,
    RequestStartTransactionResponse,
)
from testcases.ocpp201.charging_station.k_smart_charging.profiles import page_of, relative
from testcases.ocpp201.charging_station.reports import session
from testcases.ocpp201.charging_station.states import (
    ACCEPTED,
    REMOTE_START_ID,
    energy_transfer_started,
    ev_connected_pre_session,
)
from testcases.ocpp201.charging_station.variables import configuration


@case(
    "TC_K_37_CS",
    before=(configuration(AuthCtrlr__AuthorizeRemoteStart=None), ev_connected_pre_session),
)
async def test_tc_k_37_cs(station: Station, sut: Sut) -> None:
    """A TxProfile that comes with a remote start is the transaction's, and is reported back."""
    current, token = session(station, sut), sut.id_token
    profile = relative(sut, 37, "TxProfile")
    started = current.transaction
    await station.call(
        1,
        RequestStartTransactionRequest(
            idToken=token,
            evseId=sut.evse,
            remoteStartId=REMOTE_START_ID,
            chargingProfile=profile,
        ),
        expect=RequestStartTransactionResponse(status="Accepted", transactionId=started)
        if started
        else RequestStartTransactionResponse(status="Accepted"),
    )
    if station.memory.get("AuthCtrlr.AuthorizeRemoteStart") == "true":
        await station.expect(
            3,
            AuthorizeRequest(idToken=token),
            reply=AuthorizeResponse(idTokenInfo=ACCEPTED),
        )
    else:
        station.skip(3, 4, because="AuthCtrlr.AuthorizeRemoteStart is not true")
    current.remote_start, current.token = REMOTE_START_ID, token
    current.reached.add("Authorized")
    if current.running:
        current.told(await station.expect(5, current.event("RemoteStart")))
    else:
        station.skip(5, 6, because="no transaction has started, TxStartPoint lacks Authorized")
    station.holds.add("Authorized")

    await station.execute(7, energy_transfer_started)

    await station.call(
        8,
        GetChargingProfilesRequest(requestId=8, chargingProfile={"chargingProfileId": [37]}),
        expect=GetChargingProfilesResponse(status="Accepted"),
    )
    pages = await station.expect_pages(10, ReportChargingProfilesRequest(requestId=8), more="tbc")
    page, place = page_of(pages, 37)
    station.match(10, {"chargingProfile": [{}] * place + [profile]}, page)
