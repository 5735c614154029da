"""Section 2.1: cold boot charge point."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order
from conformance.ocpp16.messages import BootNotification, Heartbeat, StatusNotification


@case("TC_001_CS")
async def test_tc_001_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A rejected charge point asks again after the interval, reports its connectors and beats."""
    await operator.reboot()
    with station.quiet("OCPP 1.6, 4.2: a charge point that is not accepted sends nothing else"):
        rejected = await station.expect(
            1,
            BootNotification.req(),
            reply=BootNotification.conf(status="Rejected", interval=sut.retry_interval),
            within=sut.limits.connect_timeout,
        )
        await station.expect(
            3,
            BootNotification.req(),
            not_before=sut.retry_interval,
            since=rejected,
            may_reconnect=True,
            reply=BootNotification.conf(status="Accepted", interval=sut.heartbeat_interval),
        )

    await in_any_order(
        *(
            station.expect(5, StatusNotification.req(connectorId=n, status="Available"))
            for n in (0, *sut.connectors)
        )
    )

    await station.expect_every(7, Heartbeat.req(), every=sut.heartbeat_interval)
