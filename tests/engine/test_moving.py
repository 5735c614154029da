"""A station that is busy with files is let finish before the next case begins."""

from __future__ import annotations

import asyncio

import pytest

from conformance import Station
from conformance.moving import Moving
from conformance.ocpp16.messages import GetDiagnostics, Heartbeat, UpdateFirmware
from conformance.verdict import Verdict
from tests.engine.stage import declared, passed, run_all
from tests.miniatures.miniature import (
    Deed,
    Miniature,
    answering,
    boot,
    calls,
    in_turn,
    soon,
)

UPDATE = UpdateFirmware.req(location="ftp://lab/x", retrieveDate="2026-01-01T00:00:00Z")


async def fails_in_an_update(station: Station) -> None:
    """The update begins, and the case ends long before it does."""
    await station.call(1, UPDATE)
    await station.expect(3, Heartbeat.req(), within=1)


async def fails_in_an_upload(station: Station) -> None:
    """The upload begins, and the case ends long before it does."""
    await station.call(1, GetDiagnostics.req(location="ftp://lab/logs"))
    await station.expect(3, Heartbeat.req(), within=1)


async def beats(station: Station) -> None:
    """A case that any station passes that has a moment."""
    await station.expect_none(1, Heartbeat.req(), during=3)


async def reboots(it: Miniature) -> None:
    await it.drop()
    await asyncio.sleep(1)
    await boot(it)


def updating(*deeds: Deed) -> Miniature:
    sut = declared(long_operation=100)
    return Miniature(sut, {"UpdateFirmware": answering({}, then=in_turn(*deeds))})


def firmware(status: str) -> Deed:
    return calls("FirmwareStatusNotification", status=status)


def test_the_boot_after_an_update_is_not_the_next_case_s() -> None:
    it = updating(
        firmware("Downloading"), soon(20, in_turn(firmware("Installed"), soon(5, reboots)))
    )
    first, second = run_all(it, fails_in_an_update, beats)
    assert first.verdict is Verdict.FAIL
    assert first.duration >= 25
    passed(second)
    assert second.record.transcript.frames == []


def test_an_update_that_boots_before_it_is_told() -> None:
    it = updating(soon(20, in_turn(reboots, firmware("Installed"))))
    first, second = run_all(it, fails_in_an_update, beats)
    assert first.verdict is Verdict.FAIL
    passed(second)


def test_an_update_that_fails_has_no_boot_to_wait_for() -> None:
    first, second = run_all(
        updating(soon(20, firmware("DownloadFailed"))), fails_in_an_update, beats
    )
    assert 20 <= first.duration < 25
    passed(second)


def test_who_says_nothing_of_an_update_is_not_waited_for_without_end() -> None:
    first, second = run_all(updating(), fails_in_an_update, beats)
    assert 99 < first.duration < 115
    passed(second)


def test_an_upload_is_let_finish() -> None:
    told = calls("DiagnosticsStatusNotification", status="Uploaded")
    answer = answering({"fileName": "log"}, then=soon(30, told))
    it = Miniature(declared(), {"GetDiagnostics": answer})
    first, second = run_all(it, fails_in_an_upload, beats)
    assert 30 <= first.duration < 35
    passed(second)


def test_without_a_file_there_is_nothing_to_wait_for() -> None:
    it = Miniature(declared(), {"GetDiagnostics": answering({})})
    first, _ = run_all(it, fails_in_an_upload, beats)
    assert first.duration < 10


@pytest.mark.parametrize(
    ("action", "answer", "what"),
    [
        ("UpdateFirmware", {}, "a firmware update"),
        ("UpdateFirmware", {"status": "Accepted"}, "a firmware update"),
        ("UpdateFirmware", {"status": "Rejected"}, ""),
        ("SignedUpdateFirmware", {"status": "InvalidCertificate"}, ""),
        ("GetLog", {"status": "Accepted", "filename": "x"}, "an upload"),
        ("GetLog", {"status": "Rejected"}, ""),
        ("GetLog", {"status": "Accepted"}, ""),
        ("Heartbeat", {}, ""),
    ],
)
def test_what_an_answer_promises(action: str, answer: dict[str, str], what: str) -> None:
    moving = Moving()
    moving.asked(action, answer, 1.0)
    assert moving.what == what


@pytest.mark.parametrize(
    ("action", "status", "what"),
    [
        ("SignedFirmwareStatusNotification", "InvalidSignature", "an upload"),
        ("FirmwareStatusNotification", "Downloaded", "a firmware update and an upload"),
        ("LogStatusNotification", "PermissionDenied", "a firmware update"),
        ("LogStatusNotification", "Uploading", "a firmware update and an upload"),
        ("DiagnosticsStatusNotification", "Idle", "a firmware update and an upload"),
    ],
)
def test_what_is_over(action: str, status: str, what: str) -> None:
    moving = Moving()
    moving.asked("UpdateFirmware", {}, 1.0)
    moving.asked("GetDiagnostics", {"fileName": "x"}, 2.0)
    moving.observe(action, {"status": status})
    assert (moving.what, moving.begun, moving.boots) == (what, 2.0, False)


def test_a_boot_before_installed_is_told_is_not_waited_for_again() -> None:
    moving = Moving()
    moving.asked("SignedUpdateFirmware", {"status": "Accepted"}, 0.0)
    moving.observe("BootNotification", {})
    moving.observe("SignedFirmwareStatusNotification", {"status": "Installed"})
    assert (moving.what, moving.boots) == ("", False)
    moving.asked("SignedUpdateFirmware", {"status": "Accepted"}, 0.0)
    moving.observe("SignedFirmwareStatusNotification", {"status": "Installed"})
    assert moving.boots
