"""Section 3.15: firmware management."""

from __future__ import annotations

from typing import Literal

from conformance import Csms, Files, Operator, Sut, case, now
from conformance.boot import boot_16
from conformance.ocpp16.messages import (
    BootNotification,
    FirmwareStatusNotification,
    StatusNotification,
    UpdateFirmware,
)

Status = Literal["Downloading", "Downloaded", "DownloadFailed", "Installing", "Installed"]


def firmware(name: Status | Literal["InstallationFailed"]) -> FirmwareStatusNotification.req:
    """Return the tool's report that the update has this status."""
    return FirmwareStatusNotification.req(status=name)


def out_of_service(sut: Sut) -> list[StatusNotification.req]:
    """Return the tool's reports that nobody can charge while the firmware is installed."""
    return [
        StatusNotification.req(connectorId=c, errorCode="NoError", status="Unavailable")
        for c in sut.connectors
    ]


@case("TC_044_1_CSMS")
async def test_tc_044_1_csms(csms: Csms, operator: Operator, files: Files, sut: Sut) -> None:
    """The central system has firmware updated, and takes what is told of it."""
    location = await files.firmware()
    await operator.ask_for_firmware_update(location, now())
    asked = await csms.expect(1, UpdateFirmware.req(location=location), reply=UpdateFirmware.conf())
    await csms.call(3, firmware("Downloading"))
    await files.fetch(asked["location"])
    await csms.call(5, firmware("Downloaded"))
    for report in out_of_service(sut):
        await csms.call(7, report)
    await csms.call(9, firmware("Installing"))

    await csms.reconnect()
    boot, *statuses = boot_16(sut)
    await csms.call(11, boot, expect=BootNotification.conf(status="Accepted"))
    for available in statuses:
        await csms.call(13, available)
    await csms.call(15, firmware("Installed"))


@case("TC_044_2_CSMS")
async def test_tc_044_2_csms(csms: Csms, operator: Operator, files: Files) -> None:
    """The central system lives with firmware that cannot be fetched."""
    await operator.ask_for_firmware_update(await files.missing(), now())
    await csms.expect(1, UpdateFirmware.req(), reply=UpdateFirmware.conf())
    await csms.call(3, firmware("Downloading"))
    await csms.call(5, firmware("DownloadFailed"))


@case("TC_044_3_CSMS")
async def test_tc_044_3_csms(csms: Csms, operator: Operator, files: Files, sut: Sut) -> None:
    """The central system lives with firmware that cannot be installed."""
    await operator.ask_for_firmware_update(await files.corrupt(), now())
    asked = await csms.expect(1, UpdateFirmware.req(), reply=UpdateFirmware.conf())
    await csms.call(3, firmware("Downloading"))
    await files.fetch(asked["location"])
    await csms.call(5, firmware("Downloaded"))
    for report in out_of_service(sut):
        await csms.call(7, report)
    await csms.call(9, firmware("Installing"))

    await csms.reconnect()
    boot, *statuses = boot_16(sut)
    await csms.call(11, boot, expect=BootNotification.conf(status="Accepted"))
    for available in statuses:
        await csms.call(13, available)
    await csms.call(15, firmware("InstallationFailed"))
