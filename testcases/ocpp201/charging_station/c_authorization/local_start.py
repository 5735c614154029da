"""C01, C04, C06: local start of a transaction."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case
from conformance.ocpp201.messages import (
    AuthorizeRequest,
    AuthorizeResponse,
    TransactionEventRequest,
)
from testcases.ocpp201.charging_station.states import ev_connected_pre_session
from testcases.ocpp201.charging_station.variables import configuration


@case(
    "TC_C_02_CS",
    before=(
        configuration(AuthCtrlr__Enabled="true", AuthCtrlr__DisableRemoteAuthorization="false"),
        ev_connected_pre_session,
    ),
)
async def test_tc_c_02_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A token that the CSMS refuses brings about no event of a transaction."""
    token = sut.values.invalid_token
    await operator.present_token(token)
    await station.expect(
        1,
        AuthorizeRequest(idToken=token.id_token),
        reply=AuthorizeResponse(idTokenInfo={"status": "Invalid"}),
    )
    await station.expect_none(3, TransactionEventRequest(), during=sut.silence)
