"""The options of the 1.6 charge point that are about firmware and diagnostics show."""

from __future__ import annotations

from tests.reference.bench_16 import Bench, settle
from tests.reference.depot_16 import FIRMWARE, LOGS, image, told, update, uploaded
from tests.reference.registry_16 import station, value_of


@station("transfer_protocols", "HTTP,HTTPS")
async def transfer_protocols(bench: Bench) -> None:
    assert await value_of(bench, "SupportedFileTransferProtocols") == "HTTP,HTTPS"


@station("unavailable_for", "download")
async def unavailable_for(bench: Bench) -> None:
    await update(bench, "ftp://lab/nothing", retries=0)
    await settle(20)
    assert bench.actions() == [
        "Unavailable(1)",
        "Unavailable(2)",
        "FirmwareStatusNotification",
        "FirmwareStatusNotification",
        "Available(1)",
        "Available(2)",
    ]


@station("retells_progress", "true")
async def retells_progress(bench: Bench) -> None:
    await update(bench, "ftp://lab/nothing", retries=0)
    await settle(20)
    assert told(bench) == ["Downloading"] * 2 + ["DownloadFailed"] * 2


@station("downloading_told_late", "true")
async def downloading_told_late(bench: Bench) -> None:
    await update(bench, "ftp://lab/nothing", retries=0)
    await settle(20)
    assert told(bench) == ["DownloadFailed"]
    await update(bench)
    await settle(20)
    assert told(bench) == ["Downloading", "Downloaded", "Installing", "Installed"]


@station("verifies_first", "true")
async def verifies_first(bench: Bench) -> None:
    bench.depot.files[FIRMWARE] = image("2.0", right=False)
    await update(bench)
    await settle(20)
    assert told(bench) == ["Downloading", "Downloaded", "InstallationFailed"]


@station("installs_while_charging", "true")
async def installs_while_charging(bench: Bench) -> None:
    await bench.charge()
    await update(bench)
    await settle(20)
    assert told(bench) == ["Downloading", "Downloaded", "Installing"]
    assert "BootNotification" not in bench.actions()
    await bench.plug_out()
    await settle(20)
    assert told(bench)[-1] == "Installed"
    assert bench.calls("StopTransaction")[0]["reason"] == "EVDisconnected"


@station("installed_told", "before boot")
async def installed_told(bench: Bench) -> None:
    await update(bench)
    await settle(20)
    assert told(bench)[-1] == "Installed"
    actions = [a for a in bench.actions() if a.endswith("Notification")]
    assert actions[-2:] == ["FirmwareStatusNotification", "BootNotification"]


@station("reboots_after_failure", "after it is told")
async def reboots_after_failure(bench: Bench) -> None:
    bench.depot.files[FIRMWARE] = image("2.0", right=False)
    await update(bench)
    await settle(20)
    actions = [a for a in bench.actions() if a.endswith("Notification")]
    assert actions[-2:] == ["FirmwareStatusNotification", "BootNotification"]
    assert bench.calls("BootNotification")[0]["firmwareVersion"] == "1.0"


@station("file_retries", "4")
async def file_retries(bench: Bench) -> None:
    await uploaded(bench, "ftp://elsewhere")
    await settle(60)
    assert len(bench.depot.tried) == 5


@station("file_retry_interval", "20")
async def file_retry_interval(bench: Bench) -> None:
    bench.depot.failing = 1
    await uploaded(bench, LOGS)
    await settle(60)
    first, second = bench.depot.tried
    assert second - first == 20


@station("install_seconds", "30")
async def install_seconds(bench: Bench) -> None:
    await update(bench)
    await settle(25)
    assert told(bench)[-1] == "Installing"
    await settle(25)
    assert told(bench)[-1] == "Installed"
