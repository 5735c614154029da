"""Firmware and diagnostics of the OCPP 1.6 charge point."""

from __future__ import annotations

import pytest

from conformance.files.images import dummy, spoiled
from conformance.reference.diary_16 import Diary
from conformance.reference.files_16 import version_of
from tests.reference.bench_16 import BEGIN, Bench, run, settle
from tests.reference.depot_16 import (
    FIRMWARE,
    image,
    told,
    update,
    uploaded,
    uploading,
)

DONE = ["Downloading", "Downloaded", "Installing", "Installed"]


def test_an_update_is_fetched_installed_and_told() -> None:
    async def test(bench: Bench) -> None:
        await update(bench)
        await settle(20)
        assert told(bench) == DONE
        assert bench.actions() == [
            "FirmwareStatusNotification",
            "FirmwareStatusNotification",
            "Unavailable(1)",
            "Unavailable(2)",
            "FirmwareStatusNotification",
            "BootNotification",
            "Available(0)",
            "Available(1)",
            "Available(2)",
            "FirmwareStatusNotification",
        ]
        assert bench.calls("BootNotification")[0]["firmwareVersion"] == "2.0"
        await bench.charge()
        assert len(bench.calls("StartTransaction")) == 1

    run(Bench, test)


def test_the_firmware_stays_after_the_next_boot() -> None:
    async def test(bench: Bench) -> None:
        await update(bench)
        await settle(20)
        bench.forget()
        await bench.act("reboot")
        await settle(20)
        assert bench.calls("BootNotification")[0]["firmwareVersion"] == "2.0"
        assert told(bench) == []

    run(Bench, test)


def test_nothing_is_fetched_before_its_time() -> None:
    async def test(bench: Bench) -> None:
        await update(bench, after=100)
        await settle(90)
        assert bench.depot.tried == []
        await settle(30)
        assert told(bench) == DONE
        (tried,) = bench.depot.tried
        assert tried >= 100

    run(Bench, test)


def test_a_download_is_tried_again_and_then_given_up() -> None:
    async def test(bench: Bench) -> None:
        bench.depot.failing = 3
        await update(bench, retries=2, retry_interval=30)
        await settle(200)
        first, *others = bench.depot.tried
        assert [t - first for t in others] == pytest.approx([30, 60])
        assert told(bench) == ["Downloading", "DownloadFailed"]
        assert "BootNotification" not in bench.actions()
        assert not any("Unavailable" in action for action in bench.actions())

    run(Bench, test)


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (1, 2)])
def test_a_download_that_succeeds_at_last(retries: int, tries: int) -> None:
    async def test(bench: Bench) -> None:
        bench.depot.failing = retries
        await update(bench, retries=retries, retry_interval=1)
        await settle(30)
        assert len(bench.depot.tried) == tries
        assert told(bench) == DONE

    run(Bench, test)


@pytest.mark.parametrize("wrong", [image("2.0", right=False), b"", b"x" * 500, spoiled(dummy("2"))])
def test_what_is_no_firmware_is_not_installed(wrong: bytes) -> None:
    async def test(bench: Bench) -> None:
        bench.depot.files[FIRMWARE] = wrong
        await update(bench)
        await settle(20)
        assert told(bench) == ["Downloading", "Downloaded", "Installing", "InstallationFailed"]
        assert bench.actions()[-2:] == ["Available(1)", "Available(2)"]
        assert "BootNotification" not in bench.actions()

    run(Bench, test)


def test_an_update_waits_for_who_charges_and_lets_nobody_begin() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        await update(bench)
        await settle(20)
        assert told(bench) == ["Downloading", "Downloaded"]
        assert "Unavailable(2)" in bench.actions()
        assert "Unavailable(1)" not in bench.actions()
        answer = await bench.request("RemoteStartTransaction", id_tag="TAG002", connector_id=2)
        assert answer.status == "Rejected"
        await bench.plug_out()
        await settle(20)
        assert told(bench) == DONE
        assert [s["reason"] for s in bench.calls("StopTransaction")] == ["EVDisconnected"]

    run(Bench, test)


def test_a_later_update_takes_the_place_of_the_first() -> None:
    async def test(bench: Bench) -> None:
        bench.depot.files["ftp://lab/other"] = image("3.0")
        await update(bench, after=50)
        await update(bench, "ftp://lab/other")
        await settle(100)
        assert bench.calls("BootNotification")[-1]["firmwareVersion"] == "3.0"
        assert told(bench).count("Downloading") == 1

    run(Bench, test)


def test_a_loss_of_power_ends_an_update() -> None:
    async def test(bench: Bench) -> None:
        bench.depot.seconds = 50
        await update(bench)
        await bench.act("reboot")
        await settle(100)
        assert told(bench) == ["Downloading"]
        await settle(100)
        assert await triggered(bench, "FirmwareStatusNotification") == "Idle"

    run(Bench, test)


async def triggered(bench: Bench, message: str) -> str:
    bench.forget()
    await bench.request("TriggerMessage", requested_message=message)
    return str(bench.calls(message)[0]["status"])


@pytest.mark.parametrize(
    ("second", "status"), [(0.0, "Downloading"), (30.0, "Downloading"), (80.0, "Idle")]
)
def test_how_an_update_stands_can_be_asked_for(second: float, status: str) -> None:
    async def test(bench: Bench) -> None:
        bench.depot.seconds = 60
        await update(bench)
        await settle(second)
        assert await triggered(bench, "FirmwareStatusNotification") == status

    run(Bench, test)


def test_an_installation_that_waits_can_be_asked_for() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        await update(bench)
        await settle(20)
        assert await triggered(bench, "FirmwareStatusNotification") == "Downloaded"

    run(Bench, test)


