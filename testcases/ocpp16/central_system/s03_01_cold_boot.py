"""Section 3.1: cold boot charge point."""

from __future__ import annotations

from conformance import Csms, Sut, about_now, case, present
from conformance.boot import boot_16
from conformance.ocpp16.messages import BootNotification, Heartbeat


@case("TC_001_CSMS")
async def test_tc_001_csms(csms: Csms, sut: Sut) -> None:
    """The central system accepts a booting charge point and answers its heartbeats."""
    await csms.reconnect()
    boot, *reports = boot_16(sut)
    clock = about_now(within=sut.limits.deviation)
    accepted = await csms.call(
        1,
        boot,
        expect=BootNotification.conf(status="Accepted", currentTime=clock, interval=present),
    )
    for report in reports:
        await csms.call(3, report)

    # A charge point may beat earlier than asked, so that a long interval need not be waited for.
    interval = min(float(accepted["interval"]), sut.limits.longest_pause)
    await csms.call(5, Heartbeat.req(), after=interval, expect=Heartbeat.conf(currentTime=clock))
