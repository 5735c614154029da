"""Section 3.10: Core profile, unlocking, non-happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, case
from conformance.ocpp16.messages import UnlockConnector


@case("TC_030_CSMS")
async def test_tc_030_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a connector that cannot be unlocked."""
    await operator.ask_for_unlock(sut.connector)
    await csms.expect(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        reply=UnlockConnector.conf(status="UnlockFailed"),
    )


@case("TC_031_CSMS")
async def test_tc_031_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a connector that is not known."""
    # A central system that only offers the connectors it knows names one of these.
    unknown = sut.connectors[-1] + 1
    connector = unknown if sut.declares("16-UNKNOWN-CONNECTOR") else sut.connector
    await operator.ask_for_unlock(connector)
    await csms.expect(
        1,
        UnlockConnector.req(connectorId=connector),
        reply=UnlockConnector.conf(status="NotSupported"),
    )
