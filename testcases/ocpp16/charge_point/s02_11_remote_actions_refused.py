"""Section 2.11: Core profile, remote actions, non-happy flow."""

from __future__ import annotations

from conformance import Station, Sut, case
from conformance.ocpp16.messages import RemoteStartTransaction, RemoteStopTransaction
from testcases.ocpp16.charge_point.states import charging, configuration


@case("TC_026_CS", before=(configuration(LocalPreAuthorize="false"), charging))
async def test_tc_026_cs(station: Station, sut: Sut) -> None:
    """A remote start on a connector that is charging is rejected."""
    await station.call(
        1,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Rejected"),
    )


@case("TC_027_CS")
async def test_tc_027_cs(station: Station, sut: Sut) -> None:
    """Nobody can charge at connector 0: a remote start there is rejected."""
    await station.call(
        1,
        RemoteStartTransaction.req(connectorId=0, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Rejected"),
        or_error=True,
    )


@case("TC_028_CS", before=(charging,))
async def test_tc_028_cs(station: Station) -> None:
    """A remote stop of a transaction that nobody knows is rejected."""
    unknown = int(station.transaction) + 1000
    await station.call(
        1,
        RemoteStopTransaction.req(transactionId=unknown),
        expect=RemoteStopTransaction.conf(status="Rejected"),
    )
