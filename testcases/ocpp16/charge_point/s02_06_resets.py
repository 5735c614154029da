"""Section 2.6: resets."""

from __future__ import annotations

from conformance import Station, Sut, case, in_any_order
from conformance.ocpp16.messages import (
    BootNotification,
    ChangeAvailability,
    Reset,
    StopTransaction,
)
from testcases.ocpp16.charge_point.states import GOING_DOWN, charging, every_status, status


@case("TC_013_CS")
async def test_tc_013_cs(station: Station, sut: Sut) -> None:
    """After a hard reset, a connector that was out of service still is."""
    await station.call(
        1,
        ChangeAvailability.req(connectorId=sut.connector, type="Inoperative"),
        expect=ChangeAvailability.conf(status="Accepted"),
    )
    await station.expect(3, status(sut, "Unavailable"))

    station.may_leave()
    station.allow(*GOING_DOWN)
    await station.call(5, Reset.req(type="Hard"), expect=Reset.conf(status="Accepted"))
    await station.expect(7, BootNotification.req(), within=sut.limits.long_operation)
    await in_any_order(*(station.expect(9, told) for told in every_status(sut, "Unavailable")))

    await station.call(
        11,
        ChangeAvailability.req(connectorId=sut.connector, type="Operative"),
        expect=ChangeAvailability.conf(status="Accepted"),
    )
    await station.expect(13, status(sut, "Available"))


@case("TC_014_CS")
async def test_tc_014_cs(station: Station, sut: Sut) -> None:
    """After a soft reset, too; it need not boot for that."""
    await station.call(
        1,
        ChangeAvailability.req(connectorId=sut.connector, type="Inoperative"),
        expect=ChangeAvailability.conf(status="Accepted"),
    )
    await station.expect(3, status(sut, "Unavailable"))

    station.may_leave()
    station.allow(*GOING_DOWN)
    await station.call(5, Reset.req(type="Soft"), expect=Reset.conf(status="Accepted"))
    if await station.expect_boot(7, because="a soft reset needs no boot"):
        await in_any_order(*(station.expect(9, told) for told in every_status(sut, "Unavailable")))
    else:
        station.skip(9, 10, because="it has not booted")

    await station.call(
        11,
        ChangeAvailability.req(connectorId=sut.connector, type="Operative"),
        expect=ChangeAvailability.conf(status="Accepted"),
    )
    await station.expect(13, status(sut, "Available"))


@case("TC_015_CS", before=(charging,))
async def test_tc_015_cs(station: Station, sut: Sut) -> None:
    """A hard reset ends the transaction, before it or after it."""
    transaction, finishing = int(station.transaction), status(sut, "Finishing")
    station.may_leave()
    station.allow(*GOING_DOWN)
    await station.call(1, Reset.req(type="Hard"), expect=Reset.conf(status="Accepted"))

    limit = sut.limits.long_operation
    first = await station.first_of("StopTransaction", "BootNotification", within=limit)
    stop = StopTransaction.req(transactionId=transaction, reason="HardReset")
    stopped = [station.expect(3, stop)]
    if first == "BootNotification":
        station.skip(5, 6, because="the transaction is stopped after the boot")
    else:
        await in_any_order(*stopped, station.expect(5, finishing))
        stopped.clear()

    boot = BootNotification.req()
    await station.expect(7, boot, within=limit, meanwhile=(finishing,))
    told = every_status(sut, "Finishing", "Preparing")
    await in_any_order(*stopped, *(station.expect(9, t) for t in told))


@case("TC_016_CS", before=(charging,))
async def test_tc_016_cs(station: Station, sut: Sut) -> None:
    """A soft reset ends the transaction first; it need not boot for that."""
    stop = StopTransaction.req(transactionId=int(station.transaction), reason="SoftReset")
    station.may_leave()
    station.allow(*GOING_DOWN)
    await station.call(1, Reset.req(type="Soft"), expect=Reset.conf(status="Accepted"))

    await in_any_order(station.expect(3, stop), station.expect(5, status(sut, "Finishing")))

    if await station.expect_boot(7, because="a soft reset needs no boot"):
        told = every_status(sut, "Finishing", "Preparing")
        await in_any_order(*(station.expect(9, t) for t in told))
    else:
        station.skip(9, 10, because="it has not booted")