def test_diagnostics_are_uploaded_under_the_name_that_is_told() -> None:
    async def test(bench: Bench) -> None:
        name = await uploaded(bench)
        await settle(20)
        assert uploading(bench) == ["Uploading", "Uploaded"]
        assert name is not None
        text = bench.depot.uploads[name].decode()
        assert "accepted, firmware 1.0" in text
        assert text.startswith("2026-03-01T12:00:0")
        assert "asked for GetDiagnostics" in text

    run(Bench, test)


def test_diagnostics_of_a_time() -> None:
    async def test(bench: Bench) -> None:
        await settle(100)
        await bench.request("ClearCache")
        begin = bench.later(0)
        await settle(10)
        await bench.request("GetConfiguration")
        end = bench.later(0)
        await settle(10)
        name = await uploaded(bench, start_time=begin, stop_time=end)
        await settle(5)
        text = bench.depot.uploads[name or ""].decode()
        assert [line.partition(" ")[2] for line in text.splitlines()] == [
            "asked for GetConfiguration"
        ]

    run(Bench, test)


def test_of_a_time_without_anything_there_is_no_file() -> None:
    async def test(bench: Bench) -> None:
        name = await uploaded(bench, stop_time="2020-01-01T00:00:00Z")
        await settle(20)
        assert name is None
        assert uploading(bench) == []
        assert bench.depot.tried == []

    run(Bench, test)


def test_an_upload_is_tried_again_and_then_given_up() -> None:
    async def test(bench: Bench) -> None:
        await uploaded(bench, "ftp://elsewhere", retries=2, retry_interval=10)
        await settle(100)
        assert len(bench.depot.tried) == 3
        assert uploading(bench) == ["Uploading", "UploadFailed"]

    run(Bench, test)


@pytest.mark.parametrize(("second", "status"), [(5.0, "Uploading"), (80.0, "Idle")])
def test_how_an_upload_stands_can_be_asked_for(second: float, status: str) -> None:
    async def test(bench: Bench) -> None:
        bench.depot.seconds = 60
        await uploaded(bench)
        await settle(second)
        assert await triggered(bench, "DiagnosticsStatusNotification") == status

    run(Bench, test)


def test_a_later_upload_takes_the_place_of_the_first() -> None:
    async def test(bench: Bench) -> None:
        bench.depot.seconds = 30
        first = await uploaded(bench)
        second = await uploaded(bench)
        await settle(100)
        assert first != second
        assert list(bench.depot.uploads) == [second]

    run(Bench, test)


def test_a_loss_of_power_ends_an_upload() -> None:
    async def test(bench: Bench) -> None:
        bench.depot.seconds = 50
        await uploaded(bench)
        await bench.act("reboot")
        await settle(200)
        assert bench.depot.uploads == {}
        assert uploading(bench) == ["Uploading"]

    run(Bench, test)


def test_without_the_profile_there_are_no_files() -> None:
    async def test(bench: Bench) -> None:
        for number, action in enumerate(("GetDiagnostics", "UpdateFirmware")):
            payload = '{"location": "ftp://x", "retrieveDate": "2026-01-01T00:00:00Z"}'
            await bench.wires[-1].send(f'[2,"{number}","{action}",{payload}]')
            await settle()
            assert bench.answers(action) == ["NotSupported"]
        answer = await bench.request("GetConfiguration", key=["SupportedFileTransferProtocols"])
        assert answer.unknown_key == ["SupportedFileTransferProtocols"]

    run(lambda: Bench({"profiles": "Core"}), test, errors_expected=True)


@pytest.mark.parametrize(
    ("content", "version"),
    [
        (image("2.0"), "2.0"),
        (dummy("7.1"), "7.1"),
        (spoiled(dummy("7.1")), ""),
        (image("2.0")[:-1], ""),
        (image("2.0").replace(b"\n\n", b"\nx\n"), ""),
        (b"OCPP-CONFORMANCE DUMMY FIRMWARE", ""),
    ],
)
def test_an_image_is_verified(content: bytes, version: str) -> None:
    assert version_of(content) == version


def test_a_diary_forgets_the_oldest() -> None:
    diary = Diary(lambda: BEGIN)
    for number in range(1500):
        diary.note(f"line {number}")
    lines = diary.between(None, None).decode().splitlines()
    assert (len(lines), lines[0].partition(" ")[2]) == (1000, "line 500")


@pytest.mark.parametrize(
    ("when", "order"),
    [
        ("before boot", ["FirmwareStatusNotification", "BootNotification", "Available(0)"]),
        ("before statuses", ["BootNotification", "FirmwareStatusNotification", "Available(0)"]),
        ("after statuses", ["Available(1)", "Available(2)", "FirmwareStatusNotification"]),
    ],
)
def test_when_it_is_told_that_an_update_is_installed(when: str, order: list[str]) -> None:
    async def test(bench: Bench) -> None:
        await update(bench)
        await settle(20)
        seen = " ".join(bench.actions())
        assert " ".join(order) in seen

    run(lambda: Bench({"installed_told": when}), test)


def test_a_failure_may_be_told_after_a_reboot() -> None:
    async def test(bench: Bench) -> None:
        bench.depot.files[FIRMWARE] = b"no firmware"
        await update(bench)
        await settle(20)
        assert told(bench) == ["Downloading", "Downloaded", "Installing", "InstallationFailed"]
        assert bench.actions()[-4:] == [
            "Available(0)",
            "Available(1)",
            "Available(2)",
            "FirmwareStatusNotification",
        ]

    run(lambda: Bench({"reboots_after_failure": "before it is told"}), test)
