"""Section 2.1: cold boot charge point."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order, present
from conformance.ocpp16.messages import (
    BootNotification,
    ChangeConfiguration,
    GetConfiguration,
    Heartbeat,
    StatusNotification,
)
from testcases.ocpp16.charge_point.states import every_status


@case("TC_001_CS")
async def test_tc_001_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A rejected charge point asks again after the interval, reports its connectors and beats."""
    await operator.reboot()
    with station.quiet("OCPP 1.6, 4.2: a charge point that is not accepted sends nothing else"):
        rejected = await station.expect(
            1,
            BootNotification.req(),
            reply=BootNotification.conf(status="Rejected", interval=sut.retry_interval),
            within=sut.limits.long_operation,
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


@case("TC_002_CS")
async def test_tc_002_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A pending charge point can be configured, and asks again after the interval."""
    await operator.reboot()
    with station.quiet("OCPP 1.6, 4.2: a pending charge point sends nothing unasked"):
        pending = await station.expect(
            1,
            BootNotification.req(),
            reply=BootNotification.conf(status="Pending", interval=sut.retry_interval),
            within=sut.limits.long_operation,
        )
        await station.call(
            3, GetConfiguration.req(), expect=GetConfiguration.conf(configurationKey=present)
        )
        interval = str(sut.values.meter_interval)
        await station.call(
            5,
            ChangeConfiguration.req(key="MeterValueSampleInterval", value=interval),
            expect=ChangeConfiguration.conf(status="Accepted"),
        )
        await station.expect(
            7,
            BootNotification.req(),
            not_before=sut.retry_interval,
            since=pending,
            reply=BootNotification.conf(status="Accepted", interval=sut.heartbeat_interval),
        )

    await in_any_order(*(station.expect(9, told) for told in every_status(sut, "Available")))

    await station.expect_every(11, Heartbeat.req(), every=sut.heartbeat_interval)
