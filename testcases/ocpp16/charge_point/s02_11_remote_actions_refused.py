"""Section 2.11: Core profile, remote actions, non-happy flow."""

from __future__ import annotations

from conformance import Station, Sut, case
from conformance.ocpp16.messages import RemoteStartTransaction
from testcases.ocpp16.charge_point.states import charging, configuration


@case("TC_026_CS", before=(configuration(LocalPreAuthorize="false"), charging))
async def test_tc_026_cs(station: Station, sut: Sut) -> None:
    """A remote start on a connector that is charging is rejected."""
    await station.call(
        1,
        RemoteStartTransaction.req(connectorId=sut.connector, idTag=sut.id_tag),
        expect=RemoteStartTransaction.conf(status="Rejected"),
    )
