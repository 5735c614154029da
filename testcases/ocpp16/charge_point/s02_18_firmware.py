"""Section 2.18: firmware management."""

from __future__ import annotations

from conformance import Files, Station, Sut, absent, case, in_any_order, now, one_of
from conformance.ocpp16.messages import (
    BootNotification,
    FirmwareStatusNotification,
    StatusNotification,
    UpdateFirmware,
)
from testcases.ocpp16.charge_point.states import status

# Before it fetches or installs anything, a charge point may take its connectors out of service.
OUT_OF_SERVICE = (StatusNotification.req(status="Unavailable"),)
AND_BACK = (StatusNotification.req(status=one_of("Unavailable", "Available")),)
BOOTED = BootNotification.req()
NO_REBOOT = "a charge point need not boot after an installation that has failed"


def firmware(*names: str) -> FirmwareStatusNotification.req:
    """Return the report that an update has one of these statuses."""
    return FirmwareStatusNotification.req(status=one_of(*names))


def booted(sut: Sut) -> BootNotification.req:
    """Return the BootNotification with the new version, where that is known and told."""
    version = sut.files.firmware_version
    return BootNotification.req(firmwareVersion=one_of(version, absent)) if version else BOOTED


@case("TC_044_1_CS")
async def test_tc_044_1_cs(station: Station, files: Files, sut: Sut) -> None:
    """New firmware is fetched and installed, and each step of it is told."""
    long = sut.limits.long_operation
    location = await files.firmware()
    await station.call(1, UpdateFirmware.req(location=location, retrieveDate=now()))
    await station.expect(3, firmware("Downloading"), within=long, meanwhile=OUT_OF_SERVICE)
    await station.expect(5, firmware("Downloaded"), within=long, meanwhile=OUT_OF_SERVICE)
    await files.expect_download(5)
    await station.expect(7, firmware("Installing"), within=long, meanwhile=OUT_OF_SERVICE)

    await in_any_order(
        station.expect(9, booted(sut), within=long, may_reconnect=True, meanwhile=AND_BACK),
        station.expect(11, status(sut, "Available"), within=long, meanwhile=AND_BACK),
        station.expect(13, firmware("Installed"), within=long, meanwhile=AND_BACK),
    )
    await station.expect_available("post")


@case("TC_044_2_CS")
async def test_tc_044_2_cs(station: Station, files: Files, sut: Sut) -> None:
    """Firmware that cannot be fetched is told as such, and charging goes on."""
    long = sut.limits.long_operation
    location = await files.missing()
    await station.call(1, UpdateFirmware.req(location=location, retrieveDate=now(), retries=0))
    first = await station.expect(
        3, firmware("Downloading", "DownloadFailed"), within=long, meanwhile=OUT_OF_SERVICE
    )
    if first["status"] == "Downloading":
        await station.expect(5, firmware("DownloadFailed"), within=long, meanwhile=AND_BACK)
    else:
        station.skip(5, 6, because="the download failed at once")
    await station.expect_available("post")


@case("TC_044_3_CS")
async def test_tc_044_3_cs(station: Station, files: Files, sut: Sut) -> None:
    """Firmware that is no firmware is not installed, and charging goes on."""
    long = sut.limits.long_operation
    location = await files.corrupt()
    await station.call(1, UpdateFirmware.req(location=location, retrieveDate=now()))
    await station.expect(3, firmware("Downloading"), within=long, meanwhile=OUT_OF_SERVICE)
    await station.expect(5, firmware("Downloaded"), within=long, meanwhile=OUT_OF_SERVICE)
    await files.expect_download(5)
    last = await station.expect(
        7,
        firmware("Installing", "InstallationFailed"),
        within=long,
        meanwhile=AND_BACK,
        may_reconnect=True,
    )
    if last["status"] == "Installing":
        await in_any_order(
            station.expect(9, BOOTED, optional=NO_REBOOT, may_reconnect=True, meanwhile=AND_BACK),
            station.expect(11, firmware("InstallationFailed"), within=long, meanwhile=AND_BACK),
            station.expect(13, status(sut, "Available"), optional=NO_REBOOT),
        )
    else:
        station.skip(11, 12, because="the installation failed at once")
        await in_any_order(
            station.expect(9, BOOTED, optional=NO_REBOOT, may_reconnect=True, meanwhile=AND_BACK),
            station.expect(13, status(sut, "Available"), optional=NO_REBOOT),
        )
    station.may_leave()
    await station.expect_available("post")
