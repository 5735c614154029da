"""The tool takes the network away, and what comes when it is there again belongs to the steps."""

from __future__ import annotations

import asyncio

from conformance import Operator, Station, now
from conformance.ocpp16.messages import (
    GetConfiguration,
    Heartbeat,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from conformance.wire.connection import Closed
from tests.engine.stage import declared, failed, passed, run, run_all, transcript
from tests.miniatures.miniature import Deed, Miniature, Payload, boot, reports, soon

STARTED = StartTransaction.req(connectorId=1)
STOPPED = StopTransaction.req(reason="Local")


def comes_back(*deeds: Deed) -> Deed:
    """Return what a station does that tries to connect every second, and then does `deeds`."""

    async def live(it: Miniature) -> None:
        assert it.connection is not None
        await it.connection.wait_closed()
        for _ in range(60):
            await asyncio.sleep(1)
            if not it.refused:
                break
        it.connect()
        for deed in deeds:
            await deed(it)

    return live


def queued(action: str, /, **payload: object) -> Deed:
    """Return a deed that sends a CALL and waits for its answer."""

    async def send(it: Miniature) -> None:
        await it.call(action, **payload)

    return send


def start() -> Deed:
    return queued("StartTransaction", connectorId=1, idTag="T", meterStart=0, timestamp=now())


def stop() -> Deed:
    return queued("StopTransaction", transactionId=1, meterStop=0, timestamp=now(), reason="Local")


def station(*deeds: Deed) -> Miniature:
    """Return a station that does these things when the network is there again."""
    it = Miniature(declared())
    it.answers = {"GetConfiguration": {"configurationKey": []}}
    it.deeds = {"PlugIn": soon(0, silent), "PlugOut": silent}

    async def boot_and_live(it: Miniature) -> None:
        await boot(it)
        await comes_back(*deeds)(it)

    it.boot = boot_and_live
    return it


async def silent(_: Miniature) -> None:
    """Do nothing that shows."""


async def taken_away(station: Station) -> None:
    """Take the network away for five seconds."""
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(5)
    await station.accept_connections()
    await station.expect_connection(1)


def test_what_was_queued_is_claimed_in_its_order() -> None:
    async def offline(station: Station) -> None:
        await taken_away(station)
        await station.expect(1, STARTED)
        await station.expect(3, STOPPED)

    result = passed(run(station(start(), stop()), offline))
    assert 5 <= result.duration < 7
    assert result.record.waits == 5
    told = transcript(result)
    for act in (
        "refuses connections",
        "cuts the connection",
        "leaves the station offline for 5 s",
        "takes connections again",
    ):
        assert f" tool:  | {act}" in told
    assert "1 station: a connection | connected" in told


def test_what_was_queued_has_to_come_in_its_order() -> None:
    async def offline(station: Station) -> None:
        await taken_away(station)
        await station.expect(1, STARTED)
        await station.expect(3, STOPPED)

    result = run(station(stop(), start()), offline)
    assert result.reason.startswith(
        "step 1: expected StartTransaction(connectorId=1), but the station sent StopTransaction("
    )


def test_a_station_that_stays_away_fails() -> None:
    async def gone(_: Miniature) -> None:
        """Never come back."""

    it = station()
    it.boot = boot
    failed(run(it, taken_away), 1, "no connection in 10 s")


def test_the_next_case_begins_when_the_station_is_back() -> None:
    async def cut_short(station: Station) -> None:
        station.refuse_connections()
        await station.disconnect()
        await station.expect(1, Heartbeat.req())

    async def read(station: Station) -> None:
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))

    first, second = run_all(station(), cut_short, read)
    failed(first, 1, "no Heartbeat() in 4 s")
    passed(second)


def test_offline_lasts_while_the_operator_acts() -> None:
    async def slowly(_: Miniature) -> None:
        await asyncio.sleep(20)

    async def offline(station: Station, operator: Operator) -> None:
        station.refuse_connections()
        await station.disconnect()
        await operator.plug_in(1)
        await station.accept_connections()
        await station.expect_connection(1)

    it = station()
    it.deeds["PlugIn"] = slowly
    assert passed(run(it, offline)).duration >= 20


def test_what_came_before_the_cut_satisfies_nothing_after_it() -> None:
    async def beats(it: Miniature, uid: str, _: Payload) -> None:
        it.post("Heartbeat")
        it.frame(3, uid, {"configurationKey": []})

    async def offline(station: Station) -> None:
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))
        await taken_away(station)
        await station.expect(3, Heartbeat.req())

    it = station()
    it.answers["GetConfiguration"] = beats
    failed(run(it, offline), 3, "no Heartbeat() in 4 s")


def test_an_answer_over_the_connection_that_was_cut_is_not_owed() -> None:
    async def never(_: Miniature, __: str, ___: Payload) -> None:
        """Leave the call open."""

    async def offline(station: Station) -> None:
        waiting = asyncio.create_task(
            station.link.request("GetConfiguration", {"key": ["HeartbeatInterval"]}, timeout=60)
        )
        await asyncio.sleep(0)
        await taken_away(station)
        assert isinstance(waiting.exception(), Closed)
        await station.expect(1, Heartbeat.req())

    it = station(queued("Heartbeat"))
    it.answers["GetConfiguration"] = never
    passed(run(it, offline))


def test_a_boot_that_nobody_needs_and_the_reports_after_it_are_no_fault() -> None:
    async def boots(it: Miniature) -> None:
        await it.call("BootNotification", chargePointVendor="V", chargePointModel="M")
        await it.status("Charging", 1)
        await it.status("Available", 2)

    async def offline(station: Station) -> None:
        await taken_away(station)
        await station.expect(3, StatusNotification.req(connectorId=1, status="Charging"))
        await station.expect(5, STOPPED)

    it = station(boots, stop())
    it.deeds["PlugOut"] = reports("Available")
    result = passed(run(it, offline))
    remarks = [r.text for r in result.record.transcript.remarks]
    assert [r for r in remarks if r.startswith("the station sent BootNotification(")]
    assert not [r for r in remarks if "connectorId=2" in r]


def test_a_boot_without_the_tool_s_doing_fails() -> None:
    async def reboots(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(3, uid, {"configurationKey": []})
        it.post("BootNotification", chargePointVendor="V", chargePointModel="M")

    async def read(station: Station) -> None:
        await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))
        await station.expect(3, Heartbeat.req())

    it = station()
    it.answers["GetConfiguration"] = reboots
    result = run(it, read)
    assert result.reason.startswith(
        "step 3: expected Heartbeat(), but the station sent BootNotification("
    )


def test_a_cut_in_one_case_allows_no_boot_in_the_next() -> None:
    async def cut(station: Station) -> None:
        await taken_away(station)
        assert station.situation.was_cut_off

    async def whole(station: Station) -> None:
        assert not station.situation.was_cut_off

    for result in run_all(station(), cut, whole):
        passed(result)
