"""Section 3.5: Core profile, resetting, happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, case
from conformance.boot import boot_16
from conformance.ocpp16.messages import BootNotification, Reset


@case("TC_013_CSMS")
async def test_tc_013_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system resets the charge point hard, and accepts it when it boots."""
    await operator.ask_for_reset("Hard")
    await csms.expect(1, Reset.req(type="Hard"), reply=Reset.conf(status="Accepted"))

    await csms.reconnect()
    boot, *reports = boot_16(sut)
    await csms.call(3, boot, expect=BootNotification.conf(status="Accepted"))
    for report in reports:
        await csms.call(5, report)


@case("TC_014_CSMS")
async def test_tc_014_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system resets the charge point softly, and accepts it when it boots."""
    await operator.ask_for_reset("Soft")
    await csms.expect(1, Reset.req(type="Soft"), reply=Reset.conf(status="Accepted"))

    await csms.reconnect()
    boot, *reports = boot_16(sut)
    await csms.call(3, boot, expect=BootNotification.conf(status="Accepted"))
    for report in reports:
        await csms.call(5, report)
