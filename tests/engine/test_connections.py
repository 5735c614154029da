"""A connection is an epoch; losing one, and coming back."""

from __future__ import annotations

import asyncio

import pytest

from conformance import Operator, Station
from conformance.ocpp16.messages import (
    BootNotification,
    StatusNotification,
)
from conformance.verdict import Verdict
from tests.engine.stage import (
    declared,
    failed,
    passed,
    run,
    told,
)
from tests.engine.test_link import authorized, changed, plugging
from tests.miniatures.miniature import (
    Miniature,
    Payload,
    boot,
    calls,
    in_turn,
    soon,
)


def test_a_dropped_connection_fails_the_case() -> None:
    async def drop(it: Miniature) -> None:
        await it.drop()

    it = plugging(drop)
    it.deeds["PlugIn"] = in_turn(drop, soon(1, boot))
    failed(
        run(it, authorized),
        1,
        "the station dropped the connection (code 1000)",
    )


def test_a_dropped_connection_answers_no_call() -> None:
    async def drop(it: Miniature, _: str, __: Payload) -> None:
        await it.drop()
        await soon(1, boot)(it)

    result = run(Miniature(declared(), {"ChangeConfiguration": drop}), changed)
    assert result.verdict is Verdict.FAIL, told(result)
    assert result.step == "2"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("Rejected", "ChangeConfiguration.status: expected 'Accepted', got 'Rejected'"),
        ("Accepted", "the station dropped the connection (code 1000)"),
    ],
)
def test_an_answer_that_has_come_is_judged_before_the_loss(status: str, reason: str) -> None:
    async def answer_and_drop(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(3, uid, {"status": status})
        await it.drop()

    failed(run(Miniature(declared(), {"ChangeConfiguration": answer_and_drop}), changed), 2, reason)


def test_a_connection_that_another_one_replaces_is_dropped() -> None:
    async def replace(it: Miniature) -> None:
        await it.boot(it)

    failed(
        run(plugging(replace), authorized),
        1,
        "the station dropped the connection (code 1006, replaced by a new connection)",
    )


def test_what_was_held_is_not_answered_over_another_connection() -> None:
    async def replace(it: Miniature, _: str, __: Payload) -> None:
        it.frame(2, "held", "Authorize", {"idTag": "TAG001"})
        await asyncio.sleep(0.1)
        it.start(it.boot)

    it = Miniature(declared(), {"ChangeConfiguration": replace})
    result = run(it, changed)
    assert result.verdict is Verdict.FAIL, told(result)
    assert not [f for _, f in it.got if f[0] != 2 and f[1] == "held"]


async def rebooted(station: Station, operator: Operator) -> None:
    """The station is switched off and on, and boots."""
    await operator.reboot()
    await station.expect(1, BootNotification.req())
    await station.expect(3, StatusNotification.req(connectorId=1, status="Available"))


async def _off_and_on(it: Miniature) -> None:
    await it.drop()
    await it.boot(it)


def test_a_reboot_is_a_new_connection() -> None:
    passed(run(Miniature(declared(), deeds={"Reboot": soon(0.5, _off_and_on)}), rebooted))


def test_what_was_on_its_way_when_the_power_was_cut_is_not_the_boot_that_follows() -> None:
    async def last_words(it: Miniature) -> None:
        it.post("BootNotification", chargePointVendor="V", chargePointModel="OLD")

    async def again(it: Miniature) -> None:
        await it.drop()
        it.connect()
        it.status("Available")

    it = Miniature(declared(), deeds={"Reboot": in_turn(last_words, soon(0.5, again))})
    result = run(it, rebooted)
    assert result.verdict is Verdict.FAIL, told(result)
    assert result.reason.startswith("step 1: expected BootNotification(), but the station sent")
    assert any("of the connection before" in e.got for e in result.record.transcript.entries)


def test_the_answer_to_a_call_of_the_connection_before_is_not_owed() -> None:
    async def last_words(it: Miniature) -> None:
        it.frame(2, "last", "Authorize", {"idTag": "TAG001"})
        await it.drop()
        await it.boot(it)

    it = Miniature(declared(), deeds={"Reboot": last_words})
    run(it, rebooted)
    assert not [f for _, f in it.got if f[0] != 2 and f[1] == "last"]


def test_the_connection_there_was_is_not_the_one_that_comes_back() -> None:
    async def comes_back(station: Station, operator: Operator) -> None:
        await operator.reboot()
        await station.expect_connection(1)
        await station.expect(3, BootNotification.req())

    it = Miniature(declared(connect_timeout=5), deeds={"Reboot": calls("Heartbeat")})
    failed(run(it, comes_back), 1, "no new connection in 5 s, the old one is still open")


def test_the_connection_that_comes_back() -> None:
    async def comes_back(station: Station, operator: Operator) -> None:
        await operator.reboot()
        await station.expect_connection(1)
        await station.expect(3, BootNotification.req())

    it = Miniature(declared(), deeds={"Reboot": soon(0.5, _off_and_on)})
    passed(run(it, comes_back))
