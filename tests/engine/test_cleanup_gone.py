"""A station that is gone after a case: waited for, switched off and on once, given up."""

from __future__ import annotations

import pytest

from conformance import Operator, Station
from conformance.ocpp16.messages import Heartbeat
from conformance.operators.actions import Reboot
from conformance.verdict import Verdict
from tests.engine.stage import (
    declared,
    failed,
    inconclusive,
    passed,
    run_all,
    told,
    transcript,
)
from tests.engine.test_cleanup import CONFIGURED, read, sent, stuck
from tests.engine.test_moving import UPDATE
from tests.miniatures.miniature import Deed, Miniature, answering, boot, reports, soon

GONE = "the SUT could not be brought back to idle: the station has not connected again"
REBOOT = "one reboot is tried"


async def gone(it: Miniature) -> None:
    """Leave for good."""
    await it.drop()


async def off(_: Miniature) -> None:
    """Be switched off, and never on again."""


async def left(station: Station) -> None:
    """The connection is cut, and the station has to come back."""
    await station.disconnect()
    await station.expect_connection(1)


def giving_up(**deeds: Deed) -> Miniature:
    """Return a station that does not connect again after its connection was cut."""
    return Miniature(declared(long_operation=30), {"GetConfiguration": CONFIGURED}, deeds)


def test_a_station_that_has_given_up_is_switched_off_and_on_once() -> None:
    it = giving_up(Reboot=boot)
    first, second = run_all(it, left, read)
    failed(first, 1, "no connection in 10 s")
    assert any(REBOOT in line for line in transcript(first))
    assert it.asked == [Reboot()]
    passed(second)


def test_the_boot_after_that_is_waited_for() -> None:
    it = giving_up(Reboot=soon(25, boot))
    first, second = run_all(it, left, read)
    failed(first, 1, "no connection in 10 s")
    passed(second)
    assert sent(it) == ["GetConfiguration"]


def test_a_station_that_comes_back_late_by_itself_is_not_switched_off() -> None:
    async def late(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await left(station)

    it = giving_up(PlugIn=soon(25, boot), PlugOut=reports("Available"), Reboot=boot)
    first, second = run_all(it, late, read)
    failed(first, 1, "no connection in 10 s")
    assert Reboot() not in it.asked
    passed(second)


def test_a_station_that_installs_firmware_is_not_switched_off() -> None:
    async def installs(it: Miniature) -> None:
        it.post("FirmwareStatusNotification", status="Installing")
        await it.drop()
        await soon(25, back)(it)

    async def back(it: Miniature) -> None:
        await boot(it)
        it.post("FirmwareStatusNotification", status="Installed")

    async def updated(station: Station) -> None:
        await station.call(1, UPDATE)
        await station.expect(3, Heartbeat.req())

    it = giving_up(Reboot=boot)
    it.answers["UpdateFirmware"] = answering({}, then=installs)
    first, second = run_all(it, updated, read)
    failed(first, 2, "the station dropped the connection (code 1000)")
    assert it.asked == []
    passed(second)


def test_a_station_that_stays_away_after_a_reboot_is_given_up() -> None:
    it = giving_up(Reboot=off)
    first, second = run_all(it, left, read)
    failed(first, 1, "no connection in 10 s")
    assert it.asked == [Reboot()]
    assert first.duration == pytest.approx(10 + 1 + 30 + 30, abs=1)
    inconclusive(second, GONE)


def test_who_cannot_switch_it_off_and_on_does_not_wait_for_that() -> None:
    it = giving_up()
    first, second = run_all(it, left, read)
    assert any("cannot do Reboot()" in line for line in transcript(first))
    assert first.duration == pytest.approx(10 + 1 + 30, abs=1)
    inconclusive(second, GONE)


def test_a_station_that_does_not_come_back_makes_the_next_cases_inconclusive() -> None:
    async def gone(it: Miniature) -> None:
        await it.drop()

    it = Miniature(declared(), {}, {"PlugIn": gone, "PlugOut": gone})
    first, second = run_all(it, stuck, read)
    assert first.verdict is Verdict.FAIL, told(first)
    inconclusive(
        second,
        GONE,
    )
