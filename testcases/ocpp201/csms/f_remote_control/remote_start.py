"""F01, F02: remote start of a transaction."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, case
from conformance.ocpp201.messages import (
    RequestStartTransactionRequest,
    RequestStartTransactionResponse,
    TransactionEventResponse,
)
from testcases.ocpp201.csms.states import (
    ACCEPTED,
    energy_transfer_started,
    ev_connected_pre_session,
    transaction,
)


@case("TC_F_01_CSMS", before=(ev_connected_pre_session,))
async def test_tc_f_01_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The CSMS starts a transaction remotely at an EV that is connected."""
    token = sut.id_token
    await operator.ask_for_remote_start(sut.values.id_token, sut.evse)
    current = transaction(csms)
    asked = await csms.expect(
        1,
        RequestStartTransactionRequest(idToken=token),
        reply=RequestStartTransactionResponse(status="Accepted", transactionId=current.id),
    )
    await csms.call(
        3,
        current.event(
            "RemoteStart", info={"remoteStartId": asked["remoteStartId"]}, idToken=asked["idToken"]
        ),
        expect=TransactionEventResponse(idTokenInfo=ACCEPTED),
    )
    await csms.execute(5, energy_transfer_started)


@case("TC_F_03_CSMS")
async def test_tc_f_03_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The CSMS starts a transaction remotely before the EV is connected."""
    token = sut.id_token
    await operator.ask_for_remote_start(sut.values.id_token, sut.evse)
    asked = await csms.expect(
        1,
        RequestStartTransactionRequest(idToken=token),
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
        expect=TransactionEventResponse(idTokenInfo=ACCEPTED),
    )
    await csms.execute(5, energy_transfer_started)
