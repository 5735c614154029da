"""Section 3.6: Core profile, unlocking, happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, case
from conformance.ocpp16.messages import UnlockConnector
from testcases.ocpp16.central_system.states import charging, status, stop


@case("TC_017_1_CSMS")
async def test_tc_017_1_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system unlocks a connector on which nothing is charged."""
    await operator.ask_for_unlock(sut.connector)
    await csms.expect(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        reply=UnlockConnector.conf(status="Unlocked"),
    )


@case("TC_017_2_CSMS")
async def test_tc_017_2_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a charge point that has nothing to unlock: a fixed cable."""
    await operator.ask_for_unlock(sut.connector)
    await csms.expect(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        reply=UnlockConnector.conf(status="NotSupported"),
    )


@case("TC_018_1_CSMS", before=(charging,))
async def test_tc_018_1_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system unlocks a connector that charges, and takes the transaction's end."""
    await operator.ask_for_unlock(sut.connector)
    await csms.expect(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        reply=UnlockConnector.conf(status="Unlocked"),
    )
    await csms.call(3, status(sut, "Finishing"))
    await csms.call(5, stop(csms.memory["transactionId"], "UnlockCommand"))
    await csms.call(7, status(sut, "Available"))
