"""Section 2.7: Core profile, unlocking, happy flow."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import StopTransaction, UnlockConnector
from testcases.ocpp16.charge_point.states import charging, status


@case("TC_017_1_CS")
async def test_tc_017_1_cs(station: Station, sut: Sut) -> None:
    """A connector that nobody uses is unlocked."""
    await station.call(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        expect=UnlockConnector.conf(status="Unlocked"),
    )


@case("TC_017_2_CS")
async def test_tc_017_2_cs(station: Station, sut: Sut) -> None:
    """A fixed cable cannot be unlocked."""
    await station.call(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        expect=UnlockConnector.conf(status="NotSupported"),
    )


@case("TC_018_1_CS", before=(charging,))
async def test_tc_018_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """Unlocking ends the transaction that runs, and the cable can be taken out."""
    transaction = int(station.transaction)
    await station.call(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        expect=UnlockConnector.conf(status="Unlocked"),
    )
    await in_any_order(
        station.expect(3, StopTransaction.req(transactionId=transaction, reason="UnlockCommand")),
        station.expect(5, status(sut, "Finishing")),
    )

    await operator.plug_out(sut.connector)
    await station.expect(7, status(sut, "Available"))


@case("TC_018_2_CS", before=(charging,))
async def test_tc_018_2_cs(station: Station, sut: Sut) -> None:
    """A fixed cable cannot be unlocked while it charges either."""
    await station.call(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        expect=UnlockConnector.conf(status="NotSupported"),
    )
