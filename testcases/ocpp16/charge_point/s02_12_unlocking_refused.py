"""Section 2.12: Core profile, unlocking, non-happy flow."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case
from conformance.ocpp16.messages import UnlockConnector

BEYOND = 100  # a station may have more connectors than it declares, but not so many


@case("TC_030_CS")
async def test_tc_030_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A lock that is stuck is told."""
    await operator.fail_unlocking()
    await station.call(
        1,
        UnlockConnector.req(connectorId=sut.connector),
        expect=UnlockConnector.conf(status="UnlockFailed"),
    )


@case("TC_031_CS")
async def test_tc_031_cs(station: Station, sut: Sut) -> None:
    """A connector that is not there cannot be unlocked."""
    await station.call(
        1,
        UnlockConnector.req(connectorId=max(sut.connectors) + BEYOND),
        expect=UnlockConnector.conf(status="NotSupported"),
    )
