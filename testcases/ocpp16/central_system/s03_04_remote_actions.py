"""Section 3.4: Core profile, remote actions, happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, absent, case, one_of
from conformance.ocpp16.messages import (
    Authorize,
    RemoteStartTransaction,
    RemoteStopTransaction,
    StartTransaction,
)
from testcases.ocpp16.central_system.states import ACCEPTED, charging, start, status, stop


@case("TC_010_CSMS")
async def test_tc_010_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system starts a transaction remotely and accepts what follows."""
    await csms.call(1, status(sut, "Preparing"))

    await operator.ask_for_remote_start(sut.values.id_token, sut.connector)
    asked = await csms.expect(
        3,
        RemoteStartTransaction.req(connectorId=one_of(sut.connector, absent)),
        reply=RemoteStartTransaction.conf(status="Accepted"),
    )
    token = asked["idTag"]

    await csms.call(5, Authorize.req(idTag=token), expect=Authorize.conf(idTagInfo=ACCEPTED))
    await csms.call(7, start(sut, token), expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    await csms.call(9, status(sut, "Charging"))


@case("TC_011_1_CSMS")
async def test_tc_011_1_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The remote start first, then the cable: the central system accepts what follows."""
    await operator.ask_for_remote_start(sut.values.id_token, sut.connector)
    asked = await csms.expect(
        1,
        RemoteStartTransaction.req(connectorId=one_of(sut.connector, absent)),
        reply=RemoteStartTransaction.conf(status="Accepted"),
    )
    token = asked["idTag"]

    await csms.call(3, Authorize.req(idTag=token), expect=Authorize.conf(idTagInfo=ACCEPTED))
    await csms.call(5, status(sut, "Preparing"))
    await csms.call(7, start(sut, token), expect=StartTransaction.conf(idTagInfo=ACCEPTED))
    await csms.call(9, status(sut, "Charging"))


@case("TC_011_2_CSMS")
async def test_tc_011_2_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """Nobody plugs in after a remote start: the central system sees the connector free again."""
    await operator.ask_for_remote_start(sut.values.id_token, sut.connector)
    asked = await csms.expect(
        1,
        RemoteStartTransaction.req(connectorId=one_of(sut.connector, absent)),
        reply=RemoteStartTransaction.conf(status="Accepted"),
    )
    token = asked["idTag"]

    await csms.call(3, Authorize.req(idTag=token), expect=Authorize.conf(idTagInfo=ACCEPTED))
    await csms.call(5, status(sut, "Preparing"))
    await csms.call(7, status(sut, "Available"), after=csms.connection_timeout)


@case("TC_012_CSMS", before=(charging,))
async def test_tc_012_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system stops the transaction that runs, and takes its end."""
    transaction = csms.memory["transactionId"]
    await operator.ask_for_remote_stop(transaction)
    await csms.expect(
        1,
        RemoteStopTransaction.req(transactionId=transaction),
        reply=RemoteStopTransaction.conf(status="Accepted"),
    )
    await csms.call(3, stop(transaction, "Remote"))
    await csms.call(5, status(sut, "Finishing"))
    await csms.call(7, status(sut, "Available"))
